// Keeps the wheel from changing a setting that merely lies under the pointer: a spin box, combo box or slider
// takes it only while it has the focus; otherwise the page behind it scrolls.
#pragma once

#include <QObject>

namespace diorama::gui {

class WheelGuard : public QObject {
  Q_OBJECT

 public:
  // Watches every widget of the program for as long as it lives.
  explicit WheelGuard(QObject* parent);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace diorama::gui
