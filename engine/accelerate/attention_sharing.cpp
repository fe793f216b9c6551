#include "accelerate/attention_sharing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "accelerate/tensor_math.h"
#include "nn/layers.h"
#include "ops/ops.h"

namespace diorama::accelerate {
namespace {

enum Choice { kFull = 0, kShared = 1, kWindow = 2, kConditional = 3, kConditionalWindow = 4 };

// What is kept of an evaluation, decided where it is computed: it costs work of its own.
enum Kept { kKeepResult = 1, kKeepResidual = 2 };

constexpr std::array kSettings{
    Setting{"interval", SettingKind::whole, 2, 1, 100,
            "Attention is computed over all keys at every n-th evaluation"},
    Setting{"start", SettingKind::number, 0.1, 0, 1,
            "Share of the run that is computed in full at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1,
            "Share of the run after which all is computed in full again"},
    Setting{"window", SettingKind::number, 0, 0, 1,
            "Between those, attention in a window of this share of the tokens; 0: the last result is taken "
            "again"},
    Setting{"across_guidance", SettingKind::flag, 0, 0, 1,
            "The unconditional half takes the conditional half's attention"},
};

constexpr std::array kLadder{Rungs{"interval", {2, 4}}, Rungs{"start", {0.3, 0.1}}};

bool in_window(int choice) {
  return choice == kWindow || choice == kConditionalWindow;
}

class AttentionSharing final : public nn::Accelerator {
 public:
  explicit AttentionSharing(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions), caches_(context.caches) {}

  bool attaches_to(nn::SiteKind kind) const override {
    return kind == nn::SiteKind::branch || kind == nn::SiteKind::core;
  }
  void begin(const nn::Evaluation& evaluation) override { now_ = evaluation; }

  Tensor branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next) override;
  Tensor core(nn::Walk& walk, const nn::Site& site, const AttentionArgs& args, const InputForm& output,
              const Core& next) override;

 private:
  int rule(int evaluation, int block) const;
  // The rule, where what it asks for is kept for the lanes being computed; else the same without it.
  int possible(const nn::Walk& walk, int block) const;
  // What an evaluation keeps for later ones.
  int wanted_later(int block) const;
  // Rows of the batch that are conditional; empty unless both halves are there.
  std::vector<int> conditional_rows(const std::vector<int>& lanes) const;
  Tensor for_both_halves(nn::Walk& walk, const Tensor& x, const std::vector<int>& rows,
                         const Branch& next) const;
  int64_t window(int64_t tokens) const;

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  nn::Evaluation now_;
  int choice_ = kFull;  // of the block that is being computed
  int kept_ = 0;
  std::vector<int> lanes_;  // of the run, that it is computed for
  // The lanes whose last result or last full attention is kept, by block.
  std::map<int, std::vector<int>> results_, residuals_;
};

int AttentionSharing::rule(int evaluation, int block) const {
  if (run_.has_new_lanes(evaluation)) return kFull;
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), block);
  if (!run_.within(use_.settings, evaluation)) return kFull;
  const bool across = use_.settings.flag("across_guidance");
  if (evaluation % use_.settings.whole("interval") == 0) return across ? kConditional : kFull;
  if (use_.settings.number("window") == 0) return kShared;
  return across ? kConditionalWindow : kWindow;
}

bool covers(const std::map<int, std::vector<int>>& kept, int block, const std::vector<int>& lanes) {
  const auto found = kept.find(block);
  return found != kept.end() && contains_all(found->second, lanes);
}

int AttentionSharing::possible(const nn::Walk& walk, int block) const {
  const int choice = rule(now_.index, block);
  if (choice == kShared && !covers(results_, block, walk.run_lanes())) return kFull;
  if (in_window(choice) && !covers(residuals_, block, walk.run_lanes()))
    return choice == kWindow ? kFull : kConditional;
  return choice;
}

int AttentionSharing::wanted_later(int block) const {
  const int last = run_.num_evaluations() - 1;
  int wanted = now_.index < last && rule(now_.index + 1, block) == kShared ? kKeepResult : 0;
  for (int later = now_.index + 1; later <= last && !in_window(choice_); ++later) {
    const int choice = rule(later, block);
    if (in_window(choice)) return wanted | kKeepResidual;
    if (choice == kFull || choice == kConditional) break;
  }
  return wanted;
}

int64_t AttentionSharing::window(int64_t tokens) const {
  const double share = use_.settings.number("window");
  return std::max<int64_t>(1, std::llround((share > 0 ? share : 0.125) * static_cast<double>(tokens)));
}

std::vector<int> AttentionSharing::conditional_rows(const std::vector<int>& lanes) const {
  std::vector<int> rows;
  for (size_t i = 0; i < lanes.size(); ++i)
    if (run_.conditional.at(static_cast<size_t>(lanes[i]))) rows.push_back(static_cast<int>(i));
  return 2 * rows.size() == lanes.size() ? rows : std::vector<int>();
}

// The conditional rows' result, for them and for the others in the same order.
Tensor AttentionSharing::for_both_halves(nn::Walk& walk, const Tensor& x, const std::vector<int>& rows,
                                         const Branch& next) const {
  Stream& stream = walk.stream();
  const Tensor some = x.slice(rows.front(), static_cast<int64_t>(rows.size()));
  Tensor half;
  {
    const nn::LaneScope only(walk, rows);
    half = next(some, some);
  }
  Tensor both = stream.make(x.shape(), half.dtype());
  for (int64_t first = 0; first < x.dim(0); first += half.dim(0))
    ops::unary(stream, {.x = half, .y = both.slice(first, half.dim(0))});
  return both;
}

Tensor AttentionSharing::branch(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Tensor& keys,
                                const Branch& next) {
  choice_ = kFull;
  kept_ = 0;
  const bool whole = x.dim(1) == run_.num_tokens && nn::Input(x).same_tokens(keys);
  if (!is_self_attention(site) || !whole) return next(x, keys);
  const int block = site.index;
  choice_ =
      decisions_.choose(kAttentionSharing.name, now_.index, block, [&] { return possible(walk, block); });
  const std::string key = site.path + ".result";
  if (choice_ == kShared) return caches_.load(walk.stream(), key, walk.run_lanes());

  kept_ = decisions_.mode() == Decisions::Mode::compute
              ? kKeepResult | kKeepResidual
              : decisions_.choose(kAttentionKept, now_.index, block, [&] { return wanted_later(block); });
  lanes_ = walk.run_lanes();
  const auto rows = conditional_rows(lanes_);
  const bool halved = (choice_ == kConditional || choice_ == kConditionalWindow) && !rows.empty();
  Tensor result = halved ? for_both_halves(walk, x, rows, next) : next(x, x);
  results_.erase(block);
  if ((kept_ & kKeepResult) != 0) {
    caches_.store(walk.stream(), key, walk.run_lanes(), result);
    results_[block] = walk.run_lanes();
  }
  return result;
}

Tensor AttentionSharing::core(nn::Walk& walk, const nn::Site& site, const AttentionArgs& args,
                              const InputForm& output, const Core& next) {
  if (!is_self_attention(site)) return next(args, output);
  if (args.k.dim(1) < args.q.dim(1)) residuals_.erase(site.index);  // a method further in left out keys
  if (args.k.dim(1) != args.q.dim(1)) return next(args, output);
  Stream& stream = walk.stream();
  AttentionArgs in_window_only = args;
  in_window_only.window = window(args.q.dim(1));
  const std::string key = site.path + ".residual";
  if (in_window(choice_)) {
    const Tensor near = next(in_window_only, DType::f32);
    return as_form(stream, weighted_sum(stream, 1, near, 1, caches_.load(stream, key, walk.run_lanes())),
                   output);
  }
  residuals_.erase(site.index);
  if ((kept_ & kKeepResidual) == 0) return next(args, output);
  const Tensor all = next(args, DType::f32);
  const Tensor near = next(in_window_only, DType::f32);
  const Tensor residual = weighted_sum(stream, 1, all, -1, near);
  // Where one half stands for both, for both.
  const auto lanes = walk.run_lanes();
  caches_.store(stream, key, lanes, residual);
  residuals_[site.index] = lanes;
  for (const int lane : lanes_)
    if (std::ranges::find(lanes, lane) == lanes.end()) {
      caches_.store(stream, key, {lane}, residual.slice(0, 1));
      residuals_[site.index].push_back(lane);
    }
  return as_form(stream, all, output);
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (run.num_evaluations() < 2) return "a run of one evaluation has nothing to share";
  if (!use.schedule.empty()) return "";
  if (use.settings.whole("interval") == 1 && !(run.guided() && use.settings.flag("across_guidance")))
    return "an interval of 1 computes everything, but for across_guidance in a run with guidance";
  return too_short(use, run);
}

}  // namespace

const Method kAttentionSharing{
    .name = "attention_sharing",
    .title = "Attention sharing",
    .source = "DiTFastAttn, arXiv 2406.08552",
    .help = "Self-attention taken from the last step, from a window, or from the other half of the guidance",
    .settings = kSettings,
    .most = kConditionalWindow,
    .make = make_method<AttentionSharing>,
    .misfit = misfit,
    .wants_likeness = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
