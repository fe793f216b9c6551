#include "gui/views/message_bar.h"

#include <QHBoxLayout>

#include "gui/views/icons.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {

MessageBar::MessageBar() : icon_(new QLabel), text_(new QLabel), yes_(new QPushButton), no_(new QPushButton) {
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
  yes_->setAccessibleName(tr("Yes"));
  no_->setAccessibleName(tr("No"));
  hide();
  const auto answer = [this](std::function<void()>& action) {
    hide();
    if (action) action();
  };
  connect(yes_, &QPushButton::clicked, this, [this, answer] { answer(onYes_); });
  connect(no_, &QPushButton::clicked, this, [this, answer] { answer(onNo_); });
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
}

void MessageBar::show(const QString& text, const QString& advice, bool isError) {
  if (!isError && stays_ && isVisible()) return;  // a note does not take the place of an error or a question
  icon_->setPixmap(icon(isError ? "warning" : "about").pixmap(18, 18));
  const QString sentence = text.left(1).toUpper() + text.mid(1);
  text_->setText(advice.isEmpty() ? sentence : QStringLiteral("%1\n%2").arg(sentence, advice));
  setAccessibleName(text_->text());
  yes_->hide();
  no_->hide();
  stays_ = isError;
  QWidget::show();
}

void MessageBar::leavePage() {
  if (!stays_) hide();
}

void MessageBar::ask(const QString& text, const QString& yes, const std::function<void()>& onYes,
                     const QString& no, const std::function<void()>& onNo) {
  stays_ = false;
  show(text, {}, false);
  stays_ = true;
  yes_->setText(yes);
  no_->setText(no);
  onYes_ = onYes;
  onNo_ = onNo;
  yes_->show();
  no_->show();
}

}  // namespace diorama::gui
