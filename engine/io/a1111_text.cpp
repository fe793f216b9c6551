#include "io/a1111_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string>
#include <utility>

#include "base/decimal.h"
#include "base/error.h"
#include "io/foreign_settings.h"

namespace diorama {
namespace {

using Json = nlohmann::json;
using Settings = std::map<std::string_view, std::string>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Of the settings that other programs write, those that mean something here.
constexpr std::array<std::string_view, 13> kSettings{
    "App",       "CFG scale", "Eta",   "Model", "Model hash", "Sampler", "Schedule type",
    "Scheduler", "Seed",      "Shift", "Size",  "Steps",      "Version"};

// Those that say nothing of the picture.
constexpr std::array<std::string_view, 13> kSilent{
    "Backend",    "Civitai metadata", "Civitai resources", "Created Date", "Hashes",    "Lora hashes",
    "Operations", "Parser",           "Pipeline",          "RNG",          "TI hashes", "VAE hash",
    "User"};

bool is_one_of(std::string_view key, const auto& keys) {
  return std::ranges::find(keys, key) != keys.end();
}

// Words and nothing else: rests of values that could not be told from keys are none.
bool is_key(std::string_view key) {
  constexpr size_t kLongest = 40;
  return !key.empty() && key.size() <= kLongest && std::isalpha(static_cast<unsigned char>(key.front())) &&
         std::ranges::all_of(key, [](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  std::string_view(" _-+/.()").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

// Reads "key: value, " one after the other.
class SettingsLine {
 public:
  explicit SettingsLine(std::string_view text) : rest_(text) {}

  // False at the end.
  bool next(std::string_view& key, std::string& value);

 private:
  std::string take_value();
  // The bytes of a string, a list or an object of JSON that the rest begins with; 0: of none.
  size_t size_of_quoted() const;
  size_t size_of_brackets();

  std::string_view rest_;
  bool brackets_close_ = true;
};

size_t SettingsLine::size_of_quoted() const {
  if (!rest_.starts_with('"')) return 0;
  size_t quote = 1;
  while (quote < rest_.size() && rest_[quote] != '"') quote += rest_[quote] == '\\' ? 2 : 1;
  return quote < rest_.size() ? quote + 1 : 0;
}

// Where one does not close none after it does: nothing is looked for twice.
size_t SettingsLine::size_of_brackets() {
  if (!brackets_close_ || (!rest_.starts_with('[') && !rest_.starts_with('{'))) return 0;
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (in_string && c == '\\') ++i;
    if (c == '"') in_string = !in_string;
    if (in_string) continue;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0) return i + 1;
  }
  brackets_close_ = false;
  return 0;
}

std::string SettingsLine::take_value() {
  std::string value;
  size_t begin_of_end = 0;
  if (const size_t size = size_of_quoted(); size > 0) {
    const Json string = Json::parse(rest_.substr(0, size), nullptr, false);
    if (string.is_string()) {
      value = string.get<std::string>();
      begin_of_end = size;
    }
  } else if (const size_t brackets = size_of_brackets(); brackets > 0) {
    value = rest_.substr(0, brackets);
    begin_of_end = brackets;
  }
  const size_t end = rest_.find_first_of(",\n", begin_of_end);
  if (begin_of_end == 0) value = trimmed(rest_.substr(0, end));
  rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
  return value;
}

bool SettingsLine::next(std::string_view& key, std::string& value) {
  const size_t colon = rest_.find(':');
  if (colon == std::string_view::npos) return false;
  key = trimmed(rest_.substr(0, colon));
  // What has no value of its own is none of the keys.
  key = trimmed(key.substr(key.find_last_of(",\n") + 1));
  rest_ = rest_.substr(colon + 1);
  rest_ = rest_.substr(std::min(rest_.find_first_not_of(' '), rest_.size()));
  value = take_value();
  return true;
}

Settings read_settings(std::string_view text, Recipe& recipe) {
  Settings settings;
  SettingsLine line(text);
  std::string_view key;
  std::string value;
  while (line.next(key, value)) {
    const auto* const known = std::ranges::find(kSettings, key);
    if (known != kSettings.end())
      settings.emplace(*known, std::move(value));
    else if (is_key(key) && !is_one_of(key, kSilent))
      leave_out(recipe, key);
  }
  return settings;
}

void apply_settings(Settings settings, Recipe& recipe) {
  take_size(recipe, settings["Size"]);
  take_steps(recipe, settings["Steps"]);
  take_cfg_scale(recipe, settings["CFG scale"]);
  take_seed(recipe, settings["Seed"]);
  take_shift(recipe, settings["Shift"]);
  take_eta(recipe, settings["Eta"]);
  const std::string& schedule = settings["Schedule type"];
  take_sampler(recipe, settings["Sampler"], schedule.empty() ? settings["Scheduler"] : schedule);
  recipe.model = settings["Model"];
  recipe.model_hash = settings["Model hash"];
  const std::string &app = settings["App"], &version = settings["Version"];
  recipe.program = app.empty() || version.empty() ? app + version : app + ' ' + version;
}

bool is_size(std::string_view text) {
  const size_t cross = text.find('x');
  return cross != std::string_view::npos && parse_decimal<int>(text.substr(0, cross)) &&
         parse_decimal<int>(text.substr(cross + 1));
}

// Settings, where A1111's first one comes first or one of several can be nothing else.
bool is_line_of_settings(std::string_view text) {
  if (text.starts_with("Steps: ")) return true;
  int known = 0;
  bool is_sure = false;
  SettingsLine line(text);
  std::string_view key;
  std::string value;
  while (!(is_sure && known > 1) && line.next(key, value)) {
    if (!is_one_of(key, kSettings)) continue;
    ++known;
    is_sure |= key == "Size" ? is_size(value)
                             : (key == "Steps" || key == "Seed" || key == "CFG scale") &&
                                   parse_decimal<double>(value).has_value();
  }
  return is_sure && known > 1;
}

// Where the last lines of settings begin, or the text's size.
size_t find_settings(std::string_view text) {
  size_t found = text.size();
  for (size_t end = text.size(); end != std::string_view::npos && end > 0;) {
    const size_t break_before = text.rfind('\n', end - 1);
    const size_t begin = break_before == std::string_view::npos ? 0 : break_before + 1;
    if (is_line_of_settings(text.substr(begin, end - begin)))
      found = begin;
    else if (found < text.size())
      break;
    end = break_before;
  }
  return found;
}

}  // namespace

Recipe recipe_from_parameters(std::string_view text) {
  constexpr std::string_view kNegative = "Negative prompt:";
  Recipe recipe;
  recipe.acceleration.clear();
  const size_t settings = find_settings(text);
  const std::string_view prompts = text.substr(0, settings);
  const size_t negative = prompts.starts_with(kNegative) ? 0 : prompts.find("\nNegative prompt:");
  recipe.prompt = trimmed(prompts.substr(0, negative));
  if (negative != std::string_view::npos)
    recipe.negative_prompt = trimmed(prompts.substr(prompts.find(kNegative, negative) + kNegative.size()));
  leave_out_prompt_syntax(recipe);
  if (settings < text.size()) apply_settings(read_settings(text.substr(settings), recipe), recipe);
  return recipe;
}

}  // namespace diorama
