#pragma once

#include "cli/eta.h"
#include "cli/progress.h"
#include "cli/said_once.h"

namespace diorama::cli {

bool is_terminal(std::FILE* file);

// Names of the pictures on `out`, words on `log`, and on a terminal a bar.
class TextProgress final : public Progress {
 public:
  TextProgress(std::FILE* out, std::FILE* log, bool bar) : out_(out), log_(log), bar_(bar) {}
  ~TextProgress() override { erase_bar(); }

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
  void show_bar(std::string_view stage, int step, int steps);
  void erase_bar();
  void print(const std::filesystem::path& path);

  std::FILE* out_;
  std::FILE* log_;
  bool bar_;
  bool bar_visible_ = false;
  int jobs_ = 0;
  Eta eta_;
  SaidOnce said_;
};

}  // namespace diorama::cli
