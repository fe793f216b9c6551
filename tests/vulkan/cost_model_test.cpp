#include "vulkan/cost_model.h"

#include <gtest/gtest.h>

namespace diorama::vulkan {
namespace {

TEST(CostModel, learns_the_rate_of_work_from_measured_time) {
  CostModel model(true);
  for (int i = 0; i < 20; ++i) model.learn({1e9, 0, 0}, 0.25);
  EXPECT_NEAR(model.seconds(Work::product, 1e9), 0.25, 0.01);
}

TEST(CostModel, leaves_the_rates_of_other_work_alone) {
  CostModel model(true);
  const double before = model.seconds(Work::elements, 1e6);
  model.learn({1e9, 0, 0}, 5);
  EXPECT_DOUBLE_EQ(model.seconds(Work::elements, 1e6), before);
}

TEST(CostModel, makes_mixed_segments_come_out_right) {
  CostModel model(true);
  const Amounts segment{1e8, 3e7, 4e5};
  for (int i = 0; i < 20; ++i) model.learn(segment, 0.02);
  EXPECT_NEAR(model.seconds(segment), 0.02, 0.001);
}

TEST(CostModel, takes_no_lesson_from_submissions_too_short_to_tell) {
  CostModel model(true);
  const double before = model.seconds(Work::product, 1);
  model.learn({1, 0, 0}, 20e-6);
  EXPECT_DOUBLE_EQ(model.seconds(Work::product, 1), before);
}

TEST(CostModel, fills_a_segment_and_never_less_than_one_part) {
  CostModel model(true);
  for (int i = 0; i < 20; ++i) model.learn({1e9, 0, 0}, 1.0);
  EXPECT_NEAR(static_cast<double>(model.parts_per_segment(Work::product, 1e6)), kSegmentSeconds / 1e-3, 2);
  EXPECT_EQ(model.parts_per_segment(Work::product, 1e12), 1);
}

}  // namespace
}  // namespace diorama::vulkan
