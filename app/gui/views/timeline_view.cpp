#include "gui/views/timeline_view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>

#include "gui/views/icons.h"
#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

constexpr int kCell = 44;  // pixels
constexpr int kCaption = 14;

class StepDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {kCell + space::kTight, kCell + kCaption + space::kTight};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Colours& colours = Theme::instance().colours();
    const bool chosen = option.state.testFlag(QStyle::State_Selected);
    const QRect cell(option.rect.x() + 2, option.rect.y() + 2, kCell, kCell);
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    painter->fillRect(cell, colours.canvas);
    const auto image = index.data(Qt::DecorationRole).value<QImage>();
    if (!image.isNull()) {
      const QSize size = image.size().scaled(cell.size(), Qt::KeepAspectRatio);
      painter->drawImage(QRect(cell.center() - QPoint(size.width() / 2 - 1, size.height() / 2 - 1), size),
                         image);
    }
    if (chosen) {
      painter->setPen(QPen(colours.accent, 2));
      painter->drawRect(cell);
    }
    QFont font = option.font;
    font.setPixelSize(type::kSmall - 1);
    painter->setFont(font);
    painter->setPen(chosen ? colours.text : colours.dim);
    painter->drawText(cell.translated(0, kCell).adjusted(0, 1, 0, kCaption - kCell), Qt::AlignCenter,
                      index.data(Qt::DisplayRole).toString());
    painter->restore();
  }
};

}  // namespace

TimelineView::TimelineView(TimelineModel& model) {
  setModel(&model);
  setItemDelegate(new StepDelegate(this));
  setAccessibleName(tr("Steps"));
  setFlow(QListView::LeftToRight);
  setWrapping(false);
  setUniformItemSizes(true);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setFixedHeight(kCell + kCaption + 2 * space::kSmall);
  setMouseTracking(false);
  connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& at) {
    if (at.isValid()) emit scrubbed(at.row());
  });
  connect(&model, &QAbstractItemModel::rowsInserted, this,
          [this](const QModelIndex&, int, int last) { scrollTo(this->model()->index(last, 0)); });
}

void TimelineView::setCurrent(int row) {
  setCurrentIndex(model()->index(row, 0));
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const QModelIndex under = indexAt(event->position().toPoint());
  if (event->buttons().testFlag(Qt::LeftButton) && under.isValid()) setCurrentIndex(under);
}

void TimelineView::contextMenuEvent(QContextMenuEvent* event) {
  const QModelIndex under = indexAt(event->pos());
  if (!under.isValid()) return;
  QMenu menu;
  menu.addAction(icon("branch"), tr("Branch from step %1").arg(under.data().toInt()), this,
                 [this, row = under.row()] { emit branchWanted(row); });
  menu.exec(event->globalPos());
}

}  // namespace diorama::gui
