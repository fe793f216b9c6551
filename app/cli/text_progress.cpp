#include "cli/text_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/say.h"
#include "base/utf8.h"

namespace diorama::cli {
namespace {

constexpr size_t kMostOfPath = 5000;  // bytes

int terminal_columns(std::FILE* file) {
  winsize size{};
  return ::ioctl(::fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

double percent(uint64_t part, uint64_t whole) {
  return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

bool is_terminal(std::FILE* file) {
  return ::isatty(::fileno(file)) != 0;
}

std::string draw_bar(std::string_view stage, int done, int total, double seconds_per_step,
                     double seconds_left, int columns) {
  std::string end = fmt::format(" {}/{}", done, total);
  if (seconds_per_step > 0)
    end += fmt::format("  {:.2f} s/step  {} left", seconds_per_step, duration(seconds_left));
  const int room =
      columns - static_cast<int>(stage.size() + end.size()) - 4;  // a blank, two brackets, the last column
  const int length = std::clamp(room, 0, 40);
  const int filled = total > 0 ? length * done / total : 0;
  std::string line = fmt::format("{} [{:#>{}}{:->{}}]{}", stage, "", filled, "", length - filled, end);
  if (static_cast<int>(line.size()) >= columns) line.resize(static_cast<size_t>(std::max(columns - 1, 0)));
  return line;
}

void TextProgress::start(const RunStart& run) {
  jobs_ = run.jobs;
  eta_ = Eta(run.steps);
  say(log_, "{}, {}, on {}\n", one_line(run.model), run.precision, one_line(run.device, 200));
  if (run.width == 0) return;  // the first job cannot run
  say(log_, "{} x {}, {} steps, {:.0f} MiB of memory\n", run.width, run.height, run.steps_each,
      static_cast<double>(run.memory_bytes) / (1 << 20));
}

void TextProgress::show_bar(std::string_view stage, int step, int steps) {
  if (!bar_) return;
  const std::string line =
      draw_bar(stage, step, steps, eta_.seconds_per_step(), eta_.seconds_left(), terminal_columns(log_));
  put(log_, "\r\x1b[K" + line);
  bar_visible_ = true;
}

void TextProgress::erase_bar() {
  if (!bar_visible_) return;
  put(log_, "\r\x1b[K");
  bar_visible_ = false;
}

void TextProgress::stage(int job, Stage stage) {
  show_bar(name_of(stage), job - 1, jobs_);
}

void TextProgress::forecast(int, const RunForecast& forecast) {
  erase_bar();
  say(log_, "acceleration: at most {:.0f} % of the multiply-adds, {:.1f} MiB of caches\n",
      percent(forecast.macs, forecast.full_macs), static_cast<double>(forecast.cache_bytes) / (1 << 20));
}

void TextProgress::step(int, const StepReport& report) {
  eta_.step_done(report.milliseconds);
  show_bar(name_of(Stage::denoise), report.step, report.steps);
}

void TextProgress::parent_step(int, const StepReport& report) {
  eta_.step_done(report.milliseconds);
  show_bar(kParent, report.step, report.steps);
}

void TextProgress::warning(int, const std::string& text) {
  if (!said_.is_new(text)) return;
  erase_bar();
  say(log_, "diorama: warning: {}\n", one_line(text, kMostInALine));
}

// A program is given the very bytes of a name, a terminal what it can show.
void TextProgress::print(const std::filesystem::path& path) {
  if (is_terminal(out_))
    say(out_, "{}\n", one_line(path.string(), kMostOfPath));
  else
    put(out_, path.string() + "\n");
}

void TextProgress::image(int, const ImageSaved& saved) {
  erase_bar();
  say(log_, "seed {}, {} x {}, {} steps, {}", saved.seed, saved.width, saved.height, saved.steps,
      duration(saved.seconds));
  if (saved.acceleration != "off")
    say(log_, ", {}: {:.0f} % of the multiply-adds", one_line(saved.acceleration),
        percent(saved.executed_macs, saved.full_macs));
  say(log_, "\n");
  print(saved.path);
}

void TextProgress::comparison(int, const ExactComparison& comparison) {
  say(log_, "denoised in {} instead of {}, psnr {:.2f} dB, ssim {:.4f}\n", duration(comparison.seconds),
      duration(comparison.exact_seconds), comparison.psnr, comparison.ssim);
  print(comparison.exact);
  print(comparison.difference);
}

void TextProgress::error(int, int, const Failure& failure, int steps_missed) {
  eta_.drop(steps_missed);
  erase_bar();
  say(log_, "diorama: {}\n", one_line(failure.message, kMostInALine));
}

void TextProgress::end(int saved, int failed, int) {
  erase_bar();
  if (failed > 0) say(log_, "{} saved, {} failed\n", saved, failed);
}

}  // namespace diorama::cli
