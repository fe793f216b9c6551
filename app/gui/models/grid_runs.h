// The grids that are being painted.
#pragma once

#include <QList>
#include <QObject>

#include "gui/models/grid_run.h"

namespace diorama::gui {

class GridRuns : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  // `jobs` paint `cells` of the grid, one each.
  void add(const GridSpec& spec, const QList<qint64>& jobs, const QList<int>& cells);
  void take(const PaintedPicture& picture);
  void giveUp(qint64 job);
  void takeBack(qint64 was, qint64 now);

 signals:
  // No cell is still to come, and at least one is painted. Again, where cells came back and were painted.
  void finished(const diorama::gui::GridSpec& spec, const QList<diorama::gui::GridCell>& cells);

 private:
  void finish(GridRun* grid);

  QList<GridRun*> grids_;
};

}  // namespace diorama::gui
