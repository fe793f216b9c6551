#include "gui/views/compare_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/views/theme.h"

namespace diorama::gui {

CompareView::CompareView() {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Compared pictures; the arrow keys move the border"));
  setMinimumSize(240, 240);
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CompareView::setPictures(const QImage& a, const QImage& b) {
  a_ = a;
  b_ = b;
  difference_ = {};
  update();
}

void CompareView::setDifference(const QImage& difference) {
  difference_ = difference;
  update();
}

void CompareView::setMode(Mode mode) {
  mode_ = mode;
  update();
}

void CompareView::setSwipe(double share) {
  swipe_ = std::clamp(share, 0.0, 1.0);
  update();
}

QRectF CompareView::place(const QRectF& within, const QSize& size) const {
  if (size.isEmpty()) return {};
  const double fit = std::min(within.width() / size.width(), within.height() / size.height());
  const double zoom = fit >= 2 ? std::floor(fit) : fit;
  QRectF rect(QPointF(), QSizeF(size) * zoom);
  rect.moveCenter(within.center());
  return {std::round(rect.x()), std::round(rect.y()), rect.width(), rect.height()};
}

// Each in its own shape, in the middle of what both take.
void CompareView::paintSwipe(QPainter& painter) const {
  const QRectF where = swipedPlace();
  painter.save();
  const double border = where.x() + swipe_ * where.width();
  painter.setClipRect(QRectF(border, where.y(), where.right() - border, where.height()));
  painter.drawImage(place(where, b_.size()), b_);
  painter.setClipRect(QRectF(where.x(), where.y(), border - where.x(), where.height()));
  painter.drawImage(place(where, a_.size()), a_);
  painter.restore();
  const Colours& colours = Theme::instance().colours();
  painter.setPen(QPen(colours.accent, 2));
  painter.drawLine(QPointF(border, where.top()), QPointF(border, where.bottom()));
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setBrush(colours.accent);
  painter.drawEllipse(QPointF(border, where.center().y()), 7, 7);
}

QRectF CompareView::swipedPlace() const {
  const QRectF all = QRectF(rect()).adjusted(16, 16, -16, -16);
  return place(all, a_.size()) | place(all, b_.size());
}

void CompareView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Colours& colours = Theme::instance().colours();
  painter.fillRect(rect(), colours.canvas);
  if (a_.isNull() || b_.isNull()) {
    painter.setPen(colours.dim);
    painter.drawText(rect().adjusted(40, 0, -40, 0), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("Choose two pictures in the gallery and compare them, or compare an accelerated "
                        "picture with the exact one of the same seed."));
    return;
  }
  const QRectF all = QRectF(rect()).adjusted(16, 16, -16, -16);
  switch (mode_) {
    case Mode::swipe:
      return paintSwipe(painter);
    case Mode::sideBySide: {
      const QRectF left = all.adjusted(0, 0, -all.width() / 2 - 8, 0);
      painter.drawImage(place(left, a_.size()), a_);
      painter.drawImage(place(left.translated(left.width() + 16, 0), b_.size()), b_);
      return;
    }
    case Mode::difference:
      if (a_.size() != b_.size()) {
        painter.setPen(colours.dim);
        painter.drawText(all, Qt::AlignCenter | Qt::TextWordWrap,
                         tr("Pictures of different sizes have no difference to show."));
      }
      if (!difference_.isNull()) painter.drawImage(place(all, difference_.size()), difference_);
  }
}

void CompareView::swipeTo(const QPointF& at) {
  const QRectF where = swipedPlace();
  if (mode_ == Mode::swipe && where.width() > 0) setSwipe((at.x() - where.x()) / where.width());
}

void CompareView::mousePressEvent(QMouseEvent* event) {
  swipeTo(event->position());
}

void CompareView::mouseMoveEvent(QMouseEvent* event) {
  if (event->buttons().testFlag(Qt::LeftButton)) swipeTo(event->position());
}

void CompareView::keyPressEvent(QKeyEvent* event) {
  constexpr double kStep = 0.02;
  if (event->key() == Qt::Key_Left) return setSwipe(swipe_ - kStep);
  if (event->key() == Qt::Key_Right) return setSwipe(swipe_ + kStep);
  QWidget::keyPressEvent(event);
}

}  // namespace diorama::gui
