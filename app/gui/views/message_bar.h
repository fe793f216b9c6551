// What went wrong or is to be known, in words, with what can be done about it.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QWidget>
#include <functional>

namespace diorama::gui {

class MessageBar : public QWidget {
  Q_OBJECT

 public:
  MessageBar();

  void show(const QString& text, const QString& advice, bool isError);
  // A choice of two.
  void ask(const QString& text, const QString& yes, const std::function<void()>& onYes, const QString& no,
           const std::function<void()>& onNo);
  // What was only to be known is not carried to another page.
  void leavePage();
  QString text() const { return text_->text(); }

 private:
  void put(const QString& text);
  void forget();

  QLabel* icon_;
  QLabel* text_;
  QPushButton* yes_;
  QPushButton* no_;
  std::function<void()> onYes_, onNo_;
  QString question_;  // that is not answered yet
  QString kept_;      // what a note does not take the place of: the question, the last error
};

}  // namespace diorama::gui
