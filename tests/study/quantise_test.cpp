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

  static QuantiseOptions least() {
    return {.format = &w4a8::kFormat, .prompts = 1, .num_steps = 1, .rows = 16, .pictures = 0};
  }
  // Fails, and before it has watched, copied or quantised anything.
  void expect_no_work(const ModelFolder& model, const std::filesystem::path& destination) {
    quantise_model(model, destination, device_, least(),
                   [](const QuantiseProgress& progress) { ADD_FAILURE() << progress.what; });
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

TEST_F(QuantiseModel, what_stands_in_the_way_is_found_before_the_work) {
  folder_.write("there.partial/file", "kept");
  folder_.write("taken/file", "kept");
  std::filesystem::create_symlink("nowhere", folder_ / "dangling");
  for (const char* name : {"there", "taken", "taken/", "taken/.", "dangling"})
    expect_fault(Fault::usage, {name}, [&] { expect_no_work(mini(), folder_ / name); });
  expect_fault(Fault::usage, {"is empty"}, [&] { expect_no_work(mini(), ""); });
  expect_fault(Fault::file_system, {"/proc/none"}, [&] { expect_no_work(mini(), "/proc/none/q"); });
  EXPECT_EQ(folder_.num_files(), 5u);
}

// A copy of the model that ships, of links as a hub's cache is.
std::filesystem::path hub_of_mini(const TestFolder& folder) {
  namespace fs = std::filesystem;
  fs::create_directories(folder / "hub/blobs");
  int number = 0;
  for (const auto& entry : fs::recursive_directory_iterator(mini().path())) {
    if (!entry.is_regular_file() || entry.path().filename() == "golden.safetensors") continue;
    const fs::path name = fs::relative(entry.path(), mini().path());
    const fs::path blob = folder.path() / "hub/blobs" / fmt::format("{:040x}", ++number);
    fs::copy_file(entry.path(), blob);
    const fs::path link = folder.path() / "hub/snapshots/rev" / name;
    fs::create_directories(link.parent_path());
    fs::create_symlink(fs::relative(blob, link.parent_path()), link);
  }
  return folder / "hub/snapshots/rev";
}

TEST_F(QuantiseModel, a_hubs_cache_is_quantised_and_nothing_is_written_elsewhere) {
  const auto hub = hub_of_mini(folder_);
  folder_.write("evil", "planted");
  std::filesystem::create_symlink("../../../evil", hub / "NOTICE");
  const size_t before = folder_.num_files();
  std::filesystem::create_directory(folder_ / "home");
  const QuantiseReport report = quantise_model(ModelFolder::open(hub), folder_ / "home/q/", device_, least(),
                                               [](const QuantiseProgress&) {});
  ASSERT_EQ(report.left_out.size(), 1u);
  EXPECT_NE(report.left_out[0].find("NOTICE"), std::string::npos);
  const auto files = std::filesystem::recursive_directory_iterator(folder_ / "home/q");
  size_t in_q = 0;
  for (const auto& entry : files) {
    EXPECT_FALSE(entry.is_symlink()) << entry.path();
    ++in_q;
  }
  EXPECT_EQ(folder_.num_files(), before + 2 + in_q) << "home, q, and what is in it";
  const ModelFolder quantised = ModelFolder::open(folder_ / "home/q");
  EXPECT_EQ(quantised_format(quantised), &w4a8::kFormat);
  Pipeline(quantised, device_, choose_precision("auto", device_, quantised))
      .render({.prompt = "red apple", .steps = 1});
}

TEST_F(QuantiseModel, a_description_of_another_shape_is_refused_before_the_work) {
  const auto hub = hub_of_mini(folder_);
  std::filesystem::remove(hub / "diorama.json");
  for (const char* broken : {R"({"acceleration": []})", R"({"acceleration": {"fast": "x"}})",
                             R"({"acceleration": {"fast": {"tuned": []}}})"}) {
    folder_.write("hub/snapshots/rev/diorama.json", broken);
    expect_fault(Fault::model_file, {"diorama.json"},
                 [&] { expect_no_work(ModelFolder::open(hub), folder_ / "q"); });
  }
  folder_.write("hub/snapshots/rev/diorama.json", R"({"acceleration": null})");
  std::filesystem::remove(hub / "vae/config.json");
  std::filesystem::create_symlink(mini().path() / "vae/config.json", hub / "vae/config.json");
  expect_fault(Fault::model_file, {"vae/config.json", "leads out of the model"},
               [&] { expect_no_work(ModelFolder::open(hub), folder_ / "q"); });
  EXPECT_FALSE(std::filesystem::exists(folder_ / "q.partial"));
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
