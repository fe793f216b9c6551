#include "gui/views/focus_ring.h"

#include <QAbstractScrollArea>
#include <QApplication>
#include <QEvent>
#include <QPainter>

#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kThick = 2;  // pixels
constexpr int kRadius = 7;
constexpr int kBand = 8;  // of the window that the ring may cover

// What of the ring around a widget is not cut off by a scroll area or the window, in the window's pixels.
QRect ringOf(const QWidget* widget) {
  const QWidget* window = widget->window();
  QRect rect =
      QRect(widget->mapTo(window, QPoint()), widget->size()).adjusted(-kThick, -kThick, kThick, kThick);
  for (const QWidget* w = widget->parentWidget(); w != nullptr && !w->isWindow(); w = w->parentWidget()) {
    const auto* area = qobject_cast<const QAbstractScrollArea*>(w->parentWidget());
    if (area != nullptr && area->viewport() == w) rect &= QRect(w->mapTo(window, QPoint()), w->size());
  }
  return rect & window->rect();
}

// Lets everything through but the eye.
class Ring final : public QWidget {
 public:
  explicit Ring(QWidget* window) : QWidget(window) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::instance().colours().focus, kThick));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), kRadius, kRadius);
  }
};

}  // namespace

FocusRing::FocusRing(QObject* parent) : QObject(parent) {
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { follow(now); });
}

void FocusRing::follow(QWidget* widget) {
  for (const auto& watched : watched_)
    if (watched != nullptr) watched->removeEventFilter(this);
  watched_.clear();
  target_ = widget;
  for (QWidget* w = widget; w != nullptr; w = w->isWindow() ? nullptr : w->parentWidget()) {
    w->installEventFilter(this);
    watched_ << w;
  }
  place();
}

bool FocusRing::eventFilter(QObject*, QEvent* event) {
  switch (event->type()) {
    case QEvent::Move:
    case QEvent::Resize:
    case QEvent::Show:
    case QEvent::Hide:
      place();
      break;
    default:
      break;
  }
  return false;
}

void FocusRing::place() {
  const bool wanted = target_ != nullptr && target_->isVisible() && !target_->isWindow() &&
                      target_->window()->windowType() != Qt::Popup;
  const QRect rect = wanted ? ringOf(target_) : QRect();
  if (rect.isEmpty()) {
    if (ring_ != nullptr) ring_->hide();
    return;
  }
  if (ring_ == nullptr || ring_->parentWidget() != target_->window()) {
    delete ring_;
    ring_ = new Ring(target_->window());
  }
  ring_->setGeometry(rect);
  // Only the band: what is repainted within, a picture for one, does not paint the ring again.
  const QRect whole = ring_->rect();
  ring_->setMask(QRegion(whole) - whole.adjusted(kBand, kBand, -kBand, -kBand));
  ring_->show();
  ring_->raise();
}

}  // namespace diorama::gui
