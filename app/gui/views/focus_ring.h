// One ring around whatever has the focus, drawn over its window: the same for a field, a button on a coloured
// ground, a list and the canvas.
#pragma once

#include <QPointer>
#include <QWidget>

namespace diorama::gui {

class FocusRing : public QObject {
  Q_OBJECT

 public:
  // Goes with the focus from window to window.
  explicit FocusRing(QObject* parent);

  QWidget* target() const { return target_; }
  bool isShown() const { return ring_ != nullptr && ring_->isVisible(); }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow(QWidget* widget);
  void place();

  QPointer<QWidget> target_;
  QPointer<QWidget> ring_;            // of the target's window, and gone with it
  QList<QPointer<QWidget>> watched_;  // the target and what it lies in
};

}  // namespace diorama::gui
