#include "accelerate/token_clustering.h"

#include <algorithm>
#include <array>

#include "accelerate/tensor_math.h"
#include "accelerate/token_matching.h"
#include "nn/layers.h"

namespace diorama::accelerate {
namespace {

constexpr std::array kSettings{
    Setting{"stride", SettingKind::whole, 2, 2, 8, "Clusters begin as cells of n x n tokens"},
    Setting{"rounds", SettingKind::whole, 3, 0, 20, "How often centres are moved to their tokens' mean"},
    Setting{"start", SettingKind::number, 0.2, 0, 1, "Share of the run without clusters at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which there are none again"},
    Setting{"first_block", SettingKind::number, 0.3, 0, 1,
            "Where the range begins, as a share of the blocks"},
    Setting{"last_block", SettingKind::number, 0.7, 0, 1, "Where it ends"},
};

constexpr std::array kLadder{Rungs{"start", {0.6, 0.3}}};

class TokenClustering final : public nn::Accelerator {
 public:
  explicit TokenClustering(const MethodContext& context)
      : use_(context.use),
        run_(context.run),
        decisions_(context.decisions),
        range_(run_.range(use_.settings)) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::block; }
  void begin(const nn::Evaluation& evaluation) override;
  Tensor block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) override;

 private:
  bool neutral() const { return decisions_.mode() == Decisions::Mode::compute; }
  int rule(int evaluation) const;
  Tensor enter(Stream& stream, const Tensor& x);
  Tensor leave(Stream& stream, const Tensor& centres) const;

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  const std::pair<int, int> range_;
  nn::Evaluation now_;
  Clusters clusters_;
  Tensor tokens_, centres_;  // what the range was given, while it runs on centres
};

void TokenClustering::begin(const nn::Evaluation& evaluation) {
  now_ = evaluation;
  tokens_ = centres_ = {};
}

int TokenClustering::rule(int evaluation) const {
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), 0);
  return run_.within(use_.settings, evaluation) ? 1 : 0;
}

// The clusters of the first lane, for all.
Tensor TokenClustering::enter(Stream& stream, const Tensor& x) {
  const HostTensor all = stream.download(x);
  HostTensor lane({1, x.dim(1), x.dim(2)});
  std::copy_n(all.values.begin(), lane.values.size(), lane.values.begin());
  clusters_ = neutral() ? cluster(lane, run_.tokens_wide, 1, 0)
                        : cluster(lane, run_.tokens_wide, use_.settings.whole("stride"),
                                  use_.settings.whole("rounds"));
  const int64_t count = clusters_.centres.shape[1];
  std::vector<float> centres;
  for (int64_t i = 0; i < x.dim(0); ++i) {
    const auto size = static_cast<ptrdiff_t>(lane.values.size());
    lane.values.assign(all.values.begin() + i * size, all.values.begin() + (i + 1) * size);
    const HostTensor means = means_of(lane, clusters_.owner, count);
    centres.insert(centres.end(), means.values.begin(), means.values.end());
  }
  tokens_ = x;
  centres_ = stream.upload({x.dim(0), count, x.dim(2)}, centres);
  return centres_;
}

Tensor TokenClustering::leave(Stream& stream, const Tensor& centres) const {
  if (neutral())
    return gather_tokens(stream, centres,
                         upload_rows(stream, clusters_.owner, tokens_.dim(0), tokens_.dim(1)));
  const Tensor gained = weighted_sum(stream, 1, centres, -1, centres_);
  return weighted_sum(stream, 1, tokens_, 1, mix_tokens(stream, gained, clusters_.near));
}

Tensor TokenClustering::block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) {
  Stream& stream = walk.stream();
  Tensor given = x;
  if (site.index == range_.first) {
    const int choice =
        decisions_.choose(kTokenClustering.name, now_.index, 0, [&] { return rule(now_.index); });
    if (choice == 1 || neutral()) given = enter(stream, x);
  }
  Tensor y = next(given);
  if (site.index != range_.second || !tokens_) return y;
  if (y.dim(1) == centres_.dim(1)) y = leave(stream, y);  // else a method further in answered for all tokens
  tokens_ = centres_ = {};
  return y;
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  const int stride = use.settings.whole("stride");
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  if (run.num_tokens < stride * stride * 4)
    return fmt::format("{} tokens are too few for clusters", run.num_tokens);
  return "";
}

}  // namespace

const Method kTokenClustering{
    .name = "token_clustering",
    .title = "Token clustering",
    .source = "Expediting-ViT, arXiv 2210.01035",
    .help = "The middle blocks run on centres of clusters of tokens (an experiment)",
    .settings = kSettings,
    .make = make_method<TokenClustering>,
    .misfit = misfit,
    .experiment = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
