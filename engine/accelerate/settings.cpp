#include "accelerate/settings.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace diorama::accelerate {

Settings::Settings(std::span<const Setting> described) : described_(described) {
  for (const Setting& setting : described) values_.push_back(setting.fallback);
}

Settings Settings::read(std::span<const Setting> described, const Config& json) {
  Settings settings(described);
  for (const Setting& setting : described) {
    const std::string key(setting.name);
    if (!json.has(key)) continue;
    double value = 0;
    switch (setting.kind) {
      case SettingKind::number:
        value = json.get_number(key, setting.low, setting.high);
        break;
      case SettingKind::whole:
      case SettingKind::choice:
        value = json.get_int(key, static_cast<int>(setting.low), static_cast<int>(setting.high));
        break;
      case SettingKind::flag:
        value = json.get<bool>(key) ? 1 : 0;
        break;
    }
    settings.set(setting.name, value);
  }
  return settings;
}

size_t Settings::place_of(std::string_view name) const {
  const auto found = std::ranges::find(described_, name, &Setting::name);
  require(found != described_.end(), "[acceleration] no setting is called {}", name);
  return static_cast<size_t>(found - described_.begin());
}

void Settings::set(std::string_view name, double value) {
  const size_t place = place_of(name);
  const Setting& setting = described_[place];
  if (!(value >= setting.low && value <= setting.high))
    fail(Fault::usage, "[acceleration] {} is {}; it goes from {} to {}", name, value, setting.low,
         setting.high);
  values_[place] = value;
}

nlohmann::ordered_json Settings::to_json() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (size_t i = 0; i < described_.size(); ++i) {
    const std::string key(described_[i].name);
    if (described_[i].kind == SettingKind::flag)
      json[key] = values_[i] != 0;
    else if (described_[i].kind == SettingKind::number)
      json[key] = values_[i];
    else
      json[key] = static_cast<int>(values_[i]);
  }
  return json;
}

}  // namespace diorama::accelerate
