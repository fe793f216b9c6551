// A field for prompts: undo, history with Alt+Up and Alt+Down, live count of tokens under it.
#pragma once

#include <QPlainTextEdit>

namespace diorama::gui {

class PromptEdit : public QPlainTextEdit {
  Q_OBJECT

 public:
  explicit PromptEdit(int lines);

  QString prompt() const { return toPlainText(); }
  // Can be undone; nothing happens where it is there already.
  void setPrompt(const QString& text);
  void setHistory(const QStringList& newestFirst);
  // From `step` -1 to older, +1 to newer ones.
  void walkHistory(int step);

 signals:
  void submitted();  // Ctrl+Enter

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  // Files are the window's business, which reads their settings.
  bool canInsertFromMimeData(const QMimeData* mime) const override;

 private:
  QStringList history_;
  qsizetype place_ = -1;  // -1: what was typed
  QString typed_;
};

}  // namespace diorama::gui
