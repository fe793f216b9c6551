#include "gui/models/session.h"

#include <QFileInfo>
#include <algorithm>

#include "gui/models/gallery_rows.h"
#include "gui/service/engine_service.h"
#include "gui/service/picture_file.h"
#include "gui/service/pictures.h"
#include "gui/service/time_text.h"

namespace diorama::gui {
namespace {

constexpr auto kShippedModel = "diorama-mini";

}  // namespace

Session::Session(const Library& library, std::unique_ptr<EngineClient> engine, QObject* parent)
    : QObject(parent),
      library_(library),
      engine_(engine ? std::move(engine) : std::make_unique<EngineService>()),
      store_(library.file("session.json")),
      queue_(library.file("queue.json")),
      gallery_(library.file("gallery.sqlite")),
      models_(*engine_),
      shelf_(models_, library.modelsFolder()),
      seeds_(store_),
      strays_(gallery_) {
  connectEngine();
  connectModels();
}

Session::~Session() {
  quitNow();
  pool_.waitForDone();
}

QString Session::pictures() const {
  const QString& chosen = store_.state().pictures;
  return chosen.isEmpty() ? library_.pictures : chosen;
}

void Session::connectEngine() {
  EngineClient* engine = engine_.get();
  connect(engine, &EngineClient::stageReached, this, [this](qint64 job, PaintStage stage) {
    if (job == running_ && stage != PaintStage::load) beginRun();
    queue_.setStage(job, stage);
    emit stageReached(stage);
  });
  connect(engine, &EngineClient::promised, this, [this](qint64 job, const RunPromise& promise) {
    queue_.setPromise(job, promise);
    if (job != running_) return;
    beginRun();
    cacheBytes_ = promise.cacheBytes;
    if (watching_) strip_.setCache(cacheBytes_);
  });
  connect(engine, &EngineClient::parentStepTaken, this, [this](const ParentStep& step) {
    if (step.job != running_) return;
    beginRun();
    queue_.setParentStep(step);
    emit parentStepTaken(step);
  });
  connect(engine, &EngineClient::stepTaken, this, [this](const StepFrame& frame) {
    if (frame.job != running_) return;
    beginRun();
    timeline_.append(frame);
    if (watching_) strip_.append(frame);
    queue_.setStep(frame);
    emit stepTaken(frame);
  });
  connect(engine, &EngineClient::warned, this,
          [this](qint64, const QString& text) { emit message(text, {}, false); });
  connect(engine, &EngineClient::painted, this, &Session::onPainted);
  connect(engine, &EngineClient::failed, this, &Session::onFailed);
  connect(engine, &EngineClient::quantiseProgressed, this, [this](const QString&, int done, int total) {
    quantised_ = tr("%1 of %2").arg(done).arg(total);
    queue_.setHold(holdReason());
    emit holdChanged();
  });
  connect(engine, &EngineClient::quantised, this, &Session::endQuantising);
  connect(engine, &EngineClient::quantiseFailed, this, &Session::endQuantising);
}

void Session::connectModels() {
  connect(&queue_, &QueueModel::removed, &grids_, &GridRuns::giveUp);
  connect(&queue_, &QueueModel::returned, &grids_, &GridRuns::takeBack);
  connect(&queue_, &QueueModel::changed, this, &Session::runNext);
  connect(&grids_, &GridRuns::finished, this, &Session::saveSheet);
  const auto cannotSave = [this](const QString& file) {
    emit message(tr("%1 cannot be written.").arg(file),
                 tr("Queue and settings will be lost when Diorama closes. Check the folder and the disk."),
                 true);
  };
  connect(&queue_, &QueueModel::cannotSave, this, cannotSave);
  connect(&store_, &SettingsStore::cannotSave, this, cannotSave);
  connect(&gallery_, &GalleryModel::problemFound, this, &Session::onGalleryProblem);
  connect(&store_, &SettingsStore::settingsChanged, this, [this] {
    emit readinessChanged();
    emit captionChanged();
  });
  connect(&models_, &ModelsModel::allRead, this, [this] {
    chooseFirstModel();
    emit readinessChanged();
  });
  connect(&models_, &ModelsModel::modelRead, this, &Session::readinessChanged);
  connect(&models_, &QAbstractItemModel::rowsRemoved, this, &Session::readinessChanged);
}

void Session::onGalleryProblem(const QString& problem) {
  emit message(tr("The index of the gallery cannot be used: %1").arg(problem),
               tr("Pictures are saved all the same. Check the folder %1 and the disk.").arg(library_.folder),
               true);
}

void Session::start() {
  engine_->decodePreviews(store_.state().previewsDecoded);
  models_.setExtraFolders(store_.state().modelFolders);
  models_.setTitles(store_.state().modelTitles);
  connect(&models_, &ModelsModel::extraFoldersChanged, &store_, &SettingsStore::setModelFolders);
  connect(&models_, &ModelsModel::titlesChanged, &store_, &SettingsStore::setModelTitles);
  connect(&models_, &ModelsModel::modelRead, this, [this](const QString& path) {
    const ModelFacts* facts = models_.find(path);
    if (facts == nullptr || !facts->usable()) return;
    if (store_.settings().model.isEmpty() && facts->name == QLatin1String(kShippedModel)) chooseModel(path);
    if (store_.settings().model == path && running_ == 0) engine_->prepare(store_.settings());
  });
  models_.refresh();
  readDevices();
  strays_.look(pictures());
  reportDamage();
  if (const QString problem = gallery_.takeProblem(); !problem.isEmpty()) onGalleryProblem(problem);
  showLatest();
  runNext();
}

void Session::readDevices() {
  pool_.start([this] {
    const QList<DeviceFacts> devices = engine_->devices();
    QMetaObject::invokeMethod(this, [this, devices] {
      devices_ = devices;
      emit devicesKnown();
    });
  });
}

// Where the model that ships is not there.
void Session::chooseFirstModel() {
  if (!store_.settings().model.isEmpty()) return;
  for (int row = 0; row < models_.rowCount(); ++row)
    if (models_.facts(row).usable()) return chooseModel(models_.facts(row).path);
}

// The newest that is still there, among the first of them.
void Session::showLatest() {
  for (int row = 0; row < std::min(gallery_.rowCount(), 10); ++row)
    if (const QString path = gallery_.row(row).path; !readPicture(path).isNull()) return show(path);
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

void Session::runNext() {
  if (running_ != 0 || stopping_ || closing_ || quantisations_ > 0) return;
  std::optional<PaintJob> next = queue_.takeNext();
  if (!next) return;
  next->folder = pictures();  // it may have been chosen anew because the old one could not be written
  running_ = next->id;
  begun_ = false;
  cacheBytes_ = 0;
  job_ = *next;
  engine_->paint(job_);
}

// The request was checked: until then the canvas keeps the picture before it, with its steps.
void Session::beginRun() {
  if (begun_) return;
  begun_ = true;
  timeline_.begin();
  if (watching_) showRun();
}

void Session::showRun() {
  timeline_.showRun();
  strip_.reset(job_.settings.steps);
  for (const StepFrame& frame : timeline_.runFrames()) strip_.append(frame);
  strip_.setCache(cacheBytes_);
  canvas_ = {.settings = job_.settings, .isLive = true, .isKnown = true};
  emit canvasChanged();
}

void Session::watchRun() {
  watching_ = true;
  if (running_ != 0 && begun_) showRun();
}

void Session::onPainted(const PaintedPicture& picture) {
  if (picture.job == running_) beginRun();
  running_ = 0;
  timeline_.finish(picture);
  const bool saved = !picture.path.isEmpty();
  if (saved) {
    gallery_.thumbnails().put(picture.path, picture.image);
    gallery_.add(rowOf(picture));
  }
  if (watching_ || !saved) showPainted(picture);
  emit painted(picture);
  emit canvasChanged();
  grids_.take(picture);
  if (saved && !picture.compareWith.isEmpty()) emit compareReady(picture.compareWith, picture.path);
  if (saved)
    queue_.remove(picture.job);
  else
    onUnsaved(picture);
  if (running_ != 0) return;
  watching_ = true;
  emit idle();
}

void Session::showPainted(const PaintedPicture& picture) {
  if (!timeline_.showsRun()) showRun();
  canvas_ = {.path = picture.path,
             .recipe = picture.recipe,
             .settings = picture.settings,
             .seconds = picture.totalSeconds,
             .isKnown = true};
  seeds_.follow(picture.settings.seed);
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

void Session::onFailed(qint64 job, const Failure& failure) {
  running_ = 0;
  if (begun_) endCanvas(failure.cancelled());
  if (closing_) return;  // its entry is kept for the next start
  if (failure.cancelled()) {
    emit cancelled(job);
    queue_.remove(job);
  } else {
    emit message(failure.what, failure.advice, true);
    queue_.setFailed(job, failure.what);
  }
  grids_.giveUp(job);
  if (running_ != 0) return;
  watching_ = true;
  emit idle();
}

// The steps of a run that was cancelled stay to be looked at, those of one that failed do not.
void Session::endCanvas(bool wasCancelled) {
  if (!wasCancelled) timeline_.begin();
  if (!canvas_.isLive) return;
  canvas_.isLive = false;
  canvas_.wasCancelled = wasCancelled;
  if (!wasCancelled) {
    canvas_ = {};
    strip_.reset(0);
  }
  emit canvasChanged();
}

void Session::quitNow() {
  closing_ = true;
  queue_.close();
  store_.save();
  if (running_ != 0) engine_->cancel(running_);
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

void Session::decodePreviews(bool decode) {
  store_.setPreviewsDecoded(decode);
  engine_->decodePreviews(decode);
}

void Session::show(const QString& path) {
  QString why;
  const QImage image = readPicture(path, &why);
  if (image.isNull()) {
    emit message(tr("%1 cannot be shown: %2").arg(QFileInfo(path).fileName(), why), {}, true);
    return;
  }
  if (running_ != 0) watching_ = false;
  timeline_.show(path);
  strip_.show(timeline_.frames());
  canvas_ = canvasOf(path);
  emit shown(path, image);
  emit canvasChanged();
}

CanvasPicture Session::canvasOf(const QString& path) const {
  const PictureFile file = readPictureFile(path);
  CanvasPicture picture{.path = path,
                        .recipe = file.recipe,
                        .settings = file.settings,
                        .modelTitle = file.modelTitle,
                        .isKnown = file.hasSettings(),
                        .knowsSeed = file.knowsSeed};
  if (const ModelFacts* painter = models_.findByHash(file.modelHash)) picture.settings.model = painter->path;
  if (const GalleryRow* row = gallery_.find(path)) picture.seconds = row->seconds;
  return picture;
}

QList<SettingFact> Session::caption() const {
  if (!canvas_.isKnown) return {};
  PaintSettings now = store_.settings();
  if (now.precision == QLatin1String("auto")) now.precision = canvas_.settings.precision;
  QList<SettingFact> facts = factsOf(canvas_.settings, now);
  if (!canvas_.knowsSeed) facts.removeIf([](const SettingFact& fact) { return fact.setting == "seed"; });
  if (const ModelFacts* current = model();
      current != nullptr && !canvas_.modelTitle.isEmpty() && current->ownTitle != canvas_.modelTitle)
    facts << SettingFact{"model", canvas_.modelTitle, true};
  if (canvas_.seconds > 0) facts << SettingFact{"time", timeText(canvas_.seconds), false};
  return facts;
}

}  // namespace diorama::gui
