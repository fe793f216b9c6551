// A model folder with fewer bits, from the command's point of view: what is written, what it paints, what
// stays behind.
#include "study/quantise.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/cancel.h"
#include "cpu/device.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "pipeline/acceleration.h"
#include "pipeline/pipeline.h"
#include "study/compare.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

ModelFolder mini() {
  return ModelFolder::open(std::filesystem::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini");
}

QuantiseOptions quick(const Format& format) {
  return {.format = &format, .prompts = 2, .num_steps = 6, .rows = 384, .pictures = 2};
}

class QuantiseModel : public testing::Test {
 protected:
  QuantiseReport run(const QuantiseOptions& options, const std::filesystem::path& destination) {
    return quantise_model(mini(), destination, device_, options, [](const QuantiseProgress&) {});
  }

  TestFolder folder_;
  cpu::Device device_;
};

TEST_F(QuantiseModel, writes_a_folder_that_paints_nearly_the_same) {
  const auto path = folder_ / "w4a8";
  const QuantiseReport report = run(quick(w4a8::kFormat), path);
  EXPECT_GT(report.psnr.worst, 21)
      << "dB against f32; calibrated on less than usual, so less than usual is asked";
  EXPECT_GT(report.ceiling_psnr.mean, report.psnr.mean);
  EXPECT_LT(static_cast<double>(report.bytes_after), 0.4 * static_cast<double>(report.bytes_before));
  double error = 0;
  double nearest = 0;
  for (const LayerReport& layer : report.layers) {
    if (layer.format != "w4a8") continue;
    EXPECT_LT(layer.bits, 4.5) << layer.path;
    error += layer.output_error;
    nearest += layer.nearest_error;
  }
  EXPECT_LT(error, 0.7 * nearest) << "outputs of layers against group round-to-nearest";

  const ModelFolder quantised = ModelFolder::open(path);
  ASSERT_EQ(quantised_format(quantised), &w4a8::kFormat);
  EXPECT_EQ(quantised.diorama().json().at("quantisation").at("report").at("pictures"), 2);
  EXPECT_EQ(quantised.title(), "Diorama Mini w4a8");
  EXPECT_TRUE(choose_acceleration(quantised, "balanced").plan->tuned) << "its own plans go with it";
  const Precision precision = choose_precision("auto", device_, quantised);
  EXPECT_EQ(precision.name, "w4a8");
  expect_fault(Fault::usage, {"w4a8", "f32"}, [&] { choose_precision("f32", device_, quantised); });
  expect_fault(Fault::usage, {"quantised already"}, [&] {
    quantise_model(quantised, folder_ / "again", device_, quick(w4a8::kFormat),
                   [](const QuantiseProgress&) {});
  });

  const RenderRequest request{.prompt = "red apple, 3d on a blue background", .steps = 4, .seed = 5};
  Pipeline once(quantised, device_, precision);
  Pipeline again(quantised, device_, precision);
  EXPECT_EQ(once.render(request).latent.values, again.render(request).latent.values);
  EXPECT_NE(once.render(request).recipe.model_hash,
            Pipeline(mini(), device_, {}).render(request).recipe.model_hash);
}

TEST_F(QuantiseModel, eight_bits_lose_less) {
  const QuantiseReport report = run(quick(w8a8::kFormat), folder_ / "w8a8");
  EXPECT_GT(report.psnr.worst, 30) << "dB against f32";
}

TEST_F(QuantiseModel, an_existing_destination_is_kept) {
  folder_.write("there/file", "kept");
  expect_fault(Fault::usage, {"there", "exists"}, [&] { run(quick(w4a8::kFormat), folder_ / "there"); });
  EXPECT_EQ(folder_.num_files(), 2u) << "the folder and its file";
}

TEST_F(QuantiseModel, what_an_earlier_run_left_is_not_removed) {
  folder_.write("there.partial/file", "kept");
  expect_fault(Fault::usage, {"there.partial"}, [&] { run(quick(w4a8::kFormat), folder_ / "there"); });
  EXPECT_EQ(folder_.num_files(), 2u) << "the folder and its file";
}

TEST_F(QuantiseModel, a_destination_in_the_model_itself_is_refused) {
  expect_fault(Fault::usage, {"own folder"}, [&] { run(quick(w4a8::kFormat), mini().path() / "new"); });
  EXPECT_FALSE(std::filesystem::exists(mini().path() / "new.partial"));
}

TEST_F(QuantiseModel, cancelling_leaves_nothing) {
  CancelToken token;
  device_.set_cancel_token(&token);
  int calls = 0;
  expect_fault(Fault::cancelled, {}, [&] {
    quantise_model(mini(), folder_ / "cancelled", device_, quick(w4a8::kFormat),
                   [&](const QuantiseProgress&) {
                     if (++calls == 20) token.request();
                   });
  });
  EXPECT_EQ(folder_.num_files(), 0u);
}

TEST_F(QuantiseModel, quantising_on_load_needs_no_calibration) {
  const RenderRequest request{.prompt = "red apple, 3d on a blue background", .seed = 5};
  const Image exact = Pipeline(mini(), device_, {}).render(request).image;
  for (const char* name : {"w8a8", "w4a8"}) {
    Pipeline pipeline(mini(), device_, choose_precision(name, device_));
    EXPECT_GT(compare(exact, pipeline.render(request).image).psnr, 22) << name;
  }
}

}  // namespace
}  // namespace diorama::test
