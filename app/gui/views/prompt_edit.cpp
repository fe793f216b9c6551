#include "gui/views/prompt_edit.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMimeData>
#include <QRegularExpression>
#include <algorithm>

#include "gui/views/theme.h"

namespace diorama::gui {
namespace {

// The model's reader has put the spaces in order and may have changed the case.
QRegularExpression atTheEnd(const QString& text) {
  QStringList words = text.simplified().split(' ');
  for (QString& word : words) word = QRegularExpression::escape(word);
  return QRegularExpression(words.join(QLatin1String("\\s+")) + QLatin1String("\\s*\\z"),
                            QRegularExpression::CaseInsensitiveOption);
}

}  // namespace

PromptEdit::PromptEdit(int fewestLines, int mostLines) : fewest_(fewestLines), most_(mostLines) {
  setTabChangesFocus(true);
  connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
          &PromptEdit::grow);
  grow();
}

void PromptEdit::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  grow();
}

// A plain document is as high as it has lines.
void PromptEdit::grow() {
  constexpr int kFrame = 18;  // pixels
  const int wanted = static_cast<int>(document()->size().height());
  const int lines = std::clamp(wanted, fewest_, most_);
  setVerticalScrollBarPolicy(wanted > most_ ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
  const int height = fontMetrics().lineSpacing() * lines + kFrame;
  if (height != minimumHeight() || height != maximumHeight()) setFixedHeight(height);
}

void PromptEdit::setDropped(const QString& end) {
  droppedFrom_ = end.isEmpty() ? -1 : toPlainText().lastIndexOf(atTheEnd(end));
  QList<QTextEdit::ExtraSelection> marks;
  if (droppedFrom_ >= 0) {
    QTextEdit::ExtraSelection mark;
    mark.cursor = QTextCursor(document());
    mark.cursor.setPosition(static_cast<int>(droppedFrom_));
    mark.cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    mark.format.setFontStrikeOut(true);
    mark.format.setForeground(Theme::instance().colours().dim);
    marks << mark;
  }
  setExtraSelections(marks);
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
