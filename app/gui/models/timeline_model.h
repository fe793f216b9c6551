// The steps of one run, to be looked at again and branched from: of the run that goes on, or of one that is
// finished, while the run's own are kept beside.
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

  const StepFrame& frame(int row) const { return shown().frames.at(row); }
  const QList<StepFrame>& frames() const { return shown().frames; }
  // The finished picture's recipe, and what was asked for; an empty recipe: it still runs, or was not
  // finished.
  const QByteArray& recipe() const { return shown().recipe; }
  const PaintSettings& settings() const { return shown().settings; }
  // Of the newest run, whether it is shown or not.
  const QList<StepFrame>& runFrames() const { return run_.frames; }
  bool showsRun() const { return showsRun_; }

  // A run begins. It is shown where the run before it was.
  void begin();
  void append(const StepFrame& frame);
  void finish(const PaintedPicture& picture);
  // The steps of a picture that was finished lately; false where they are no longer known.
  bool show(const QString& path);
  // Back to the newest run.
  void showRun();

 private:
  struct Run {
    QList<StepFrame> frames;
    QByteArray recipe;
    PaintSettings settings;
    qint64 bytes = 0;
  };
  static constexpr qint64 kMostBytes = qint64{256} << 20;  // of the finished runs

  const Run& shown() const { return showsRun_ ? run_ : finished_; }
  void forget(const QString& path);

  Run run_;
  Run finished_;  // that is shown in place of the run
  bool showsRun_ = true;
  QHash<QString, Run> runs_;  // by path
  QStringList order_;         // oldest first
  qint64 bytes_ = 0;          // of runs_
};

}  // namespace diorama::gui
