#include "gui/views/queue_panel.h"

#include <QAction>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "gui/service/time_text.h"
#include "gui/views/icons.h"
#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

using State = QueueEntry::State;

class EntryDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, kHeight}; }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Colours& colours = Theme::instance().colours();
    const QRect box = option.rect.adjusted(0, 2, 0, -2);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(option.state.testFlag(QStyle::State_Selected) ? colours.accent : colours.frame);
    painter->setBrush(colours.raised);
    painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const QRect inner = box.adjusted(space::kSmall, space::kTight, -space::kSmall, -space::kTight);
    const QFontMetrics metrics(option.font);
    painter->setPen(colours.text);
    painter->drawText(inner, Qt::AlignLeft | Qt::AlignTop,
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, inner.width()));
    QFont small = option.font;
    small.setPixelSize(type::kSmall);
    painter->setFont(small);
    const bool failed = index.data(QueueModel::StateRole).toInt() == static_cast<int>(State::failed);
    const QFontMetrics smallMetrics(small);
    const QRect middle = inner.adjusted(0, metrics.height(), 0, -smallMetrics.height());
    painter->setPen(colours.dim);
    painter->drawText(middle, Qt::AlignLeft | Qt::AlignVCenter,
                      smallMetrics.elidedText(index.data(QueueModel::DetailRole).toString(), Qt::ElideRight,
                                              inner.width()));
    painter->setPen(failed ? colours.error : colours.dim);
    painter->drawText(inner, Qt::AlignLeft | Qt::AlignBottom,
                      smallMetrics.elidedText(index.data(QueueModel::StateTextRole).toString(),
                                              Qt::ElideRight, inner.width()));
    paintProgress(painter, box, index);
    painter->restore();
  }

 private:
  static constexpr int kHeight = 62;  // pixels

  static void paintProgress(QPainter* painter, const QRect& box, const QModelIndex& index) {
    const int steps = index.data(QueueModel::StepsRole).toInt();
    const bool running = index.data(QueueModel::StateRole).toInt() == static_cast<int>(State::running);
    if (!running || steps == 0) return;
    const double share = static_cast<double>(index.data(QueueModel::StepRole).toInt()) / steps;
    painter->fillRect(QRectF(box.x() + 6, box.bottom() - 1, (box.width() - 12) * share, 2),
                      Theme::instance().colours().accent);
  }
};

}  // namespace

QueuePanel::QueuePanel(Session& session)
    : session_(session),
      summary_(new TextLine(Qt::AlignRight)),
      title_(label({}, "section")),
      list_(new QListView),
      empty_(label({}, "dim")) {
  QueueModel& queue = session.queue();
  pause_ = iconButton("pause", tr("Pause the queue"));
  auto* more = iconButton("more", tr("More about the queue"));
  auto* menu = new QMenu(more);
  QAction* clear = menu->addAction(tr("Clear the queue"), &session_, &Session::clearQueue);
  connect(menu, &QMenu::aboutToShow, this,
          [this, clear] { clear->setEnabled(session_.queue().rowCount() > 0); });
  more->setMenu(menu);
  more->setPopupMode(QToolButton::InstantPopup);
  more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
  auto* head = new QHBoxLayout;
  head->addWidget(title_);
  head->addWidget(summary_, 1);
  head->addWidget(pause_);
  head->addWidget(more);
  empty_->setWordWrap(true);
  empty_->setAlignment(Qt::AlignTop);
  list_->setModel(&queue);
  list_->setItemDelegate(new EntryDelegate(list_));
  list_->setAccessibleName(tr("Queue"));
  list_->setDragDropMode(QAbstractItemView::InternalMove);
  list_->setDefaultDropAction(Qt::MoveAction);
  list_->setContextMenuPolicy(Qt::ActionsContextMenu);
  list_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  const auto act = [this](const QString& text, const QKeySequence& keys, auto slot) {
    auto* action = new QAction(text, list_);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, slot);
    list_->addAction(action);
  };
  act(tr("Remove"), Qt::Key_Delete, [this] { remove(); });
  act(tr("Paint again"), {}, [this] {
    if (list_->currentIndex().isValid())
      session_.queue().retry(list_->currentIndex().data(QueueModel::JobRole).toLongLong());
  });
  act(tr("Move up"), Qt::CTRL | Qt::Key_Up, [this] { move(-1); });
  act(tr("Move down"), Qt::CTRL | Qt::Key_Down, [this] { move(2); });
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kSmall);
  layout->addLayout(head);
  layout->addWidget(empty_, 1);
  layout->addWidget(list_, 1);
  connect(pause_, &QToolButton::clicked, this, [&queue] { queue.setPaused(!queue.isPaused()); });
  connect(&queue, &QueueModel::changed, this, &QueuePanel::showState);
  connect(&queue, &QueueModel::pausedChanged, this, &QueuePanel::showState);
  connect(&queue, &QAbstractItemModel::dataChanged, this, &QueuePanel::showTime);
  showState();
}

void QueuePanel::showState() {
  const QueueModel& queue = session_.queue();
  pause_->setIcon(icon(queue.isPaused() ? "play" : "pause"));
  pause_->setToolTip(queue.isPaused() ? tr("Resume the queue") : tr("Pause the queue"));
  pause_->setAccessibleName(pause_->toolTip());
  empty_->setVisible(queue.rowCount() == 0);
  empty_->setText(
      queue.isPaused()
          ? tr("The queue is empty and paused. Pictures you add wait here until you resume it.")
          : tr("The queue is empty. Pictures you start while one is being painted line up here."));
  const int count = queue.rowCount();
  title_->setText(count > 0 ? tr("Queue · %1").arg(count) : tr("Queue"));
  list_->setVisible(queue.rowCount() > 0);
  showTime();
}

void QueuePanel::showTime() {
  const QueueModel& queue = session_.queue();
  const double seconds = queue.secondsLeft();
  summary_->setText(queue.isPaused() ? tr("paused") : seconds > 0 ? timeLeftText(seconds) : QString());
}

void QueuePanel::remove() {
  const QModelIndex at = list_->currentIndex();
  if (!at.isValid()) return;
  session_.removeFromQueue(at.data(QueueModel::JobRole).toLongLong());
}

void QueuePanel::move(int by) {
  const int row = list_->currentIndex().row();
  if (row >= 0) session_.queue().moveRows({}, row, 1, {}, row + by);
}

}  // namespace diorama::gui
