#include "cli/render_run.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <span>

#include "base/file.h"
#include "base/say.h"
#include "base/text_encoding.h"
#include "base/utf8.h"
#include "cli/output_name.h"
#include "cli/signals.h"
#include "cli/step_images.h"
#include "io/model_search.h"
#include "io/picture_texts.h"
#include "io/png.h"
#include "pipeline/acceleration.h"
#include "pipeline/pipeline.h"
#include "study/compare.h"

namespace diorama::cli {
namespace {

Recipe recipe_in(const std::string& path) {
  const std::string file = read_picture_file(path);
  const auto recipe = recipe_in_picture(std::as_bytes(std::span(file)), path);
  if (!recipe) fail(Fault::usage, "{}: holds no recipe", path);
  return *recipe;
}

JobList requested_jobs(const RenderOptions& options) {
  Job job = options.job;
  job.request.negative_prompt = decode_text(job.request.negative_prompt, "[negative-prompt] the text");
  if (options.batch) {
    constexpr size_t kMostBatch = size_t{256} << 20;
    return {decode_text(read_text_file(*options.batch, kMostBatch), *options.batch), *options.batch, job,
            options.count, options.seed.draw()};
  }
  if (!options.prompt && job.class_name.empty())
    fail(Fault::usage, "[render] nothing to paint; give --prompt, --class or --batch");
  if (options.prompt) job.request.prompt = read_prompt(*options.prompt);
  return {job, options.count, options.seed.draw()};
}

// The model a picture was made with, and whether that is known only by what was hashed in earlier versions.
FoundModel model_of(const Recipe& recipe, const std::string& where, const std::string& wish) {
  if (!wish.empty()) {
    ModelFolder folder = ModelFolder::open(find_model(wish));
    const HashMatch match = folder.match(recipe.model_hash);
    if (match == HashMatch::none)
      fail(Fault::usage, "{}: was made with another model than {}", where, folder.title());
    return {std::move(folder), match};
  }
  if (auto found = find_model_by_hash(recipe.model_hash, recipe.model)) return std::move(*found);
  fail(Fault::usage, "{}: was made with {}, which is not among the models here; say where it is with --model",
       where, one_line(recipe.model));
}

// Failures that the other jobs of a batch do not share.
bool concerns_one_job(Fault fault) {
  return fault == Fault::usage || fault == Fault::out_of_memory || fault == Fault::unusable_result ||
         fault == Fault::file_system;
}

constexpr const char* kModel = "diorama-mini";

// Pictures that --compare-exact writes beside one.
constexpr std::string_view kExact = "-exact";
constexpr std::string_view kDifference = "-difference";

// Thrown where a job's failure ends the run, with the words for it.
struct EndOfRun {
  Failure failure;
};

class Run {
 public:
  Run(const RenderOptions& options, Progress& progress) : options_(options), progress_(progress) {}

  // The exit code of a run that no failure ends.
  int paint();
  // Says what ended the run; returns the exit code.
  int report_end(const Failure& failure);
  int saved() const { return saved_; }
  int failed() const { return failed_; }

 private:
  void open_model();
  void prepare(Job& job);
  void note_what_does_nothing(const RenderRequest& request);
  const ChosenPlan& plan_called(const std::string& name);
  void check_size(const RenderRequest& request, bool size_is_typed) const;
  int num_steps(const Job& job) const { return job.problem.empty() ? job.request.steps.value() : 0; }
  void start();
  void say_start(const Job& first);
  // Said once, after the start.
  void note(const std::string& text);
  RenderObserver observer(int number);
  void save_preview(const StepReport& report);
  std::filesystem::path save(const RenderResult& result);
  void compare_exact(int number, const RenderResult& accelerated, const std::filesystem::path& path);
  void paint(int number, const Job& job);
  void try_to_paint(int number, const Job& job);
  void report_failure(int number, const Job& job, const Failure& failure);
  std::string where(const Job& job, const std::string& message) const;

  const RenderOptions& options_;
  Progress& progress_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Pipeline> pipeline_;
  std::optional<OutputNames> names_;
  std::optional<StepImages> step_images_;
  std::optional<Recipe> repeated_;  // the recipe of the picture that is made again
  std::optional<JobList> jobs_;
  std::map<std::string, ChosenPlan> plans_;  // by the name they were asked for
  std::vector<std::string> notes_;           // to be said after the start
  bool started_ = false;
  int running_ = 0;  // the job that runs, from 1; 0: none
  int running_line_ = 0;
  int steps_each_ = 0;  // of the first job
  int steps_done_ = 0;  // of the job that runs
  Stage stage_ = Stage::load;
  bool saving_ = false;
  int saved_ = 0;
  int failed_ = 0;
};

// A plan is read, and the model's hash compared, once a run.
const ChosenPlan& Run::plan_called(const std::string& name) {
  const auto known = plans_.find(name);
  if (known != plans_.end()) return known->second;
  ChosenPlan chosen = choose_acceleration(pipeline_->folder(), name);
  if (!chosen.note.empty()) note(chosen.note);
  return plans_.emplace(name, std::move(chosen)).first->second;
}

// Nobody has typed a size that comes out of a file: a stranger's picture must not take hours unasked.
void Run::check_size(const RenderRequest& request, bool size_is_typed) const {
  constexpr double kMostTimesTheModels = 16;  // four times as wide and as high
  const double pixels = static_cast<double>(*request.width) * *request.height;
  const int side = pipeline_->own_size();
  const double times = pixels / (static_cast<double>(side) * side);
  if (size_is_typed || options_.allow_large || times <= kMostTimesTheModels) return;
  fail(Fault::usage,
       "[size] {} for {} x {}, {:.0f} times the pixels of the model's own {} x {}, which takes {:.0f} MiB of "
       "memory; add --allow-large to paint it",
       repeated_ ? "the picture asks" : "the model's files ask", *request.width, *request.height, times, side,
       side, static_cast<double>(pipeline_->memory_needed(request)) / (1 << 20));
}

void Run::note_what_does_nothing(const RenderRequest& request) {
  if (repeated_) return;
  if (request.class_label && !(request.prompt.empty() && request.negative_prompt.empty()))
    note("this model paints classes; the prompt does nothing");
  if (*request.cfg_scale > 1) return;
  if (!request.class_label && !request.negative_prompt.empty())
    note("the negative prompt does nothing without guidance; give a --cfg-scale above 1");
  if (request.guidance_begin > 0 || request.guidance_end < 1)
    note("--guidance-interval does nothing without guidance; give a --cfg-scale above 1");
}

// What the model leaves to decide, or why the job cannot run.
void Run::prepare(Job& job) {
  if (!job.problem.empty()) return;
  try {
    if (!job.class_name.empty()) job.request.class_label = find_class(pipeline_->folder(), job.class_name);
    const bool size_is_typed = !repeated_ && job.request.width && job.request.height;
    job.request = pipeline_->resolve(job.request);
    check_size(job.request, size_is_typed);
    if (!job.request.decisions) job.request.acceleration = plan_called(job.accelerate).plan;
    if (options_.compare_exact && !job.request.acceleration)
      fail(Fault::usage, "[compare-exact] the picture is exact already; choose a plan with --accelerate");
    note_what_does_nothing(job.request);
  } catch (const Error& error) {
    if (!concerns_one_job(error.fault())) throw;
    job.problem = where(job, error.what());
    job.fault = error.fault();
  }
}

std::string Run::where(const Job& job, const std::string& message) const {
  return job.line > 0 ? fmt::format("{}:{}: {}", *options_.batch, job.line, message) : message;
}

void Run::open_model() {
  const std::string asked = options_.exact.value_or(options_.replay.value_or(""));
  const auto found = [&]() -> FoundModel {
    if (repeated_) return model_of(*repeated_, asked, options_.model);
    return {
        ModelFolder::open(options_.model.empty() ? find_model_by_name(kModel) : find_model(options_.model)),
        HashMatch::bytes};
  };
  const auto [folder, match] = found();
  if (match == HashMatch::samples)
    note(
        "the picture names the model by a part of its bytes, as earlier versions did; if they were changed "
        "since, "
        "the picture is another one");
  device_ = open_compute_device(options_.compute);
  const bool as_recorded = repeated_ && options_.compute.precision == "auto";
  const Precision precision =
      choose_precision(as_recorded ? repeated_->precision : options_.compute.precision, *device_, folder);
  if (repeated_ && repeated_->device != device_->description())
    note(fmt::format("the picture was made on {}; this device's bytes may differ",
                     one_line(repeated_->device, 200)));
  if (precision.transformer->integer() && quantised_format(folder) == nullptr)
    note(
        fmt::format("weights become {} while they are loaded, with nearest codes; `diorama models quantize` "
                    "finds better ones",
                    precision.name));
  pipeline_ = std::make_unique<Pipeline>(folder, *device_, precision);
}

void Run::start() {
  const std::string asked = options_.exact.value_or(options_.replay.value_or(""));
  if (asked.empty()) {
    jobs_.emplace(requested_jobs(options_));
  } else {
    repeated_ = recipe_in(asked);
    jobs_.emplace(Job{.request = request_of(*repeated_, options_.exact.has_value(), asked)}, 1,
                  repeated_->seed.value_or(0));
  }
  std::string_view longest_suffix = options_.compare_exact ? kDifference : "";
  if (!options_.save_steps.empty()) longest_suffix = StepImages::kLongestSuffix;
  names_.emplace(parse_output_pattern(options_.output), jobs_->size() > 1, options_.overwrite,
                 longest_suffix);
  open_model();
  if (!options_.save_steps.empty())
    step_images_.emplace(options_.save_steps, options_.save_steps_decoded, options_.overwrite, *pipeline_);
}

void Run::note(const std::string& text) {
  if (started_) return progress_.warning(0, text);
  notes_.push_back(text);
}

void Run::say_start(const Job& first) {
  steps_each_ = num_steps(first);
  RunStart run{.model = pipeline_->folder().title(),
               .device = device_->description(),
               .precision = pipeline_->precision().name,
               .jobs = jobs_->size(),
               .steps = int64_t{steps_each_} * jobs_->size(),
               .steps_each = steps_each_};
  if (first.problem.empty()) {
    run.width = *first.request.width;
    run.height = *first.request.height;
    run.memory_bytes = pipeline_->memory_needed(first.request);
  }
  progress_.start(run);
  started_ = true;
  for (const std::string& text : notes_) progress_.warning(0, text);
}

RenderObserver Run::observer(int number) {
  RenderObserver observer;
  observer.on_stage = [this, number](Stage stage) {
    stage_ = stage;
    progress_.stage(number, stage);
  };
  observer.on_warning = [this, number](const std::string& text) { progress_.warning(number, text); };
  observer.on_forecast = [this, number](const RunForecast& forecast) {
    progress_.forecast(number, forecast);
  };
  observer.on_step = [this, number](const StepReport& report) {
    steps_done_ = report.step;
    progress_.step(number, report);
    save_preview(report);
  };
  observer.on_parent_step = [this, number](const StepReport& report) {
    steps_done_ = report.step;
    progress_.parent_step(number, report);
  };
  return observer;
}

// A preview that cannot be written costs no picture.
void Run::save_preview(const StepReport& report) {
  if (!step_images_) return;
  try {
    step_images_->save(report);
  } catch (const Error& error) {
    if (error.fault() != Fault::file_system) throw;
    step_images_.reset();
    note(fmt::format("{}; no more previews are saved", error.what()));
  }
}

std::filesystem::path Run::save(const RenderResult& result) {
  saving_ = true;
  std::filesystem::path path = names_->save(encode_png(result.image, recipe_texts(result.recipe)));
  saving_ = false;
  ++saved_;
  return path;
}

void Run::paint(int number, const Job& job) {
  const auto begin = std::chrono::steady_clock::now();
  const std::filesystem::path expected = names_->path();
  if (options_.compare_exact && !options_.overwrite)
    for (const std::string_view what : {kExact, kDifference})
      if (const auto taken = with_suffix(expected, what); path_exists(taken))
        fail(Fault::file_system, "{}: exists already; add --overwrite, or another name with -o",
             taken.string());
  if (step_images_) step_images_->begin(expected.stem().string());
  const RenderResult result = pipeline_->render(job.request, observer(number));
  stage_ = Stage::save;
  progress_.stage(number, Stage::save);
  const std::filesystem::path path = save(result);
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
  const Image distance = difference(accelerated.image, exact.image, 255 / std::max(result.max_diff, 1));
  saving_ = true;
  const ExactComparison comparison{
      save_beside(with_suffix(path, kExact), encode_png(exact.image, recipe_texts(exact.recipe)),
                  options_.overwrite),
      save_beside(with_suffix(path, kDifference), encode_png(distance), options_.overwrite),
      accelerated.denoise_seconds,
      exact.denoise_seconds,
      result.psnr,
      result.ssim};
  saving_ = false;
  progress_.comparison(number, comparison);
}

void Run::report_failure(int number, const Job& job, const Failure& failure) {
  ++failed_;
  progress_.error(number, job.line, failure, num_steps(job) - steps_done_);
}

// A failure that the other jobs would meet as well is thrown: what concerns the run, and whatever keeps a
// picture from being saved.
void Run::try_to_paint(int number, const Job& job) {
  steps_done_ = 0;
  stage_ = Stage::load;
  try {
    if (!job.problem.empty()) throw Error(job.fault, job.problem);
    paint(number, job);
  } catch (...) {
    Failure failure = current_failure();
    if (failure.exit_code == kOutOfMemory && !failure.message.starts_with("[memory]"))
      failure.message = fmt::format("[{}] {}", name_of(stage_), failure.message);
    if (job.problem.empty()) failure.message = where(job, failure.message);
    if (!options_.batch || saving_ || !concerns_one_job(failure.fault)) throw EndOfRun{failure};
    report_failure(number, job, failure);
  }
}

int Run::paint() {
  start();
  for (int i = 0; i < jobs_->size(); ++i) {
    stop_token().throw_if_requested();
    Job job = jobs_->picture(i);
    running_ = i + 1;
    running_line_ = job.line;
    prepare(job);
    if (i == 0) say_start(job);
    if (reader_is_gone(stdout))
      note("standard output has no reader any more; the pictures are painted all the same");
    progress_.fewer_steps(steps_each_ - num_steps(job));
    try_to_paint(running_, job);
    running_ = 0;
  }
  return failed_ > 0 ? kSomeJobsFailed : kDone;
}

int Run::report_end(const Failure& failure) {
  if (running_ > 0 && failure.exit_code != kInterrupted) ++failed_;
  progress_.error(running_, running_line_, failure, 0);
  return failure.exit_code;
}

}  // namespace

int render(const RenderOptions& options) {
  const auto progress = make_progress(options.progress, stdout, stderr);
  Run run(options, *progress);
  int code = kDone;
  try {
    code = run.paint();
  } catch (const EndOfRun& end) {
    code = run.report_end(end.failure);
  } catch (...) {
    code = run.report_end(current_failure());
  }
  progress->end(run.saved(), run.failed(), code);
  return code;
}

}  // namespace diorama::cli
