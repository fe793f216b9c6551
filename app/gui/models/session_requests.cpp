// What the user asks the session for.
#include <QDateTime>
#include <QFileInfo>
#include <algorithm>

#include "gui/models/adopted_settings.h"
#include "gui/models/session.h"
#include "gui/service/paint_check.h"
#include "gui/service/picture_file.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"
#include "gui/service/seed_text.h"

namespace diorama::gui {

QString Session::whyNotPaint() const {
  const QString& wanted = store_.settings().model;
  const ModelFacts* facts = model();
  if (facts != nullptr && facts->usable()) return {};
  if (facts != nullptr) return tr("%1 cannot be used: %2").arg(facts->title, facts->problem);
  if (models_.isReading())
    return wanted.isEmpty() ? tr("The models are still being read.") : QString();  // the engine finds it
  if (!models_.hasUsable()) return tr("No model yet. Add one on the Models page.");
  if (wanted.isEmpty()) return tr("Choose a model.");
  return QFileInfo(wanted).isDir()
             ? QString()
             : tr("The model %1 is not here. Choose another one, or add its folder on the Models page.")
                   .arg(wanted);
}

bool Session::refuse(const QString& field, const QString& text) {
  emit refused(field, text);
  return false;
}

bool Session::accepts(const PaintSettings& settings) {
  const ModelFacts* facts = models_.find(settings.model);
  if (facts == nullptr) return true;  // the engine says what it finds
  const auto refusal = refusalOf(settings, *facts);
  return !refusal || refuse(refusal->field, refusal->text);
}

QList<qint64> Session::enqueue(QList<PaintJob> jobs) {
  const auto count = static_cast<int>(jobs.size());
  for (PaintJob& job : jobs) job.folder = pictures();
  const QList<qint64> ids = queue_.add(std::move(jobs));
  if (queue_.isPaused() && count > 0) emit queuedWhilePaused(count);
  return ids;
}

bool Session::paint() {
  if (const QString why = whyNotPaint(); !why.isEmpty()) return refuse("model", why);
  if (!accepts(store_.settings())) return false;
  const int count = store_.state().count;
  quint64 seed = seeds_.take(count);
  PaintSettings settings = store_.settings();
  store_.rememberPrompt(settings.prompt);
  store_.save();
  QList<PaintJob> jobs;
  for (int i = 0; i < count; ++i) {
    settings.seed = seed++;
    jobs << PaintJob{.settings = settings};
  }
  enqueue(jobs);
  return true;
}

bool Session::paintGrid(const GridSpec& spec) {
  if (const QString why = whyNotPaint(); !why.isEmpty()) return refuse("model", why);
  QList<PaintJob> jobs;
  QList<int> cells;
  for (int i = 0; i < spec.size(); ++i) {
    const auto settings = spec.cell(i);
    if (!settings) continue;
    if (!accepts(*settings)) return false;
    jobs << PaintJob{.settings = *settings};
    cells << i;
  }
  grids_.add(spec, enqueue(jobs), cells);
  return true;
}

// In the background: it compares every cell with the first of its row.
void Session::saveSheet(const GridSpec& spec, const QList<GridCell>& cells) {
  const QString folder = pictures() + "/grids";
  const QString stem = QStringLiteral("%1-%2-%3")
                           .arg(QDateTime::currentDateTime().toString("yyyyMMdd-hhmmss-zzz"),
                                spec.rows.setting, spec.columns.setting);
  pool_.start([this, spec, cells, folder, stem] {
    const QString path = writeSheet(folder, stem, gridSheet(spec, cells));
    QMetaObject::invokeMethod(this, [this, folder, path] { onSheet(folder, path); });
  });
}

void Session::onSheet(const QString& folder, const QString& path) {
  if (!path.isEmpty()) return emit gridReady(path);
  emit message(tr("The sheet of the grid cannot be saved in %1.").arg(folder),
               tr("Its pictures are in the gallery. Check the folder and the disk."), true);
}

QString Session::whyNotExact(const QString& path) const {
  const PictureFile file = readPictureFile(path);
  const QString name = QFileInfo(path).fileName();
  if (!file.problem.isEmpty()) return tr("%1 cannot be read: %2").arg(name, file.problem);
  if (!file.hasSettings()) return tr("%1 contains no settings.").arg(name);
  if (models_.findByHash(file.modelHash) == nullptr)
    return tr("The model that painted %1 is not here: %2. Add its folder on the Models page.")
        .arg(name, file.modelTitle);
  if (isExact(file.recipe)) return tr("This picture is exact already: there is nothing to compare it with.");
  return {};
}

void Session::paintExact(const QString& path) {
  if (const QString why = whyNotExact(path); !why.isEmpty()) return emit message(why, {}, false);
  const PictureFile file = readPictureFile(path);
  PaintJob job{.settings = file.settings, .branch = exactBranchOf(file.recipe), .compareWith = path};
  job.settings.model = models_.findByHash(file.modelHash)->path;
  job.settings.device = store_.settings().device;
  job.settings.acceleration = QStringLiteral("off");
  enqueue({std::move(job)});
}

QString Session::whyNotBranch(int row) const {
  if (canvas_.isLive)
    return tr("The picture is still being painted. It can be branched from when it is finished.");
  if (canvas_.wasCancelled)
    return tr(
        "This run was cancelled. Only finished pictures can be branched from: paint it again to the end.");
  if (timeline_.recipe().isEmpty()) return tr("The steps of this picture are no longer known.");
  if (row < 0 || row >= timeline_.rowCount()) return tr("Choose a step to branch from.");
  if (row + 1 == timeline_.rowCount())
    return tr("The last step is the picture itself: choose an earlier one.");
  return {};
}

PaintSettings Session::branchSettings() const {
  PaintSettings s = store_.settings();
  const PaintSettings& parent = timeline_.settings();
  if (s.model != parent.model) {  // what is set may mean nothing to the parent's model
    s.classLabel = parent.classLabel;
    s.sampler = parent.sampler;
    s.shift = parent.shift;
    s.eta = parent.eta;
    s.acceleration = parent.acceleration;
    s.customPlan = parent.customPlan;
  }
  s.model = parent.model;
  s.width = parent.width;
  s.height = parent.height;
  s.steps = parent.steps;
  const QString precision = precisionOf(timeline_.recipe());
  s.precision = precision.isEmpty() ? parent.precision : precision;
  if (store_.state().seedState != SeedState::chosen) s.seed = parent.seed;
  return s;
}

QList<SettingFact> Session::branchChanges() const {
  if (timeline_.recipe().isEmpty()) return {};
  PaintSettings changed = branchSettings();
  changed.precision = timeline_.settings().precision;
  return differencesOf(changed, timeline_.settings());
}

void Session::branch(int row) {
  if (const QString why = whyNotBranch(row); !why.isEmpty()) return emit message(why, {}, false);
  const PaintSettings settings = branchSettings();
  if (!accepts(settings)) return;
  if (store_.state().seedState == SeedState::chosen) seeds_.take(1);
  const StepFrame& frame = timeline_.frame(row);
  PaintJob job{.settings = settings, .branch = BranchPoint{timeline_.recipe(), frame.step, frame.state}};
  enqueue({std::move(job)});
}

bool Session::canCancel() const {
  return running_ != 0 || (quantisations_ > 0 && queue_.numWaiting() > 0);
}

void Session::cancel() {
  if (running_ != 0) return engine_->cancel(running_);
  if (quantisations_ == 0) return;
  for (int row = 0; row < queue_.rowCount(); ++row)
    if (queue_.entry(row).state == QueueEntry::State::waiting)
      return removeFromQueue(queue_.entry(row).job.id);
}

void Session::cancelAll() {
  QList<PlacedEntry> entries;
  if (const int row = queue_.rowOf(running_); row >= 0) entries << PlacedEntry{row, queue_.entry(row)};
  entries << queue_.removeWaiting();
  std::sort(entries.begin(), entries.end(), [](auto& a, auto& b) { return a.row < b.row; });
  keepCleared(entries);
  cancel();
}

void Session::clearQueue() {
  keepCleared(queue_.removeWaiting());
}

void Session::removeFromQueue(qint64 job) {
  if (job == running_) return cancel();
  keepCleared(queue_.remove(job));
}

void Session::discardInterrupted() {
  keepCleared(queue_.discardInterrupted());
}

void Session::keepCleared(const QList<PlacedEntry>& entries) {
  if (entries.isEmpty()) return;
  cleared_ << entries;
  emit queueCleared(static_cast<int>(entries.size()));
}

void Session::restoreQueue() {
  if (!cleared_.isEmpty()) queue_.putBack(cleared_.takeLast());
}

QString Session::typeSeed(const QString& text) {
  const SeedText typed = readSeed(text);
  if (!typed.problem.isEmpty()) return typed.problem;
  if (typed.seed)
    seeds_.choose(*typed.seed);
  else
    seeds_.open();
  return {};
}

void Session::takeLastSeed() {
  if (lastSeed()) seeds_.choose(*lastSeed());
}

void Session::openFile(const QString& path) {
  if (QFileInfo(path).isDir()) return emit modelDropped(path);
  restore(path);
}

void Session::restore(const QString& path) {
  const PictureFile file = readPictureFile(path);
  const QString name = QFileInfo(path).fileName();
  if (!file.hasSettings()) {
    emit message(file.problem.isEmpty() ? tr("%1 contains no settings.").arg(name)
                                        : tr("%1 cannot be read: %2").arg(name, file.problem),
                 tr("Pictures saved by Diorama, A1111, Forge, SD.Next, SwarmUI, Fooocus, InvokeAI, "
                    "stable-diffusion.cpp and ComfyUI do."),
                 true);
    return;
  }
  const AdoptedSettings adopted = adopt(file, store_.settings(), model());
  store_.setSettings(adopted.settings);
  if (file.knowsSeed) {
    store_.setSeed(adopted.settings.seed, SeedState::chosen);
    store_.setSeedMode(SeedMode::keep);
  }
  QStringList advice;
  if (!adopted.leftOut.isEmpty()) advice << tr("Not available here: %1.").arg(adopted.leftOut.join(", "));
  if (!adopted.warning.isEmpty()) advice << adopted.warning;
  if (running_ == 0 && !readPicture(path).isNull()) show(path);
  emit message(file.knowsSeed ? tr("Loaded the settings of %1 and locked its seed.").arg(name)
                              : tr("Loaded the settings of %1, which has no seed.").arg(name),
               advice.join('\n'), false);
}

void Session::moveToTrash(const QStringList& paths) {
  QList<TrashedPicture> pictures;
  QStringList moved;
  for (const QString& path : paths) {
    const auto picture = gallery_.moveToTrash(path);
    if (!picture) {
      emit message(tr("%1 cannot be moved to the trash.").arg(path), tr("Delete it in its folder."), true);
      continue;
    }
    pictures << *picture;
    moved << path;
  }
  if (pictures.isEmpty()) return;
  trashed_ << pictures;
  emit trashed(moved);
}

void Session::untrash() {
  if (trashed_.isEmpty()) return;
  for (const TrashedPicture& picture : trashed_.takeLast())
    if (!gallery_.takeFromTrash(picture))
      emit message(tr("%1 cannot be put back.").arg(picture.file.path),
                   tr("Look for it in the trash of the desktop."), true);
}

void Session::removeModel(const QString& path) {
  const ModelFacts* facts = models_.find(path);
  const QString title = facts == nullptr ? path : facts->title;
  if (const QString why = shelf_.whyNotRemove(path); !why.isEmpty())
    return emit message(tr("%1 cannot be removed.").arg(title), why, true);
  if (shelf_.remove(path))
    emit modelRemoved(title);
  else
    emit message(tr("%1 cannot be moved to the trash.").arg(path), tr("Delete it in its folder."), true);
}

void Session::restoreModel() {
  if (!shelf_.restore())
    emit message(tr("The model cannot be put back."), tr("Look for it in the trash of the desktop."), true);
}

void Session::quantise(const QuantiseWish& wish) {
  const ModelFacts* facts = models_.find(wish.model);
  quantising_ = facts == nullptr ? QFileInfo(wish.model).fileName() : facts->title;
  quantised_.clear();
  ++quantisations_;
  queue_.setHold(holdReason());
  emit holdChanged();
  engine_->quantise(wish);
}

QString Session::holdReason() const {
  if (quantisations_ == 0) return {};
  return quantised_.isEmpty() ? tr("Waiting: quantising %1").arg(quantising_)
                              : tr("Waiting: quantising %1 (%2)").arg(quantising_, quantised_);
}

void Session::endQuantising() {
  quantisations_ = std::max(quantisations_ - 1, 0);
  quantised_.clear();
  queue_.setHold(holdReason());
  emit holdChanged();
  runNext();
}

}  // namespace diorama::gui
