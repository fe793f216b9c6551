#include "accelerate/guidance_reuse.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace diorama::accelerate {
namespace {

enum Choice { kBoth = 0, kConditional = 1 };

constexpr std::array kSettings{
    Setting{"interval", SettingKind::whole, 3, 1, 100, "Both halves at every n-th evaluation"},
    Setting{"start", SettingKind::number, 0.25, 0, 1,
            "Share of the run that evaluates both at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which both are evaluated again"},
    Setting{"order", SettingKind::whole, 0, 0, 1,
            "1: the difference of the halves goes on as it changed last"},
};

constexpr std::array kLadder{Rungs{"interval", {2, 4, 8}}, Rungs{"start", {0.5, 0.3, 0.1}}};

class GuidanceReuse final : public nn::Accelerator {
 public:
  explicit GuidanceReuse(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions), caches_(context.caches) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::network; }
  HostTensor network(const HostTensor& x, const nn::Evaluation& now, const Network& next) override;

 private:
  int rule(int evaluation) const;
  bool guided(const nn::Evaluation& evaluation) const {
    return evaluation.lanes.size() == 2 &&
           conditional(evaluation.lanes[0]) != conditional(evaluation.lanes[1]);
  }
  bool conditional(int lane) const { return run_.conditional.at(static_cast<size_t>(lane)); }
  void keep(const nn::Evaluation& now, const HostTensor& both, size_t conditional_row);
  HostTensor completed(const nn::Evaluation& now, const HostTensor& half, size_t conditional_row) const;

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  int last_ = -1, before_ = -1;  // evaluations that had both
};

// Unconditional minus conditional, and what it was one time earlier; of lane 0, since it belongs to the pair.
constexpr const char* kDifference = "guidance.difference";
constexpr const char* kEarlier = "guidance.earlier";
const std::vector<int> kPair{0};

int GuidanceReuse::rule(int evaluation) const {
  if (run_.has_new_lanes(evaluation) || !guided(run_.evaluations.at(static_cast<size_t>(evaluation))))
    return kBoth;
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), 0);
  if (!run_.within(use_.settings, evaluation)) return kBoth;
  return evaluation % use_.settings.whole("interval") == 0 ? kBoth : kConditional;
}

void GuidanceReuse::keep(const nn::Evaluation& now, const HostTensor& both, size_t conditional_row) {
  HostTensor difference = both;
  difference.shape[0] = 1;
  const size_t row = both.values.size() / 2;
  difference.values.resize(row);
  for (size_t i = 0; i < row; ++i)
    difference.values[i] =
        both.values[(1 - conditional_row) * row + i] - both.values[conditional_row * row + i];
  if (use_.settings.whole("order") == 1)
    caches_.store(kEarlier, kPair,
                  caches_.holds(kDifference, kPair) ? caches_.load(kDifference, kPair) : difference);
  caches_.store(kDifference, kPair, difference);
  before_ = last_;
  last_ = now.index;
}

HostTensor GuidanceReuse::completed(const nn::Evaluation& now, const HostTensor& half,
                                    size_t conditional_row) const {
  const HostTensor difference = caches_.load(kDifference, kPair);
  require(half.values.size() == difference.values.size(), "[acceleration] halves of different sizes");
  const bool continues = use_.settings.whole("order") == 1 && before_ >= 0;
  const HostTensor earlier = continues ? caches_.load(kEarlier, kPair) : difference;
  const float slope =
      continues ? static_cast<float>(now.index - last_) / static_cast<float>(last_ - before_) : 0;
  HostTensor both = half;
  both.shape[0] = 2;
  const size_t row = half.values.size();
  both.values.resize(2 * row);
  for (size_t i = 0; i < row; ++i) {
    const float d = difference.values[i] + slope * (difference.values[i] - earlier.values[i]);
    both.values[conditional_row * row + i] = half.values[i];
    both.values[(1 - conditional_row) * row + i] = half.values[i] + d;
  }
  return both;
}

HostTensor GuidanceReuse::network(const HostTensor&, const nn::Evaluation& now, const Network& next) {
  const int choice = decisions_.choose(kGuidanceReuse.name, now.index, 0, [&] {
    return caches_.holds(kDifference, kPair) ? rule(now.index) : kBoth;
  });
  if (!guided(now)) return next(now.lanes);
  const size_t conditional_row = conditional(now.lanes[0]) ? 0 : 1;
  if (choice == kConditional) return completed(now, next({now.lanes[conditional_row]}), conditional_row);
  HostTensor both = next(now.lanes);
  keep(now, both, conditional_row);
  return both;
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (!run.guided()) return "a run without guidance has no second half";
  if (use.schedule.empty() && use.settings.whole("interval") == 1)
    return "an interval of 1 evaluates both halves";
  return "";
}

}  // namespace

const Method kGuidanceReuse{
    .name = "guidance_reuse",
    .title = "Guidance reuse",
    .source = "CFG-Cache of FasterCache, arXiv 2410.19355",
    .help = "The unconditional half of the guidance is left out at some steps",
    .settings = kSettings,
    .make = make_method<GuidanceReuse>,
    .misfit = misfit,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
