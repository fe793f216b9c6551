#include "base/json_config.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include <fmt/ranges.h>

#include "base/error.h"
#include "base/file.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 64;

// Follows the parser to see what a finished document no longer shows: keys given twice.
class Watcher {
 public:
  explicit Watcher(std::string_view where) : where_(where) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& value) {
    if (depth > kMaxDepth) fail(Fault::model_file, "{}: nests deeper than {} levels", where_, kMaxDepth);
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key && !keys_.back().insert(value.get<std::string>()).second)
      fail(Fault::model_file, "{}: the key '{}' stands twice", where_, value.get<std::string>());
    return true;
  }

 private:
  std::string_view where_;
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

// Short enough for a message, whatever the file holds.
std::string describe(const Json* value) {
  constexpr size_t kMaxLength = 60;
  if (value == nullptr) return "nothing";
  if (value->is_object()) return "an object";
  if (value->is_array() && value->size() > 8) return fmt::format("a list of {}", value->size());
  std::string text = value->dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMaxLength) text = text.substr(0, kMaxLength) + "...";
  return text;
}

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
  if (json.is_number()) out = json.get<double>();
  return json.is_number();
}

bool read(const Json& json, float& out) {
  if (!json.is_number() || std::abs(json.get<double>()) > std::numeric_limits<float>::max()) return false;
  out = json.get<float>();
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

// Python writes infinities ("lambda_min_clipped": -Infinity in schedulers) as words that JSON lacks. Here
// they become null, that is absent; lengths stay, so that lines in messages do.
std::string without_infinities(std::string_view text) {
  std::string plain(text);
  bool in_string = false;
  for (size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] == '"') in_string = !in_string;
    if (in_string && plain[i] == '\\') ++i;
    if (in_string) continue;
    for (const std::string_view word : {"-Infinity", "Infinity"})
      if (std::string_view(plain).substr(i).starts_with(word))
        plain.replace(i, word.size(), fmt::format("{:<{}}", "null", word.size()));
  }
  return plain;
}

}  // namespace

Json parse_json(std::string_view text, std::string_view where) {
  try {
    return Json::parse(text, Watcher(where));
  } catch (const Json::parse_error& error) {
    const std::string_view before = text.substr(0, std::min(error.byte, text.size()));
    fail(Fault::model_file, "{}: is not JSON from line {} on; fetch the file again", where,
         1 + std::count(before.begin(), before.end(), '\n'));
  } catch (const Json::exception&) {
    fail(Fault::model_file, "{}: holds a number or string that no program can read", where);
  }
}

Config::Config(std::shared_ptr<const Json> json, std::string where)
    : json_(std::move(json)), where_(std::move(where)) {}

Config Config::load(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  if (mapped.bytes().size() > kMaxFileSize)
    fail(Fault::model_file, "{}: is larger than {} MiB; this is no configuration", file.string(),
         kMaxFileSize >> 20);
  return parse({reinterpret_cast<const char*>(mapped.bytes().data()), mapped.bytes().size()}, file.string());
}

Config Config::parse(std::string_view text, std::string where) {
  auto json = std::make_shared<const Json>(parse_json(without_infinities(text), where));
  if (!json->is_object())
    fail(Fault::model_file, "{}: expected an object, found {}", where, describe(json.get()));
  return {std::move(json), std::move(where)};
}

const Json* Config::find(std::string_view key) const {
  const auto it = json_->find(key);
  return it == json_->end() || it->is_null() ? nullptr : &*it;
}

bool Config::has(std::string_view key) const {
  return find(key) != nullptr;
}

void Config::reject(std::string_view key, std::string_view expected) const {
  fail(Fault::model_file, "{}: {}: expected {}, found {}", where_, key, expected, describe(find(key)));
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
  return {std::shared_ptr<const Json>(json_, json), fmt::format("{}: {}", where_, key)};
}

template <>
std::vector<Config> Config::get<std::vector<Config>>(std::string_view key) const {
  const Json* json = find(key);
  if (json == nullptr || !json->is_array()) reject(key, "a list of objects");
  std::vector<Config> items;
  for (const Json& item : *json) {
    if (!item.is_object()) reject(key, "a list of objects");
    items.push_back(
        {std::shared_ptr<const Json>(json_, &item), fmt::format("{}: {}[{}]", where_, key, items.size())});
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
  double value = 0;
  if (json == nullptr || !read(*json, value) || value < min || value > max)
    reject(key, fmt::format("a number from {} to {}", min, max));
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
