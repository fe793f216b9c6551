#include "gui/views/queue_panel.h"

#include <QAction>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/words.h"

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
    painter->setPen(option.state.testFlag(QStyle::State_Selected) ? colours.accent : colours.line);
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
    painter->setPen(failed ? colours.error : colours.dim);
    painter->drawText(inner, Qt::AlignLeft | Qt::AlignBottom,
                      QFontMetrics(small).elidedText(index.data(QueueModel::StateTextRole).toString(),
                                                     Qt::ElideRight, inner.width()));
    paintProgress(painter, box, index);
    painter->restore();
  }

 private:
  static constexpr int kHeight = 46;  // pixels

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
      list_(new QListView),
      empty_(label({}, "dim")) {
  QueueModel& queue = session.queue();
  pause_ = iconButton("pause", tr("Pause the queue"));
  auto* clear = iconButton("trash", tr("Cancel everything"), tr("Shift+Esc"));
  auto* head = new QHBoxLayout;
  head->addWidget(label(tr("Queue"), "section"));
  head->addWidget(summary_, 1);
  head->addWidget(pause_);
  head->addWidget(clear);
  empty_->setText(tr("Nothing waits. Paint while another picture is painted, and it waits here."));
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
  act(tr("Cancel"), Qt::Key_Delete, [this] { remove(); });
  act(tr("Paint again"), {}, [this] {
    if (list_->currentIndex().isValid())
      session_.queue().retry(list_->currentIndex().data(QueueModel::JobRole).toLongLong());
  });
  act(tr("Earlier"), Qt::CTRL | Qt::Key_Up, [this] { move(-1); });
  act(tr("Later"), Qt::CTRL | Qt::Key_Down, [this] { move(2); });
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(space::kSmall);
  layout->addLayout(head);
  layout->addWidget(empty_, 1);
  layout->addWidget(list_, 1);
  connect(pause_, &QToolButton::clicked, this, [&queue] { queue.setPaused(!queue.isPaused()); });
  connect(clear, &QToolButton::clicked, &session_, &Session::cancelAll);
  connect(&queue, &QueueModel::changed, this, &QueuePanel::showState);
  connect(&queue, &QueueModel::pausedChanged, this, &QueuePanel::showState);
  connect(&queue, &QAbstractItemModel::dataChanged, this, &QueuePanel::showTime);
  showState();
}

void QueuePanel::showState() {
  const QueueModel& queue = session_.queue();
  pause_->setIcon(icon(queue.isPaused() ? "play" : "pause"));
  pause_->setToolTip(queue.isPaused() ? tr("Go on with the queue") : tr("Pause the queue"));
  pause_->setAccessibleName(pause_->toolTip());
  empty_->setVisible(queue.rowCount() == 0);
  list_->setVisible(queue.rowCount() > 0);
  showTime();
}

void QueuePanel::showTime() {
  const QueueModel& queue = session_.queue();
  const double seconds = queue.secondsLeft();
  summary_->setText(queue.isPaused() ? tr("paused")
                    : seconds > 0    ? tr("%1 left").arg(durationText(seconds))
                                     : QString());
}

void QueuePanel::remove() {
  const QModelIndex at = list_->currentIndex();
  if (!at.isValid()) return;
  const qint64 job = at.data(QueueModel::JobRole).toLongLong();
  if (job == session_.running())
    session_.cancel();
  else
    session_.queue().remove(job);
}

void QueuePanel::move(int by) {
  const int row = list_->currentIndex().row();
  if (row >= 0) session_.queue().moveRows({}, row, 1, {}, row + by);
}

}  // namespace diorama::gui
