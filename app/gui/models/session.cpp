#include "gui/models/session.h"

#include <QDateTime>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <algorithm>

#include "gui/models/gallery_rows.h"
#include "gui/service/picture_file.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"

namespace diorama::gui {
namespace {

constexpr auto kShippedModel = "diorama-mini";
constexpr int kStraysTogether = 1000, kStraysMilliseconds = 1000;  // before the gallery takes them

bool knowsAcceleration(const ModelFacts* model, const QString& name) {
  if (name == QLatin1String("off") || name == QLatin1String(kCustomAcceleration)) return true;
  return model != nullptr && std::any_of(model->plans.begin(), model->plans.end(),
                                         [&](const PlanFacts& plan) { return plan.name == name; });
}

// What the model cannot do gives way to what was set; says what that was.
QStringList dropMisfits(PaintSettings& settings, const PaintSettings& now, const ModelFacts& model) {
  QStringList dropped;
  if (!model.samplers.contains(settings.sampler)) {
    dropped << Session::tr("Sampler %1").arg(settings.sampler);
    settings.sampler = now.sampler;
  }
  if (settings.shift && !model.hasShift) {
    dropped << Session::tr("Shift");
    settings.shift.reset();
  }
  if (settings.eta && !model.samplersWithEta.contains(settings.sampler)) {
    dropped << Session::tr("Eta");
    settings.eta.reset();
  }
  const auto classes = static_cast<int>(model.classes.size());
  if (settings.classLabel >= classes) dropped << Session::tr("Class %1").arg(settings.classLabel);
  if (settings.classLabel >= classes || (classes > 0 && settings.classLabel < 0))
    settings.classLabel = classes > 0 ? std::max(now.classLabel, 0) : -1;
  return dropped;
}

}  // namespace

Session::Session(const Library& library, QObject* parent)
    : QObject(parent),
      library_(library),
      store_(library.file("session.json")),
      queue_(library.file("queue.json")),
      gallery_(library.file("gallery.sqlite")) {
  connectEngine();
  connect(&queue_, &QueueModel::removed, this, [this](qint64 job) {
    for (GridRun* grid : QList<GridRun*>(grids_)) grid->giveUp(job);
  });
  connect(&queue_, &QueueModel::changed, this, &Session::runNext);
  const auto cannotSave = [this](const QString& file) {
    emit message(tr("%1 cannot be written.").arg(file),
                 tr("Queue and settings will be lost when Diorama closes. Check the folder and the disk."),
                 true);
  };
  connect(&queue_, &QueueModel::cannotSave, this, cannotSave);
  connect(&store_, &SettingsStore::cannotSave, this, cannotSave);
  connect(&gallery_, &GalleryModel::problemFound, this, &Session::onGalleryProblem);
}

Session::~Session() {
  closing_ = true;
  pool_.waitForDone();
  takeStrays();
}

QString Session::pictures() const {
  const QString& chosen = store_.state().pictures;
  return chosen.isEmpty() ? library_.pictures : chosen;
}

void Session::connectEngine() {
  connect(&engine_, &EngineService::stageReached, this, [this](qint64 job, PaintStage stage) {
    queue_.setStage(job, stage);
    emit stageReached(stage);
  });
  connect(&engine_, &EngineService::promised, this, [this](qint64 job, const RunPromise& promise) {
    queue_.setPromise(job, promise);
    if (job == running_) strip_.setCache(promise.cacheBytes);
  });
  connect(&engine_, &EngineService::parentStepTaken, this, [this](const ParentStep& step) {
    if (step.job != running_) return;
    queue_.setParentStep(step);
    emit parentStepTaken(step);
  });
  connect(&engine_, &EngineService::stepTaken, this, [this](const StepFrame& frame) {
    if (frame.job != running_) return;
    timeline_.append(frame);
    strip_.append(frame);
    queue_.setStep(frame);
    emit stepTaken(frame);
  });
  connect(&engine_, &EngineService::warned, this,
          [this](qint64, const QString& text) { emit message(text, {}, false); });
  connect(&engine_, &EngineService::painted, this, &Session::onPainted);
  connect(&engine_, &EngineService::failed, this, &Session::onFailed);
}

void Session::onGalleryProblem(const QString& problem) {
  emit message(tr("The index of the gallery cannot be used: %1").arg(problem),
               tr("Pictures are saved all the same. Check the folder %1 and the disk.").arg(library_.folder),
               true);
}

void Session::start() {
  engine_.decodePreviews(store_.state().previewsDecoded);
  models_.setExtraFolders(store_.state().modelFolders);
  connect(&models_, &ModelsModel::extraFoldersChanged, &store_, &SettingsStore::setModelFolders);
  models_.refresh();
  connect(&models_, &ModelsModel::modelRead, this, [this](const QString& path) {
    const ModelFacts* facts = models_.find(path);
    const QString& wanted = store_.settings().model;
    if (wanted.isEmpty() && facts->usable() && facts->name == QLatin1String(kShippedModel)) chooseModel(path);
    if (wanted == path && facts->usable() && running_ == 0) engine_.prepare(store_.settings());
  });
  pool_.start([this] {
    const QList<DeviceFacts> devices = devicesOfMachine();
    QMetaObject::invokeMethod(this, [this, devices] {
      devices_ = devices;
      emit devicesKnown();
    });
  });
  findStrays();
  reportDamage();
  if (const QString problem = gallery_.takeProblem(); !problem.isEmpty()) onGalleryProblem(problem);
  runNext();
}

void Session::reportDamage() {
  if (gallery_.wasDamaged())
    emit message(
        tr("The index of the gallery was damaged and is made again from the pictures in their folder."),
        tr("The damaged one is kept as %1.").arg(gallery_.aside()), true);
  for (const auto& [what, aside] :
       {std::pair(tr("The queue could not be read and begins empty."), queue_.aside()),
        std::pair(tr("The settings could not be read and begin anew."), store_.aside())})
    if (!aside.isEmpty()) emit message(what, tr("The damaged file is kept as %1.").arg(aside), true);
}

// Pictures in the folder that the index does not know: saved just before a crash, or copied there; and the
// other way round.
void Session::findStrays() {
  const QStringList known = gallery_.paths();
  const QString folder = pictures();
  pool_.start([this, known, folder] {
    const QSet<QString> set(known.begin(), known.end());
    QElapsedTimer sinceTaken;
    sinceTaken.start();
    for (const QFileInfo& file : QDir(folder).entryInfoList({"*.png"}, QDir::Files)) {
      if (closing_) return;
      if (set.contains(file.absoluteFilePath())) continue;
      const GalleryRow row = rowOf(file);
      const std::scoped_lock lock(straysMutex_);
      strays_ << row;
      if (strays_.size() < kStraysTogether && sinceTaken.elapsed() < kStraysMilliseconds) continue;
      QMetaObject::invokeMethod(this, &Session::takeStrays);
      sinceTaken.start();
    }
    QMetaObject::invokeMethod(this, &Session::takeStrays);
    QStringList gone;
    for (const QString& path : known)
      if (!QFileInfo::exists(path) && QFileInfo(path).dir().exists())
        gone << path;  // else a disk that is not there
    QMetaObject::invokeMethod(this, [this, gone] {
      if (!gone.isEmpty()) gallery_.forgetAll(gone);
    });
  });
}

// Now and then, so that what took long to read is not read again after the window was closed meanwhile.
void Session::takeStrays() {
  QList<GalleryRow> strays;
  {
    const std::scoped_lock lock(straysMutex_);
    strays.swap(strays_);
  }
  if (!strays.isEmpty()) gallery_.addAll(strays);
}

quint64 Session::drawSeed() {
  return random_();  // 32 bits: short enough to type again
}

void Session::rollSeed() {
  PaintSettings settings = store_.settings();
  settings.seed = drawSeed();
  store_.setSettings(settings);
}

QList<qint64> Session::enqueue(QList<PaintJob> jobs) {
  for (PaintJob& job : jobs) job.folder = pictures();
  return queue_.add(std::move(jobs));
}

void Session::paintGrid(const GridSpec& spec) {
  auto* grid = new GridRun(spec, this);
  grids_ << grid;
  connect(grid, &GridRun::finished, this, [this, grid] {
    saveSheet(*grid);
    grids_.removeAll(grid);
    grid->deleteLater();
  });
  QList<PaintJob> jobs;
  QList<int> cells;
  for (int i = 0; i < spec.size(); ++i) {
    const auto settings = spec.cell(i);
    if (!settings) continue;
    jobs << PaintJob{.settings = *settings};
    cells << i;
  }
  const QList<qint64> ids = enqueue(jobs);
  for (int i = 0; i < ids.size(); ++i) grid->expect(ids[i], cells[i]);
}

// In the background: it compares every cell with the first of its row. Nothing where no cell was painted.
void Session::saveSheet(const GridRun& grid) {
  const GridSpec& spec = grid.spec();
  const QList<GridCell>& cells = grid.painted();
  if (std::all_of(cells.begin(), cells.end(), [](const GridCell& cell) { return cell.image.isNull(); }))
    return;
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
  if (path.isEmpty()) {
    emit message(tr("The sheet of the grid cannot be saved in %1.").arg(folder),
                 tr("Its pictures are in the gallery. Check the folder and the disk."), true);
    return;
  }
  emit message(tr("The grid is painted: %1").arg(path), {}, false);
  emit gridReady(path);
}

void Session::paint() {
  if (!store_.state().seedLocked) rollSeed();
  PaintSettings settings = store_.settings();
  store_.rememberPrompt(settings.prompt);
  store_.save();
  QList<PaintJob> jobs;
  for (int i = 0; i < store_.state().count; ++i) {
    jobs << PaintJob{.settings = settings};
    ++settings.seed;
  }
  enqueue(jobs);
}

void Session::paintExact(const QString& path) {
  const PictureFile file = readPictureFile(path);
  if (!file.hasSettings()) {
    emit message(tr("%1 does not say how it was painted.").arg(QFileInfo(path).fileName()), file.problem,
                 true);
    return;
  }
  const ModelFacts* painter = models_.findByHash(file.modelHash);
  if (painter == nullptr) {
    emit message(
        tr("The model that painted %1 is not here: %2.").arg(QFileInfo(path).fileName(), file.modelTitle),
        tr("Add its folder on the page Models."), true);
    return;
  }
  PaintJob job{.settings = file.settings, .branch = exactBranchOf(file.recipe), .compareWith = path};
  job.settings.model = painter->path;
  job.settings.device = store_.settings().device;
  job.settings.acceleration = QStringLiteral("off");
  enqueue({std::move(job)});
}

void Session::branch(int row) {
  if (timeline_.recipe().isEmpty() || row < 0 || row + 1 >= timeline_.rowCount()) return;
  const StepFrame& frame = timeline_.frame(row);
  PaintJob job{.settings = store_.settings(),
               .branch = BranchPoint{timeline_.recipe(), frame.step, frame.state}};
  enqueue({std::move(job)});
}

void Session::cancel() {
  if (running_ != 0) engine_.cancel(running_);
}

void Session::cancelAll() {
  queue_.removeWaiting();
  cancel();
}

void Session::runNext() {
  if (running_ != 0) return;
  std::optional<PaintJob> next = queue_.takeNext();
  if (!next) return;
  next->folder = pictures();  // it may have been chosen anew because the old one could not be written
  running_ = next->id;
  timeline_.clear();
  strip_.reset(next->settings.steps);
  shownPath_.clear();
  engine_.paint(*next);
}

void Session::onPainted(const PaintedPicture& picture) {
  running_ = 0;
  timeline_.finish(picture);
  shownPath_ = picture.path;
  const bool saved = !picture.path.isEmpty();
  if (saved) addToGallery(picture);
  emit painted(picture);
  for (GridRun* grid : QList<GridRun*>(grids_)) grid->take(picture);
  if (saved && !picture.compareWith.isEmpty()) emit compareReady(picture.compareWith, picture.path);
  if (saved)
    queue_.remove(picture.job);
  else
    onUnsaved(picture);
  if (running_ == 0) emit idle();
}

// What comes after it could not be saved either: the queue waits for the user.
void Session::onUnsaved(const PaintedPicture& picture) {
  queue_.setPaused(true);
  queue_.setFailed(picture.job, picture.problem);
  emit message(
      tr("The picture is painted but could not be saved: %1").arg(picture.problem),
      tr("Save it elsewhere with Save as, or choose another folder for pictures. The queue is paused."),
      true);
}

void Session::addToGallery(const PaintedPicture& picture) {
  gallery_.thumbnails().put(picture.path, picture.image);
  gallery_.add(rowOf(picture));
}

void Session::onFailed(qint64 job, const Failure& failure) {
  running_ = 0;
  if (failure.cancelled()) {
    emit cancelled(job);
    queue_.remove(job);
  } else {
    emit message(failure.what, failure.advice, true);
    queue_.setFailed(job, failure.what);
  }
  for (GridRun* grid : QList<GridRun*>(grids_)) grid->giveUp(job);
  if (running_ == 0) emit idle();
}

void Session::chooseModel(const QString& path) {
  const ModelFacts* facts = models_.find(path);
  if (facts == nullptr) return;
  PaintSettings settings = facts->recommended;
  settings.prompt = store_.settings().prompt;
  settings.negativePrompt = store_.settings().negativePrompt;
  settings.seed = store_.settings().seed;
  settings.device = store_.settings().device;
  if (!facts->classes.isEmpty()) settings.classLabel = 0;
  store_.setSettings(settings);
}

void Session::resetToRecommended() {
  chooseModel(store_.settings().model);
}

void Session::restore(const QString& path) {
  const PictureFile file = readPictureFile(path);
  const QString name = QFileInfo(path).fileName();
  if (!file.hasSettings()) {
    emit message(file.problem.isEmpty() ? tr("%1 does not say how it was painted.").arg(name)
                                        : tr("%1 cannot be read: %2").arg(name, file.problem),
                 tr("Drop a PNG of Diorama, A1111, stable-diffusion.cpp or ComfyUI."), true);
    return;
  }
  PaintSettings settings = file.settings;
  const PaintSettings& now = store_.settings();
  settings.model = now.model;
  settings.device = now.device;
  if (settings.width == 0) settings.width = now.width;
  if (settings.height == 0) settings.height = now.height;
  if (settings.steps == 0) settings.steps = now.steps;
  if (settings.sampler.isEmpty()) settings.sampler = now.sampler;
  QStringList unmapped = file.unmapped;
  if (exactBranchOf(file.recipe)) unmapped << tr("that it is a branch of another picture");
  const ModelFacts* facts = model();
  if (facts != nullptr) unmapped << dropMisfits(settings, now, *facts);
  if (!knowsAcceleration(facts, settings.acceleration)) {
    // A plan of another model: its methods are in the picture. A file is never read by a name from a picture.
    if (settings.customPlan.isEmpty()) unmapped << tr("Acceleration %1").arg(settings.acceleration);
    settings.acceleration = settings.customPlan.isEmpty() ? "off" : kCustomAcceleration;
  }
  if (facts != nullptr && !file.modelTitle.isEmpty() && facts->title != file.modelTitle &&
      unmapped.filter(file.modelTitle).isEmpty())
    unmapped << tr("Model %1").arg(file.modelTitle);
  store_.setSettings(settings);
  store_.setSeedLocked(true);
  emit message(tr("Settings of %1 restored; the seed is locked.").arg(name),
               unmapped.isEmpty() ? QString() : tr("Not taken over: %1.").arg(unmapped.join(", ")), false);
}

void Session::moveToTrash(const QStringList& paths) {
  for (const QString& path : paths)
    if (!gallery_.moveToTrash(path))
      emit message(tr("%1 cannot be moved to the trash.").arg(path), tr("Delete it in its folder."), true);
}

void Session::decodePreviews(bool decode) {
  store_.setPreviewsDecoded(decode);
  engine_.decodePreviews(decode);
}

void Session::show(const QString& path) {
  QString why;
  const QImage image = readPicture(path, &why);
  if (image.isNull()) {
    emit message(tr("%1 cannot be shown: %2").arg(QFileInfo(path).fileName(), why), {}, true);
    return;
  }
  if (running_ == 0) {
    timeline_.show(path);
    strip_.show(timeline_.frames());
  }
  shownPath_ = path;
  emit shown(path, image);
}

}  // namespace diorama::gui
