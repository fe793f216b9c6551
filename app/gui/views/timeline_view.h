// The steps of a run as previews, each under its column of the strip; where columns are narrow, not every
// step has one, but the one that is chosen or pointed at has. With the arrow keys or the mouse one scrubs
// through them.
#pragma once

#include <QWidget>

#include "gui/models/timeline_model.h"

namespace diorama::gui {

class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(TimelineModel& model);

  int current() const { return current_; }  // row of the model; -1: none
  void setCurrent(int row);
  // No step is chosen, and nobody is told.
  void clearCurrent();
  // The middle of the step's column, in this widget's pixels.
  int columnCentre(int row) const;

 signals:
  void scrubbed(int row);
  void branchWanted(int row);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool event(QEvent* event) override;

 private:
  double columnWidth() const;
  int rowAt(const QPoint& at) const;  // -1: none
  QRect cell(int row) const;
  void paintStep(QPainter& painter, int row) const;
  void onReset();

  TimelineModel& model_;
  int current_ = -1;
  int hovered_ = -1;
};

}  // namespace diorama::gui
