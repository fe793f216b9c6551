#include "accelerate/tangential_guidance.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace diorama::accelerate {
namespace {

constexpr std::array kSettings{
    Setting{"start", SettingKind::number, 0, 0, 1, "Share of the run before which guidance stays as it is"},
    Setting{"end", SettingKind::number, 1, 0, 1, "Share of the run after which it does again"},
};

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

// u' from the 2 x 2 Gram matrix: its first eigenvector (p, q) gives v = (p c + q u) / |p c + q u|.
void project(std::span<const float> c, std::span<float> u) {
  const double cc = dot(c, c), cu = dot(c, u), uu = dot(u, u);
  const double angle = 0.5 * std::atan2(2 * cu, cc - uu);
  const double p = std::cos(angle), q = std::sin(angle);
  const double square = p * p * cc + 2 * p * q * cu + q * q * uu;
  if (!(square > 0)) return;
  const double along = (p * cu + q * uu) / square;
  for (size_t i = 0; i < u.size(); ++i) u[i] = static_cast<float>(along * (p * c[i] + q * u[i]));
}

class TangentialGuidance final : public nn::Accelerator {
 public:
  explicit TangentialGuidance(const MethodContext& context)
      : use_(context.use), run_(context.run), decisions_(context.decisions) {}

  bool attaches_to(nn::SiteKind kind) const override { return kind == nn::SiteKind::network; }

  HostTensor network(const HostTensor& x, const nn::Evaluation& now, const Network& next) override {
    const int choice = decisions_.choose(kTangentialGuidance.name, now.index, 0, [&] { return rule(now); });
    HostTensor output = next(now.lanes);
    if (choice == 0 || now.lanes.size() != 2) return output;
    const size_t row = output.values.size() / 2;
    const std::span<float> values(output.values);
    const bool conditional_first = run_.conditional.at(static_cast<size_t>(now.lanes[0]));
    const size_t cells = x.values.size();  // a learned variance behind them stays
    project(values.subspan(conditional_first ? 0 : row, cells),
            values.subspan(conditional_first ? row : 0, cells));
    return output;
  }

 private:
  int rule(const nn::Evaluation& now) const {
    if (now.lanes.size() != 2) return 0;
    if (!use_.schedule.empty()) return use_.schedule.at(now.index, run_.num_evaluations(), 0);
    return run_.within(use_.settings, now.index) ? 1 : 0;
  }

  const MethodUse& use_;
  const RunShape& run_;
  Decisions& decisions_;
};

std::string misfit(const MethodUse&, const RunShape& run) {
  return run.guided() ? "" : "a run without guidance has no second half";
}

}  // namespace

const Method kTangentialGuidance{
    .name = "tangential_guidance",
    .title = "Tangential guidance",
    .source = "TCFG, arXiv 2503.18137",
    .help = "Guidance without what the two halves do not share; saves nothing",
    .settings = kSettings,
    .make = make_method<TangentialGuidance>,
    .misfit = misfit,
};

}  // namespace diorama::accelerate
