// Work in the background: what it is at, how far, and how to stop it. Hidden while there is none.
#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QWidget>

namespace diorama::gui {

class ProgressRow : public QWidget {
  Q_OBJECT

 public:
  explicit ProgressRow(const QString& name);

  // `total` 0: not known.
  void setProgress(const QString& text, int done, int total);

 signals:
  void stopped();

 private:
  QLabel* text_;
  QProgressBar* bar_;
};

}  // namespace diorama::gui
