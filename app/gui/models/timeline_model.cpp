#include "gui/models/timeline_model.h"

namespace diorama::gui {
namespace {

qint64 bytesOf(const StepFrame& frame) {
  const size_t floats = frame.state ? frame.state->x.values.size() + frame.state->x0.values.size() : 0;
  return frame.preview.sizeInBytes() +
         static_cast<qint64>((floats + frame.blocks.size()) * sizeof(float) + frame.kept.size());
}

}  // namespace

int TimelineModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(frames().size());
}

QVariant TimelineModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const StepFrame& frame = this->frame(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return frame.step;
    case Qt::DecorationRole:
      return frame.preview;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
      return tr("Step %1 of %2, %3 ms").arg(frame.step).arg(frame.steps).arg(frame.milliseconds, 0, 'f', 0);
    default:
      return {};
  }
}

void TimelineModel::begin() {
  if (showsRun_) beginResetModel();
  run_ = {};
  if (showsRun_) endResetModel();
}

void TimelineModel::append(const StepFrame& frame) {
  const auto row = static_cast<int>(run_.frames.size());
  if (showsRun_) beginInsertRows({}, row, row);
  run_.frames << frame;
  if (showsRun_) endInsertRows();
}

void TimelineModel::finish(const PaintedPicture& picture) {
  run_.recipe = picture.recipe;
  run_.settings = picture.settings;
  if (picture.path.isEmpty()) return;
  run_.bytes = run_.recipe.size();
  for (const StepFrame& frame : run_.frames) run_.bytes += bytesOf(frame);
  forget(picture.path);
  runs_.insert(picture.path, run_);
  order_ << picture.path;
  bytes_ += run_.bytes;
  while (bytes_ > kMostBytes && order_.size() > 1) forget(order_.front());
}

void TimelineModel::forget(const QString& path) {
  bytes_ -= runs_.take(path).bytes;
  order_.removeAll(path);
}

bool TimelineModel::show(const QString& path) {
  beginResetModel();
  finished_ = runs_.value(path);
  showsRun_ = false;
  endResetModel();
  return !finished_.frames.isEmpty();
}

void TimelineModel::showRun() {
  if (showsRun_) return;
  beginResetModel();
  finished_ = {};
  showsRun_ = true;
  endResetModel();
}

}  // namespace diorama::gui
