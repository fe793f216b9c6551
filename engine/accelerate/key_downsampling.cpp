#include "accelerate/key_downsampling.h"

#include <array>
#include <cmath>

#include "accelerate/tensor_math.h"
#include "nn/layers.h"

namespace diorama::accelerate {
namespace {

constexpr std::array kSettings{
    Setting{"stride", SettingKind::whole, 2, 2, 8, "Every n-th token along each side is a key"},
    Setting{"start", SettingKind::number, 0.2, 0, 1, "Share of the run that reads all keys at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which all are read again"},
    Setting{"first_block", SettingKind::number, 0, 0, 1, "Where the range begins, as a share of the blocks"},
    Setting{"last_block", SettingKind::number, 1, 0, 1, "Where it ends"},
};

constexpr std::array kLadder{Rungs{"start", {0.5, 0.2}}};

class KeyDownsampling final : public nn::Accelerator {
 public:
  explicit KeyDownsampling(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::branch; }
  void begin(const nn::Evaluation& evaluation) override { now_ = evaluation; }
  Tensor branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next) override;

 private:
  // The tokens of the coarser grid, or with a stride of 1 all of them.
  std::vector<int32_t> coarse(int stride) const;

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  nn::Evaluation now_;
};

std::vector<int32_t> KeyDownsampling::coarse(int stride) const {
  std::vector<int32_t> tokens;
  for (int32_t token = 0; token < run_.num_tokens; ++token)
    if (token / run_.tokens_wide % stride == 0 && token % run_.tokens_wide % stride == 0)
      tokens.push_back(token);
  return tokens;
}

Tensor KeyDownsampling::branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                               const Branch& next) {
  const bool whole = keys.dim(1) == run_.num_tokens;
  if (!is_self_attention(site) || !whole) return next(query, keys);
  const int choice = decisions_.choose(kKeyDownsampling.name, now_.index, site.index,
                                       [&] { return in_reach(use_, run_, now_.index, site.index); });
  const bool neutral = decisions_.mode() == Decisions::Mode::compute;
  if (choice == 0 && !neutral) return next(query, keys);
  const auto tokens = coarse(neutral ? 1 : use_.settings.whole("stride"));
  Stream& stream = walk.stream();
  return next(query, gather_tokens(stream, keys, upload_rows(stream, tokens, keys.dim(0), run_.num_tokens)));
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  const int stride = use.settings.whole("stride");
  if (run.tokens_wide < 2 * stride || run.num_tokens / run.tokens_wide < 2 * stride)
    return fmt::format("a grid of {} tokens is too small for a stride of {}", run.num_tokens, stride);
  return "";
}

}  // namespace

const Method kKeyDownsampling{
    .name = "key_downsampling",
    .title = "Key downsampling",
    .source = "ToDo, arXiv 2402.13573",
    .help = "Self-attention reads the keys of a coarser grid",
    .settings = kSettings,
    .make = make_method<KeyDownsampling>,
    .misfit = misfit,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
