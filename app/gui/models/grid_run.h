// The cells of a grid while they are painted, whatever else the queue does in between.
#pragma once

#include <QHash>
#include <QObject>

#include "gui/service/engine_events.h"
#include "gui/service/grid.h"

namespace diorama::gui {

class GridRun : public QObject {
  Q_OBJECT

 public:
  explicit GridRun(const GridSpec& spec, QObject* parent = nullptr);

  void expect(qint64 job, int cell) { cells_.insert(job, cell); }
  void take(const PaintedPicture& picture);
  void giveUp(qint64 job);
  // A job that was given up is to come after all, under a new number.
  void takeBack(qint64 was, qint64 now);
  // Cells may come back: the sheet is not the last.
  bool hasGivenUp() const { return !givenUp_.isEmpty(); }
  const GridSpec& spec() const { return spec_; }
  const QList<GridCell>& painted() const { return painted_; }

 signals:
  // Every cell is painted or given up.
  void finished();

 private:
  void settle(qint64 job);

  GridSpec spec_;
  QHash<qint64, int> cells_;  // still to come
  QHash<qint64, int> givenUp_;
  QList<GridCell> painted_;
};

}  // namespace diorama::gui
