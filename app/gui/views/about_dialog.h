#pragma once

#include <QDialog>

namespace diorama::gui {

// What this is, and the licences of what it is made of.
class AboutDialog : public QDialog {
  Q_OBJECT

 public:
  explicit AboutDialog(QWidget* parent);
};

}  // namespace diorama::gui
