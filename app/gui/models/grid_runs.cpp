#include "gui/models/grid_runs.h"

#include <algorithm>

namespace diorama::gui {

void GridRuns::add(const GridSpec& spec, const QList<qint64>& jobs, const QList<int>& cells) {
  auto* grid = new GridRun(spec, this);
  for (int i = 0; i < jobs.size(); ++i) grid->expect(jobs[i], cells[i]);
  connect(grid, &GridRun::finished, this, [this, grid] { finish(grid); });
  grids_ << grid;
}

void GridRuns::take(const PaintedPicture& picture) {
  for (GridRun* grid : QList<GridRun*>(grids_)) grid->take(picture);
}

void GridRuns::giveUp(qint64 job) {
  for (GridRun* grid : QList<GridRun*>(grids_)) grid->giveUp(job);
}

void GridRuns::takeBack(qint64 was, qint64 now) {
  for (GridRun* grid : grids_) grid->takeBack(was, now);
}

// One that lacks cells is kept: they may come back.
void GridRuns::finish(GridRun* grid) {
  const QList<GridCell>& cells = grid->painted();
  if (std::any_of(cells.begin(), cells.end(), [](const GridCell& cell) { return !cell.image.isNull(); }))
    emit finished(grid->spec(), cells);
  if (grid->hasGivenUp()) return;
  grids_.removeAll(grid);
  grid->deleteLater();
}

}  // namespace diorama::gui
