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
  return parent.isValid() ? 0 : static_cast<int>(frames_.size());
}

QVariant TimelineModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const StepFrame& frame = frames_[index.row()];
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

void TimelineModel::clear() {
  beginResetModel();
  frames_.clear();
  recipe_.clear();
  endResetModel();
}

void TimelineModel::append(const StepFrame& frame) {
  const int row = rowCount();
  beginInsertRows({}, row, row);
  frames_ << frame;
  endInsertRows();
}

void TimelineModel::finish(const PaintedPicture& picture) {
  recipe_ = picture.recipe;
  if (picture.path.isEmpty()) return;
  qint64 bytes = recipe_.size();
  for (const StepFrame& frame : frames_) bytes += bytesOf(frame);
  forget(picture.path);
  runs_.insert(picture.path, {frames_, recipe_, bytes});
  order_ << picture.path;
  bytes_ += bytes;
  while (bytes_ > kMostBytes && order_.size() > 1) forget(order_.front());
}

void TimelineModel::forget(const QString& path) {
  bytes_ -= runs_.take(path).bytes;
  order_.removeAll(path);
}

bool TimelineModel::show(const QString& path) {
  beginResetModel();
  const Run run = runs_.value(path);
  frames_ = run.frames;
  recipe_ = run.recipe;
  endResetModel();
  return !frames_.isEmpty();
}

}  // namespace diorama::gui
