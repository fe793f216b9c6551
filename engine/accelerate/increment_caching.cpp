#include "accelerate/increment_caching.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "accelerate/tensor_math.h"
#include "ops/ops.h"
#include "quant/low_rank.h"

namespace diorama::accelerate {
namespace {

enum Choice { kCompute = 0, kFollow = 1 };

constexpr std::array kSettings{
    Setting{"interval", SettingKind::whole, 2, 1, 100, "Linears are computed at every n-th evaluation"},
    Setting{"start", SettingKind::number, 0.1, 0, 1, "Share of the run that computes them at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which they are computed again"},
    Setting{"rank", SettingKind::whole, 32, 1, 512, "Of the matrix that stands for theirs in between"},
};

constexpr std::array kLadder{Rungs{"interval", {2, 3}}, Rungs{"start", {0.3}}};

class IncrementCaching final : public nn::Accelerator {
 public:
  explicit IncrementCaching(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions), caches_(context.caches) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::product; }
  void begin(const nn::Evaluation& evaluation) override {
    now_ = evaluation;
    is_chosen_ = false;
  }
  Tensor product(nn::Walk& walk, const nn::Site& site, const Weight& weight, const Tensor& x,
                 const Linear& next) override;

 private:
  int rule(int evaluation) const;
  // The rank for a matrix; 0 where it would save nothing.
  int64_t rank_for(const Weight& weight) const;
  // Made once for each evaluation that reaches a linear.
  void choose();
  Tensor followed(nn::Walk& walk, const std::string& key, const Weight& weight, const Tensor& x);

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  nn::Evaluation now_;
  bool is_chosen_ = false;
  int choice_ = kCompute;
  bool keeps_ = false;     // what this evaluation computes
  bool has_kept_ = false;  // anything yet
};

int IncrementCaching::rule(int evaluation) const {
  if (run_.has_new_lanes(evaluation)) return kCompute;
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), 0);
  if (!run_.within(use_.settings, evaluation)) return kCompute;
  return (evaluation - std::max(run_.first_within(use_.settings), 1) + 1) % use_.settings.whole("interval") ==
                 0
             ? kCompute
             : kFollow;
}

int64_t IncrementCaching::rank_for(const Weight& weight) const {
  const int64_t rank = use_.settings.whole("rank");
  return rank * (weight.n + weight.k) < weight.n * weight.k ? rank : 0;
}

void IncrementCaching::choose() {
  if (is_chosen_) return;
  is_chosen_ = true;
  choice_ = decisions_.choose(kIncrementCaching.name, now_.index, 0,
                              [&] { return has_kept_ ? rule(now_.index) : kCompute; });
  keeps_ = decisions_.is_used_after(kIncrementCaching.name, now_.index, run_.num_evaluations(), 0,
                                    [&](int later) { return rule(later); });
}

Tensor IncrementCaching::product(nn::Walk& walk, const nn::Site& site, const Weight& weight, const Tensor& x,
                                 const Linear& next) {
  const bool of_tokens = site.index >= 0 && x.shape().rank() == 3 && x.dim(1) == run_.num_tokens;
  if (!of_tokens || rank_for(weight) == 0) return next(x);
  choose();
  const auto lanes = walk.run_lanes();
  const std::string key = fmt::format("{}.{}+{}", site.path, weight.first_row, weight.n);
  // Where nothing at all is kept, loading says so.
  if (choice_ == kFollow && (!has_kept_ || caches_.holds(key + ".x", lanes)))
    return followed(walk, key, weight, x);
  const Tensor y = next(x);
  if (keeps_) {
    caches_.store(walk.stream(), key + ".x", lanes, as_f32(walk.stream(), x));
    caches_.store(walk.stream(), key + ".y", lanes, y);
    has_kept_ = true;
  }
  return y;
}

Tensor IncrementCaching::followed(nn::Walk& walk, const std::string& key, const Weight& weight,
                                  const Tensor& x) {
  Stream& stream = walk.stream();
  const auto lanes = walk.run_lanes();
  const int64_t rank = rank_for(weight);
  quant::Factors factors;
  const Weight& down = caches_.matrix(stream, key + ".b", rank, weight.k, [&] {
    std::vector<float> rows(static_cast<size_t>(weight.n * weight.k));
    Device& device = stream.device();
    device.unpack(weight, rows.data());
    const auto weights_of = [&](const char* what, int64_t width) {
      return quant::channel_weights(stream.download(caches_.load(stream, key + what, lanes)).values, width);
    };
    factors = quant::low_rank(rows, weight.n, weight.k, rank, weights_of(".y", weight.n),
                              weights_of(".x", weight.k),
                              {.threads = device.threads(), .poll = [&device] { device.poll(); }});
    return factors.b;
  });
  const Weight& up = caches_.matrix(stream, key + ".a", weight.n, rank, [&] { return factors.a; });

  const auto tensor = [&](int64_t width) { return stream.make({x.dim(0), x.dim(1), width}, DType::f32); };
  // Lane by lane: what is kept of one is read where it lies.
  const auto of_lane = [&](const char* what, size_t lane) {
    return caches_.load(stream, key + what, {lanes[lane]});
  };
  const Tensor values = as_f32(stream, x);
  const Tensor increment = tensor(weight.k);
  for (size_t i = 0; i < lanes.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    ops::binary(stream, {.kind = BinaryKind::weighted_sum,
                         .a = values.slice(row, 1),
                         .b = of_lane(".x", i),
                         .b_weight = -1,
                         .y = increment.slice(row, 1)});
  }
  const Tensor inner = tensor(rank);
  ops::linear(stream, {.x = increment, .weight = &down, .y = inner});
  const Tensor y = tensor(weight.n);
  for (size_t i = 0; i < lanes.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    ops::linear(
        stream,
        {.x = inner.slice(row, 1), .weight = &up, .residual = of_lane(".y", i), .y = y.slice(row, 1)});
  }
  return y;
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (run.num_evaluations() < 2) return "a run of one evaluation has nothing to follow";
  if (!use.schedule.empty()) return "";
  if (use.settings.whole("interval") == 1) return "an interval of 1 computes everything";
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  return "";
}

}  // namespace

const Method kIncrementCaching{
    .name = "increment_caching",
    .title = "Increment caching",
    .source = "ICC, arXiv 2505.05829",
    .help = "Linears that follow the change of their input by a matrix of low rank",
    .settings = kSettings,
    .make = make_method<IncrementCaching>,
    .misfit = misfit,
    .wants_likeness = true,
    .experiment = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
