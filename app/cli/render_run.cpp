#include "cli/render_run.h"

#include <chrono>

#include "base/file.h"
#include "cli/output_name.h"
#include "cli/signals.h"
#include "cli/step_images.h"
#include "io/model_search.h"
#include "io/png.h"
#include "pipeline/pipeline.h"

namespace diorama::cli {
namespace {

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

// Failures that the other jobs of a batch do not share.
bool concerns_one_job(Fault fault) {
  return fault == Fault::usage || fault == Fault::out_of_memory || fault == Fault::unusable_result ||
         fault == Fault::file_system;
}

class Run {
 public:
  Run(const RenderOptions& options, Progress& progress) : options_(options), progress_(progress) {}

  // The exit code of a run that no failure ends.
  int paint();
  int saved() const { return saved_; }
  int failed() const { return failed_; }

 private:
  void prepare(Job& job) const;
  int num_steps(const Job& job) const { return job.problem.empty() ? job.request.steps.value() : 0; }
  void start();
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
  int steps_done_ = 0;  // of the job that runs
  int saved_ = 0;
  int failed_ = 0;
};

// What the model leaves to decide, or why the job cannot run; on the command line that ends the run.
void Run::prepare(Job& job) const {
  if (!job.problem.empty()) return;
  try {
    if (!job.class_name.empty()) job.request.class_label = find_class(pipeline_->folder(), job.class_name);
    job.request = pipeline_->resolve(job.request);
  } catch (const Error& error) {
    if (!options_.batch || !concerns_one_job(error.fault())) throw;
    job.problem = fmt::format("{}:{}: {}", *options_.batch, job.line, error.what());
  }
}

void Run::start() {
  jobs_ = expand(requested_jobs(options_), options_.count, options_.seed);
  names_.emplace(parse_output_pattern(options_.output), jobs_.size() > 1, options_.overwrite);
  const ModelFolder folder = ModelFolder::open(find_model(options_.model));
  device_ = open_compute_device(options_.compute);
  const Precision precision = choose_precision(options_.compute.precision, *device_, folder);
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
}

void Run::paint(int number, const Job& job) {
  const auto begin = std::chrono::steady_clock::now();
  const std::filesystem::path path = names_->path();
  RenderObserver observer;
  observer.on_stage = [&](Stage stage) { progress_.stage(number, stage); };
  observer.on_warning = [&](const std::string& text) { progress_.warning(number, text); };
  observer.on_step = [&](const StepReport& report) {
    steps_done_ = report.step;
    progress_.step(number, report);
    if (step_images_) step_images_->save(path.stem().string(), report);
  };
  const RenderResult result = pipeline_->render(job.request, observer);
  progress_.stage(number, Stage::save);
  write_file_atomically(path, encode_png(result.image, recipe_texts(result.recipe)));
  names_->advance();
  ++saved_;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  progress_.image(number, {path, job.request.seed, result.image.width, result.image.height,
                           result.recipe.steps, seconds.count()});
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
