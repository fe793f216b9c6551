#include "gui/models/grid_run.h"

namespace diorama::gui {

GridRun::GridRun(const GridSpec& spec, QObject* parent)
    : QObject(parent), spec_(spec), painted_(spec.size()) {}

void GridRun::take(const PaintedPicture& picture) {
  if (!cells_.contains(picture.job)) return;
  painted_[cells_[picture.job]] = {picture.image, picture.seconds};
  settle(picture.job);
}

void GridRun::giveUp(qint64 job) {
  if (!cells_.contains(job)) return;
  givenUp_.insert(job, cells_[job]);
  settle(job);
}

void GridRun::takeBack(qint64 was, qint64 now) {
  if (givenUp_.contains(was)) cells_.insert(now, givenUp_.take(was));
}

void GridRun::settle(qint64 job) {
  cells_.remove(job);
  if (cells_.isEmpty()) emit finished();
}

}  // namespace diorama::gui
