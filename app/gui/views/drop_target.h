#pragma once

#include <QLabel>
#include <QMimeData>
#include <QWidget>

namespace diorama::gui {

// The one file or folder that is dragged or pasted; empty where it is none, or several.
QString carriedFile(const QMimeData& mime);

// Laid over a page while a file is dragged over it: says what will be done with it.
class DropTarget : public QWidget {
  Q_OBJECT

 public:
  explicit DropTarget(QWidget* over);

  void showFor(const QString& file);

 private:
  QWidget* over_;
  QLabel* text_;
};

}  // namespace diorama::gui
