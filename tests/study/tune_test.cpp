// A small search over the model that ships: it finds plans within their bounds, and goes on where it stopped.
#include "study/tune.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "cpu/device.h"
#include "study/tune_plot.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

size_t lines_under(const std::filesystem::path& folder) {
  size_t lines = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) lines += line.empty() ? 0 : 1;
    }
  return lines;
}

// What the search measured of a plan.
const TuneRow* row_of(const TuneReport& report, const accelerate::Plan& plan) {
  for (const TuneRow& row : report.tried)
    if (row.plan && row.plan->to_json()["methods"] == plan.to_json()["methods"]) return &row;
  return nullptr;
}

TEST(Tune, finds_plans_and_goes_on_where_it_was_stopped) {
  const TestFolder folder;
  ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
  cpu::Device device;
  const ModelFolder model =
      ModelFolder::open(std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini");
  const TuneOptions options{.precision = choose_precision("f32", device),
                            .steps = 6,
                            .pictures = 1,
                            .scored = 1,
                            .goals = {{.name = "balanced", .psnr = 26}, {.name = "fast", .psnr = 20}}};
  int stop_after = 10;
  struct Stopped {};
  EXPECT_THROW(tune(model, device, options,
                    [&](const TuneProgress&) {
                      if (--stop_after == 0) throw Stopped();
                    }),
               Stopped);
  EXPECT_EQ(lines_under(folder / "cache/diorama/tune"), 9u);

  const TuneReport report = tune(model, device, options, [](const TuneProgress&) {});
  const size_t schedules = 3;  // that were searched for attention sharing
  EXPECT_EQ(lines_under(folder / "cache/diorama/tune"), report.tried.size() + schedules);
  EXPECT_FALSE(report.out_of_time);
  ASSERT_EQ(report.plans.size(), 2u);
  EXPECT_EQ(report.plans[0].name, "balanced");
  EXPECT_EQ(report.plans[1].name, "fast");
  for (const accelerate::Plan& plan : report.plans) {
    EXPECT_EQ(plan.tuned->model_hash, model.content_hash());
    EXPECT_EQ(plan.tuned->steps, 6);
  }
  // No other way that was tried and keeps the bound saves more.
  for (const TuneRow& row : report.tried) {
    if (row.plan && options.goals[1].met_by(row)) {
      EXPECT_LE(row.macs_ratio, row_of(report, report.plans[1])->macs_ratio) << row.what;
    }
  }

  // Without time, what is known is still judged; and a goal of another kind is met from it.
  TuneOptions hurried = options;
  hurried.minutes = 0;
  const TuneReport again = tune(model, device, hurried, [](const TuneProgress&) {});
  EXPECT_FALSE(again.out_of_time);
  ASSERT_EQ(again.plans.size(), 2u);
  EXPECT_EQ(again.plans[1].to_json()["methods"], report.plans[1].to_json()["methods"]);
  hurried.goals = {{.name = "mine", .speed = 1.5}};
  const TuneReport fast_enough = tune(model, device, hurried, [](const TuneProgress&) {});
  ASSERT_EQ(fast_enough.plans.size(), 1u);
  EXPECT_EQ(fast_enough.plans[0].name, "mine");
  for (const TuneRow& row : fast_enough.tried) {
    if (row.plan && row.macs_ratio >= 1.5) {
      EXPECT_LE(row.psnr.mean, row_of(fast_enough, fast_enough.plans[0])->psnr.mean) << row.what;
    }
  }
  hurried.steps = 5;  // of which nothing is known
  const TuneReport nothing = tune(model, device, hurried, [](const TuneProgress&) {});
  EXPECT_TRUE(nothing.out_of_time);
  EXPECT_TRUE(nothing.tried.empty());
  EXPECT_TRUE(nothing.plans.empty());

  const std::string svg = plot_of(report, "a < b & c");
  EXPECT_NE(svg.find("a &lt; b &amp; c"), std::string::npos);
  size_t circles = 0;
  for (size_t at = svg.find("r=\"2.5\""); at != std::string::npos; at = svg.find("r=\"2.5\"", at + 1))
    ++circles;
  EXPECT_EQ(circles, 2 * report.tried.size());
}

}  // namespace
}  // namespace diorama::test
