// The seam for shortcuts, proved with one trivial accelerator for each granularity, on every device: attached
// and neutral it changes nothing, and what it does reaches the picture's numbers.
#include <gtest/gtest.h>

#include "generator.h"
#include "models/comparison.h"
#include "models/generated_source.h"
#include "models/registry.h"
#include "ops/devices.h"
#include "ops/ops.h"
#include "pipeline/component.h"

namespace diorama::test {
namespace {

using nn::Accelerator;
using nn::Site;
using nn::SiteKind;
using nn::Walk;

constexpr const char* kConfig = R"({"_class_name": "PixArtTransformer2DModel", "num_layers": 3,
  "num_attention_heads": 4, "attention_head_dim": 8, "in_channels": 4, "out_channels": 4, "sample_size": 8,
  "patch_size": 1, "caption_channels": 24, "cross_attention_dim": 32, "norm_type": "ada_norm_single",
  "activation_fn": "gelu-approximate", "interpolation_scale": 1})";
constexpr int64_t kLanes = 2;
constexpr int64_t kTokens = 64;

struct Outcome {
  HostTensor output;
  nn::SiteCounts counts;
  uint64_t planned_macs = 0;
  uint64_t macs = 0;
};

// Two evaluations of the network; the second one's output.
Outcome run(Device& device, Accelerator* accelerator) {
  const auto network = models::make_transformer(Config::parse(kConfig, "test"));
  const auto weights = nn::Weights::load(network->tensors(), GeneratedSource(), device, format_f32());
  const HostTensor latent = input("seam", "latent", {{"shape", {kLanes, 4, 8, 8}}, {"amplitude", 2.0}});
  models::ConditionInputs given;
  given.text = input("seam", "text", {{"shape", {kLanes, 5, 24}}, {"amplitude", 1.0}});
  given.text_mask = HostTensor({kLanes, 5}, {1, 1, 1, 1, 1, 1, 1, 0, 0, 0});
  Outcome outcome;
  const auto body = [&](Walk& walk) {
    if (accelerator != nullptr) walk.install(*accelerator);
    const nn::Scope m(walk);
    const auto condition = network->condition(m, given);
    for (int step = 0; step < 2; ++step) {
      if (accelerator != nullptr) accelerator->begin({step, 2, {0, 1}});
      const Tensor x = walk.stream().upload(latent.shape, latent.values);
      const std::vector<float> timesteps(kLanes, 900.0f - 450.0f * static_cast<float>(step));
      outcome.output = walk.stream().download(network->forward(m, x, timesteps, condition));
    }
    if (accelerator != nullptr) accelerator->begin({0, 2, {}});  // gives back what it keeps
    outcome.counts = walk.counts();
  };
  outcome.planned_macs = plan_walk(device, weights, body).multiply_adds;
  outcome.macs = run_walk(device, weights, body).multiply_adds;
  return outcome;
}

// Sees every site and changes nothing.
class Neutral final : public Accelerator {
 public:
  bool attaches_to(SiteKind) const override { return true; }
};

// Block: the middle block is skipped in the second step.
class SkipBlock final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::block; }
  void begin(const nn::Evaluation& evaluation) override { step_ = evaluation.index; }
  Tensor block(Walk&, const Site& site, const Tensor& x, const Block& next) override {
    return step_ == 1 && site.index == 1 ? x : next(x);
  }

 private:
  int step_ = 0;
};

// Branch: feed-forward results of the first step serve the second, with that step's own gate.
class ReuseFeedForward final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::branch; }
  void begin(const nn::Evaluation& evaluation) override {
    if (evaluation.index == 0) kept_.clear();
  }
  Tensor branch(Walk&, const Site& site, const Tensor& x, const Tensor&, const Branch& next) override {
    if (!site.path.ends_with(".ff")) return next(x, x);
    auto& kept = kept_[site.path];
    if (!kept) kept = next(x, x);
    return kept;
  }

 private:
  std::map<std::string, Tensor> kept_;
};

// Core: attention sees every other key.
class HalveKeys final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::core; }
  Tensor core(Walk& walk, const Site& site, const AttentionArgs& args, const InputForm& output,
              const Core& next) override {
    if (!site.path.ends_with("attn1")) return next(args, output);
    AttentionArgs fewer = args;
    fewer.k = every_other(walk, args.k);
    fewer.v = every_other(walk, args.v);
    return next(fewer, output);
  }

 private:
  static Tensor every_other(Walk& walk, const Tensor& rows) {
    std::vector<int32_t> ids;
    for (int32_t i = 0; i < rows.num_rows(); i += 2) ids.push_back(i);
    const auto count = static_cast<int64_t>(ids.size());
    Tensor y = walk.stream().make({count, rows.dim(-1)}, rows.dtype());
    ops::gather_rows(walk.stream(), {.x = rows, .ids = walk.stream().upload({count}, ids), .y = y});
    return y.reshape({rows.dim(0), rows.dim(1) / 2, rows.dim(2)});
  }
};

// Linear: the first feed-forward product of each block is answered from the first step.
class ReuseLinear final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::linear; }
  void begin(const nn::Evaluation& evaluation) override {
    if (evaluation.index == 0) kept_.clear();
  }
  Tensor linear(Walk&, const Site& site, const Tensor& x, const Linear& next) override {
    if (!site.path.ends_with("net.0.proj")) return next(x);
    auto& kept = kept_[site.path];
    if (!kept) kept = next(x);
    return kept;
  }

 private:
  std::map<std::string, Tensor> kept_;
};

// Product: that of the first feed-forward matrix, before its activation, is answered from the first step.
class ReuseProduct final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::product; }
  void begin(const nn::Evaluation& evaluation) override {
    if (evaluation.index == 0) kept_.clear();
  }
  Tensor product(Walk&, const Site& site, const Weight& weight, const Tensor& x,
                 const Linear& next) override {
    if (!site.path.ends_with("net.0.proj")) return next(x);
    EXPECT_EQ(x.dim(-1), weight.k);
    auto& kept = kept_[site.path];
    if (!kept) kept = next(x);
    EXPECT_EQ(kept.dtype(), DType::f32);
    return kept;
  }

 private:
  std::map<std::string, Tensor> kept_;
};

// Tokens: branches run on `kept` tokens of each lane; the others take no update. With all tokens in any order
// nothing changes.
class SomeTokens final : public Accelerator {
 public:
  explicit SomeTokens(std::vector<int32_t> kept) : kept_(std::move(kept)) {}
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::branch; }
  Tensor branch(Walk& walk, const Site&, const Tensor& x, const Tensor&, const Branch& next) override {
    Stream& stream = walk.stream();
    std::vector<int32_t> rows;
    for (int64_t lane = 0; lane < x.dim(0); ++lane)
      for (const int32_t token : kept_) rows.push_back(static_cast<int32_t>(lane * x.dim(1)) + token);
    const auto count = static_cast<int64_t>(rows.size());
    const Tensor ids = stream.upload({count}, rows);
    Tensor query = stream.make({x.dim(0), count / x.dim(0), x.dim(2)}, x.dtype());
    ops::gather_rows(stream, {.x = x, .ids = ids, .y = query});
    Tensor update = stream.upload(x.shape(), std::vector<float>(static_cast<size_t>(x.num_elements())));
    ops::scatter_rows(stream, {.x = next(query, x), .ids = ids, .y = update});
    return update;
  }

 private:
  std::vector<int32_t> kept_;
};

// Lanes: each lane is computed alone.
class LaneByLane final : public Accelerator {
 public:
  bool attaches_to(SiteKind kind) const override { return kind == SiteKind::branch; }
  Tensor branch(Walk& walk, const Site&, const Tensor& x, const Tensor&, const Branch& next) override {
    Stream& stream = walk.stream();
    Tensor update = stream.make(x.shape(), DType::f32);
    for (int lane = 0; lane < x.dim(0); ++lane) {
      const nn::LaneScope only(walk, {lane});
      const Tensor of_lane = x.slice(lane, 1);
      std::vector<int32_t> rows(static_cast<size_t>(x.dim(1)));
      for (size_t i = 0; i < rows.size(); ++i)
        rows[i] = lane * static_cast<int32_t>(x.dim(1)) + static_cast<int32_t>(i);
      const Tensor ids = stream.upload({x.dim(1)}, rows);
      ops::scatter_rows(stream, {.x = next(of_lane, of_lane), .ids = ids, .y = update});
    }
    return update;
  }
};

std::vector<int32_t> tokens(int32_t stride) {
  std::vector<int32_t> all;
  for (int32_t i = 0; i < kTokens; ++i) all.push_back(i * stride % static_cast<int32_t>(kTokens));
  return all;
}

class Seam : public ::testing::TestWithParam<TestDevice> {
 protected:
  Outcome with(Accelerator* accelerator) { return run(*GetParam().device, accelerator); }
};

TEST_P(Seam, neutral_accelerators_change_no_byte) {
  const Outcome off = with(nullptr);
  Neutral neutral;
  SomeTokens shuffled(tokens(37));
  LaneByLane lanes;
  for (Accelerator* accelerator : {static_cast<Accelerator*>(&neutral), static_cast<Accelerator*>(&shuffled),
                                   static_cast<Accelerator*>(&lanes)}) {
    const Outcome on = with(accelerator);
    EXPECT_EQ(on.output.values, off.output.values);
    EXPECT_GE(on.counts.computed, off.counts.computed);
  }
}

TEST_P(Seam, counted_multiply_adds_are_the_planned_ones) {
  SkipBlock skip;
  SomeTokens half({0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30});
  for (Accelerator* accelerator : {static_cast<Accelerator*>(nullptr), static_cast<Accelerator*>(&skip),
                                   static_cast<Accelerator*>(&half)}) {
    const Outcome outcome = with(accelerator);
    EXPECT_EQ(outcome.macs, outcome.planned_macs);
    EXPECT_GT(outcome.macs, 0u);
  }
}

TEST_P(Seam, each_granularity_saves_work_and_changes_the_output) {
  const Outcome off = with(nullptr);
  SkipBlock block;
  ReuseFeedForward branch;
  HalveKeys core;
  ReuseLinear linear;
  ReuseProduct product;
  SomeTokens some({1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 53, 57, 61});
  for (Accelerator* accelerator : {static_cast<Accelerator*>(&block), static_cast<Accelerator*>(&branch),
                                   static_cast<Accelerator*>(&core), static_cast<Accelerator*>(&linear),
                                   static_cast<Accelerator*>(&product), static_cast<Accelerator*>(&some)}) {
    const Outcome on = with(accelerator);
    EXPECT_LT(on.macs, off.macs);
    EXPECT_NE(on.output.values, off.output.values);
    EXPECT_LT(relative_l2(on.output, off.output), 1.0);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Seam, ::testing::ValuesIn(main_test_devices()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace diorama::test
