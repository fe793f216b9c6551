#include "accelerate/token_pruning.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "accelerate/tensor_math.h"
#include "accelerate/token_ranking.h"
#include "base/hash.h"
#include "nn/layers.h"

namespace diorama::accelerate {
namespace {

enum Ranking { kByChange = 0, kByPageRank = 1, kAtRandom = 2 };

constexpr std::array kSettings{
    Setting{"interval", SettingKind::whole, 4, 1, 100, "All tokens are recomputed at every n-th evaluation"},
    Setting{"start", SettingKind::number, 0.2, 0, 1,
            "Share of the run that recomputes all tokens at its beginning"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which all are recomputed again"},
    Setting{"keep", SettingKind::number, 0.5, 0, 1, "Share of the tokens recomputed where pruning begins"},
    Setting{"growth", SettingKind::number, 0, -1, 1, "How much more is kept where pruning ends"},
    Setting{"depth", SettingKind::number, 0, -1, 1,
            "How much more the last block of the range keeps than its first"},
    Setting{"first_block", SettingKind::number, 0, 0, 1, "Where the range begins, as a share of the blocks"},
    Setting{"last_block", SettingKind::number, 1, 0, 1, "Where it ends"},
    Setting{"cached_keys", SettingKind::flag, 1, 0, 1,
            "Keys and values of the other tokens are kept; else they are recomputed, which saves memory"},
    Setting{"most_waits", SettingKind::whole, 6, 1, 100,
            "No token is left out more often in a row, as far as the number kept allows"},
    Setting{"ranking", SettingKind::choice, kByChange, kByChange, kAtRandom,
            "0: what changed most; 1: page rank of the attention graph (an experiment); 2: at random"},
};

constexpr std::array kLadder{Rungs{"keep", {0.7, 0.5, 0.3}}, Rungs{"start", {0.4, 0.2}}};

// All tokens in an order that is not theirs.
std::vector<int32_t> shuffled(int64_t num_tokens) {
  std::vector<int32_t> tokens(static_cast<size_t>(num_tokens));
  int64_t stride = num_tokens * 5 / 8 | 1;
  while (std::gcd(stride, num_tokens) != 1) stride += 2;
  for (int64_t i = 0; i < num_tokens; ++i)
    tokens[static_cast<size_t>(i)] = static_cast<int32_t>(i * stride % num_tokens);
  return tokens;
}

// The host's copy of one lane; 16-bit values are widened.
HostTensor lane_on_host(Stream& stream, const Tensor& x) {
  return stream.download(as_f32(stream, x.slice(0, 1)));
}

class TokenPruning final : public nn::Accelerator {
 public:
  explicit TokenPruning(const MethodContext& context)
      : use_(context.use),
        run_(context.run),
        decisions_(context.decisions),
        caches_(context.caches),
        order_(run_.num_tokens),
        change_(static_cast<size_t>(run_.num_tokens), 0) {}

  bool attaches_to(nn::SiteKind kind) const override {
    return kind == nn::SiteKind::network || kind == nn::SiteKind::block || kind == nn::SiteKind::branch ||
           kind == nn::SiteKind::core;
  }
  void begin(const nn::Evaluation& evaluation) override;
  HostTensor network(const HostTensor& x, const nn::Evaluation& evaluation, const Network& next) override;
  Tensor block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) override;
  Tensor branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next) override;
  Tensor core(nn::Walk& walk, const nn::Site& site, const AttentionArgs& args, const InputForm& output,
              const Core& next) override;

 private:
  bool neutral() const { return decisions_.mode() == Decisions::Mode::compute; }
  int rule(int evaluation, int block) const;
  HostTensor of_one_conditional_lane(const HostTensor& all, const std::vector<int>& lanes) const;
  std::vector<int32_t> best(int64_t count) const;
  std::vector<double> scores() const;
  const std::vector<int32_t>& tokens_of(int digit);
  Tensor pruned(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next);
  Tensor reordered(nn::Walk& walk, const Tensor& query, const Tensor& keys, const Branch& next) const;
  void rank(nn::Walk& walk, const AttentionArgs& args);

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  nn::Evaluation now_;
  int digit_ = 0;             // of the block that is being computed
  bool keeps_ = false;        // what it gives, for later evaluations
  bool from_cached_ = false;  // the branch that is being computed reads the cached keys
  // Lanes whose keys are those of the last whole evaluation, by block.
  std::map<int, std::set<int>> known_keys_;
  std::map<int, std::vector<int32_t>> tokens_;  // of this evaluation, by digit
  TokenOrder order_;
  std::vector<double> change_;  // of the output at each token when it was last recomputed, per evaluation
  std::vector<double> page_rank_;
  HostTensor output_;  // as each token was last recomputed
};

bool covers(const std::map<int, std::set<int>>& known, int block, const std::vector<int>& lanes) {
  const auto found = known.find(block);
  return found != known.end() &&
         std::ranges::all_of(lanes, [&](int lane) { return found->second.contains(lane); });
}

int TokenPruning::rule(int evaluation, int block) const {
  const Settings& s = use_.settings;
  if (run_.has_new_lanes(evaluation)) return 0;
  if (!use_.schedule.empty()) return use_.schedule.at(evaluation, run_.num_evaluations(), block);
  if (!run_.within(s, evaluation) || !run_.in_range(s, block)) return 0;
  if ((evaluation - run_.first_within(s) + 1) % s.whole("interval") == 0) return 0;
  const double time = (evaluation + 0.5) / run_.num_evaluations() - s.number("start");
  const double length = std::max(1e-9, s.number("end") - s.number("start"));
  const auto [first, last] = run_.range(s);
  const double depth = last > first ? (block - first) / static_cast<double>(last - first) : 0.5;
  const double keep =
      s.number("keep") + s.number("growth") * time / length + s.number("depth") * (depth - 0.5);
  const int digit = std::clamp(static_cast<int>(std::lround(10 * (1 - keep))), 0, 9);
  return num_kept_tokens(run_.num_tokens, digit) < run_.num_tokens ? digit : 0;
}

void TokenPruning::begin(const nn::Evaluation& evaluation) {
  now_ = evaluation;
  tokens_.clear();
  digit_ = 0;
}

std::vector<double> TokenPruning::scores() const {
  const int ranking = use_.settings.whole("ranking");
  if (ranking == kByPageRank && !page_rank_.empty()) return page_rank_;
  if (ranking == kByChange) {
    std::vector<double> expected(change_);
    for (size_t token = 0; token < expected.size(); ++token)
      expected[token] *= order_.waited(static_cast<int32_t>(token)) + 1;
    return expected;
  }
  std::vector<double> random;
  for (size_t token = 0; token < change_.size(); ++token) {
    Hash64 hash;
    hash.add(fmt::format("{} {}", now_.index, token));
    random.push_back(static_cast<double>(hash.value()));
  }
  return random;
}

std::vector<int32_t> TokenPruning::best(int64_t count) const {
  const int64_t turns = use_.settings.whole("most_waits") + 1;
  auto tokens = order_.next(scores(), (run_.num_tokens + turns - 1) / turns);
  tokens.resize(static_cast<size_t>(count));
  std::ranges::sort(tokens);
  return tokens;
}

const std::vector<int32_t>& TokenPruning::tokens_of(int digit) {
  const auto [entry, is_new] = tokens_.try_emplace(digit);
  const int64_t count = num_kept_tokens(run_.num_tokens, digit);
  if (is_new)
    entry->second = decisions_.choose_tokens(kTokenPruning.name, now_.index, digit, count, run_.num_tokens,
                                             [&] { return best(count); });
  return entry->second;
}

HostTensor TokenPruning::of_one_conditional_lane(const HostTensor& all, const std::vector<int>& lanes) const {
  const auto found =
      std::ranges::find_if(lanes, [&](int lane) { return run_.conditional.at(static_cast<size_t>(lane)); });
  const ptrdiff_t row = found == lanes.end() ? 0 : found - lanes.begin();
  Shape shape = all.shape;
  shape[0] = 1;
  const auto begin = all.values.begin() + row * static_cast<ptrdiff_t>(shape.num_elements());
  return {shape, {begin, begin + static_cast<ptrdiff_t>(shape.num_elements())}};
}

HostTensor TokenPruning::network(const HostTensor&, const nn::Evaluation& evaluation, const Network& next) {
  HostTensor all = next(evaluation.lanes);
  const HostTensor output = of_one_conditional_lane(all, evaluation.lanes);
  std::vector<double> change(change_);
  if (output_.shape == output.shape) {
    change = change_of_tokens(output, output_, run_.tokens_wide, run_.num_tokens);
    for (size_t token = 0; token < change.size(); ++token)
      change[token] /= order_.waited(static_cast<int32_t>(token)) + 1;
  }
  // Those that were recomputed everywhere: the smallest set holds them, since sets are the best of one order.
  const auto fewest = std::ranges::max_element(tokens_, {}, [](auto& entry) { return entry.first; });
  // One half alone is not enough to call a token recomputed.
  const bool all_lanes =
      evaluation.lanes.size() == run_.evaluations.at(static_cast<size_t>(evaluation.index)).lanes.size();
  if (fewest == tokens_.end()) {
    if (all_lanes) order_.all_recomputed();
    change_ = change;
    output_ = output;
    return all;
  }
  order_.recomputed(all_lanes ? fewest->second : std::vector<int32_t>());
  for (const int32_t token : fewest->second) {
    change_[static_cast<size_t>(token)] = change[static_cast<size_t>(token)];
    copy_token(output, output_, run_.tokens_wide, token);
  }
  return all;
}

Tensor TokenPruning::block(nn::Walk&, const nn::Site& site, const Tensor& x, const Block& next) {
  const bool whole = x.dim(1) == run_.num_tokens;
  digit_ = !whole ? 0 : decisions_.choose(kTokenPruning.name, now_.index, site.index, [&] {
    return rule(now_.index, site.index);
  });
  if (num_kept_tokens(run_.num_tokens, digit_) == run_.num_tokens) digit_ = 0;
  keeps_ = whole && decisions_.is_used_after(kTokenPruning.name, now_.index, run_.num_evaluations(),
                                             site.index, [&](int later) { return rule(later, site.index); });
  const Tensor y = next(x);
  digit_ = 0;
  keeps_ = false;
  return y;
}

Tensor TokenPruning::branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                            const Branch& next) {
  const bool whole = query.dim(1) == run_.num_tokens && nn::Input(query).same_tokens(keys);
  if (!whole || (digit_ == 0 && !keeps_)) return next(query, keys);
  const auto lanes = walk.run_lanes();
  if (digit_ > 0 && caches_.holds(site.path + ".update", lanes)) return pruned(walk, site, query, keys, next);
  if (is_self_attention(site)) known_keys_.erase(site.index);  // until all are computed again, in `core`
  Tensor result = neutral() ? reordered(walk, query, keys, next) : next(query, keys);
  caches_.store(walk.stream(), site.path + ".update", lanes, result);
  return result;
}

Tensor TokenPruning::pruned(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                            const Branch& next) {
  Stream& stream = walk.stream();
  const auto lanes = walk.run_lanes();
  const auto& tokens = tokens_of(digit_);
  const Tensor some = gather_tokens(stream, query, upload_rows(stream, tokens, query.dim(0), query.dim(1)));
  from_cached_ = use_.settings.flag("cached_keys") && covers(known_keys_, site.index, lanes);
  const Tensor update = next(some, from_cached_ ? some : keys);
  from_cached_ = false;
  caches_.update(stream, site.path + ".update", lanes, upload_rows(stream, tokens, 1, 0), update);
  return caches_.load(stream, site.path + ".update", lanes);
}

// Everything, through gathers; nothing that is kept is read.
Tensor TokenPruning::reordered(nn::Walk& walk, const Tensor& query, const Tensor& keys,
                               const Branch& next) const {
  Stream& stream = walk.stream();
  const Tensor ids = upload_rows(stream, shuffled(run_.num_tokens), query.dim(0), query.dim(1));
  const Tensor update = next(gather_tokens(stream, query, ids), keys);
  return scatter_tokens(stream, update, ids);
}

Tensor TokenPruning::core(nn::Walk& walk, const nn::Site& site, const AttentionArgs& args,
                          const InputForm& output, const Core& next) {
  if (!is_self_attention(site)) return next(args, output);
  Stream& stream = walk.stream();
  const auto lanes = walk.run_lanes();
  const std::string key = site.path + ".key";
  const std::string value = site.path + ".value";
  if (from_cached_) {
    const Tensor ids = upload_rows(stream, tokens_of(digit_), 1, 0);
    caches_.update(stream, key, lanes, ids, as_f32(stream, args.k));
    caches_.update(stream, value, lanes, ids, as_f32(stream, args.v));
    AttentionArgs all = args;
    all.k = as_form(stream, caches_.load(stream, key, lanes), args.q.dtype());
    all.v = as_form(stream, caches_.load(stream, value, lanes), args.q.dtype());
    return next(all, output);
  }
  if (!keeps_ || args.k.dim(1) != run_.num_tokens) return next(args, output);
  if (use_.settings.whole("ranking") == kByPageRank && site.index == run_.num_blocks / 2 &&
      args.q.dim(1) == run_.num_tokens)
    rank(walk, args);
  if (use_.settings.flag("cached_keys")) {
    caches_.store(stream, key, lanes, as_f32(stream, args.k));
    caches_.store(stream, value, lanes, as_f32(stream, args.v));
    for (const int lane : lanes) known_keys_[site.index].insert(lane);
  }
  return next(args, output);
}

void TokenPruning::rank(nn::Walk& walk, const AttentionArgs& args) {
  const HostTensor q = lane_on_host(walk.stream(), args.q);
  const HostTensor k = lane_on_host(walk.stream(), args.k);
  if (!walk.stream().planning()) page_rank_ = page_rank(q, k, args.num_heads, args.scale);
}

std::string misfit(const MethodUse& use, const RunShape& run) {
  if (num_kept_tokens(run.num_tokens, 9) == run.num_tokens)
    return fmt::format("{} tokens are too few to leave some out", run.num_tokens);
  if (!use.schedule.empty()) return "";
  if (const std::string why = too_short(use, run); !why.empty()) return why;
  if (use.settings.whole("interval") == 1) return "an interval of 1 recomputes all tokens";
  return "";
}

}  // namespace

int64_t num_kept_tokens(int64_t num_tokens, int tenths_left_out) {
  constexpr int64_t kMultiple = 16;  // so that shapes form a short list
  const int64_t kept = (num_tokens * (10 - tenths_left_out) + 9) / 10;
  return std::min(num_tokens, (kept + kMultiple - 1) / kMultiple * kMultiple);
}

const Method kTokenPruning{
    .name = "token_pruning",
    .title = "Token pruning",
    .source = "Region-adaptive sampling, arXiv 2502.10389; the density of FlexDiT, arXiv 2412.06028",
    .help = "Only the tokens that changed most are recomputed at some steps",
    .settings = kSettings,
    .most = 9,
    .make = make_method<TokenPruning>,
    .misfit = misfit,
    .wants_likeness = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
