#include "accelerate/evaluation_caching.h"

#include <array>
#include <cmath>

namespace diorama::accelerate {
namespace {

enum Choice { kEvaluate = 0, kReuse = 1 };

constexpr std::array kSettings{
    Setting{"threshold", SettingKind::number, 0.2, 0, 10, "Relative change of the output that is let pass"},
    Setting{"start", SettingKind::number, 0.15, 0, 1, "Share of the run that is evaluated at its beginning"},
    Setting{"end", SettingKind::number, 0.95, 0, 1, "Share of the run after which all is evaluated again"},
    Setting{"most_in_a_row", SettingKind::whole, 4, 1, 1000,
            "Evaluations left out one after another, at most"},
    Setting{"difference", SettingKind::flag, 0, 0, 1,
            "Keep the difference of output and latent, not the output"},
};

constexpr std::array kLadder{Rungs{"threshold", {0.05, 0.1, 0.2, 0.3, 0.5}}, Rungs{"most_in_a_row", {4, 8}}};

double mean_distance(const HostTensor& a, const HostTensor& b) {
  double sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i)
    sum += std::abs(static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]));
  return sum / static_cast<double>(a.values.size());
}

class EvaluationCaching final : public nn::Accelerator {
 public:
  explicit EvaluationCaching(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions), caches_(context.caches) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::network; }
  HostTensor network(const HostTensor& x, const nn::Evaluation& now, const Network& next) override;

 private:
  int rule(const nn::Evaluation& now) const;
  HostTensor kept_output(const HostTensor& x, const std::vector<int>& lanes) const;
  void keep(const HostTensor& x, const nn::Evaluation& now, const HostTensor& output);

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
  Caches& caches_;
  HostTensor last_x_;         // of the last evaluation, made or not
  HostTensor made_x_, made_;  // of the last one that was made
  double change_ = 0;         // of the output, per change of the latent
  double expected_ = 0;       // since the last one that was made
  int num_made_ = 0;
  int num_left_out_ = 0;  // in a row
};

// `expected_` counts this step already.
int EvaluationCaching::rule(const nn::Evaluation& now) const {
  if (!use_.schedule.empty())
    return num_made_ > 0 ? use_.schedule.at(now.index, run_.num_evaluations(), 0) : kEvaluate;
  if (num_made_ < 2 || !run_.within(use_.settings, now.index)) return kEvaluate;
  if (num_left_out_ >= use_.settings.whole("most_in_a_row")) return kEvaluate;
  return expected_ < use_.settings.number("threshold") ? kReuse : kEvaluate;
}

HostTensor EvaluationCaching::kept_output(const HostTensor& x, const std::vector<int>& lanes) const {
  HostTensor output = caches_.load("network.output", lanes);
  if (!use_.settings.flag("difference")) return output;
  const size_t cells = x.values.size();  // the first channels of a row; a learned variance has more
  const size_t row = output.values.size() / lanes.size();
  for (size_t lane = 0; lane < lanes.size(); ++lane)
    for (size_t i = 0; i < cells; ++i) output.values[lane * row + i] += x.values[i] - made_x_.values[i];
  return output;
}

void EvaluationCaching::keep(const HostTensor& x, const nn::Evaluation& now, const HostTensor& output) {
  caches_.store("network.output", now.lanes, output);
  const bool comparable = num_made_ > 0 && made_.shape == output.shape;
  if (comparable)
    if (const double moved = mean_distance(x, made_x_); moved > 0)
      change_ = mean_distance(output, made_) / moved;
  num_made_ = comparable ? num_made_ + 1 : 1;
  made_x_ = x;
  made_ = output;
  expected_ = 0;
  num_left_out_ = 0;
}

HostTensor EvaluationCaching::network(const HostTensor& x, const nn::Evaluation& now, const Network& next) {
  if (run_.has_new_lanes(now.index)) num_made_ = 0;
  if (num_made_ > 0) {
    const double size = mean_distance(made_, HostTensor(made_.shape));
    expected_ += size > 0 ? change_ * mean_distance(x, last_x_) / size : 0;
  }
  const int choice =
      decisions_.choose_measured(kEvaluationCaching.name, now.index, 0, [&] { return rule(now); });
  last_x_ = x;
  if (choice == kReuse) {
    ++num_left_out_;
    return kept_output(x, now.lanes);
  }
  HostTensor output = next(now.lanes);
  keep(x, now, output);
  return output;
}

std::string misfit(const MethodUse&, const RunShape& run) {
  if (run.num_evaluations() < 3) return "a run of two evaluations has nothing to measure by";
  return "";
}

}  // namespace

const Method kEvaluationCaching{
    .name = "evaluation_caching",
    .title = "Evaluation caching",
    .source = "EasyCache, github.com/H-EmbodVis/EasyCache",
    .help = "Evaluations left out while the latent moves little",
    .settings = kSettings,
    .make = make_method<EvaluationCaching>,
    .misfit = misfit,
    .wants_likeness = true,
    .ladder = kLadder,
};

}  // namespace diorama::accelerate
