#include "study/tune_row.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr double kTenthBelow = 6;  // dB

Json to_json(const Fidelity& fidelity) {
  return {fidelity.mean, fidelity.tenth, fidelity.worst};
}
Fidelity fidelity_from(const Json& json) {
  return {json.at(0), json.at(1), json.at(2)};
}

}  // namespace

bool TuneRow::is_candidate() const {
  return plan && std::ranges::none_of(plan->uses, [](auto& use) { return use.method->experiment; });
}

Json TuneRow::measured() const {
  return {{"macs", macs_ratio},
          {"psnr", to_json(psnr)},
          {"ssim", to_json(ssim)},
          {"first", {first_macs_ratio, first_psnr}},
          {"pictures", pictures}};
}

void TuneRow::read_measured(const Json& json) {
  macs_ratio = json.at("macs");
  psnr = fidelity_from(json.at("psnr"));
  ssim = fidelity_from(json.at("ssim"));
  first_macs_ratio = json.at("first").at(0);
  first_psnr = json.at("first").at(1);
  pictures = json.at("pictures");
}

bool TuneGoal::met_by(const TuneRow& row) const {
  return row.macs_ratio >= speed && row.psnr.mean >= psnr && row.psnr.tenth >= psnr - kTenthBelow;
}

bool TuneGoal::prefers(const TuneRow& a, const TuneRow& b) const {
  return psnr > 0 ? a.macs_ratio > b.macs_ratio : a.psnr.mean > b.psnr.mean;
}

}  // namespace diorama
