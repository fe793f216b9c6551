#include "cli/render_run.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/file.h"
#include "cli/output_name.h"
#include "cli/signals.h"
#include "cli/step_images.h"
#include "io/model_search.h"
#include "io/png.h"
#include "pipeline/acceleration.h"
#include "pipeline/pipeline.h"
#include "study/compare.h"

namespace diorama::cli {
namespace {

Recipe recipe_in(const std::string& path) {
  const MappedFile file(path);
  const auto recipe = read_recipe(read_png_texts(file.bytes(), path), path);
  if (!recipe) fail(Fault::usage, "{}: holds no recipe", path);
  return *recipe;
}

std::vector<Job> requested_jobs(const RenderOptions& options) {
  if (options.batch) {
    const auto jobs = read_batch(read_text_file(*options.batch), *options.batch, options.job);
    if (jobs.empty()) fail(Fault::usage, "{}: holds no prompts; write one a line", *options.batch);
    return jobs;
  }
  if (!options.prompt && options.job.class_name.empty())
    fail(Fault::usage, "[render] nothing to paint; give --prompt, --class or --batch");
  Job job = options.job;
  if (options.prompt) job.request.prompt = read_prompt(*options.prompt);
  return {job};
}

// The model a picture was made with.
ModelFolder model_of(const Recipe& recipe, const std::string& where, const std::string& wish) {
  if (!wish.empty()) {
    ModelFolder folder = ModelFolder::open(find_model(wish));
    if (folder.content_hash() == recipe.model_hash) return folder;
    fail(Fault::usage, "{}: was made with another model than {}", where, folder.title());
  }
  for (const auto& path : list_models()) {
    try {
      ModelFolder folder = ModelFolder::open(path);
      if (folder.content_hash() == recipe.model_hash) return folder;
    } catch (const Error& error) {  // a broken one is not the one that is looked for
      if (error.fault() != Fault::model_file && error.fault() != Fault::file_system) throw;
    }
  }
  fail(Fault::usage, "{}: was made with {}, which is not among the models here; say where it is with --model",
       where, recipe.model);
}

// Failures that the other jobs of a batch do not share.
bool concerns_one_job(Fault fault) {
  return fault == Fault::usage || fault == Fault::out_of_memory || fault == Fault::unusable_result ||
         fault == Fault::file_system;
}

constexpr const char* kModel = "diorama-mini";

// Pictures that --compare-exact writes beside one.
constexpr const char* kExact = "-exact";
constexpr const char* kDifference = "-difference";
std::filesystem::path beside(const std::filesystem::path& path, const char* what) {
  return path.parent_path() / (path.stem().string() + what + path.extension().string());
}

class Run {
 public:
  Run(const RenderOptions& options, Progress& progress) : options_(options), progress_(progress) {}

  // The exit code of a run that no failure ends.
  int paint();
  int saved() const { return saved_; }
  int failed() const { return failed_; }

 private:
  void prepare(Job& job);
  int num_steps(const Job& job) const { return job.problem.empty() ? job.request.steps.value() : 0; }
  void start();
  void compare_exact(int number, const RenderResult& accelerated, const std::filesystem::path& path);
  void paint(int number, const Job& job);
  void try_to_paint(int number, const Job& job);
  void report_failure(int number, const Job& job, const Failure& failure);

  const RenderOptions& options_;
  Progress& progress_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Pipeline> pipeline_;
  std::optional<OutputNames> names_;
  std::optional<StepImages> step_images_;
  std::vector<Job> jobs_;
  std::set<std::string> notes_;  // to be said once
  int steps_done_ = 0;           // of the job that runs
  int saved_ = 0;
  int failed_ = 0;
};

// What the model leaves to decide, or why the job cannot run; on the command line that ends the run.
void Run::prepare(Job& job) {
  if (!job.problem.empty()) return;
  try {
    if (!job.class_name.empty()) job.request.class_label = find_class(pipeline_->folder(), job.class_name);
    job.request = pipeline_->resolve(job.request);
    if (!job.request.decisions) {
      ChosenPlan chosen = choose_acceleration(pipeline_->folder(), job.accelerate);
      job.request.acceleration = std::move(chosen.plan);
      if (!chosen.note.empty()) notes_.insert(chosen.note);
    }
    if (options_.compare_exact && !job.request.acceleration)
      fail(Fault::usage, "[compare-exact] the picture is exact already; choose a plan with --accelerate");
  } catch (const Error& error) {
    if (!options_.batch || !concerns_one_job(error.fault())) throw;
    job.problem = fmt::format("{}:{}: {}", *options_.batch, job.line, error.what());
  }
}

void Run::start() {
  std::optional<Recipe> recipe;
  const std::string repeated = options_.exact.value_or(options_.replay.value_or(""));
  if (repeated.empty()) {
    jobs_ = expand(requested_jobs(options_), options_.count, options_.seed);
  } else {
    recipe = recipe_in(repeated);
    jobs_.emplace_back().request = request_of(*recipe, options_.exact.has_value(), repeated);
  }
  names_.emplace(parse_output_pattern(options_.output), jobs_.size() > 1, options_.overwrite);
  const ModelFolder folder =
      recipe ? model_of(*recipe, repeated, options_.model)
             : ModelFolder::open(find_model(options_.model.empty() ? kModel : options_.model));
  device_ = open_compute_device(options_.compute);
  const bool as_recorded = recipe && options_.compute.precision == "auto";
  const Precision precision =
      choose_precision(as_recorded ? recipe->precision : options_.compute.precision, *device_, folder);
  if (recipe && recipe->device != device_->description())
    notes_.insert(fmt::format("the picture was made on {}; this device's bytes may differ", recipe->device));
  if (precision.transformer->integer() && quantised_format(folder) == nullptr)
    fmt::print(
        stderr,
        "weights become {} while they are loaded, with nearest codes; `diorama models quantize` finds better "
        "ones\n",
        precision.name);
  pipeline_ = std::make_unique<Pipeline>(folder, *device_, precision);
  if (!options_.save_steps.empty())
    step_images_.emplace(options_.save_steps, options_.save_steps_decoded, *pipeline_);
  RunStart run{folder.title(), device_->description(), precision.name, static_cast<int>(jobs_.size())};
  for (Job& job : jobs_) {
    prepare(job);
    run.steps += num_steps(job);
  }
  progress_.start(run);
  for (const std::string& note : notes_) progress_.warning(0, note);
}

void Run::paint(int number, const Job& job) {
  const auto begin = std::chrono::steady_clock::now();
  const std::filesystem::path path = names_->path();
  if (options_.compare_exact && !options_.overwrite)
    for (const char* what : {kExact, kDifference})
      if (const auto taken = beside(path, what); path_exists(taken))
        fail(Fault::file_system, "{}: exists already; add --overwrite, or another name with -o",
             taken.string());
  RenderObserver observer;
  observer.on_stage = [&](Stage stage) { progress_.stage(number, stage); };
  observer.on_warning = [&](const std::string& text) { progress_.warning(number, text); };
  observer.on_forecast = [&](const RunForecast& forecast) { progress_.forecast(number, forecast); };
  observer.on_step = [&](const StepReport& report) {
    steps_done_ = report.step;
    progress_.step(number, report);
    if (step_images_) step_images_->save(path.stem().string(), report);
  };
  observer.on_parent_step = [&](const StepReport& report) {
    steps_done_ = report.step;
    progress_.parent_step(number, report);
  };
  const RenderResult result = pipeline_->render(job.request, observer);
  progress_.stage(number, Stage::save);
  write_file_atomically(path, encode_png(result.image, recipe_texts(result.recipe)));
  names_->advance();
  ++saved_;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  progress_.image(number,
                  {path, job.request.seed, result.image.width, result.image.height, result.recipe.steps,
                   seconds.count(), result.recipe.acceleration, result.executed_macs, result.full_macs});
  if (options_.compare_exact) compare_exact(number, result, path);
}

// Beside the picture: what it would have been, and how far it is from that.
void Run::compare_exact(int number, const RenderResult& accelerated, const std::filesystem::path& path) {
  const RenderResult exact = pipeline_->render(request_of(accelerated.recipe, true, path.string()));
  const Comparison result = compare(accelerated.image, exact.image);
  const ExactComparison comparison{beside(path, kExact),
                                   beside(path, kDifference),
                                   accelerated.denoise_seconds,
                                   exact.denoise_seconds,
                                   result.psnr,
                                   result.ssim};
  write_file_atomically(comparison.exact, encode_png(exact.image, recipe_texts(exact.recipe)));
  write_file_atomically(comparison.difference, encode_png(difference(accelerated.image, exact.image,
                                                                     255 / std::max(result.max_diff, 1))));
  progress_.comparison(number, comparison);
}

void Run::report_failure(int number, const Job& job, const Failure& failure) {
  ++failed_;
  progress_.error(number, job.line, failure, num_steps(job) - steps_done_);
}

void Run::try_to_paint(int number, const Job& job) {
  steps_done_ = 0;
  if (!job.problem.empty()) return report_failure(number, job, {kUsage, job.problem});
  try {
    paint(number, job);
  } catch (const Error& error) {
    if (!options_.batch || !concerns_one_job(error.fault())) throw;
    report_failure(
        number, job,
        {exit_code(error.fault()), fmt::format("{}:{}: {}", *options_.batch, job.line, error.what())});
  }
}

int Run::paint() {
  start();
  for (size_t i = 0; i < jobs_.size(); ++i) {
    stop_token().throw_if_requested();
    try_to_paint(static_cast<int>(i) + 1, jobs_[i]);
  }
  return failed_ > 0 ? kSomeJobsFailed : kDone;
}

}  // namespace

int render(const RenderOptions& options) {
  const auto progress = make_progress(options.progress, stdout, stderr);
  Run run(options, *progress);
  int code = kDone;
  try {
    code = run.paint();
  } catch (...) {
    const Failure failure = current_failure();
    progress->error(0, 0, failure, 0);
    code = failure.exit_code;
  }
  progress->end(run.saved(), run.failed(), code);
  return code;
}

}  // namespace diorama::cli
