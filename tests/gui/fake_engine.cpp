#include "fake_engine.h"

#include <QFileInfo>
#include <nlohmann/json.hpp>

#include "gui/service/picture_name.h"
#include "gui/service/pictures.h"
#include "io/png.h"
#include "io/recipe.h"
#include "sampling/solver.h"

namespace diorama::gui {
namespace {

constexpr auto kTitle = "Fake";

Failure failureOf(Fault fault, const QString& what) {
  try {
    throw Error(fault, what.toStdString());
  } catch (...) {
    return currentFailure();
  }
}

// A colour for each seed.
QImage imageOf(const PaintSettings& settings) {
  QImage image(settings.width, settings.height, QImage::Format_RGB888);
  image.fill(QColor::fromHsv(static_cast<int>(settings.seed % 360), 200, 200));
  return image;
}

Recipe recipeOf(const PaintJob& job) {
  const PaintSettings& s = job.settings;
  Recipe recipe{.prompt = s.prompt.toStdString(), .negative_prompt = s.negativePrompt.toStdString()};
  recipe.width = s.width;
  recipe.height = s.height;
  recipe.steps = s.steps;
  recipe.sampler = s.sampler.toStdString();
  recipe.cfg_scale = s.guidance;
  recipe.seed = s.seed;
  recipe.model = kTitle;
  recipe.model_hash = FakeEngine::model(QFileInfo(s.model).fileName()).hash.toStdString();
  recipe.precision = s.precision == "auto" ? "f32" : s.precision.toStdString();
  recipe.acceleration = s.acceleration.toStdString();
  recipe.program = "Diorama 0.0.0";
  if (job.branch)
    recipe.branch = {{"parent", nlohmann::json::parse(job.branch->parent.toStdString())},
                     {"step", job.branch->step},
                     {"change", nlohmann::json::object()}};
  return recipe;
}

}  // namespace

ModelFacts FakeEngine::model(const QString& name) {
  ModelFacts facts;
  facts.path = "/fake/" + name;
  facts.name = name;
  facts.title = facts.ownTitle = kTitle;
  facts.hash = "hash of " + name;
  facts.license = "MIT";
  facts.recommended = {.model = facts.path, .width = 128, .height = 128, .steps = 20, .guidance = 4};
  facts.recommended.sampler = "euler";
  facts.sizeMultiple = 16;
  facts.sizes = {QSize(128, 128), QSize(160, 96), QSize(96, 160)};
  facts.samplers = {"euler", "heun", "dpmpp-2m"};
  facts.plans = {{"balanced", "1.6× as fast"}, {"fast", "2.4× as fast"}};
  facts.memory = {{"f32", 49 << 20}, {"w8a8", 20 << 20}};
  facts.numBlocks = 3;
  facts.hasPreview = true;
  facts.subjects = {"cat", "rocket"};
  facts.styles = {"3d", "glossy 3d"};
  facts.backgrounds = {"blue", "yellow"};
  facts.pattern = "{subject}, {style} on a {background} background";
  return facts;
}

QStringList FakeEngine::modelFolders() const {
  QStringList folders;
  for (const ModelFacts& facts : models_) folders << facts.path;
  return folders;
}

ModelFacts FakeEngine::readModel(const QString& folder) const {
  for (const ModelFacts& facts : models_)
    if (facts.path == folder) return facts;
  ModelFacts none;
  none.path = folder;
  none.name = none.title = none.ownTitle = QFileInfo(folder).fileName();
  none.problem = "there is no model";
  return none;
}

QList<DeviceFacts> FakeEngine::devices() const {
  return {{"cpu", "cpu: fake", {}, true, true}};
}

void FakeEngine::paint(const PaintJob& job) {
  asked_ << job;
  job_ = job;
  begun_ = false;
  emit stageReached(job.id, PaintStage::load);
  if (automatic_) QMetaObject::invokeMethod(this, &FakeEngine::finish, Qt::QueuedConnection);
}

void FakeEngine::cancel(qint64 job) {
  if (!job_ || job_->id != job) return;
  job_.reset();
  const auto say = [this, job] { emit failed(job, failureOf(Fault::cancelled, "cancelled")); };
  QMetaObject::invokeMethod(this, say, Qt::QueuedConnection);
}

void FakeEngine::begin() {
  if (!job_ || begun_) return;
  begun_ = true;
  step_ = job_->branch ? job_->branch->step : 0;
  for (const PaintStage stage : {PaintStage::encode, PaintStage::denoise}) emit stageReached(job_->id, stage);
}

void FakeEngine::takeSteps(int count) {
  begin();
  for (int i = 0; i < count && job_ && step_ < job_->settings.steps; ++i) takeStep();
}

void FakeEngine::takeStep() {
  ++step_;
  StepFrame frame{.job = job_->id, .step = step_, .steps = job_->settings.steps, .milliseconds = 100};
  frame.preview = imageOf(job_->settings).scaled(16, 16);
  frame.state = std::make_shared<const SolverState>(SolverState{.step = step_, .x = {}, .x0 = {}});
  frame.blocks = {1, 0.5F, 0};
  frame.executedMacs = 50;
  frame.fullMacs = 100;
  emit stepTaken(frame);
}

void FakeEngine::finish() {
  if (!job_) return;
  takeSteps(job_->settings.steps);
  for (const PaintStage stage : {PaintStage::decode, PaintStage::save}) emit stageReached(job_->id, stage);
  const PaintedPicture done = picture();
  job_.reset();
  emit painted(done);
}

PaintedPicture FakeEngine::picture() const {
  const Recipe recipe = recipeOf(*job_);
  PaintedPicture picture;
  picture.job = job_->id;
  picture.image = imageOf(job_->settings);
  picture.recipe = QByteArray::fromStdString(to_json(recipe).dump());
  picture.settings = job_->settings;
  picture.seconds = 1.5;
  picture.totalSeconds = 2;
  picture.executedMacs = 1000;
  picture.fullMacs = 2000;
  picture.compareWith = job_->compareWith;
  try {
    picture.path = writeNextPicture(job_->folder, job_->settings.prompt, job_->settings.seed,
                                    encode_png(fromQImage(picture.image), recipe_texts(recipe)));
  } catch (...) {
    picture.problem = currentFailure().what;
  }
  return picture;
}

void FakeEngine::fail(Fault fault, const QString& what) {
  if (!job_) return;
  const qint64 job = job_->id;
  job_.reset();
  emit failed(job, failureOf(fault, what));
}

void FakeEngine::progressQuantising(int done, int total) {
  emit quantiseProgressed("Measuring the model", done, total);
}

void FakeEngine::finishQuantising(const QString& report) {
  emit quantised(wishes_.last().destination, report);
}

void FakeEngine::cancelQuantising() {
  emit quantiseFailed(failureOf(Fault::cancelled, "cancelled"));
}

}  // namespace diorama::gui
