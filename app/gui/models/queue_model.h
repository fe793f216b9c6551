// The pictures that are still to come, in order; kept on disk, so that they outlive the program.
#pragma once

#include <QAbstractListModel>
#include <QList>
#include <functional>
#include <optional>

#include "gui/service/engine_events.h"

namespace diorama::gui {

struct QueueEntry {
  // interrupted: it ran when the program was killed; closed: when the user closed it.
  enum class State { waiting, running, failed, interrupted, closed };

  PaintJob job;
  State state = State::waiting;
  PaintStage stage = PaintStage::load;
  int step = 0, steps = 0;
  double stepMilliseconds = 0;         // recent steps count more
  double milliseconds = 0;             // of all steps so far
  quint64 macs = 0, promisedMacs = 0;  // so far; of the run, 0: not known
  QString problem;

  // By the work that is left where a run with shortcuts was planned: its steps are not alike.
  double secondsLeft() const;
  void takeStep(int taken, int all, double milliseconds);
  bool isInterrupted() const { return state == State::interrupted || state == State::closed; }
};

// An entry that was taken out, and where it was.
struct PlacedEntry {
  int row = 0;
  QueueEntry entry;
};

class QueueModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role {
    StateRole = Qt::UserRole,
    StateTextRole,
    StepRole,
    StepsRole,
    JobRole,
    DetailRole,   // "seed 42 · fast": what differs from the entries about it; may be empty
    PositionRole  // "2 of 9", of those that wait; else empty
  };

  // Reads the file, if it is there.
  explicit QueueModel(const QString& file, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
  bool moveRows(const QModelIndex& from, int row, int count, const QModelIndex& to, int child) override;

  // Where a queue that could not be read is kept; empty: it could.
  const QString& aside() const { return aside_; }
  const QueueEntry& entry(int row) const { return entries_.at(row); }
  int rowOf(qint64 job) const;  // -1: none
  bool isPaused() const { return paused_; }
  int numWaiting() const;
  bool hasInterrupted() const;
  // The interrupted ones ended because the user closed the program.
  bool wasClosed() const;
  // Of everything that runs or waits, by the steps so far; 0: not known yet.
  double secondsLeft() const;

  // Gives the jobs ids and returns them.
  QList<qint64> add(QList<PaintJob> jobs);
  // What is taken out is returned, so that it can be put back.
  QList<PlacedEntry> remove(qint64 job);
  QList<PlacedEntry> removeWaiting();  // all but what runs
  // The queue goes on only if nothing but the interruption paused it and nothing waits.
  QList<PlacedEntry> discardInterrupted();
  // In the old places, under the old numbers; what ran waits again, under a new one.
  void putBack(const QList<PlacedEntry>& entries);
  // What failed or was interrupted, as a new job in its old place.
  void retry(qint64 job);
  void retryInterrupted();
  // The program is about to be closed: what runs is offered again at the next start.
  void close();
  void setPaused(bool paused);

  // The first that waits, now running; none while paused or while another runs.
  std::optional<PaintJob> takeNext();
  void setStage(qint64 job, PaintStage stage);
  void setPromise(qint64 job, const RunPromise& promise);
  void setParentStep(const ParentStep& step);
  void setStep(const StepFrame& frame);
  void setFailed(qint64 job, const QString& problem);
  // Why those that wait do not begin, though the queue is not paused; empty: nothing holds them.
  void setHold(const QString& reason);

 signals:
  void pausedChanged(bool paused);
  void removed(qint64 job);
  void returned(qint64 was, qint64 now);  // it waits again: put back, or tried again
  void changed();                         // anything but the progress of a step
  void cannotSave(QString file);

 private:
  void load();
  void save();
  QString describe(const QueueEntry& entry) const;
  QString detail(int row) const;
  QString position(int row) const;
  void setState(int row, QueueEntry::State state);
  void wake(int row);
  PlacedEntry drop(int row);
  QList<PlacedEntry> dropThose(const std::function<bool(const QueueEntry&)>& matches);
  void touch(int row);
  void touchAll();

  QString file_, aside_;
  QList<QueueEntry> entries_;
  qint64 lastId_ = 0;
  QString hold_;
  bool paused_ = false;
  bool pausedByInterruption_ = false;
};

}  // namespace diorama::gui
