#include "cli/json_progress.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/say.h"
#include "base/utf8.h"

namespace diorama::cli {

using Json = nlohmann::ordered_json;

void JsonProgress::write(const Json& event) {
  put(out_, event.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
}

void JsonProgress::start(const RunStart& run) {
  eta_ = Eta(run.steps);
  write({{"type", "start"},
         {"jobs", run.jobs},
         {"model", run.model},
         {"device", run.device},
         {"precision", run.precision},
         {"width", run.width},
         {"height", run.height},
         {"steps", run.steps_each},
         {"memory_bytes", run.memory_bytes}});
}

void JsonProgress::stage(int job, Stage stage) {
  write({{"type", "step"}, {"job", job}, {"stage", name_of(stage)}});
}

void JsonProgress::forecast(int job, const RunForecast& forecast) {
  write({{"type", "plan"},
         {"job", job},
         {"macs", {{"planned", forecast.macs}, {"full", forecast.full_macs}}},
         {"cache_bytes", forecast.cache_bytes}});
}

void JsonProgress::step(int job, const StepReport& report) {
  write_step(job, name_of(Stage::denoise), report);
}

void JsonProgress::parent_step(int job, const StepReport& report) {
  write_step(job, kParent, report);
}

void JsonProgress::write_step(int job, std::string_view stage, const StepReport& report) {
  eta_.step_done(report.milliseconds);
  write({{"type", "step"},
         {"job", job},
         {"stage", stage},
         {"step", report.step},
         {"steps", report.steps},
         {"step_ms", report.milliseconds},
         {"eta_s", eta_.seconds_left()},
         {"sites",
          {{"computed", report.sites.computed}, {"reused", report.sites.reached - report.sites.computed}}},
         {"tokens", {{"kept", report.tokens_kept}, {"total", report.tokens_total}}},
         {"macs", {{"executed", report.executed_macs}, {"full", report.full_macs}}},
         {"blocks", report.blocks}});
}

void JsonProgress::warning(int, const std::string& text) {
  if (said_.is_new(text)) say(log_, "diorama: warning: {}\n", one_line(text, kMostInALine));
  warnings_.push_back(text);
}

void JsonProgress::image(int job, const ImageSaved& saved) {
  write({{"type", "image"},
         {"job", job},
         {"path", saved.path.string()},
         {"seed", saved.seed},
         {"width", saved.width},
         {"height", saved.height},
         {"steps", saved.steps},
         {"seconds", saved.seconds},
         {"acceleration", saved.acceleration},
         {"macs", {{"executed", saved.executed_macs}, {"full", saved.full_macs}}},
         {"warnings", std::exchange(warnings_, {})}});
}

void JsonProgress::comparison(int job, const ExactComparison& comparison) {
  write({{"type", "comparison"},
         {"job", job},
         {"exact", comparison.exact.string()},
         {"difference", comparison.difference.string()},
         {"seconds", comparison.seconds},
         {"exact_seconds", comparison.exact_seconds},
         {"psnr", comparison.psnr},
         {"ssim", comparison.ssim}});
}

void JsonProgress::error(int job, int line, const Failure& failure, int steps_missed) {
  eta_.drop(steps_missed);
  say(log_, "diorama: {}\n", one_line(failure.message, kMostInALine));
  Json event{{"type", "error"}};
  if (job > 0) event["job"] = job;
  if (line > 0) event["line"] = line;
  event["exit_code"] = failure.exit_code;
  event["message"] = failure.message;
  write(event);
  warnings_.clear();
}

void JsonProgress::end(int saved, int failed, int exit_code) {
  write({{"type", "end"}, {"images", saved}, {"failed", failed}, {"exit_code", exit_code}});
}

}  // namespace diorama::cli
