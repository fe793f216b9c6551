#include "cli/progress.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/eta.h"

namespace diorama::cli {
namespace {

// A stream that can be read back.
class Capture {
 public:
  Capture() : file_(std::tmpfile()) {}
  ~Capture() { std::fclose(file_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::FILE* file() const { return file_; }

  std::string text() const {
    std::string result;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) result += static_cast<char>(c);
    return result;
  }

 private:
  std::FILE* file_;
};

StepReport step_report(int step) {
  return {.step = step,
          .steps = 4,
          .milliseconds = 500,
          .sites = {.reached = 24, .computed = 20},
          .tokens_kept = 48,
          .tokens_total = 64,
          .executed_macs = 1000,
          .full_macs = 1500};
}

// Two jobs of four steps: the first is saved, the second fails at its second step.
void play(Progress& progress) {
  progress.start({.model = "Mini", .device = "cpu", .precision = "f32", .jobs = 2, .steps = 8});
  progress.stage(1, Stage::load);
  progress.warning(1, "dropped: \"the end\"");
  for (int step = 1; step <= 4; ++step) progress.step(1, step_report(step));
  progress.image(1,
                 {.path = "out-0001.png", .seed = 7, .width = 128, .height = 64, .steps = 4, .seconds = 2.5});
  progress.step(2, step_report(1));
  progress.error(2, 3, {kUsage, "jobs.txt:3: no"}, 3);
  progress.end(1, 1, kSomeJobsFailed);
}

TEST(Eta, is_the_mean_of_the_steps_times_those_left) {
  Eta eta(10);
  EXPECT_EQ(eta.seconds_left(), 0);
  for (int i = 0; i < 4; ++i) eta.step_done(500);
  EXPECT_DOUBLE_EQ(eta.seconds_left(), 3);
  eta.drop(4);
  EXPECT_DOUBLE_EQ(eta.seconds_left(), 1);
  eta.drop(100);
  EXPECT_EQ(eta.seconds_left(), 0);
}

TEST(Eta, follows_a_change_of_pace) {
  Eta eta(1000);
  for (int i = 0; i < 10; ++i) eta.step_done(100);
  for (int i = 0; i < 30; ++i) eta.step_done(1000);
  EXPECT_NEAR(eta.seconds_per_step(), 1.0, 0.01);
}

TEST(Bar, fills_with_the_steps) {
  EXPECT_EQ(draw_bar("denoise", 5, 10, 0.5, 2.5, 61),
            "denoise [##########----------] 5/10  0.50 s/step  2.5 s left");
  EXPECT_EQ(draw_bar("load", 0, 0, 0, 0, 30).substr(0, 6), "load [");
}

TEST(Bar, fits_any_width) {
  for (int columns = 0; columns < 200; ++columns) {
    const std::string bar = draw_bar("denoise", 7, 20, 123.4, 100000, columns);
    EXPECT_LT(static_cast<int>(bar.size()), std::max(columns, 1));
  }
}

TEST(Bar, says_the_time_left_in_words) {
  const auto shows = [](double seconds, const char* text) {
    return draw_bar("", 1, 2, 1, seconds, 100).find(std::string(text) + " left") != std::string::npos;
  };
  EXPECT_TRUE(shows(9.94, "9.9 s"));
  EXPECT_TRUE(shows(42.4, "42 s"));
  EXPECT_TRUE(shows(125, "2 min 05 s"));
  EXPECT_TRUE(shows(3720, "1 h 02 min"));
}

TEST(JsonProgress, writes_an_object_a_line) {
  const Capture out, log;
  play(*make_progress(ProgressMode::json, out.file(), log.file()));
  std::vector<nlohmann::json> events;
  std::istringstream lines(out.text());
  for (std::string line; std::getline(lines, line);) events.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(events.size(), 10u);
  EXPECT_EQ(events[0].at("type"), "start");
  EXPECT_EQ(events[0].at("jobs"), 2);
  EXPECT_EQ(events[1].at("stage"), "load");
  const auto& step = events[3];
  EXPECT_EQ(step.at("type"), "step");
  EXPECT_EQ(step.at("job"), 1);
  EXPECT_EQ(step.at("step"), 2);
  EXPECT_EQ(step.at("steps"), 4);
  EXPECT_EQ(step.at("stage"), "denoise");
  EXPECT_EQ(step.at("step_ms"), 500);
  EXPECT_EQ(step.at("eta_s"), 3);
  EXPECT_EQ(step.at("sites"), (nlohmann::json{{"computed", 20}, {"reused", 4}}));
  EXPECT_EQ(step.at("tokens"), (nlohmann::json{{"kept", 48}, {"total", 64}}));
  EXPECT_EQ(step.at("macs"), (nlohmann::json{{"executed", 1000}, {"full", 1500}}));
  EXPECT_EQ(events[6].at("path"), "out-0001.png");
  EXPECT_EQ(events[6].at("seed"), 7);
  EXPECT_EQ(events[6].at("warnings"), nlohmann::json::array({"dropped: \"the end\""}));
  EXPECT_EQ(events[8].at("type"), "error");
  EXPECT_EQ(events[8].at("line"), 3);
  EXPECT_EQ(events[8].at("exit_code"), 2);
  EXPECT_EQ(events[9], (nlohmann::json{{"type", "end"}, {"images", 1}, {"failed", 1}, {"exit_code", 6}}));
}

TEST(JsonProgress, steps_of_a_parent_have_a_stage_of_their_own) {
  const Capture out, log;
  const auto progress = make_progress(ProgressMode::json, out.file(), log.file());
  progress->start({.model = "model", .device = "cpu", .precision = "f32", .jobs = 1, .steps = 4});
  progress->parent_step(1, {.step = 2, .steps = 4, .milliseconds = 500});
  std::istringstream lines(out.text());
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  const auto event = nlohmann::json::parse(line);
  EXPECT_EQ(event.at("stage"), "parent");
  EXPECT_EQ(event.at("step"), 2);
  EXPECT_EQ(event.at("eta_s"), 1.5) << "they are steps of the job";
}

TEST(JsonProgress, a_job_that_fails_takes_its_steps_out_of_the_time_left) {
  const Capture out, log;
  const auto progress = make_progress(ProgressMode::json, out.file(), log.file());
  progress->start({.jobs = 2, .steps = 8});
  progress->error(1, 1, {kUsage, "no"}, 4);
  progress->step(2, step_report(1));
  EXPECT_NE(out.text().find("\"eta_s\":1.5"), std::string::npos) << out.text();
}

TEST(JsonProgress, text_that_is_not_utf8_stays_json) {
  const Capture out, log;
  make_progress(ProgressMode::json, out.file(), log.file())->error(1, 0, {kUsage, "\xff"}, 0);
  EXPECT_NO_THROW(nlohmann::json::parse(out.text()));
}

TEST(JsonProgress, of_what_strangers_wrote_nothing_reaches_a_terminal) {
  const Capture out, log;
  const auto progress = make_progress(ProgressMode::json, out.file(), log.file());
  const std::string evil =
      "\x1b]0;owned\x07 \xC2\x9B"
      "2J \xE2\x80\xAE";
  progress->start({.model = evil, .device = evil, .precision = "f32", .jobs = 1, .steps = 4});
  progress->warning(1, evil);
  progress->error(1, 0, {kUsage, evil}, 0);
  for (const std::string& text : {out.text(), log.text()})
    for (const std::string_view bad : {"\x1b", "\x07", "\xC2\x9B", "\xE2\x80\xAE"})
      EXPECT_EQ(text.find(bad), std::string::npos) << text;
}

TEST(TextProgress, of_what_strangers_wrote_nothing_reaches_a_terminal) {
  const Capture out, log;
  const auto progress = make_progress(ProgressMode::none, out.file(), log.file());
  const std::string evil =
      "\x1b]0;owned\x07\nseed 1, saved \xC2\x9B"
      "2J \xE2\x80\xAE";
  progress->start({.model = evil, .device = evil, .precision = "f32", .jobs = 1, .steps = 4, .width = 8});
  progress->warning(1, evil);
  progress->error(1, 0, {kUsage, evil}, 0);
  const std::string text = log.text();
  for (const std::string_view bad : {"\x1b", "\x07", "\xC2\x9B", "\xE2\x80\xAE", "\nseed 1"})
    EXPECT_EQ(text.find(bad), std::string::npos) << text;
}

TEST(TextProgress, what_holds_for_every_picture_is_said_once) {
  const Capture out, log;
  const auto progress = make_progress(ProgressMode::none, out.file(), log.file());
  for (int job = 1; job <= 3; ++job) progress->warning(job, "the plan fast was tuned for 20 steps");
  progress->warning(3, std::string(100'000, 'x'));
  const std::string text = log.text();
  EXPECT_EQ(text.find("tuned"), text.rfind("tuned"));
  EXPECT_LT(text.size(), 1000u);
}

TEST(TextProgress, a_log_that_cannot_be_written_costs_no_picture) {
  const Capture out;
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) GTEST_SKIP() << "there is no /dev/full here";
  play(*make_progress(ProgressMode::bar, out.file(), full));
  play(*make_progress(ProgressMode::json, full, full));
  std::fclose(full);
  EXPECT_EQ(out.text(), "out-0001.png\n");
}

TEST(TextProgress, results_go_out_and_words_to_the_log) {
  const Capture out, log;
  play(*make_progress(ProgressMode::automatic, out.file(), log.file()));
  EXPECT_EQ(out.text(), "out-0001.png\n");
  const std::string words = log.text();
  for (const char* part : {"Mini, f32, on cpu", "dropped: \"the end\"", "seed 7, 128 x 64, 4 steps",
                           "jobs.txt:3: no", "1 saved, 1 failed"})
    EXPECT_NE(words.find(part), std::string::npos) << words;
  EXPECT_EQ(words.find('\r'), std::string::npos) << "no bar where there is no terminal";
}

TEST(TextProgress, the_bar_is_gone_before_words_follow) {
  const Capture out, log;
  play(*make_progress(ProgressMode::bar, out.file(), log.file()));
  const std::string text = log.text();
  EXPECT_NE(text.find("denoise ["), std::string::npos);
  EXPECT_NE(text.find("\r\x1b[Kseed 7"), std::string::npos) << text;
}

}  // namespace
}  // namespace diorama::cli
