#include "gui/models/queue_model.h"

#include <QJsonArray>
#include <algorithm>

#include "gui/models/library.h"
#include "gui/models/plain_tip.h"
#include "gui/service/kept_file.h"
#include "gui/service/setting_fact.h"

namespace diorama::gui {
namespace {

constexpr double kRecent = 0.2;  // weight of the newest step
constexpr qint64 kMostIds = qint64{1} << 50;
using State = QueueEntry::State;

QString nameOf(State state) {
  switch (state) {
    case State::waiting:
      return QStringLiteral("waiting");
    case State::running:
      return QStringLiteral("running");
    case State::failed:
      return QStringLiteral("failed");
    case State::interrupted:
      return QStringLiteral("interrupted");
    case State::closed:
      return QStringLiteral("closed");
  }
  return {};
}

QueueEntry readEntry(const QJsonObject& json) {
  QueueEntry entry{.job = PaintJob::fromJson(json["job"].toObject())};
  const QString state = json["state"].toString();
  if (state == "running" || state == "interrupted") entry.state = State::interrupted;
  if (state == "closed") entry.state = State::closed;
  if (state == "failed") entry.state = State::failed;
  entry.problem = json["problem"].toString();
  entry.steps = entry.job.settings.steps;
  return entry;
}

bool isSound(const QJsonObject& json) {
  const QJsonArray entries = json["entries"].toArray();
  return (json.isEmpty() || json["entries"].isArray()) &&
         std::all_of(entries.begin(), entries.end(),
                     [](const QJsonValue& entry) { return entry["job"].isObject(); });
}

QString titleOf(const PaintSettings& settings) {
  if (!settings.prompt.isEmpty()) return settings.prompt;
  return settings.classLabel >= 0 ? QueueModel::tr("Class %1").arg(settings.classLabel)
                                  : QueueModel::tr("No prompt");
}

// A batch differs in seeds of ten digits, whose ends are what differs.
QString shortened(const SettingFact& fact) {
  constexpr int kDigits = 6, kShown = 3;
  const QString number = fact.text.section(' ', -1);
  if (fact.setting != QLatin1String("seed") || number.size() <= kDigits) return fact.text;
  return QueueModel::tr("seed …%1").arg(number.right(kShown));
}

}  // namespace

double QueueEntry::secondsLeft() const {
  if (step >= steps) return 0;
  if (promisedMacs > macs && macs > 0)
    return milliseconds * static_cast<double>(promisedMacs - macs) / static_cast<double>(macs) / 1000;
  return stepMilliseconds * (steps - step) / 1000;
}

void QueueEntry::takeStep(int taken, int all, double took) {
  step = taken;
  steps = all;
  stepMilliseconds = stepMilliseconds == 0 ? took : stepMilliseconds + kRecent * (took - stepMilliseconds);
}

QueueModel::QueueModel(const QString& file, QObject* parent) : QAbstractListModel(parent), file_(file) {
  load();
}

void QueueModel::load() {
  const KeptJson kept = readKeptJson(file_, isSound);
  aside_ = kept.aside;
  for (const QJsonValue& entry : kept.json["entries"].toArray()) entries_ << readEntry(entry.toObject());
  lastId_ = std::clamp<qint64>(kept.json["last_id"].toInteger(), 0, kMostIds);
  for (QueueEntry& entry : entries_) entry.job.id = ++lastId_;  // those of a run that is over mean nothing
  const bool wasPaused = kept.json["paused"].toBool();
  paused_ = wasPaused || hasInterrupted();
  pausedByInterruption_ = paused_ && !wasPaused;
}

void QueueModel::save() {
  QJsonArray entries;
  for (const QueueEntry& entry : entries_)
    entries << QJsonObject{
        {"job", entry.job.toJson()}, {"state", nameOf(entry.state)}, {"problem", entry.problem}};
  if (!writeJson(file_,
                 {{"last_id", lastId_}, {"paused", paused_ && !pausedByInterruption_}, {"entries", entries}}))
    emit cannotSave(file_);
  emit changed();
}

int QueueModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const QueueEntry& entry = entries_[index.row()];
  switch (role) {
    case Qt::DisplayRole:
      return titleOf(entry.job.settings);
    case Qt::AccessibleTextRole:
      return tr("%1, %2").arg(titleOf(entry.job.settings), describe(entry));
    case Qt::ToolTipRole:
      return plainTip(entry.problem.isEmpty() ? titleOf(entry.job.settings) : entry.problem);
    case DetailRole:
      return detail(index.row());
    case PositionRole:
      return position(index.row());
    case StateRole:
      return static_cast<int>(entry.state);
    case StepRole:
      return entry.step;
    case StepsRole:
      return entry.steps;
    case StateTextRole:
      return describe(entry);
    case JobRole:
      return entry.job.id;
    default:
      return {};
  }
}

QString QueueModel::describe(const QueueEntry& entry) const {
  switch (entry.state) {
    case State::waiting:
      return hold_.isEmpty() ? tr("Waiting") : hold_;
    case State::running:
      return tr("Step %1 of %2").arg(entry.step).arg(entry.steps);
    case State::failed:
      return tr("Failed: %1").arg(entry.problem);
    case State::interrupted:
      return tr("Interrupted");
    case State::closed:
      return tr("Interrupted by closing");
  }
  return {};
}

// What sets an entry apart from those about it under the same title.
QString QueueModel::detail(int row) const {
  constexpr int kNear = 8;  // entries on either side
  const PaintJob& job = entries_[row].job;
  QStringList words;
  for (int i = std::max(row - kNear, 0); i < std::min(row + kNear + 1, rowCount()); ++i) {
    const PaintSettings& other = entries_[i].job.settings;
    if (titleOf(other) != titleOf(job.settings)) continue;
    for (const SettingFact& fact : differencesOf(job.settings, other))
      if (const QString word = shortened(fact); !words.contains(word)) words << word;
  }
  if (job.branch) words << tr("from step %1").arg(job.branch->step);
  return words.join(QStringLiteral(" · "));
}

QString QueueModel::position(int row) const {
  if (entries_[row].state != State::waiting) return {};
  const auto before = std::count_if(entries_.begin(), entries_.begin() + row,
                                    [](const QueueEntry& e) { return e.state == State::waiting; });
  return tr("%1 of %2").arg(before + 1).arg(numWaiting());
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractListModel::flags(index);
  return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags | Qt::ItemIsDropEnabled;
}

bool QueueModel::moveRows(const QModelIndex& from, int row, int count, const QModelIndex& to, int child) {
  if (count != 1 || row < 0 || row >= entries_.size() || child < 0 || child > entries_.size()) return false;
  if (!beginMoveRows(from, row, row, to, child)) return false;
  entries_.move(row, child > row ? child - 1 : child);
  endMoveRows();
  save();
  return true;
}

int QueueModel::rowOf(qint64 job) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.job.id == job; });
  return found == entries_.end() ? -1 : static_cast<int>(found - entries_.begin());
}

int QueueModel::numWaiting() const {
  return static_cast<int>(std::count_if(entries_.begin(), entries_.end(),
                                        [](const QueueEntry& e) { return e.state == State::waiting; }));
}

bool QueueModel::hasInterrupted() const {
  return std::any_of(entries_.begin(), entries_.end(), [](auto& e) { return e.isInterrupted(); });
}

bool QueueModel::wasClosed() const {
  return hasInterrupted() && std::none_of(entries_.begin(), entries_.end(),
                                          [](auto& e) { return e.state == State::interrupted; });
}

double QueueModel::secondsLeft() const {
  double step = 0;
  for (const QueueEntry& entry : entries_) step = std::max(step, entry.stepMilliseconds);
  double seconds = 0;
  for (const QueueEntry& entry : entries_) {
    if (entry.state == State::running) seconds += entry.secondsLeft();
    if (entry.state == State::waiting) seconds += step * entry.job.settings.steps / 1000;
  }
  return seconds;
}

QList<qint64> QueueModel::add(QList<PaintJob> jobs) {
  QList<qint64> ids;
  if (jobs.isEmpty()) return ids;
  const int row = rowCount();
  beginInsertRows({}, row, row + static_cast<int>(jobs.size()) - 1);
  for (PaintJob& job : jobs) {
    ids << (job.id = ++lastId_);
    const int steps = job.settings.steps;
    entries_ << QueueEntry{.job = std::move(job), .steps = steps};
  }
  endInsertRows();
  touchAll();
  save();
  return ids;
}

PlacedEntry QueueModel::drop(int row) {
  const PlacedEntry dropped{row, entries_[row]};
  beginRemoveRows({}, row, row);
  entries_.removeAt(row);
  endRemoveRows();
  emit removed(dropped.entry.job.id);
  return dropped;
}

// In the order of the rows.
QList<PlacedEntry> QueueModel::dropThose(const std::function<bool(const QueueEntry&)>& matches) {
  QList<PlacedEntry> dropped;
  for (int row = rowCount() - 1; row >= 0; --row)
    if (matches(entries_[row])) dropped.prepend(drop(row));
  if (dropped.isEmpty()) return dropped;
  touchAll();
  save();
  return dropped;
}

QList<PlacedEntry> QueueModel::remove(qint64 job) {
  return dropThose([job](const QueueEntry& entry) { return entry.job.id == job; });
}

QList<PlacedEntry> QueueModel::removeWaiting() {
  return dropThose([](const QueueEntry& entry) { return entry.state != State::running; });
}

QList<PlacedEntry> QueueModel::discardInterrupted() {
  const bool wasOnlyInterrupted = pausedByInterruption_;
  const auto dropped = dropThose([](const QueueEntry& entry) { return entry.isInterrupted(); });
  if (wasOnlyInterrupted && numWaiting() == 0) setPaused(false);
  return dropped;
}

void QueueModel::putBack(const QList<PlacedEntry>& entries) {
  for (const PlacedEntry& placed : entries) {
    const int row = std::clamp(placed.row, 0, rowCount());
    beginInsertRows({}, row, row);
    entries_.insert(row, placed.entry);
    endInsertRows();
    const qint64 job = placed.entry.job.id;
    if (placed.entry.state == State::running)
      wake(row);
    else
      emit returned(job, job);
  }
  touchAll();
  save();
}

// A new id: nobody may take what is said of the old job for news of this one.
void QueueModel::wake(int row) {
  const qint64 was = entries_[row].job.id;
  entries_[row].job.id = ++lastId_;
  entries_[row].problem.clear();
  entries_[row].state = State::waiting;
  touch(row);
  emit returned(was, lastId_);
}

void QueueModel::retry(qint64 job) {
  const int row = rowOf(job);
  if (row < 0 || entries_[row].state == State::running || entries_[row].state == State::waiting) return;
  wake(row);
  save();
}

void QueueModel::retryInterrupted() {
  for (int row = 0; row < rowCount(); ++row)
    if (entries_[row].isInterrupted()) wake(row);
  save();
  setPaused(false);
}

void QueueModel::close() {
  for (int row = 0; row < rowCount(); ++row)
    if (entries_[row].state == State::running) setState(row, State::closed);
}

void QueueModel::setPaused(bool paused) {
  pausedByInterruption_ = false;
  if (paused == paused_) return;
  paused_ = paused;
  emit pausedChanged(paused);
  save();
}

std::optional<PaintJob> QueueModel::takeNext() {
  const auto isIn = [](State state) { return [state](const QueueEntry& e) { return e.state == state; }; };
  if (paused_ || std::any_of(entries_.begin(), entries_.end(), isIn(State::running))) return std::nullopt;
  const auto next = std::find_if(entries_.begin(), entries_.end(), isIn(State::waiting));
  if (next == entries_.end()) return std::nullopt;
  const PaintJob job = next->job;
  next->step = 0;
  next->milliseconds = 0;
  next->macs = next->promisedMacs = 0;
  setState(static_cast<int>(next - entries_.begin()), State::running);
  return job;
}

void QueueModel::setState(int row, State state) {
  entries_[row].state = state;
  touch(row);
  save();
}

void QueueModel::touch(int row) {
  emit dataChanged(index(row), index(row));
}

void QueueModel::touchAll() {
  if (!entries_.isEmpty()) emit dataChanged(index(0), index(rowCount() - 1));
}

void QueueModel::setHold(const QString& reason) {
  if (reason == hold_) return;
  hold_ = reason;
  touchAll();
}

void QueueModel::setStage(qint64 job, PaintStage stage) {
  const int row = rowOf(job);
  if (row < 0) return;
  entries_[row].stage = stage;
  touch(row);
}

void QueueModel::setPromise(qint64 job, const RunPromise& promise) {
  const int row = rowOf(job);
  if (row >= 0) entries_[row].promisedMacs = promise.macs;
}

void QueueModel::setParentStep(const ParentStep& step) {
  const int row = rowOf(step.job);
  if (row < 0) return;
  entries_[row].takeStep(step.step, step.steps, step.milliseconds);
  touch(row);
}

void QueueModel::setStep(const StepFrame& frame) {
  const int row = rowOf(frame.job);
  if (row < 0) return;
  QueueEntry& entry = entries_[row];
  const double taken = frame.milliseconds + frame.previewMilliseconds;
  entry.takeStep(frame.step, frame.steps, taken);
  entry.milliseconds += taken;
  entry.macs += frame.executedMacs;
  touch(row);
}

void QueueModel::setFailed(qint64 job, const QString& problem) {
  const int row = rowOf(job);
  if (row < 0) return;
  entries_[row].problem = problem;
  setState(row, State::failed);
}

}  // namespace diorama::gui
