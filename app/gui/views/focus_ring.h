// One ring around whatever has the focus, drawn over the window: the same for a field, a button on a coloured
// ground, a list and the canvas.
#pragma once

#include <QPointer>
#include <QWidget>

namespace diorama::gui {

class FocusRing : public QWidget {
  Q_OBJECT

 public:
  // Moves with the focus from window to window; belongs to `owner`.
  explicit FocusRing(QObject* owner);

  QWidget* target() const { return target_; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow(QWidget* widget);
  void place();

  QPointer<QWidget> target_;
  QList<QPointer<QWidget>> watched_;  // the target and what it lies in
};

}  // namespace diorama::gui
