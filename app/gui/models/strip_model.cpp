#include "gui/models/strip_model.h"

#include <algorithm>

namespace diorama::gui {

int StripModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : blocks_;
}

int StripModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : steps_;
}

QString StripModel::explain(int block, int step, float share) const {
  const QString place = tr("Step %1, block %2: ").arg(step).arg(block + 1);
  if (share >= 1) return place + tr("computed");
  if (share <= 0) return place + tr("reused from an earlier step");
  return place + tr("%1% computed").arg(100 * static_cast<double>(share), 0, 'f', 0);
}

QVariant StripModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() >= columns_.size()) return {};
  const std::vector<float>& shares = columns_[index.column()];
  const auto block = static_cast<size_t>(index.row());
  if (block >= shares.size()) return {};
  const float share = shares[block];
  if (role == ShareRole) return share;
  if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole)
    return explain(index.row(), index.column() + 1, share);
  return {};
}

QVariant StripModel::headerData(int section, Qt::Orientation, int role) const {
  return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
}

void StripModel::reset(int steps) {
  beginResetModel();
  steps_ = steps;
  blocks_ = 0;
  columns_.clear();
  totals_ = {};
  endResetModel();
}

void StripModel::append(const StepFrame& frame) {
  const int blocks = static_cast<int>(frame.blocks.size());
  if (blocks != blocks_ || frame.steps != steps_) {
    beginResetModel();
    blocks_ = std::max(blocks, blocks_);
    steps_ = frame.steps;
    endResetModel();
  }
  while (columns_.size() + 1 < frame.step) columns_ << std::vector<float>();  // a branch begins later
  columns_ << frame.blocks;
  totals_.executedMacs += frame.executedMacs;
  totals_.fullMacs += frame.fullMacs;
  totals_.sitesReached += frame.sitesReached;
  totals_.sitesComputed += frame.sitesComputed;
  totals_.milliseconds += frame.milliseconds;
  if (frame.fullMacs > 0 && frame.executedMacs == frame.fullMacs) {
    const double perMac = frame.milliseconds / static_cast<double>(frame.fullMacs);
    double& quickest = totals_.quickestPerMac;
    quickest = quickest == 0 ? perMac : std::min(quickest, perMac);
  }
  const int column = static_cast<int>(columns_.size()) - 1;
  if (blocks_ > 0 && column < steps_) emit dataChanged(index(0, column), index(blocks_ - 1, column));
}

void StripModel::show(const QList<StepFrame>& frames) {
  reset(frames.isEmpty() ? 0 : frames.front().steps);
  for (const StepFrame& frame : frames) append(frame);
}

}  // namespace diorama::gui
