// What is not always needed: opened by its title.
#pragma once

#include <QToolButton>
#include <QWidget>

namespace diorama::gui {

class Disclosure : public QWidget {
  Q_OBJECT

 public:
  Disclosure(const QString& title, QWidget* content);

  bool isOpen() const { return title_->isChecked(); }
  void setOpen(bool open) { title_->setChecked(open); }

 private:
  QToolButton* title_;
};

}  // namespace diorama::gui
