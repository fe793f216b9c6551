// That tokens chosen by their change are the better ones, on the model that ships.
#include <gtest/gtest.h>

#include "cpu/device.h"
#include "io/model_folder.h"
#include "study/contest.h"

namespace diorama::test {
namespace {

accelerate::Plan half_of_the_tokens(int ranking) {
  return accelerate::Plan::read(Config::parse(
      fmt::format(R"({{"methods": [{{"method": "token_pruning", "keep": 0.5, "ranking": {}}}]}})", ranking),
      "plan"));
}

TEST(TokenPruning, what_changed_most_is_a_better_half_than_a_random_one_cpu) {
  cpu::Device device;
  const ModelFolder folder =
      ModelFolder::open(std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini");
  Contest contest(device, folder, choose_precision("f32", device, folder), PromptSet::tuning, 6, 20);
  const Score by_change = contest.with({.plan = half_of_the_tokens(0), .sampler = "", .steps = {}});
  const Score at_random = contest.with({.plan = half_of_the_tokens(2), .sampler = "", .steps = {}});
  EXPECT_EQ(by_change.macs, at_random.macs);
  EXPECT_LT(by_change.macs, contest.exact().macs);
  RecordProperty("by_change_db", fmt::format("{:.2f}", by_change.fidelity.psnr().mean));
  RecordProperty("at_random_db", fmt::format("{:.2f}", at_random.fidelity.psnr().mean));
  EXPECT_GT(by_change.fidelity.psnr().mean, at_random.fidelity.psnr().mean + 0.5);
}

}  // namespace
}  // namespace diorama::test
