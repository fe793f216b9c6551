#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/eta.h"
#include "cli/progress.h"
#include "cli/said_once.h"

namespace diorama::cli {

// One object a line on `out`, written at once; failures and warnings also in words on `log`.
class JsonProgress final : public Progress {
 public:
  JsonProgress(std::FILE* out, std::FILE* log) : out_(out), log_(log) {}

  void start(const RunStart& run) override;
  void fewer_steps(int steps) override { eta_.drop(steps); }
  void stage(int job, Stage stage) override;
  void forecast(int job, const RunForecast& forecast) override;
  void step(int job, const StepReport& report) override;
  void parent_step(int job, const StepReport& report) override;
  void warning(int job, const std::string& text) override;
  void image(int job, const ImageSaved& saved) override;
  void comparison(int job, const ExactComparison& comparison) override;
  void error(int job, int line, const Failure& failure, int steps_missed) override;
  void end(int saved, int failed, int exit_code) override;

 private:
  void write(const nlohmann::ordered_json& event);
  void write_step(int job, std::string_view stage, const StepReport& report);

  std::FILE* out_;
  std::FILE* log_;
  Eta eta_;
  std::vector<std::string> warnings_;  // of the job that runs
  SaidOnce said_;
};

}  // namespace diorama::cli
