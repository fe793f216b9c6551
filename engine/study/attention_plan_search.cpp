#include "study/attention_plan_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "accelerate/attention_sharing.h"
#include "pipeline/denoiser.h"

namespace diorama {
namespace {

using accelerate::Decisions;
using Digits = accelerate::Schedule;

constexpr int kKeepAll = 3;
// Digits of attention_sharing, the cheapest first.
constexpr std::array kCandidates{1, 4, 2, 3, 0};

}  // namespace

double attention_loss(const HostTensor& a, const HostTensor& b) {
  double sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    const double x = a.values[i];
    const double y = b.values[i];
    sum += std::min(std::abs(x - y) / std::abs(std::max(x, y) + 1e-6), 10.0);
  }
  return sum / static_cast<double>(a.values.size());
}

// Runs the method itself by decisions that are replaced for every try. A try keeps nothing, so that the
// method's caches stay as the last evaluation left them; and it begins at the block that is being decided,
// whose input is kept.
class AttentionPlanSearch::Watcher final : public nn::Accelerator {
 public:
  void begin_picture(double delta, bool first, std::vector<bool> conditional, int num_blocks,
                     const std::function<void()>& on_step) {
    if (first) schedule_ = {};
    delta_ = delta;
    first_picture_ = first;
    num_blocks_ = num_blocks;
    on_step_ = &on_step;
    caches_ = {};
    entries_ = {};
    lanes_.clear();
    shape_ = {.evaluations = {}, .conditional = std::move(conditional), .num_blocks = num_blocks};
    method_ = use_.method->make({use_, shape_, decisions_, caches_});
  }
  const Digits& schedule() const { return schedule_; }

  bool attaches_to(nn::SiteKind kind) const override { return kind != nn::SiteKind::linear; }
  void begin(const nn::Evaluation& evaluation) override {
    now_ = evaluation.index;
    method_->begin(evaluation);
  }
  HostTensor network(const HostTensor& x, const nn::Evaluation& evaluation, const Network& next) override;
  Tensor block(nn::Walk& walk, const nn::Site& site, const Tensor& x, const Block& next) override;
  Tensor branch(nn::Walk& walk, const nn::Site& site, const Tensor& query, const Tensor& keys,
                const Branch& next) override {
    return method_->branch(walk, site, query, keys, next);
  }
  Tensor core(nn::Walk& walk, const nn::Site& site, const AttentionArgs& args, const InputForm& output,
              const Core& next) override {
    return method_->core(walk, site, args, output, next);
  }

 private:
  using Evaluate = std::function<HostTensor()>;

  // Blocks first .. last with `digits`; the others pass on what they are given. The input of block `saved` is
  // kept for a later run.
  HostTensor run(const Evaluate& evaluate, const Digits& digits, int first, int last, int saved, int kept);
  // Makes the input of a block, after what was decided for those before it.
  void advance_to(const Evaluate& evaluate, int block);
  std::span<const int> candidates(int block) const;
  void decide(const Evaluate& evaluate);
  std::string entry(int turn) const { return "entry" + std::to_string((turn_ + turn) % 2); }

  accelerate::MethodUse use_{accelerate::kAttentionSharing};
  accelerate::RunShape shape_;
  Decisions decisions_;
  accelerate::Caches caches_, entries_;
  std::unique_ptr<nn::Accelerator> method_;
  Digits schedule_;
  double delta_ = 0;
  bool first_picture_ = true;
  int num_blocks_ = 0;
  const std::function<void()>* on_step_ = nullptr;

  int now_ = 0;
  std::vector<int> lanes_;  // of the evaluation before
  int first_ = 0, last_ = 0, saved_ = 0;
  int known_ = 0;  // the block whose input is kept
  int turn_ = 0;   // where: a try writes the other place
};

HostTensor AttentionPlanSearch::Watcher::run(const Evaluate& evaluate, const Digits& digits, int first,
                                             int last, int saved, int kept) {
  Digits keeps;
  for (int block = 0; block < num_blocks_; ++block) keeps.set(now_, block, kept);
  const nlohmann::json tables{{use_.method->name, digits.to_json()},
                              {accelerate::kAttentionKept, keeps.to_json()}};
  decisions_ = Decisions::read(Config::parse(tables.dump(), "attention plan"));
  first_ = first;
  last_ = last;
  saved_ = saved;
  return evaluate();
}

Tensor AttentionPlanSearch::Watcher::block(nn::Walk& walk, const nn::Site& site, const Tensor& x,
                                           const Block& next) {
  const auto lanes = walk.run_lanes();
  if (site.index == saved_) entries_.store(walk.stream(), entry(1), lanes, x);
  if (site.index < first_ || site.index > last_) return x;
  if (site.index == first_ && first_ > 0) return next(entries_.load(walk.stream(), entry(0), lanes));
  return next(x);
}

void AttentionPlanSearch::Watcher::advance_to(const Evaluate& evaluate, int block) {
  if (known_ >= block) return;
  run(evaluate, schedule_, known_, block - 1, block, 0);
  known_ = block;
  ++turn_;
}

std::span<const int> AttentionPlanSearch::Watcher::candidates(int block) const {
  const auto all = std::span(kCandidates).first(kCandidates.size() - 1);
  if (first_picture_) return all;
  const auto taken = std::ranges::find(kCandidates, schedule_.digit(now_, block)) - kCandidates.begin();
  return all.subspan(std::min(static_cast<size_t>(taken), all.size()));
}

void AttentionPlanSearch::Watcher::decide(const Evaluate& evaluate) {
  known_ = 0;
  HostTensor full;
  for (int block = 0; block < num_blocks_; ++block) {
    const auto tried = candidates(block);
    if (tried.empty()) continue;
    if (full.values.empty()) full = run(evaluate, {}, 0, num_blocks_ - 1, -1, 0);
    advance_to(evaluate, block);
    Digits digits = schedule_;
    for (int later = block; later < num_blocks_; ++later) digits.set(now_, later, 0);
    schedule_.set(now_, block, 0);
    for (const int candidate : tried) {
      digits.set(now_, block, candidate);
      const HostTensor output = run(evaluate, digits, block, num_blocks_ - 1, block + 1, 0);
      if (attention_loss(full, output) >= delta_ * (block + 1) / num_blocks_) continue;
      schedule_.set(now_, block, candidate);
      known_ = block + 1;
      ++turn_;
      break;
    }
  }
}

HostTensor AttentionPlanSearch::Watcher::network(const HostTensor&, const nn::Evaluation& evaluation,
                                                 const Network& next) {
  const Evaluate evaluate = [&] { return next(evaluation.lanes); };
  (*on_step_)();
  const bool anew = !accelerate::contains_all(lanes_, evaluation.lanes);  // nothing is kept of some lanes
  lanes_ = evaluation.lanes;
  for (int block = 0; first_picture_ && block < num_blocks_; ++block) schedule_.set(now_, block, 0);
  if (!anew) decide(evaluate);
  return run(evaluate, schedule_, 0, num_blocks_ - 1, -1, kKeepAll);
}

AttentionPlanSearch::AttentionPlanSearch(const ModelFolder& folder, Device& device,
                                         const Precision& precision)
    : watcher_(std::make_unique<Watcher>()), pipeline_(folder, device, precision) {
  pipeline_.watch(*watcher_);
}
AttentionPlanSearch::~AttentionPlanSearch() = default;

accelerate::Schedule AttentionPlanSearch::search(std::span<const RenderRequest> pictures, double delta,
                                                 const std::function<void()>& on_step) {
  for (const RenderRequest& picture : pictures) {
    const Guidance guidance(
        {.scale = *picture.cfg_scale, .begin = picture.guidance_begin, .end = picture.guidance_end});
    std::vector<bool> conditional;
    for (const Half half : halves_of_run(guidance, *picture.steps))
      conditional.push_back(half == Half::conditional);
    watcher_->begin_picture(delta, &picture == pictures.data(), std::move(conditional),
                            pipeline_.geometry().num_blocks, on_step);
    pipeline_.render(picture);
  }
  return watcher_->schedule();
}

}  // namespace diorama
