// A field for prompts that grows with its text: undo, history with Alt+Up and Alt+Down, and the end that has
// no place in the model struck through.
#pragma once

#include <QPlainTextEdit>

namespace diorama::gui {

class PromptEdit : public QPlainTextEdit {
  Q_OBJECT

 public:
  PromptEdit(int fewestLines, int mostLines);

  QString prompt() const { return toPlainText(); }
  // Can be undone; nothing happens where it is there already.
  void setPrompt(const QString& text);
  // The end of the prompt that the model does not read; empty: it reads all.
  void setDropped(const QString& end);
  // Where that end begins; -1: nowhere.
  qsizetype droppedFrom() const { return droppedFrom_; }
  void setHistory(const QStringList& newestFirst);
  // From `step` -1 to older, +1 to newer ones.
  void walkHistory(int step);

 signals:
  void submitted();  // Ctrl+Enter

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  // Files are the window's business, which reads their settings.
  bool canInsertFromMimeData(const QMimeData* mime) const override;

 private:
  void grow();

  int fewest_, most_;  // lines
  qsizetype droppedFrom_ = -1;
  QStringList history_;
  qsizetype place_ = -1;  // -1: what was typed
  QString typed_;
};

}  // namespace diorama::gui
