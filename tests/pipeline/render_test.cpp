// Pictures of the model that ships: the same bytes every time, the same picture on both devices, what the
// prompt says.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

#include "cpu/device.h"
#include "io/model_folder.h"
#include "pipeline/pipeline.h"
#include "study/compare.h"
#include "test_folder.h"
#include "times.h"
#include "vulkan/devices.h"

namespace diorama::test {
namespace {

const std::string kModel = std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini";
constexpr uint64_t kSeed = 7;

RenderRequest request(const std::string& prompt, int steps = 20, uint64_t seed = kSeed) {
  return {.prompt = prompt, .steps = steps, .seed = seed};
}

Image paint(Device& device, const RenderRequest& what) {
  return Pipeline(ModelFolder::open(kModel), device, choose_precision("f32", device)).render(what).image;
}

TEST(Render, same_bytes_again_and_with_any_number_of_threads) {
  cpu::Device one({.threads = 1});
  cpu::Device two({.threads = 2});
  const RenderRequest what = request("a rocket, 3d on a teal background");
  const Image first = paint(two, what);
  EXPECT_EQ(paint(two, what), first);
  EXPECT_EQ(paint(one, what), first);
}

TEST(Render, another_seed_or_prompt_is_another_picture) {
  cpu::Device device;
  const Image first = paint(device, request("a rocket, 3d on a teal background", 4));
  EXPECT_NE(paint(device, request("a rocket, 3d on a teal background", 4, kSeed + 1)), first);
  EXPECT_NE(paint(device, request("a pizza, 3d on a teal background", 4)), first);
}

// Sums in another order move the latent by about 1e-5 after 20 guided steps: a level of a pixel here and
// there.
TEST(Render, both_devices_paint_the_same_picture) {
  const auto vulkan = vulkan::open_device({.validate = true});
  cpu::Device cpu;
  const RenderRequest what = request("a red apple, glossy 3d on a blue background");
  const Comparison difference = compare(paint(cpu, what), paint(*vulkan, what));
  EXPECT_GE(difference.psnr, 55.0);
  EXPECT_LE(difference.max_diff, 3);
}

// The colour of the border, two pixels wide.
std::array<double, 3> border_colour(const Image& image) {
  std::array<double, 3> sum{};
  int count = 0;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      if (std::min({x, y, image.width - 1 - x, image.height - 1 - y}) >= 2) continue;
      for (size_t c = 0; c < 3; ++c) sum[c] += image.rgb[static_cast<size_t>(y * image.width + x) * 3 + c];
      ++count;
    }
  for (double& channel : sum) channel /= count;
  return sum;
}

struct Background {
  std::string name;
  std::array<double, 3> rgb;
};

std::vector<Background> backgrounds() {
  const Config hints = ModelFolder::open(kModel).diorama().get<Config>("prompt_hints");
  const Config colours = hints.get<Config>("background_rgb");
  std::vector<Background> all;
  for (const std::string& name : colours.keys()) {
    const auto rgb = colours.get<std::vector<double>>(name);
    all.push_back({name, {rgb.at(0), rgb.at(1), rgb.at(2)}});
  }
  return all;
}

size_t nearest(const std::vector<Background>& all, const std::array<double, 3>& colour) {
  const auto distance = [&](const Background& background) {
    double sum = 0;
    for (size_t c = 0; c < 3; ++c) sum += std::pow(background.rgb[c] - colour[c], 2);
    return sum;
  };
  return static_cast<size_t>(
      std::min_element(all.begin(), all.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); }) -
      all.begin());
}

TEST(Render, obeys_the_prompt) {
  cpu::Device device;
  Pipeline pipeline(ModelFolder::open(kModel), device, choose_precision("f32", device));
  const std::vector<Background> all = backgrounds();
  ASSERT_EQ(all.size(), 16u);
  int right = 0;
  int right_for_another_prompt = 0;
  int pictures = 0;
  for (const char* subject : {"red apple", "smiling cat", "rocket", "sunflower"})
    for (size_t i = 0; i < all.size(); ++i) {
      const std::string prompt = fmt::format("{}, glossy 3d on a {} background", subject, all[i].name);
      const size_t seen = nearest(all, border_colour(pipeline.render(request(prompt, 10, kSeed + i)).image));
      ++pictures;
      right += seen == i ? 1 : 0;
      right_for_another_prompt += seen == (i + 5) % all.size() ? 1 : 0;
    }
  RecordProperty("right", right);
  EXPECT_GE(right, pictures * 3 / 4);
  EXPECT_LE(right_for_another_prompt, pictures / 4);
}

class Cancelled : public ::testing::TestWithParam<const char*> {
 protected:
  static std::unique_ptr<Device> open() {
    return std::string(GetParam()) == "cpu" ? std::make_unique<cpu::Device>() : vulkan::open_device({});
  }
  static RenderRequest large() {
    RenderRequest large = request("a rocket", 50);
    large.width = large.height = 512;
    return large;
  }
};

// At this size the token is looked at many times within a step.
TEST_P(Cancelled, stops_in_the_middle_of_a_step) {
  const std::unique_ptr<Device> device = open();
  Pipeline pipeline(ModelFolder::open(kModel), *device, choose_precision("f32", *device));
  CancelToken token;
  device->set_cancel_token(&token);
  RenderObserver observer;
  int steps = 0;
  observer.on_stage = [&](Stage stage) {
    if (stage == Stage::denoise) token.request_after_looks(20);
  };
  observer.on_step = [&](const StepReport&) { ++steps; };
  expect_fault(Fault::cancelled, {"cancelled"}, [&] { pipeline.render(large(), observer); });
  EXPECT_EQ(steps, 0);
  device->set_cancel_token(nullptr);
}

class Times : public Cancelled {};

TEST_P(Times, from_the_request_to_the_end) {
  const std::unique_ptr<Device> device = open();
  Pipeline pipeline(ModelFolder::open(kModel), *device, choose_precision("f32", *device));
  pipeline.render(request("a rocket", 1));  // weights, pipelines and measured rates are there
  CancelToken token;
  device->set_cancel_token(&token);
  Stopwatch asked;
  std::thread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    asked = {};
    token.request();
  });
  expect_fault(Fault::cancelled, {"cancelled"}, [&] { pipeline.render(large()); });
  const double seconds = asked.seconds();
  user.join();
  device->set_cancel_token(nullptr);
  EXPECT_TRUE(is_in_time("cancel of a picture", seconds, 0.2));
}

INSTANTIATE_TEST_SUITE_P(All, Times, ::testing::Values("cpu", "vulkan"),
                         [](const auto& test) { return std::string(test.param); });
INSTANTIATE_TEST_SUITE_P(All, Cancelled, ::testing::Values("cpu", "vulkan"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace diorama::test
