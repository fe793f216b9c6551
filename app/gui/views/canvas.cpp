#include "gui/views/canvas.h"

#include <QApplication>
#include <QDrag>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QUrl>
#include <algorithm>
#include <cmath>

#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kFrameMilliseconds = 33;
constexpr double kSmallestZoom = 1.0 / 16;
constexpr double kLargestZoom = 64;
constexpr double kWheelStep = 1.2;  // a notch

// Doubled again and again: smoother than one large step, which shows the cells' corners.
QImage enlarged(QImage image) {
  constexpr int kEnough = 256;  // pixels
  while (!image.isNull() && std::max(image.width(), image.height()) * 2 <= kEnough)
    image = image.scaled(image.size() * 2, Qt::KeepAspectRatio, Qt::SmoothTransformation);
  return image;
}

}  // namespace

Canvas::Canvas() {
  setObjectName("canvas");
  setMinimumSize(160, 160);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Picture"));
  frames_.setSingleShot(true);
  connect(&frames_, &QTimer::timeout, this, qOverload<>(&QWidget::update));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

// At once where the last frame is long enough ago: in one pass with all else that a step changes.
void Canvas::updateSoon() {
  if (frames_.isActive()) return;
  const qint64 rest = lastFrame_.isValid() ? kFrameMilliseconds - lastFrame_.elapsed() : 0;
  if (rest <= 0) return update();
  frames_.start(static_cast<int>(rest));
}

void Canvas::setImage(const QImage& image, const QSize& size) {
  image_ = image;
  painted_ = {};
  if (size != size_) {
    size_ = size;
    centre_ = QPointF(size.width(), size.height()) / 2;
    if (fitted_) fit();
  }
  updateSoon();
}

void Canvas::setPreview(const QImage& image, const QSize& size) {
  preview_ = true;
  path_.clear();
  setImage(image, size);
}

void Canvas::setPicture(const QImage& image, const QString& path) {
  preview_ = false;
  path_ = path;
  kept_.clear();
  setImage(image, image.size());
}

void Canvas::setTokens(const std::vector<std::uint8_t>& kept, int columns) {
  kept_ = kept;
  columns_ = columns;
  updateSoon();
}

void Canvas::setTokensShown(bool shown) {
  tokensShown_ = shown;
  update();
}

void Canvas::setHint(const QString& text) {
  hint_ = text;
  update();
}

double Canvas::fittingZoom() const {
  if (size_.isEmpty()) return 1;
  const double margin = 2 * space::kHuge;
  const double zoom = std::min((width() - margin) / size_.width(), (height() - margin) / size_.height());
  // Whole multiples keep pixels square and sharp.
  return std::max(zoom >= 2 ? std::floor(zoom * devicePixelRatio()) / devicePixelRatio() : zoom,
                  kSmallestZoom);
}

void Canvas::setZoom(double zoom) {
  zoom_ = std::clamp(zoom, kSmallestZoom, kLargestZoom);
  emit zoomChanged(zoom_);
  update();
}

void Canvas::fit() {
  fitted_ = true;
  centre_ = QPointF(size_.width(), size_.height()) / 2;
  setZoom(fittingZoom());
}

void Canvas::showOneToOne() {
  fitted_ = false;
  setZoom(1 / devicePixelRatio());
}

void Canvas::zoomAt(const QPointF& where, double factor) {
  const QPointF middle = QRectF(rect()).center();
  const QPointF under = centre_ + (where - middle) / zoom_;
  fitted_ = false;
  setZoom(zoom_ * factor);
  centre_ = under - (where - middle) / zoom_;
}

QRectF Canvas::target() const {
  const QSizeF size = QSizeF(size_) * zoom_;
  const QPointF corner = QRectF(rect()).center() - centre_ * zoom_;
  const double ratio = devicePixelRatio();
  const auto snapped = [ratio](double x) { return std::round(x * ratio) / ratio; };
  return {QPointF(snapped(corner.x()), snapped(corner.y())), size};
}

void Canvas::paintEvent(QPaintEvent*) {
  lastFrame_.start();
  QPainter painter(this);
  const Colours& colours = Theme::instance().colours();
  painter.fillRect(rect(), colours.canvas);
  if (image_.isNull()) {
    painter.setPen(colours.dim);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, hint_);
    return;
  }
  if (painted_.isNull()) painted_ = preview_ ? enlarged(image_) : image_;
  const bool keepsPixels = !preview_ && zoom_ * devicePixelRatio() >= 2;
  painter.setRenderHint(QPainter::SmoothPixmapTransform, !keepsPixels);
  painter.drawImage(target(), painted_);
  if (tokensShown_ && !kept_.empty()) paintTokens(painter, target());
}

void Canvas::paintTokens(QPainter& painter, const QRectF& rect) const {
  if (columns_ <= 0) return;
  const auto rows = static_cast<int>(kept_.size()) / columns_;
  const double w = rect.width() / columns_, h = rect.height() / std::max(rows, 1);
  QColor veil = Theme::instance().colours().canvas;
  veil.setAlpha(150);
  for (size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i] != 0) continue;
    const int x = static_cast<int>(i) % columns_, y = static_cast<int>(i) / columns_;
    painter.fillRect(QRectF(rect.x() + x * w, rect.y() + y * h, w, h), veil);
  }
}

void Canvas::resizeEvent(QResizeEvent*) {
  if (fitted_) fit();
}

void Canvas::wheelEvent(QWheelEvent* event) {
  zoomAt(event->position(), std::pow(kWheelStep, event->angleDelta().y() / 120.0));
}

void Canvas::mousePressEvent(QMouseEvent* event) {
  pressedAt_ = event->position();
  const bool larger = target().width() > width() || target().height() > height();
  panning_ = event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && larger);
  if (panning_) setCursor(Qt::ClosedHandCursor);
}

void Canvas::mouseMoveEvent(QMouseEvent* event) {
  if (panning_) {
    centre_ -= (event->position() - pressedAt_) / zoom_;
    pressedAt_ = event->position();
    fitted_ = false;
    return update();
  }
  const bool far = (event->position() - pressedAt_).manhattanLength() >= QApplication::startDragDistance();
  if (event->buttons().testFlag(Qt::LeftButton) && far && !path_.isEmpty()) startDrag();
}

void Canvas::mouseReleaseEvent(QMouseEvent*) {
  panning_ = false;
  unsetCursor();
}

void Canvas::mouseDoubleClickEvent(QMouseEvent*) {
  if (fitted_)
    showOneToOne();
  else
    fit();
}

void Canvas::keyPressEvent(QKeyEvent* event) {
  const QPointF middle = QRectF(rect()).center();
  if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Equal) return zoomAt(middle, kWheelStep);
  if (event->key() == Qt::Key_Minus) return zoomAt(middle, 1 / kWheelStep);
  QWidget::keyPressEvent(event);
}

void Canvas::contextMenuEvent(QContextMenuEvent* event) {
  emit contextMenuWanted(event->globalPos());
}

void Canvas::startDrag() {
  auto* mime = new QMimeData;
  mime->setUrls({QUrl::fromLocalFile(path_)});
  mime->setImageData(image_);
  auto* drag = new QDrag(this);
  drag->setMimeData(mime);
  drag->setPixmap(QPixmap::fromImage(image_.scaled(96, 96, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
  drag->exec(Qt::CopyAction);
}

}  // namespace diorama::gui
