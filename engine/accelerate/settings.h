// What can be set of a method, described as data: the command line, plans and the window read the same
// description.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "base/json_config.h"

namespace diorama::accelerate {

enum class SettingKind {
  number,
  whole,
  flag,
  choice,  // a whole number that names something: more is not further
};

struct Setting {
  std::string_view name;
  SettingKind kind = SettingKind::number;
  double fallback = 0;       // flags: 0 or 1
  double low = 0, high = 1;  // both included
  std::string_view help;
};

class Settings {
 public:
  // Everything as described.
  explicit Settings(std::span<const Setting> described);
  // The described keys of an object; throws Fault::model_file where one has the wrong type or range.
  static Settings read(std::span<const Setting> described, const Config& json);

  double number(std::string_view name) const { return values_[place_of(name)]; }
  int whole(std::string_view name) const { return static_cast<int>(number(name)); }
  bool flag(std::string_view name) const { return number(name) != 0; }
  // Throws Fault::usage outside the range.
  void set(std::string_view name, double value);

  // In the order of the description, all of them.
  nlohmann::ordered_json to_json() const;

 private:
  size_t place_of(std::string_view name) const;

  std::span<const Setting> described_;
  std::vector<double> values_;
};

}  // namespace diorama::accelerate
