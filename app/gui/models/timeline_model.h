// The steps of one run, to be looked at again and branched from.
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QList>

#include "gui/service/engine_events.h"

namespace diorama::gui {

class TimelineModel : public QAbstractListModel {
  Q_OBJECT

 public:
  explicit TimelineModel(QObject* parent = nullptr) : QAbstractListModel(parent) {}

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

  const StepFrame& frame(int row) const { return frames_.at(row); }
  const QList<StepFrame>& frames() const { return frames_; }
  // The finished picture's recipe; empty: it still runs.
  const QByteArray& recipe() const { return recipe_; }

  void clear();
  void append(const StepFrame& frame);
  void finish(const PaintedPicture& picture);
  // The steps of a picture that was finished lately; false where they are no longer known.
  bool show(const QString& path);

 private:
  void forget(const QString& path);

  struct Run {
    QList<StepFrame> frames;
    QByteArray recipe;
    qint64 bytes = 0;
  };
  static constexpr qint64 kMostBytes = qint64{256} << 20;  // of the finished runs

  QList<StepFrame> frames_;
  QByteArray recipe_;
  QHash<QString, Run> runs_;  // by path
  QStringList order_;         // oldest first
  qint64 bytes_ = 0;          // of runs_
};

}  // namespace diorama::gui
