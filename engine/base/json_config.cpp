#include "base/json_config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.h"
#include "base/text_encoding.h"
#include "base/utf8.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

bool read(const Json& json, bool& out) {
  if (json.is_boolean()) out = json.get<bool>();
  return json.is_boolean();
}

bool read(const Json& json, std::string& out) {
  if (json.is_string()) out = json.get<std::string>();
  return json.is_string();
}

bool read(const Json& json, int64_t& out) {
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!json.is_number_integer() || (json.is_number_unsigned() && json.get<uint64_t>() > kMax)) return false;
  out = json.get<int64_t>();
  return true;
}

bool read(const Json& json, int& out) {
  int64_t wide = 0;
  if (!read(json, wide) || !std::in_range<int>(wide)) return false;
  out = static_cast<int>(wide);
  return true;
}

bool read(const Json& json, double& out) {
  if (!json.is_number() || !std::isfinite(json.get<double>())) return false;
  out = json.get<double>();
  return true;
}

bool read(const Json& json, float& out) {
  double wide = 0;
  if (!read(json, wide) || std::abs(wide) > std::numeric_limits<float>::max()) return false;
  out = static_cast<float>(wide);
  return true;
}

template <typename T>
bool read(const Json& json, std::vector<T>& out) {
  if (!json.is_array()) return false;
  for (const Json& item : json) {
    T value{};
    if (!read(item, value)) return false;
    out.push_back(std::move(value));
  }
  return true;
}

template <typename T>
constexpr std::string_view kExpected = "a number";
template <>
constexpr std::string_view kExpected<bool> = "true or false";
template <>
constexpr std::string_view kExpected<std::string> = "a string";
template <>
constexpr std::string_view kExpected<int> = "an integer of 32 bits";
template <>
constexpr std::string_view kExpected<int64_t> = "an integer of 64 bits";
template <typename T>
const std::string kExpected<std::vector<T>> = fmt::format("a list, each item {}", kExpected<T>);

}  // namespace

Config::Config(std::shared_ptr<const Json> json, std::string where, Fault fault)
    : json_(std::move(json)), where_(std::move(where)), fault_(fault) {}

Config Config::load(const std::filesystem::path& file, Fault fault) {
  std::error_code unknown;  // reading says what is wrong
  const auto size = std::filesystem::file_size(file, unknown);
  if (!unknown && size > kMaxFileSize)
    fail(fault, "{}: is larger than {} MiB; this is no configuration", file.string(), kMaxFileSize >> 20);
  return parse(decode_text(read_text_file(file, kMaxFileSize), file.string(), fault), file.string(), fault);
}

Config Config::parse(std::string_view text, std::string where, Fault fault) {
  return parse(text, std::move(where), JsonRules{.fault = fault});
}

Config Config::parse(std::string_view text, std::string where, const JsonRules& rules) {
  auto json = std::make_shared<const Json>(parse_json(text, where, rules));
  if (!json->is_object())
    fail(rules.fault, "{}: expected an object, found {}", where, describe_json(json.get()));
  return {std::move(json), std::move(where), rules.fault};
}

const Json* Config::find(std::string_view key) const {
  const auto it = json_->find(key);
  return it == json_->end() || it->is_null() ? nullptr : &*it;
}

bool Config::has(std::string_view key) const {
  return find(key) != nullptr;
}

void Config::reject(std::string_view key, std::string_view expected) const {
  fail(fault_, "{}: {}: expected {}, found {}", where_, one_line(key), expected, describe_json(find(key)));
}

template <typename T>
T Config::get(std::string_view key) const {
  const Json* json = find(key);
  T value{};
  if (json == nullptr || !read(*json, value)) reject(key, kExpected<T>);
  return value;
}

template <>
Config Config::get<Config>(std::string_view key) const {
  const Json* json = find(key);
  if (json == nullptr || !json->is_object()) reject(key, "an object");
  return {std::shared_ptr<const Json>(json_, json), fmt::format("{}: {}", where_, one_line(key)), fault_};
}

template <>
std::vector<Config> Config::get<std::vector<Config>>(std::string_view key) const {
  const Json* json = find(key);
  constexpr size_t kMost = 10'000;
  if (json == nullptr || !json->is_array() || json->size() > kMost)
    reject(key, fmt::format("a list of at most {} objects", kMost));
  std::vector<Config> items;
  for (const Json& item : *json) {
    if (!item.is_object()) reject(key, "a list of objects");
    items.push_back({std::shared_ptr<const Json>(json_, &item),
                     fmt::format("{}: {}[{}]", where_, one_line(key), items.size()), fault_});
  }
  return items;
}

template bool Config::get(std::string_view) const;
template int Config::get(std::string_view) const;
template int64_t Config::get(std::string_view) const;
template float Config::get(std::string_view) const;
template double Config::get(std::string_view) const;
template std::string Config::get(std::string_view) const;
template std::vector<int> Config::get(std::string_view) const;
template std::vector<int64_t> Config::get(std::string_view) const;
template std::vector<float> Config::get(std::string_view) const;
template std::vector<double> Config::get(std::string_view) const;
template std::vector<std::string> Config::get(std::string_view) const;

int Config::get_int(std::string_view key, int min, int max) const {
  const Json* json = find(key);
  int value = 0;
  if (json == nullptr || !read(*json, value) || value < min || value > max)
    reject(key, fmt::format("an integer from {} to {}", min, max));
  return value;
}

int Config::get_int_or(std::string_view key, int fallback, int min, int max) const {
  return has(key) ? get_int(key, min, max) : fallback;
}

double Config::get_number(std::string_view key, double min, double max) const {
  const Json* json = find(key);
  const double value = json != nullptr && json->is_number() ? json->get<double>() : std::nan("");
  if (!(value >= min && value <= max)) reject(key, fmt::format("a number from {} to {}", min, max));
  return value;
}

double Config::get_number_or(std::string_view key, double fallback, double min, double max) const {
  return has(key) ? get_number(key, min, max) : fallback;
}

std::vector<int> Config::get_ints(std::string_view key, int min, int max) const {
  const Json* json = find(key);
  std::vector<int> values;
  const auto outside = [&](int value) { return value < min || value > max; };
  if (json == nullptr || !read(*json, values) || std::ranges::any_of(values, outside))
    reject(key, fmt::format("a list of integers from {} to {}", min, max));
  return values;
}

std::string Config::get_word_or_first(std::string_view key,
                                      std::initializer_list<std::string_view> words) const {
  if (!has(key)) return std::string(*words.begin());
  const auto value = get<std::string>(key);
  if (std::ranges::find(words, value) == words.end())
    reject(key, fmt::format("one of {}", fmt::join(words, ", ")));
  return value;
}

std::vector<std::string> Config::keys() const {
  std::vector<std::string> names;
  for (const auto& item : json_->items()) names.push_back(item.key());
  return names;
}

}  // namespace diorama
