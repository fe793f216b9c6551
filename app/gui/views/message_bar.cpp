#include "gui/views/message_bar.h"

#include <QHBoxLayout>

#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

MessageBar::MessageBar()
    : icon_(new QLabel), text_(new QLabel), yes_(new QPushButton(tr("Yes"))), no_(new QPushButton(tr("No"))) {
  setObjectName("messages");
  setAttribute(Qt::WA_StyledBackground);
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);  // prompts and files have their say here
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* close = iconButton("close", tr("Close the message"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(space::kLarge, space::kSmall, space::kSmall, space::kSmall);
  layout->setSpacing(space::kMedium);
  layout->addWidget(icon_);
  layout->addWidget(text_, 1);
  layout->addWidget(yes_);
  layout->addWidget(no_);
  layout->addWidget(close);
  hide();
  const auto answer = [this](std::function<void()>& action) {
    hide();
    if (action) action();
  };
  connect(yes_, &QPushButton::clicked, this, [this, answer] { answer(onYes_); });
  connect(no_, &QPushButton::clicked, this, [this, answer] { answer(onNo_); });
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
}

// A note stands below an error or a question, and an error below a question: never in their place.
void MessageBar::show(const QString& text, const QString& advice, bool isError) {
  if (isHidden()) forget();
  const QString sentence = text.left(1).toUpper() + text.mid(1);
  const QString said = advice.isEmpty() ? sentence : QStringLiteral("%1\n%2").arg(sentence, advice);
  const QString& above = isError ? question_ : kept_;
  const QString all = above.isEmpty() ? said : QStringLiteral("%1\n%2").arg(above, said);
  if (isError) kept_ = all;
  put(all);
}

void MessageBar::put(const QString& text) {
  icon_->setPixmap(icon(kept_ == question_ ? "about" : "warning").pixmap(18, 18));
  text_->setText(text);
  setAccessibleName(text);
  yes_->setVisible(!question_.isEmpty());
  no_->setVisible(!question_.isEmpty());
  QWidget::show();
}

void MessageBar::forget() {
  question_.clear();
  kept_.clear();
}

void MessageBar::leavePage() {
  if (kept_.isEmpty()) hide();
}

void MessageBar::ask(const QString& text, const QString& yes, const std::function<void()>& onYes,
                     const QString& no, const std::function<void()>& onNo) {
  yes_->setText(yes);
  no_->setText(no);
  onYes_ = onYes;
  onNo_ = onNo;
  question_ = kept_ = text;
  put(text);
}

}  // namespace diorama::gui
