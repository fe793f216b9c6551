#include "io/sampler_names.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace diorama {
namespace {

struct SamplerName {
  std::string_view own;
  std::string_view shown;   // A1111
  std::string_view folded;  // lower case, letters, digits and + alone
};
constexpr SamplerName kSamplerNames[] = {
    {"euler", "Euler", "euler"},         {"heun", "Heun", "heun"},  {"dpmpp-2m", "DPM++ 2M", "dpm++2m"},
    {"dpmpp-2m", "DPM++ 2M", "dpmpp2m"}, {"ddim", "DDIM", "ddim"},  {"ddpm", "DDPM", "ddpm"},
    {"euler", "Euler", "keuler"},        {"heun", "Heun", "kheun"}, {"dpmpp-2m", "DPM++ 2M", "kdpmpp2m"}};

struct NoiseLevels {
  std::string_view folded;
  std::string_view shown;  // empty: the usual ones
};
// A longer name before one that it ends in.
constexpr NoiseLevels kNoiseLevels[] = {{"karras", "Karras"},
                                        {"polyexponential", "polyexponential"},
                                        {"exponential", "exponential"},
                                        {"sgmuniform", "SGM uniform"},
                                        {"ddimuniform", "DDIM uniform"},
                                        {"linearquadratic", "linear quadratic"},
                                        {"kloptimal", "KL optimal"},
                                        {"alignyoursteps", "Align Your Steps"},
                                        {"uniform", "uniform"},
                                        {"beta", "beta"},
                                        {"turbo", "turbo"},
                                        {"trailing", "trailing"},
                                        {"automatic", ""},
                                        {"default", ""},
                                        {"discrete", ""},
                                        {"flowmatch", ""},
                                        {"normal", ""},
                                        {"simple", ""},
                                        {"none", ""},
                                        {"k", "Karras"}};

std::string folded(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '+')
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

const SamplerName* find_sampler(std::string_view folded) {
  const auto* const it = std::ranges::find(kSamplerNames, folded, &SamplerName::folded);
  return it == std::end(kSamplerNames) ? nullptr : it;
}

// The sampler that a folded name means, null where Diorama has none such, and the noise levels it ends in.
std::pair<const SamplerName*, const NoiseLevels*> parse(std::string_view folded) {
  if (const SamplerName* const sampler = find_sampler(folded)) return {sampler, nullptr};
  for (const NoiseLevels& levels : kNoiseLevels) {
    if (!folded.ends_with(levels.folded)) continue;
    const SamplerName* const sampler = find_sampler(folded.substr(0, folded.size() - levels.folded.size()));
    if (sampler != nullptr || levels.folded.size() > 1) return {sampler, &levels};
  }
  return {nullptr, nullptr};
}

}  // namespace

std::string foreign_sampler_name(std::string_view sampler) {
  const auto* const it = std::ranges::find(kSamplerNames, sampler, &SamplerName::own);
  return std::string(it == std::end(kSamplerNames) ? sampler : it->shown);
}

std::string own_sampler_name(std::string_view foreign) {
  const SamplerName* const sampler = parse(folded(foreign)).first;
  return std::string(sampler == nullptr ? foreign : sampler->own);
}

std::optional<std::string> noise_levels_in(std::string_view foreign) {
  const NoiseLevels* const levels = parse(folded(foreign)).second;
  if (levels == nullptr) return std::nullopt;
  return std::string(levels->shown);
}

}  // namespace diorama
