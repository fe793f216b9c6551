#include "gui/views/strip_view.h"

#include <QHash>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kRow = 6;  // pixels
constexpr int kMostHeight = 120;

}  // namespace

StripView::StripView(StripModel& model) : model_(model) {
  setAccessibleName(tr("Blocks computed at each step"));
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  const auto changed = [this] {
    setFixedHeight(sizeHint().height());
    setVisible(model_.rowCount() > 0);
    row_ = std::clamp(row_, 0, std::max(0, model_.rowCount() - 1));
    update();
  };
  connect(&model, &QAbstractItemModel::modelReset, this, changed);
  connect(&model, &QAbstractItemModel::dataChanged, this, qOverload<>(&QWidget::update));
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  changed();
}

QSize StripView::sizeHint() const {
  return {200, std::min(kMostHeight, std::max(1, model_.rowCount()) * kRow)};
}

void StripView::setStep(int column) {
  step_ = column;
  update();
}

QRectF StripView::cell(int row, int column) const {
  const double w = static_cast<double>(width()) / std::max(1, model_.columnCount());
  const double h = static_cast<double>(height()) / std::max(1, model_.rowCount());
  return QRectF(column * w, row * h, w, h).adjusted(0.5, 0.5, -0.5, -0.5);
}

QModelIndex StripView::indexAt(const QPoint& at) const {
  if (model_.columnCount() == 0 || model_.rowCount() == 0) return {};
  return model_.index(at.y() * model_.rowCount() / height(), at.x() * model_.columnCount() / width());
}

void StripView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Colours& colours = Theme::instance().colours();
  const QColor empty = mixed(colours.window, colours.line, 0.35);
  for (int column = 0; column < model_.columnCount(); ++column)
    for (int row = 0; row < model_.rowCount(); ++row) {
      const QVariant share = model_.index(row, column).data(StripModel::ShareRole);
      painter.fillRect(cell(row, column),
                       share.isValid() ? mixed(colours.reused, colours.computed, share.toDouble()) : empty);
    }
  painter.setPen(QPen(colours.text, 1));
  if (step_ >= 0 && step_ < model_.columnCount())
    painter.drawRect(cell(0, step_).united(cell(model_.rowCount() - 1, step_)));
  if (!hasFocus() || model_.rowCount() == 0) return;
  painter.setPen(QPen(colours.accent, 2));
  painter.drawRect(cell(row_, std::max(step_, 0)));
}

// The arrow keys go from cell to cell and say what was done there.
void StripView::keyPressEvent(QKeyEvent* event) {
  const QHash<int, QPoint> moves{
      {Qt::Key_Left, {-1, 0}}, {Qt::Key_Right, {1, 0}}, {Qt::Key_Up, {0, -1}}, {Qt::Key_Down, {0, 1}}};
  const auto move = moves.constFind(event->key());
  if (move == moves.constEnd() || model_.rowCount() == 0) return QWidget::keyPressEvent(event);
  row_ = std::clamp(row_ + move->y(), 0, model_.rowCount() - 1);
  const int column = std::clamp(std::max(step_, 0) + move->x(), 0, model_.columnCount() - 1);
  if (column != step_) emit stepClicked(column);
  setStep(column);
  const QModelIndex at = model_.index(row_, column);
  setAccessibleDescription(at.data(Qt::AccessibleTextRole).toString());
  QToolTip::showText(mapToGlobal(cell(row_, column).center().toPoint()), at.data(Qt::ToolTipRole).toString(),
                     this);
}

QString StripView::explanationAt(const QPoint& at) const {
  return indexAt(at).data(Qt::ToolTipRole).toString();
}

bool StripView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QToolTip::showText(help->globalPos(), explanationAt(help->pos()), this);
  return true;
}

void StripView::mousePressEvent(QMouseEvent* event) {
  const QModelIndex under = indexAt(event->position().toPoint());
  if (under.isValid()) emit stepClicked(under.column());
}

}  // namespace diorama::gui
