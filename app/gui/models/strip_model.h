// What was computed where: a row a block of the network, a column a step.
#pragma once

#include <QAbstractTableModel>
#include <QList>
#include <algorithm>

#include "gui/service/engine_events.h"

namespace diorama::gui {

struct RunTotals {
  quint64 executedMacs = 0, fullMacs = 0;
  qint64 sitesReached = 0, sitesComputed = 0;
  double milliseconds = 0;
  double quickestPerMac = 0;  // milliseconds, of the steps that were computed in full; 0: none was
  quint64 cacheBytes = 0;     // as planned; 0: none, or not known any more

  // Of the multiply-adds, 0 to 1.
  double saved() const {
    return fullMacs == 0 ? 0 : 1 - static_cast<double>(executedMacs) / static_cast<double>(fullMacs);
  }
  // Against computing everything, judged by the steps that were: at least so much.
  double millisecondsSaved() const {
    return std::max(0.0, quickestPerMac * static_cast<double>(fullMacs) - milliseconds);
  }
};

class StripModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Role { ShareRole = Qt::UserRole };  // of the block's work that was done; invalid: not run yet

  explicit StripModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  // A run of so many steps begins.
  void reset(int steps);
  void setCache(quint64 bytes) { totals_.cacheBytes = bytes; }
  void append(const StepFrame& frame);
  void show(const QList<StepFrame>& frames);
  const RunTotals& totals() const { return totals_; }

 private:
  QString explain(int block, int step, float share) const;

  int steps_ = 0;
  int blocks_ = 0;
  QList<std::vector<float>> columns_;  // a step's shares by block; empty before a branch's first step
  RunTotals totals_;
};

}  // namespace diorama::gui
