// What methods put in place of work, against their definitions, on numbers small enough to follow.
#include <gtest/gtest.h>

#include "accelerate/registry.h"
#include "accelerate/run.h"
#include "cpu/device.h"
#include "models/comparison.h"
#include "models/generated_source.h"
#include "ops/ops.h"

namespace diorama::test {
namespace {

using accelerate::Decisions;
using accelerate::Plan;
using accelerate::RunShape;

Plan plan_of(const std::string& use) {
  return Plan::read(Config::parse(R"({"methods": [)" + use + "]}", "plan"));
}

// A run of one lane, or of an unconditional and a conditional one.
RunShape shape_of(int evaluations, int lanes) {
  RunShape shape{.conditional = {false, true}, .num_blocks = 1};
  if (lanes == 1) shape.conditional = {true};
  for (int i = 0; i < evaluations; ++i) {
    shape.evaluations.push_back({i, evaluations, {0}});
    if (lanes == 2) shape.evaluations.back().lanes = {0, 1};
  }
  return shape;
}

class Formula : public ::testing::Test {
 protected:
  Formula()
      : stream_(device_, Stream::Mode::run),
        weights_(nn::Weights::load(nn::TensorTable(), GeneratedSource(), device_, format_f32())),
        walk_(stream_, weights_) {
    walk_.set_run_lanes({0});
  }

  Tensor number(float value) { return stream_.upload({1, 1, 1}, std::vector<float>{value}); }

  // What a stack of one block gives at each evaluation, where it would have given `truth`.
  std::vector<float> blocks(const Plan& plan, int evaluations, const std::function<float(int)>& truth,
                            const std::function<float(int)>& input) {
    const RunShape shape = shape_of(evaluations, 1);
    accelerate::Run run(plan, shape, Decisions());
    nn::Accelerator& method = *run.accelerators().front();
    std::vector<float> given;
    for (const nn::Evaluation& now : shape.evaluations) {
      method.begin(now);
      const Tensor y = method.block(walk_, {nn::SiteKind::block, "blocks.0", 0}, number(input(now.index)),
                                    [&](const Tensor&) { return number(truth(now.index)); });
      given.push_back(stream_.download(y).values.front());
    }
    return given;
  }

  cpu::Device device_;
  Stream stream_;
  nn::Weights weights_;
  nn::Walk walk_;
};

TEST_F(Formula, blocks_of_order_one_follow_a_line) {
  const auto line = [](int i) { return 3.0f + 2.0f * static_cast<float>(i); };
  const auto zero = [](int) { return 0.0f; };
  const std::string rows = R"("schedule": ["0", "0", "1", "1", "0", "1"]})";
  EXPECT_EQ(blocks(plan_of(R"({"method": "block_caching", "residual": false, )" + rows), 6, line, zero),
            (std::vector<float>{3, 5, 7, 9, 11, 13}));
  EXPECT_EQ(
      blocks(plan_of(R"({"method": "block_caching", "order": 0, "residual": false, )" + rows), 6, line, zero),
      (std::vector<float>{3, 5, 5, 5, 11, 11}));
  // sigma H_1(sigma x) = x / 2
  EXPECT_EQ(blocks(plan_of(R"({"method": "block_caching", "hermite": true, "residual": false, )" + rows), 6,
                   line, zero),
            (std::vector<float>{3, 5, 6, 7, 11, 12}));
}

TEST_F(Formula, blocks_of_order_two_use_the_second_difference) {
  // Runs at 0, 1, 2 of 0, 1, 4: c = 4, 3, 2; at 3: 4 + 3 + 2 / 2, at 4: 4 + 6 + 2 * 4 / 2.
  const auto square = [](int i) { return static_cast<float>(i * i); };
  const auto plan = plan_of(
      R"({"method": "block_caching", "order": 2, "residual": false, "schedule": ["0", "0", "0", "1", "1"]})");
  EXPECT_EQ(blocks(plan, 5, square, [](int) { return 0.0f; }), (std::vector<float>{0, 1, 4, 8, 14}));
}

TEST_F(Formula, blocks_add_what_they_added) {
  const auto plan = plan_of(R"({"method": "block_caching", "order": 0, "schedule": ["0", "1", "1"]})");
  const auto input = [](int i) { return 10.0f * static_cast<float>(i); };
  EXPECT_EQ(blocks(
                plan, 3, [](int) { return 7.0f; }, input),
            (std::vector<float>{7, 17, 27}));
}

// Rows of one value at each evaluation, from latents of one value.
std::vector<std::vector<float>> network(const Plan& plan, const RunShape& shape,
                                        const std::function<float(int)>& x,
                                        const std::function<float(int index, int lane)>& truth) {
  accelerate::Run run(plan, shape, Decisions());
  nn::Accelerator& method = *run.accelerators().front();
  std::vector<std::vector<float>> given;
  for (const nn::Evaluation& now : shape.evaluations) {
    method.begin(now);
    const HostTensor latent({1, 1}, {x(now.index)});
    given.push_back(method
                        .network(latent, now,
                                 [&](const std::vector<int>& lanes) {
                                   HostTensor rows({static_cast<int64_t>(lanes.size()), 1});
                                   for (size_t i = 0; i < lanes.size(); ++i)
                                     rows.values[i] = truth(now.index, lanes[i]);
                                   return rows;
                                 })
                        .values);
  }
  return given;
}

TEST(GuidanceReuse, keeps_the_difference_or_follows_its_line) {
  // Lane 1 is conditional: 10; lane 0 is 1 + index above it.
  const auto truth = [](int index, int lane) {
    return lane == 1 ? 10.0f : 11.0f + static_cast<float>(index);
  };
  const auto still = [](int) { return 0.0f; };
  const std::string rows = R"("schedule": ["0", "0", "1", "1"]})";
  using Rows = std::vector<std::vector<float>>;
  EXPECT_EQ(network(plan_of(R"({"method": "guidance_reuse", )" + rows), shape_of(4, 2), still, truth),
            (Rows{{11, 10}, {12, 10}, {12, 10}, {12, 10}}));
  EXPECT_EQ(
      network(plan_of(R"({"method": "guidance_reuse", "order": 1, )" + rows), shape_of(4, 2), still, truth),
      (Rows{{11, 10}, {12, 10}, {13, 10}, {14, 10}}));
}

TEST(EvaluationCaching, leaves_out_while_the_expected_change_is_small) {
  // out = 100 + x, x moves by 1: after two evaluations each step is expected to change the output by 1 / 101,
  // later by 1 / 104: below 0.025 two steps pass, the third does not.
  const auto moves = [](int index) { return static_cast<float>(index); };
  const auto truth = [](int index, int) { return 100.0f + static_cast<float>(index); };
  using Rows = std::vector<std::vector<float>>;
  const std::string settings = R"("start": 0, "end": 1, "threshold": 0.025)";
  EXPECT_EQ(
      network(plan_of(R"({"method": "evaluation_caching", )" + settings + "}"), shape_of(7, 1), moves, truth),
      (Rows{{100}, {101}, {101}, {101}, {104}, {104}, {104}}));
  EXPECT_EQ(network(plan_of(R"({"method": "evaluation_caching", "difference": true, )" + settings + "}"),
                    shape_of(7, 1), moves, truth),
            (Rows{{100}, {101}, {102}, {103}, {104}, {105}, {106}}));
  EXPECT_EQ(network(plan_of(R"({"method": "evaluation_caching", "most_in_a_row": 1, )" + settings + "}"),
                    shape_of(5, 1), moves, truth),
            (Rows{{100}, {101}, {101}, {103}, {103}}));
}

// A layer whose matrix has rank 2, at three evaluations: what follows is what would have been computed.
TEST_F(Formula, linears_follow_their_input_exactly_where_the_rank_is_enough) {
  constexpr int64_t kSize = 12;
  std::vector<float> w(kSize * kSize);
  for (int64_t r = 0; r < kSize; ++r)
    for (int64_t c = 0; c < kSize; ++c)
      w[static_cast<size_t>(r * kSize + c)] = static_cast<float>(r - 4) * static_cast<float>(c % 3) -
                                              static_cast<float>(r % 2) * static_cast<float>(c);
  Weight weight{.name = "layer", .format = &format_f32(), .n = kSize, .k = kSize};
  weight.bias = stream_.upload({kSize}, std::vector<float>(kSize, 3.0f));
  device_.pack(weight,
               {.values = [&](int64_t first, int64_t count,
                              float* out) { std::copy_n(w.begin() + first * kSize, count * kSize, out); },
                .encoded = nullptr});
  const auto input = [&](int i) {
    std::vector<float> values(3 * kSize);
    for (size_t j = 0; j < values.size(); ++j)
      values[j] = std::sin(static_cast<float>(j)) +
                  0.3f * static_cast<float>(i) * std::cos(static_cast<float>(7 * j));
    return stream_.upload({1, 3, kSize}, values);
  };
  const auto truth = [&](const Tensor& x) {
    Tensor y = stream_.make(x.shape(), DType::f32);
    ops::linear(stream_, {.x = x, .weight = &weight, .y = y});
    return y;
  };
  for (const int rank : {1, 2, 4}) {
    RunShape shape = shape_of(3, 1);
    shape.num_tokens = 3;
    accelerate::Run run(
        plan_of(fmt::format(R"({{"method": "increment_caching", "rank": {}, "schedule": ["0", "1", "1"]}})",
                            rank)),
        shape, Decisions());
    nn::Accelerator& method = *run.accelerators().front();
    for (const nn::Evaluation& now : shape.evaluations) {
      method.begin(now);
      int computed = 0;
      const Tensor x = input(now.index);
      const HostTensor got = stream_.download(
          method.product(walk_, {nn::SiteKind::product, "blocks.0.layer", 0}, weight, x, [&](auto& t) {
            ++computed;
            return truth(t);
          }));
      EXPECT_EQ(computed, now.index == 0 ? 1 : 0);
      const double error = relative_l2(got, stream_.download(truth(x)));
      if (rank >= 2 || now.index == 0) {
        EXPECT_LT(error, 1e-5) << rank;
      } else {
        EXPECT_GT(error, 1e-3);
      }
    }
  }
}

TEST(Run, says_what_does_not_fit_and_what_did_nothing) {
  RunShape shape = shape_of(10, 1);
  shape.fresh_noise = true;
  const accelerate::Run noisy(plan_of(R"({"method": "block_caching"})"), shape, Decisions());
  ASSERT_EQ(noisy.misfits().size(), 1u);
  EXPECT_NE(noisy.misfits()[0].find("adds new noise"), std::string::npos);
  EXPECT_EQ(noisy.idle().size(), 1u) << "it was not run, so it did nothing";
  const accelerate::Run halves(plan_of(R"({"method": "guidance_reuse"})"), shape, Decisions());
  ASSERT_EQ(halves.misfits().size(), 1u);
  EXPECT_NE(halves.misfits()[0].find("no second half"), std::string::npos);
  EXPECT_TRUE(halves.idle().empty()) << "said already";
}

TEST(Plan, is_read_as_it_was_written) {
  const Plan plan = plan_of(R"({"method": "attention_sharing", "window": 0.25, "across_guidance": true},
                               {"method": "block_caching", "schedule": ["0", "1"]})");
  ASSERT_EQ(plan.uses.size(), 2u);
  EXPECT_EQ(plan.uses[0].method->name, "block_caching") << "outermost first, as the registry has them";
  const Plan again = Plan::read(Config::parse(plan.to_json().dump(), "plan"));
  EXPECT_EQ(again.to_json(), plan.to_json());
  EXPECT_EQ(again.uses[1].settings.number("window"), 0.25);
}

}  // namespace
}  // namespace diorama::test
