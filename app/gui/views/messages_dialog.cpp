#include "gui/views/messages_dialog.h"

#include <QDialogButtonBox>
#include <QLocale>
#include <QPlainTextEdit>

#include "gui/views/form.h"
#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

QString lineOf(const Notice& notice) {
  const QString time = QLocale().toString(notice.when.time(), QLocale::ShortFormat);
  return notice.advice.isEmpty() ? MessagesDialog::tr("%1  %2").arg(time, notice.text)
                                 : MessagesDialog::tr("%1  %2\n%3").arg(time, notice.text, notice.advice);
}

}  // namespace

MessagesDialog::MessagesDialog(const QList<Notice>& history, QWidget* parent) : QDialog(parent) {
  constexpr int kWidth = 560, kHeight = 360;  // pixels
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Messages"));
  QStringList lines;
  for (const Notice& notice : history) lines.prepend(lineOf(notice));
  auto* text = named(new QPlainTextEdit(lines.join(QStringLiteral("\n\n"))), tr("Messages"));
  text->setReadOnly(true);
  text->setTabChangesFocus(true);
  text->setPlaceholderText(tr("No messages yet."));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = makeColumn(this, space::kMedium);
  layout->setContentsMargins(space::kLarge, space::kLarge, space::kLarge, space::kLarge);
  layout->addWidget(text, 1);
  layout->addWidget(buttons);
  resize(kWidth, kHeight);
}

}  // namespace diorama::gui
