#include "sampling/scheduler_config.h"

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace diorama {
namespace {

constexpr std::string_view kUnsupportedFlags[] = {
    "thresholding",           "rescale_betas_zero_snr", "use_karras_sigmas",
    "use_exponential_sigmas", "use_beta_sigmas",        "use_lu_lambdas",
    "invert_sigmas",          "stochastic_sampling",    "use_dynamic_shifting"};
constexpr std::string_view kUnsupportedKeys[] = {"trained_betas", "shift_terminal"};

}  // namespace

void reject_unsupported(const Config& scheduler) {
  for (const std::string_view flag : kUnsupportedFlags)
    if (scheduler.get_or(flag, false)) scheduler.reject(flag, "false, the only variant Diorama samples");
  for (const std::string_view key : kUnsupportedKeys)
    if (scheduler.has(key)) scheduler.reject(key, "null, the only variant Diorama samples");
}

bool is_flow(const Config& scheduler) {
  return scheduler.get<std::string>("_class_name").starts_with("FlowMatch") ||
         scheduler.get_or<std::string>("prediction_type", "epsilon") == "flow_prediction";
}

Prediction read_prediction(const Config& scheduler) {
  if (is_flow(scheduler)) return Prediction::flow;
  const std::string word = scheduler.get_word_or_first(
      "prediction_type", {"epsilon", "sample", "v_prediction", "flow_prediction"});
  if (word == "epsilon") return Prediction::epsilon;
  return word == "sample" ? Prediction::sample : Prediction::v;
}

int read_train_timesteps(const Config& scheduler) {
  return scheduler.get_int_or("num_train_timesteps", 1000, 1, 1'000'000);
}

double read_shift(const Config& scheduler, std::optional<double> wanted) {
  if (wanted) return *wanted;
  return scheduler.get_number_or(scheduler.has("flow_shift") ? "flow_shift" : "shift", 1, 0.01, 100);
}

std::vector<double> read_alphas_cumprod(const Config& scheduler) {
  const bool scaled = scheduler.get_word_or_first("beta_schedule", {"linear", "scaled_linear"}) != "linear";
  const double power = scaled ? 2 : 1;
  const double first = scheduler.get_number_or("beta_start", 0.0001, 1e-8, 0.5);
  const double last = scheduler.get_number_or("beta_end", 0.02, first, 0.5);
  std::vector<double> table =
      linspace(std::pow(first, 1 / power), std::pow(last, 1 / power), read_train_timesteps(scheduler));
  double product = 1;
  for (double& value : table) value = product *= 1 - std::pow(value, power);
  return table;
}

Spacing read_spacing(const Config& scheduler, Spacing fallback) {
  if (!scheduler.has("timestep_spacing")) return fallback;
  const std::string word =
      scheduler.get_word_or_first("timestep_spacing", {"linspace", "leading", "trailing"});
  if (word == "linspace") return Spacing::linspace;
  return word == "leading" ? Spacing::leading : Spacing::trailing;
}

std::vector<int> read_timesteps(const Config& scheduler, Spacing spacing, int steps) {
  const int trained = read_train_timesteps(scheduler);
  std::vector<int> timesteps = spaced_timesteps(spacing, steps, trained);
  if (spacing != Spacing::leading) return timesteps;
  const int room = trained - 1 - timesteps.front();
  const int offset = scheduler.get_int_or("steps_offset", 0, 0, trained);
  if (offset > room)
    scheduler.reject("steps_offset", fmt::format("an offset of at most {} for {} steps", room, steps));
  for (int& timestep : timesteps) timestep += offset;
  return timesteps;
}

std::optional<double> read_clip(const Config& scheduler) {
  if (!scheduler.get_or("clip_sample", true)) return std::nullopt;
  return scheduler.get_number_or("clip_sample_range", 1, 0, std::numeric_limits<double>::max());
}

}  // namespace diorama
