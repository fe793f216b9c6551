#include "gui/views/prompt_edit.h"

#include <QKeyEvent>
#include <QMimeData>
#include <algorithm>

namespace diorama::gui {

PromptEdit::PromptEdit(int lines) {
  setTabChangesFocus(true);
  setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  constexpr int kFrame = 18;
  setFixedHeight(fontMetrics().lineSpacing() * lines + kFrame);
}

void PromptEdit::setPrompt(const QString& text) {
  if (text == toPlainText()) return;
  QTextCursor cursor(document());
  cursor.select(QTextCursor::Document);
  cursor.insertText(text);
}

void PromptEdit::setHistory(const QStringList& newestFirst) {
  history_ = newestFirst;
  place_ = -1;
}

void PromptEdit::walkHistory(int step) {
  const qsizetype next = std::clamp<qsizetype>(place_ - step, -1, history_.size() - 1);
  if (next == place_) return;
  if (place_ == -1) typed_ = toPlainText();
  place_ = next;
  setPrompt(place_ == -1 ? typed_ : history_[place_]);
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* mime) const {
  return !mime->hasUrls() && QPlainTextEdit::canInsertFromMimeData(mime);
}

void PromptEdit::keyPressEvent(QKeyEvent* event) {
  const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (isEnter && event->modifiers().testFlag(Qt::ControlModifier)) return emit submitted();
  if (event->modifiers() == Qt::AltModifier && event->key() == Qt::Key_Up) return walkHistory(-1);
  if (event->modifiers() == Qt::AltModifier && event->key() == Qt::Key_Down) return walkHistory(1);
  QPlainTextEdit::keyPressEvent(event);
}

}  // namespace diorama::gui
