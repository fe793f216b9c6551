// DiTFastAttn's search on the model that ships: no error allowed, nothing changes; all allowed, everything.
#include "study/attention_plan_search.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "accelerate/attention_sharing.h"
#include "cpu/device.h"
#include "study/compare.h"

namespace diorama::test {
namespace {

TEST(AttentionPlanSearch, measures_as_the_published_code_does) {
  const HostTensor a({1, 4}, {1, -2, 1, 0});
  const HostTensor b({1, 4}, {2, -1, -1, 0});
  // 1/2, 1/|-1|, 2/1, 0
  EXPECT_NEAR(attention_loss(a, b), 3.5 / 4, 1e-5);
  EXPECT_DOUBLE_EQ(attention_loss(a, b), attention_loss(b, a));
  EXPECT_DOUBLE_EQ(attention_loss(HostTensor({1, 1}, {0}), HostTensor({1, 1}, {-5})), 10);
}

struct Search : testing::Test {
  cpu::Device device;
  ModelFolder model = ModelFolder::open(std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini");
  Pipeline pipeline{model, device, {}};
  AttentionPlanSearch search{model, device, {}};

  std::vector<RenderRequest> pictures(int count) {
    std::vector<RenderRequest> all;
    for (int i = 0; i < count; ++i)
      all.push_back(pipeline.resolve({.prompt = "red apple", .steps = 4, .seed = static_cast<uint64_t>(i)}));
    return all;
  }
  std::vector<std::string> found(int count, double delta) {
    return search.search(pictures(count), delta, [] {}).to_json().get<std::vector<std::string>>();
  }
};

TEST_F(Search, takes_what_costs_nothing_and_no_more_where_nothing_may_change) {
  // Before the first cross-attention both halves of the guidance are the same.
  EXPECT_EQ(found(1, 1e-9), (std::vector<std::string>{"00000000", "30000000", "30000000", "30000000"}));
}

TEST_F(Search, takes_the_cheapest_everywhere_where_all_may_change) {
  EXPECT_EQ(found(1, 1000), (std::vector<std::string>{"00000000", "11111111", "11111111", "11111111"}));
}

TEST_F(Search, further_pictures_take_back_and_the_method_follows_the_schedule) {
  const auto careful = found(2, 0.3);
  EXPECT_EQ(careful, found(2, 0.3));
  const std::string cheapest_first = "14230";
  const auto one = found(1, 0.3);
  for (size_t step = 0; step < one.size(); ++step)
    for (size_t block = 0; block < one[step].size(); ++block)
      EXPECT_GE(cheapest_first.find(careful[step][block]), cheapest_first.find(one[step][block]));

  accelerate::MethodUse use(accelerate::kAttentionSharing);
  use.schedule = search.search(pictures(1), 0.3, [] {});
  RenderRequest request = pictures(1)[0];
  const Image exact = pipeline.render(request).image;
  request.acceleration = accelerate::Plan::of({use});
  const RenderResult shared = pipeline.render(request);
  EXPECT_LT(shared.executed_macs, shared.full_macs);
  EXPECT_GT(compare(exact, shared.image).psnr, 10);
  EXPECT_EQ(shared.recipe.decisions["made"]["attention_sharing"].get<std::vector<std::string>>(), one);
}

}  // namespace
}  // namespace diorama::test
