// A small search over the model that ships: it finds plans within their bounds, and goes on where it stopped.
#include "study/tune.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "cpu/device.h"
#include "study/plot.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

size_t lines_under(const std::filesystem::path& folder) {
  size_t lines = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) ++lines;
    }
  return lines;
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
                            .balanced_psnr = 26,
                            .fast_psnr = 20};
  int stop_after = 10;
  struct Stopped {};
  EXPECT_THROW(tune(model, device, options,
                    [&](const TuneProgress&) {
                      if (--stop_after == 0) throw Stopped();
                    }),
               Stopped);
  EXPECT_EQ(lines_under(folder / "cache"), 9u);

  const TuneReport report = tune(model, device, options, [](const TuneProgress&) {});
  EXPECT_EQ(lines_under(folder / "cache"), report.tried.size());
  ASSERT_EQ(report.plans.size(), 2u);
  EXPECT_EQ(report.plans[0].name, "balanced");
  EXPECT_EQ(report.plans[1].name, "fast");
  for (const accelerate::Plan& plan : report.plans) {
    EXPECT_EQ(plan.tuned->model_hash, model.content_hash());
    EXPECT_EQ(plan.tuned->steps, 6);
  }
  // No other way that was tried and keeps the bound saves more.
  const auto saved_by = [&](const accelerate::Plan& plan) {
    for (const TuneRow& row : report.tried)
      if (row.plan && row.plan->uses.size() == plan.uses.size() &&
          row.plan->to_json()["methods"] == plan.to_json()["methods"])
        return row.macs_ratio;
    return 0.0;
  };
  for (const TuneRow& row : report.tried) {
    const bool within = row.psnr.mean >= options.fast_psnr && row.psnr.tenth >= options.fast_psnr - 6;
    if (row.plan && within) {
      EXPECT_LE(row.macs_ratio, saved_by(report.plans[1])) << row.what;
    }
  }

  const std::string svg = plot_of(report, "a < b & c");
  EXPECT_NE(svg.find("a &lt; b &amp; c"), std::string::npos);
  size_t circles = 0;
  for (size_t at = svg.find("r=\"4\""); at != std::string::npos; at = svg.find("r=\"4\"", at + 1)) ++circles;
  EXPECT_EQ(circles, report.tried.size());
}

}  // namespace
}  // namespace diorama::test
