#include "accelerate/block_caching.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "accelerate/tensor_math.h"

namespace diorama::accelerate {
namespace {

enum Choice { kRun = 0, kContinue = 1 };

constexpr std::array kSettings{
    Setting{"interval", SettingKind::whole, 3, 1, 100, "The blocks run at every n-th evaluation"},
    Setting{"start", SettingKind::number, 0.2, 0, 1, "Share of the run that runs them all at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which they all run again"},
    Setting{"order", SettingKind::whole, 1, 0, 4, "Of the polynomial that continues what they gave"},
    Setting{"hermite", SettingKind::flag, 0, 0, 1, "Hermite polynomials instead of powers (HiCache)"},
    Setting{"first_block", SettingKind::number, 0, 0, 1, "Where the range begins, as a share of the blocks"},
    Setting{"last_block", SettingKind::number, 1, 0, 1, "Where it ends"},
    Setting{"residual", SettingKind::flag, 1, 0, 1,
            "Continue what the range adds to its input, not what it returns"},
};

constexpr std::array kLadder{Rungs{"interval", {2, 3, 4, 6, 8}}, Rungs{"start", {0.3, 0.2, 0.1}},
                             Rungs{"hermite", {1}}};

// Of c_i at a distance of x evaluations.
double factor(int i, double x, bool hermite) {
  constexpr double kSigma = 0.5;
  double factorial = 1;
  for (int j = 2; j <= i; ++j) factorial *= j;
  if (!hermite) return std::pow(x, i) / factorial;
  double before = 0;
  double value = 1;  // H_0; H_{n+1}(u) = 2 u H_n(u) - 2 n H_{n-1}(u)
  for (int n = 0; n < i; ++n) before = std::exchange(value, 2 * kSigma * x * value - 2 * n * before);
  return std::pow(kSigma, i) * value / factorial;
}

class BlockCaching final : public nn::Accelerator {
 public:
  explicit BlockCaching(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions), caches_(context.caches) {
    std::tie(first_, last_) = run_.range(use_.settings);
  }

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::block; }
  void begin(const nn::Evaluation& evaluation) override { now_ = evaluation; }
  Tensor block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) override;

 private:
  int rule(int evaluation) const;
  // Whether the last run of the range was for all of these lanes, and as many tokens.
  bool is_known(const std::vector<int>& lanes, int64_t tokens) const {
    return contains_all(known_lanes_, lanes) && known_tokens_ == tokens;
  }
  static std::string key(int i) { return "blocks.factor" + std::to_string(i); }
  void keep(nn::Walk& walk, const Tensor& given);
  Tensor continued(nn::Walk& walk) const;

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  int first_ = 0, last_ = 0;
  nn::Evaluation now_;
  int choice_ = kRun;
  int last_run_ = -1;             // the evaluation that ran the range last
  int num_factors_ = 0;           // known since then
  std::vector<int> known_lanes_;  // to it
  int64_t known_tokens_ = 0;
  Tensor entry_;  // what the range was given
};

int BlockCaching::rule(int evaluation) const {
  if (run_.has_new_lanes(evaluation)) return kRun;
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), 0);
  if (!run_.within(use_.settings, evaluation)) return kRun;
  return (evaluation - run_.first_within(use_.settings) + 1) % use_.settings.whole("interval") == 0
             ? kRun
             : kContinue;
}

Tensor BlockCaching::block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) {
  if (site.index < first_ || site.index > last_) return next(x);
  if (site.index == first_) {
    choice_ = decisions_.choose(kBlockCaching.name, now_.index, 0, [&] {
      return is_known(walk.run_lanes(), x.dim(1)) ? rule(now_.index) : kRun;
    });
    if (choice_ == kContinue && !is_known(walk.run_lanes(), x.dim(1)))
      fail(Fault::usage, "[acceleration] nothing is kept of the blocks; the decisions are of another run");
    entry_ = x;
  }
  const bool at_end = site.index == last_;
  if (choice_ == kContinue && !at_end) return x;
  Tensor y = choice_ == kContinue ? continued(walk) : next(x);
  if (at_end && choice_ == kRun) keep(walk, y);
  if (at_end) entry_ = Tensor();
  return y;
}

void BlockCaching::keep(nn::Walk& walk, const Tensor& given) {
  if (!decisions_.is_used_after(kBlockCaching.name, now_.index, run_.num_evaluations(), 0,
                                [&](int later) { return rule(later); }))
    return;
  Stream& stream = walk.stream();
  const auto lanes = walk.run_lanes();
  if (!is_known(lanes, given.dim(1))) num_factors_ = 0;
  known_lanes_.clear();
  if (given.dim(1) != entry_.dim(1)) return;  // a method further out changes the tokens within the range
  const int most = use_.settings.whole("order") + 1;
  const auto per_evaluation = static_cast<float>(1.0 / (now_.index - last_run_));
  Tensor value = use_.settings.flag("residual") ? weighted_sum(stream, 1, given, -1, entry_) : given;
  int kept = 0;
  for (; kept < most; ++kept) {
    const bool goes_on = kept < num_factors_ && kept + 1 < most;
    Tensor next;
    if (goes_on)
      next = weighted_sum(stream, per_evaluation, value, -per_evaluation,
                          caches_.load(stream, key(kept), lanes));
    caches_.store(stream, key(kept), lanes, value);
    if (!goes_on) break;
    value = next;
  }
  num_factors_ = kept + 1;
  // What is measured outside may leave out other runs of the range than is foreseen: all that it can come to.
  if (decisions_.mode() == Decisions::Mode::foresee)
    for (int i = num_factors_; i < most; ++i) caches_.store(stream, key(i), lanes, value);
  last_run_ = now_.index;
  known_lanes_ = lanes;
  known_tokens_ = given.dim(1);
}

Tensor BlockCaching::continued(nn::Walk& walk) const {
  Stream& stream = walk.stream();
  const auto lanes = walk.run_lanes();
  const double distance = now_.index - last_run_;
  const bool hermite = use_.settings.flag("hermite");
  Tensor sum = caches_.load(stream, key(0), lanes);
  for (int i = 1; i < num_factors_; ++i)
    sum = weighted_sum(stream, 1, sum, static_cast<float>(factor(i, distance, hermite)),
                       caches_.load(stream, key(i), lanes));
  return use_.settings.flag("residual") ? weighted_sum(stream, 1, entry_, 1, sum) : sum;
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (!use.schedule.empty()) return "";
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  if (use.settings.whole("interval") == 1) return "an interval of 1 runs everything";
  return "";
}

}  // namespace

const Method kBlockCaching{
    .name = "block_caching",
    .title = "Block caching",
    .source = "TaylorSeer, arXiv 2503.06923; HiCache; Delta-DiT, arXiv 2406.01125",
    .help = "Blocks that are continued from earlier steps at most steps",
    .settings = kSettings,
    .make = make_method<BlockCaching>,
    .misfit = misfit,
    .wants_likeness = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
