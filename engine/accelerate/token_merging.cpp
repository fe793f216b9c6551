#include "accelerate/token_merging.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "accelerate/tensor_math.h"
#include "accelerate/token_matching.h"
#include "nn/layers.h"
#include "ops/ops.h"

namespace diorama::accelerate {
namespace {

constexpr std::array kSettings{
    Setting{"merged", SettingKind::number, 0.5, 0, 0.75, "Share of the tokens that is merged into others"},
    Setting{"start", SettingKind::number, 0.2, 0, 1, "Share of the run that merges none at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which none are merged again"},
    Setting{"first_block", SettingKind::number, 0, 0, 1, "Where the range begins, as a share of the blocks"},
    Setting{"last_block", SettingKind::number, 1, 0, 1, "Where it ends"},
    Setting{"energy", SettingKind::flag, 0, 0, 1,
            "Choose tokens by their energy (PiToMe), not by cells (ToMe)"},
    Setting{"feed_forward", SettingKind::flag, 0, 0, 1,
            "The feed-forward runs on merged tokens too, not self-attention alone"},
};

constexpr std::array kLadder{Rungs{"merged", {0.25, 0.5}}};

class TokenMerging final : public nn::Accelerator {
 public:
  explicit TokenMerging(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::branch; }
  void begin(const nn::Evaluation& evaluation) override;
  Tensor branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next) override;

 private:
  bool is_merged(const nn::Site& site) const {
    return is_self_attention(site) ||
           (site.index >= 0 && use_.settings.flag("feed_forward") && site.path.ends_with(".ff"));
  }
  const Merging& merging(Stream& stream, int block, const Tensor& x, bool neutral);

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  nn::Evaluation now_;
  std::optional<Merging> merging_;  // of this evaluation
};

void TokenMerging::begin(const nn::Evaluation& evaluation) {
  now_ = evaluation;
  merging_.reset();
}

const Merging& TokenMerging::merging(Stream& stream, int block, const Tensor& x, bool neutral) {
  if (merging_) return *merging_;
  if (neutral) return merging_.emplace(merge_nothing(run_.num_tokens));
  const bool by_energy = use_.settings.flag("energy");
  const int64_t most = by_energy ? most_merged_by_energy(run_.num_tokens)
                                 : most_merged_by_cells(run_.num_tokens, run_.tokens_wide);
  const auto wanted = static_cast<int64_t>(
      std::llround(use_.settings.number("merged") * static_cast<double>(run_.num_tokens)));
  const int64_t count = std::min(most, wanted / 16 * 16);
  if (stream.planning()) return merging_.emplace(merge_any(run_.num_tokens, count));
  const HostTensor features = stream.download(x.slice(0, 1));
  // PiToMe lets the margin fall from 0.9 with depth.
  const double margin = 0.9 * (1 - static_cast<double>(block) / run_.num_blocks);
  return merging_.emplace(
      by_energy ? merge_by_energy(features, count, margin)
                : merge_by_cells(features, run_.tokens_wide, count, static_cast<uint64_t>(now_.index)));
}

Tensor TokenMerging::branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                            const Branch& next) {
  const bool whole = query.dim(1) == run_.num_tokens && nn::Input(query).same_tokens(keys);
  if (!is_merged(site) || !whole) return next(query, keys);
  const int choice = decisions_.choose(kTokenMerging.name, now_.index, site.index,
                                       [&] { return in_reach(use_, run_, now_.index, site.index); });
  const bool neutral = decisions_.mode() == Decisions::Mode::compute;
  if (choice == 0 && !neutral) return next(query, keys);
  Stream& stream = walk.stream();
  const Merging& how = merging(stream, site.index, query, neutral);
  const Tensor fewer = mix_tokens(stream, query, how.merged);
  return gather_tokens(stream, next(fewer, fewer),
                       upload_rows(stream, how.back, query.dim(0), how.merged.num_rows()));
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  const auto wanted = use.settings.number("merged") * static_cast<double>(run.num_tokens);
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  if (wanted < 16)
    return fmt::format("of {} tokens that share is less than 16, which is left alone", run.num_tokens);
  return "";
}

}  // namespace

const Method kTokenMerging{
    .name = "token_merging",
    .title = "Token merging",
    .source = "ToMe for stable diffusion, arXiv 2303.17604; PiToMe, arXiv 2405.16148",
    .help = "Branches run on means of tokens that look alike (an experiment)",
    .settings = kSettings,
    .make = make_method<TokenMerging>,
    .misfit = misfit,
    .experiment = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
