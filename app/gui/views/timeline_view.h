// The steps of a run as a strip of previews: with the arrow keys or the mouse one scrubs through them.
#pragma once

#include <QListView>

#include "gui/models/timeline_model.h"

namespace diorama::gui {

class TimelineView : public QListView {
  Q_OBJECT

 public:
  explicit TimelineView(TimelineModel& model);

  int current() const { return currentIndex().row(); }  // -1: none
  void setCurrent(int row);

 signals:
  void scrubbed(int row);
  void branchWanted(int row);

 protected:
  void mouseMoveEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
};

}  // namespace diorama::gui
