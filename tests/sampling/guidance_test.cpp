#include "sampling/guidance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace diorama {
namespace {

using testing::ElementsAre;

constexpr Half kCond = Half::conditional;
constexpr Half kUncond = Half::unconditional;

TEST(Guidance, of_scale_1_evaluates_no_unconditional_half) {
  EXPECT_THAT(Guidance({.scale = 1}).halves(0, 10), ElementsAre(kCond));
  EXPECT_THAT(Guidance({.scale = 1.5}).halves(0, 10), ElementsAre(kUncond, kCond));
}

TEST(Guidance, acts_inside_its_interval_only) {
  const Guidance guidance({.scale = 4, .begin = 0.2, .end = 0.5});
  std::vector<int> guided;
  for (int step = 0; step < 10; ++step)
    if (guidance.halves(step, 10).size() == 2) guided.push_back(step);
  EXPECT_THAT(guided, ElementsAre(2, 3, 4));
}

TEST(Guidance, keeps_the_order_asked_for) {
  const Guidance guidance({.scale = 4, .order = {kCond, kUncond}});
  EXPECT_THAT(guidance.halves(0, 1), ElementsAre(kCond, kUncond));
}

TEST(Guidance, repeats_the_whole_batch) {
  const HostTensor x(Shape{2, 1, 1, 1}, {1, 2});
  const HostTensor batch = Guidance::repeat(x, 2);
  EXPECT_EQ(batch.shape, (Shape{4, 1, 1, 1}));
  EXPECT_THAT(batch.values, ElementsAre(1, 2, 1, 2));
}

// Two pictures; u = 1, 2, .., c = 10 u.
HostTensor outputs(bool conditional_first, int64_t channels) {
  HostTensor result(Shape{4, channels, 1, 1});
  const size_t half = result.values.size() / 2;
  for (size_t i = 0; i < result.values.size(); ++i) {
    const bool conditional = (i < half) == conditional_first;
    result.values[i] = static_cast<float>(i % half + 1) * (conditional ? 10 : 1);
  }
  return result;
}

TEST(Guidance, leads_away_from_the_unconditional_half) {
  for (const bool conditional_first : {false, true}) {
    const auto order = conditional_first ? std::vector{kCond, kUncond} : std::vector{kUncond, kCond};
    const Guidance guidance({.scale = 3, .order = order});
    const HostTensor result = guidance.combine(outputs(conditional_first, 2), guidance.halves(0, 1));
    EXPECT_EQ(result.shape, (Shape{2, 2, 1, 1}));
    // u + 3 * (10 u - u) = 28 u
    EXPECT_THAT(result.values, ElementsAre(28, 56, 84, 112));
  }
}

TEST(Guidance, leaves_the_other_channels_conditional) {
  const Guidance guidance({.scale = 3, .guided_channels = 1});
  EXPECT_THAT(guidance.combine(outputs(false, 2), {kUncond, kCond}).values, ElementsAre(28, 20, 84, 40));
}

TEST(Guidance, without_a_second_half_passes_the_output_on) {
  const HostTensor output(Shape{1, 1, 1, 2}, {3, 4});
  EXPECT_THAT(Guidance({}).combine(output, {kCond}).values, ElementsAre(3, 4));
}

TEST(Guidance, refuses_scales_and_intervals_out_of_range) {
  EXPECT_THROW(Guidance({.scale = 0.5}), Error);
  EXPECT_THROW(Guidance({.scale = 2, .begin = 0.6, .end = 0.4}), Error);
  EXPECT_THROW(Guidance({.scale = 2, .end = 1.5}), Error);
}

}  // namespace
}  // namespace diorama
