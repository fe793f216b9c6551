#include "gui/views/toasts.h"

#include <QApplication>
#include <QEvent>
#include <QHBoxLayout>
#include <algorithm>

#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kWidth = 380;  // pixels, at most
constexpr int kMostShown = 4;
constexpr int kMostKept = 500;
constexpr int kLonger = 2;               // times as long, where there is something to take back
constexpr int kHeldMilliseconds = 1000;  // between looks at whether the pointer has left

}  // namespace

Toast::Toast(const Notice& notice, int noteMilliseconds) : notice_(notice) {
  setObjectName("toast");
  setAttribute(Qt::WA_StyledBackground);
  const bool isError = notice.kind == Notice::Kind::error;
  auto* text = label(notice.text);
  text->setWordWrap(true);
  text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* words = new QVBoxLayout;
  words->setSpacing(space::kTight);
  words->addWidget(text);
  if (!notice.advice.isEmpty()) {
    auto* advice = label(notice.advice, "dim");
    advice->setWordWrap(true);
    advice->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->addWidget(advice);
  }
  auto* actions = new QHBoxLayout;
  actions->setSpacing(space::kSmall);
  for (const ToastAction& action : notice.actions) {
    auto* act = button(action.text);
    actions->addWidget(act);
    connect(act, &QPushButton::clicked, this, [this, doIt = action.act] {
      emit finished();
      if (doIt) doIt();
    });
  }
  actions->addStretch();
  if (!notice.actions.isEmpty()) words->addLayout(actions);
  auto* close = iconButton("close", tr("Close the message"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(space::kMedium, space::kSmall, space::kSmall, space::kSmall);
  layout->setSpacing(space::kMedium);
  layout->addWidget(new IconLabel(isError ? "warning" : "about"), 0, Qt::AlignTop);
  layout->addLayout(words, 1);
  layout->addWidget(close, 0, Qt::AlignTop);
  setAccessibleName(notice.text);
  setAccessibleDescription(notice.advice);
  connect(close, &QToolButton::clicked, this, &Toast::finished);
  timer_.setSingleShot(true);
  timer_.setInterval(notice.actions.isEmpty() ? noteMilliseconds : kLonger * noteMilliseconds);
  connect(&timer_, &QTimer::timeout, this, [this] {
    if (isHeld()) return timer_.start(std::min(timer_.interval(), kHeldMilliseconds));
    emit finished();
  });
  restart();
}

void Toast::fit() {
  for (QWidget* part : findChildren<QWidget*>()) part->ensurePolished();
  setFixedSize(kWidth, layout()->heightForWidth(kWidth));
}

void Toast::restart() {
  if (notice_.kind == Notice::Kind::note) timer_.start();
}

bool Toast::isHeld() const {
  return underMouse() || isAncestorOf(QApplication::focusWidget());
}

Toasts::Toasts(QWidget* parent) : QWidget(parent), layout_(new QVBoxLayout(this)) {
  setAccessibleName(tr("Messages"));
  layout_->setContentsMargins(0, 0, 0, 0);
  layout_->setSpacing(space::kSmall);
  layout_->setSizeConstraint(QLayout::SetFixedSize);
  hide();
}

void Toasts::setAnchor(QWidget* anchor) {
  for (const auto& widget : watched_)
    if (widget != nullptr) widget->removeEventFilter(this);
  watched_.clear();
  anchor_ = anchor;
  for (QWidget* widget = anchor; widget != nullptr && widget != parentWidget();
       widget = widget->parentWidget()) {
    widget->installEventFilter(this);
    watched_ << widget;
  }
  parentWidget()->installEventFilter(this);
  watched_ << parentWidget();
  place();
}

bool Toasts::eventFilter(QObject*, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::Move || event->type() == QEvent::Show)
    place();
  return false;
}

void Toasts::place() {
  if (anchor_ == nullptr || toasts_.isEmpty()) return;
  const QRect room(anchor_->mapTo(parentWidget(), QPoint()), anchor_->size());
  const QSize size = sizeHint();
  resize(size);
  // Where the room is too low, the newest is seen whole.
  move(room.left() + space::kLarge, room.bottom() + 1 - space::kLarge - size.height());
  raise();
}

void Toasts::show(const QString& text, const QString& advice, bool isError) {
  show({.kind = isError ? Notice::Kind::error : Notice::Kind::note, .text = text, .advice = advice});
}

void Toasts::show(const Notice& notice) {
  history_ << notice;
  history_.last().when = QDateTime::currentDateTime();
  if (history_.size() > kMostKept) history_.removeFirst();
  // The same again is not a second card.
  const auto isSame = [&](const Notice& other) {
    return (other.text == notice.text && other.advice == notice.advice) ||
           (!notice.topic.isEmpty() && other.topic == notice.topic);
  };
  for (Toast* toast : QList<Toast*>(toasts_))
    if (isSame(toast->notice())) remove(toast);
  for (Toast* toast : QList<Toast*>(toasts_))
    if (toasts_.size() >= kMostShown && toast->notice().kind != Notice::Kind::question) remove(toast);
  auto* toast = new Toast(notice, noteMilliseconds_);
  toasts_ << toast;
  layout_->addWidget(toast);
  toast->fit();
  connect(toast, &Toast::finished, this, [this, toast] { remove(toast); });
  QWidget::show();
  layout_->activate();
  place();
}

void Toasts::remove(Toast* toast) {
  if (!toasts_.removeOne(toast)) return;
  const bool hadFocus = toast->isAncestorOf(QApplication::focusWidget());
  layout_->removeWidget(toast);
  toast->hide();
  toast->deleteLater();  // it may be its own button that asks
  setVisible(!toasts_.isEmpty());
  layout_->activate();
  place();
  if (hadFocus) emit focusLost();
}

bool Toasts::closeFocused() {
  for (Toast* toast : QList<Toast*>(toasts_)) {
    if (!toast->isAncestorOf(QApplication::focusWidget())) continue;
    remove(toast);
    return true;
  }
  return false;
}

void Toasts::focusNewest() {
  if (toasts_.isEmpty()) return;
  toasts_.last()->findChild<QAbstractButton*>()->setFocus(Qt::ShortcutFocusReason);
}

QString Toasts::text() const {
  QStringList lines;
  for (const Toast* toast : toasts_) {
    lines << toast->notice().text;
    if (!toast->notice().advice.isEmpty()) lines << toast->notice().advice;
  }
  return lines.join('\n');
}

}  // namespace diorama::gui
