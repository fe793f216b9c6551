#include "gui/views/wheel_guard.h"

#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QEvent>
#include <QScrollBar>
#include <QSlider>

namespace diorama::gui {
namespace {

bool isGuarded(const QWidget* widget) {
  return qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
         qobject_cast<const QComboBox*>(widget) != nullptr || qobject_cast<const QSlider*>(widget) != nullptr;
}

// The control that a widget is or belongs to; null: none. The list of an open combo box is a window of its
// own and may be scrolled.
QWidget* guardedControl(QWidget* widget) {
  while (widget != nullptr && !isGuarded(widget))
    widget = widget->isWindow() ? nullptr : widget->parentWidget();
  return widget;
}

void scrollAbove(const QWidget& control, QEvent& event) {
  QWidget* above = control.parentWidget();
  while (above != nullptr && qobject_cast<QAbstractScrollArea*>(above) == nullptr)
    above = above->parentWidget();
  if (above != nullptr)
    QCoreApplication::sendEvent(qobject_cast<QAbstractScrollArea*>(above)->verticalScrollBar(), &event);
}

}  // namespace

WheelGuard::WheelGuard(QObject* parent) : QObject(parent) {
  qApp->installEventFilter(this);
}

bool WheelGuard::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::Wheel && event->type() != QEvent::Polish) return false;
  auto* widget = qobject_cast<QWidget*>(watched);
  if (widget == nullptr) return false;
  if (event->type() == QEvent::Polish) {
    // Otherwise Qt gives a control the focus as soon as the wheel is turned over it.
    if (isGuarded(widget) && widget->focusPolicy() == Qt::WheelFocus) widget->setFocusPolicy(Qt::StrongFocus);
    return false;
  }
  const QWidget* control = guardedControl(widget);
  if (control == nullptr || control->hasFocus() || control->isAncestorOf(QApplication::focusWidget()))
    return false;
  scrollAbove(*control, *event);
  event->accept();
  return true;
}

}  // namespace diorama::gui
