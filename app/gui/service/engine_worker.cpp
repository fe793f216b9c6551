#include "gui/service/engine_worker.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>

#include "gui/service/model_facts.h"
#include "gui/service/picture_name.h"
#include "gui/service/pictures.h"
#include "gui/service/request.h"
#include "gui/service/step_frame.h"
#include "io/model_search.h"
#include "io/png.h"
#include "pipeline/devices.h"
#include "study/quantise.h"

namespace diorama::gui {
namespace {

constexpr int kNice = 10;
constexpr size_t kMostLoaded = 2;  // pipelines

double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

struct EngineWorker::Loaded {
  QString model, precision;
  QString precisionChosen;  // what "auto" turned out to be
  Pipeline pipeline;
};

EngineWorker::EngineWorker(JobControl& control) : control_(control) {}

EngineWorker::~EngineWorker() = default;

// Threads inherit the niceness of the one that starts them: the OpenMP team is started by this one.
void EngineWorker::yieldToOthers() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kNice);
}

Device& EngineWorker::device(const QString& name) {
  if (device_ && name == deviceName_) return *device_;
  loaded_.clear();
  device_.reset();
  device_ = open_device({.name = name.toStdString()});
  device_->set_cancel_token(&control_.token());
  deviceName_ = name;
  emit deviceOpened(name, QString::fromStdString(device_->description()));
  return *device_;
}

Pipeline& EngineWorker::pipeline(const PaintSettings& settings) {
  Device& where = device(settings.device);
  const auto fits = [&](const auto& l) {
    return l->model == settings.model &&
           (l->precision == settings.precision || l->precisionChosen == settings.precision);
  };
  const auto found = std::find_if(loaded_.begin(), loaded_.end(), fits);
  if (found != loaded_.end()) {
    std::rotate(found, found + 1, loaded_.end());
    return loaded_.back()->pipeline;
  }
  if (loaded_.size() >= kMostLoaded) loaded_.erase(loaded_.begin());
  const ModelFolder folder = ModelFolder::open(find_model(settings.model.toStdString()));
  const Precision precision = choose_precision(settings.precision.toStdString(), where, folder);
  loaded_.push_back(std::make_unique<Loaded>(Loaded{settings.model, settings.precision,
                                                    QString::fromStdString(precision.name),
                                                    Pipeline(folder, where, precision)}));
  return loaded_.back()->pipeline;
}

RenderObserver EngineWorker::observer(qint64 job, Pipeline& pipeline) {
  RenderObserver observer;
  observer.on_stage = [this, job](Stage stage) { emit stageReached(job, static_cast<PaintStage>(stage)); };
  observer.on_forecast = [this, job](const RunForecast& f) {
    emit promised(job, {f.macs, f.full_macs, f.cache_bytes});
  };
  observer.on_warning = [this, job](const std::string& text) {
    emit warned(job, QString::fromStdString(text));
  };
  observer.on_parent_step = [this, job](const StepReport& report) {
    emit parentStepTaken({job, report.step, report.steps, report.milliseconds});
  };
  observer.on_step = [this, job, &pipeline](const StepReport& report) {
    const PreviewKind kind = decodesPreviews_ ? PreviewKind::decoded : PreviewKind::matrix;
    const StepFrame frame = frameOf(job, report, pipeline, kind);
    watcher_(frame);
    emit stepTaken(frame);
  };
  return observer;
}

void EngineWorker::save(const PaintJob& job, const Image& image, const Recipe& recipe,
                        PaintedPicture& picture) {
  emit stageReached(job.id, PaintStage::save);
  try {
    const QString words = QString::fromStdString(recipe.prompt.empty() ? recipe.class_name : recipe.prompt);
    picture.path =
        writeNextPicture(job.folder, words, recipe.seed.value_or(0), encode_png(image, recipe_texts(recipe)));
  } catch (...) {
    const Failure failure = currentFailure();
    picture.problem = failure.what;
  }
}

PaintedPicture EngineWorker::render(const PaintJob& job) {
  const auto begin = std::chrono::steady_clock::now();
  emit stageReached(job.id, PaintStage::load);
  Pipeline& painter = pipeline(job.settings);
  const ChosenRequest chosen = requestOf(job, painter.folder());
  if (!chosen.note.empty()) emit warned(job.id, QString::fromStdString(chosen.note));
  const RenderResult result = painter.render(chosen.request, observer(job.id, painter));
  PaintedPicture picture{.job = job.id,
                         .image = toQImage(result.image),
                         .recipe = QByteArray::fromStdString(to_json(result.recipe).dump()),
                         .settings = settingsOf(result.recipe, job.settings),
                         .seconds = result.denoise_seconds,
                         .executedMacs = result.executed_macs,
                         .fullMacs = result.full_macs,
                         .compareWith = job.compareWith};
  save(job, result.image, result.recipe, picture);
  picture.totalSeconds = secondsSince(begin);
  return picture;
}

void EngineWorker::paint(const PaintJob& job) {
  control_.begin(job.id);
  try {
    const PaintedPicture picture = render(job);
    control_.end();
    emit painted(picture);
  } catch (...) {
    const Failure failure = currentFailure();
    control_.end();
    if (!failure.cancelled() && failure.fault != Fault::usage)
      loaded_.clear();  // what is loaded may be what failed
    if (failure.fault == Fault::device_lost) device_.reset();
    emit failed(job.id, failure);
  }
}

void EngineWorker::prepare(const PaintSettings& settings) {
  try {
    control_.begin(JobControl::kPreparing);
    pipeline(settings).load();
  } catch (...) {  // painting with it says why
    loaded_.clear();
  }
  control_.end();
}

void EngineWorker::quantise(const QuantiseWish& wish) {
  control_.begin(JobControl::kQuantising);
  try {
    const ModelFolder folder = ModelFolder::open(find_model(wish.model.toStdString()));
    QuantiseOptions options;
    options.format = find_integer_format(wish.format.toStdString());
    options.prompts = wish.prompts;
    options.pictures = wish.pictures;
    const QuantiseReport report = quantise_model(
        folder, toPath(wish.destination), device(QStringLiteral("auto")), options,
        [this](const QuantiseProgress& progress) {
          emit quantiseProgressed(QString::fromStdString(progress.what), progress.done, progress.total);
        });
    QStringList lines{quantisationText(static_cast<double>(report.bytes_before),
                                       static_cast<double>(report.bytes_after), report.psnr.mean,
                                       report.psnr.worst)};
    for (const std::string& leftOut : report.left_out) lines << toLine(leftOut);
    emit quantised(wish.destination, lines.join('\n'));
  } catch (...) {
    emit quantiseFailed(currentFailure());
  }
  control_.end();
}

}  // namespace diorama::gui
