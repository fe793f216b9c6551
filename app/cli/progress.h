// What the user sees while pictures are made: words and a bar, or JSON lines (DESIGN 5).
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "pipeline/request.h"

namespace diorama::cli {

struct RunStart {
  std::string model, device, precision;
  int jobs = 0;
  int64_t steps = 0;                          // of all jobs, if they are all as long as the first
  int width = 0, height = 0, steps_each = 0;  // of the first
  size_t memory_bytes = 0;                    // that its largest stage takes, weights included
};

struct ImageSaved {
  std::filesystem::path path;
  uint64_t seed = 0;
  int width = 0, height = 0, steps = 0;
  double seconds = 0;
  std::string acceleration = "off";
  uint64_t executed_macs = 0, full_macs = 0;  // of the denoiser
};

// A picture beside the same without acceleration.
struct ExactComparison {
  std::filesystem::path exact, difference;
  double seconds = 0, exact_seconds = 0;  // of the denoiser
  double psnr = 0, ssim = 0;
};

class Progress {
 public:
  virtual ~Progress() = default;

  virtual void start(const RunStart& run) = 0;
  // The job that begins takes so many steps fewer than the first (negative: more).
  virtual void fewer_steps(int steps) = 0;
  // Jobs are counted from 1.
  virtual void stage(int job, Stage stage) = 0;
  // Before the steps of a job with acceleration.
  virtual void forecast(int job, const RunForecast& forecast) = 0;
  virtual void step(int job, const StepReport& report) = 0;
  // Of a branch's parent, taken again before the branch's own.
  virtual void parent_step(int job, const StepReport& report) = 0;
  virtual void warning(int job, const std::string& text) = 0;
  virtual void image(int job, const ImageSaved& saved) = 0;
  virtual void comparison(int job, const ExactComparison& comparison) = 0;
  // A job (0: all of them) that failed; `line` of the batch file, or 0; steps that will not be done.
  virtual void error(int job, int line, const Failure& failure, int steps_missed) = 0;
  virtual void end(int saved, int failed, int exit_code) = 0;
};

// Bytes of a message; what is longer is cut.
inline constexpr size_t kMostInALine = 600;

// The stage in which a parent's steps are taken again.
inline constexpr std::string_view kParent = "parent";

enum class ProgressMode { automatic, bar, json, none };

// Results go to `out`, words and the bar to `log`. Automatic: a bar where `log` is a terminal.
std::unique_ptr<Progress> make_progress(ProgressMode mode, std::FILE* out, std::FILE* log);

// "denoise [####----] 12/20  0.41 s/step  3 s left", at most `columns` wide.
std::string draw_bar(std::string_view stage, int done, int total, double seconds_per_step,
                     double seconds_left, int columns);

}  // namespace diorama::cli
