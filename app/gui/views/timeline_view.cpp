#include "gui/views/timeline_view.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/views/icons.h"
#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kCell = 44;  // pixels
constexpr int kCaption = 14;

}  // namespace

TimelineView::TimelineView(TimelineModel& model) : model_(model) {
  setAccessibleName(tr("Steps"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setFixedHeight(kCell + kCaption + space::kTight);
  connect(&model, &QAbstractItemModel::modelReset, this, &TimelineView::onReset);
  connect(&model, &QAbstractItemModel::rowsInserted, this, qOverload<>(&QWidget::update));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void TimelineView::onReset() {
  hovered_ = -1;
  clearCurrent();
}

void TimelineView::clearCurrent() {
  current_ = -1;
  setAccessibleDescription({});
  update();
}

void TimelineView::setCurrent(int row) {
  if (row < 0 || row >= model_.rowCount()) return;
  current_ = row;
  setAccessibleDescription(model_.index(row).data(Qt::AccessibleTextRole).toString());
  update();
  emit scrubbed(row);
}

// As the strip divides its width, which is this one's.
double TimelineView::columnWidth() const {
  const int steps = model_.rowCount() > 0 ? model_.frame(0).steps : 1;
  return static_cast<double>(width()) / std::max(steps, 1);
}

int TimelineView::columnCentre(int row) const {
  return static_cast<int>((model_.frame(row).step - 0.5) * columnWidth());
}

int TimelineView::rowAt(const QPoint& at) const {
  if (model_.rowCount() == 0) return -1;
  const int step = static_cast<int>(at.x() / columnWidth()) + 1;
  const int row = step - model_.frame(0).step;
  return row >= 0 && row < model_.rowCount() ? row : -1;
}

QRect TimelineView::cell(int row) const {
  const int side = std::min(kCell, width());
  const int x = std::clamp(columnCentre(row) - side / 2, 0, width() - side);
  return {x, 1, side, side};
}

void TimelineView::paintStep(QPainter& painter, int row) const {
  const Colours& colours = Theme::instance().colours();
  const QRect place = cell(row);
  const QImage& image = model_.frame(row).preview;
  painter.fillRect(place, colours.canvas);
  if (!image.isNull()) {
    QRect fitted(QPoint(), image.size().scaled(place.size(), Qt::KeepAspectRatio));
    fitted.moveCenter(place.center());
    painter.drawImage(fitted, image);
  }
  const bool isChosen = row == current_;
  if (isChosen || row == hovered_) {
    painter.setPen(QPen(isChosen ? colours.accent : colours.frame, 2));
    painter.drawRect(place);
  }
  const QRect caption(place.x(), place.bottom() + 2, place.width(), kCaption);
  painter.fillRect(caption, colours.window);
  painter.setPen(isChosen ? colours.text : colours.dim);
  painter.drawText(caption, Qt::AlignCenter, QString::number(model_.frame(row).step));
}

void TimelineView::paintEvent(QPaintEvent*) {
  if (model_.rowCount() == 0) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  QFont small = font();
  small.setPixelSize(type::kSmall - 1);
  painter.setFont(small);
  // So many columns share one preview.
  const int stride = std::max(1, static_cast<int>(std::ceil((kCell + space::kTight) / columnWidth())));
  for (int row = 0; row < model_.rowCount(); ++row)
    if ((model_.frame(row).step - 1) % stride == 0) paintStep(painter, row);
  for (const int row : {current_, hovered_})
    if (row >= 0 && row < model_.rowCount()) paintStep(painter, row);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  const int row = rowAt(event->position().toPoint());
  if (event->button() == Qt::LeftButton && row >= 0) setCurrent(row);
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const int row = rowAt(event->position().toPoint());
  if (event->buttons().testFlag(Qt::LeftButton) && row >= 0 && row != current_) setCurrent(row);
  if (row == hovered_) return;
  hovered_ = row;
  update();
}

void TimelineView::leaveEvent(QEvent*) {
  hovered_ = -1;
  update();
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
  const int last = model_.rowCount() - 1;
  const int from = current_ < 0 ? last : current_;  // the picture is the last step
  switch (event->key()) {
    case Qt::Key_Home:
      return setCurrent(0);
    case Qt::Key_End:
      return setCurrent(last);
    case Qt::Key_Left:
      return setCurrent(std::max(from - 1, 0));
    case Qt::Key_Right:
      return setCurrent(std::min(from + 1, last));
    default:
      QWidget::keyPressEvent(event);
  }
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
  const int row = event->reason() == QContextMenuEvent::Keyboard ? current_ : rowAt(event->pos());
  if (row < 0) return;
  QMenu menu;
  menu.addAction(icon("branch"), tr("Branch from step %1").arg(model_.frame(row).step), this,
                 [this, row] { emit branchWanted(row); });
  menu.exec(event->globalPos());
}

bool TimelineView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const int row = rowAt(help->pos());
  QToolTip::showText(help->globalPos(),
                     row < 0 ? QString() : model_.index(row).data(Qt::ToolTipRole).toString(), this);
  return true;
}

}  // namespace diorama::gui
