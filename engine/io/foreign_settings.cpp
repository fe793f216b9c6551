#include "io/foreign_settings.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/error.h"
#include "base/utf8.h"
#include "io/sampler_names.h"

namespace diorama {
namespace {

// "20", and "20.0" of programs that have no whole numbers.
template <typename T>
std::optional<T> whole_number(std::string_view text) {
  const size_t point = text.find('.');
  if (point != std::string_view::npos && point + 1 < text.size() &&
      text.find_first_not_of('0', point + 1) == std::string_view::npos)
    text = text.substr(0, point);
  return parse_decimal<T>(text);
}

void take_number(Recipe& recipe, std::optional<double>& number, std::string_view what,
                 std::string_view value) {
  if (value.empty()) return;
  if (const auto read = parse_decimal<double>(value))
    number = read;
  else
    leave_out(recipe, fmt::format("{} {}", what, value));
}

// Takes the digits that come next off `text`, passing over what is before them.
std::string_view take_digits(std::string_view& text) {
  constexpr std::string_view kDigits = "0123456789";
  text.remove_prefix(std::min(text.find_first_of(kDigits), text.size()));
  const std::string_view digits = text.substr(0, text.find_first_not_of(kDigits));
  text.remove_prefix(digits.size());
  return digits;
}

// Weights such as "(word:1.2)": what stands after the colon is a number.
bool is_weight(std::string_view inside) {
  const size_t colon = inside.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view number = inside.substr(colon + 1);
  number.remove_prefix(std::min(number.find_first_not_of(' '), number.size()));
  number = number.substr(0, number.find_last_not_of(' ') + 1);
  return parse_decimal<double>(number).has_value();
}

// "<lora:name:1>", "<segment:face>".
bool is_tag(std::string_view inside) {
  const size_t colon = inside.find(':');
  return colon != std::string_view::npos && colon > 0 && inside.size() > colon + 1 &&
         std::ranges::all_of(inside.substr(0, colon),
                             [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

std::string words_of_tag(std::string_view inside) {
  const std::string_view kind = inside.substr(0, inside.find(':'));
  const std::string_view rest = inside.substr(kind.size() + 1);
  if (kind == "lora" || kind == "lyco") return fmt::format("LoRA {}", rest.substr(0, rest.rfind(':')));
  return fmt::format("<{}>", inside);
}

void leave_out_syntax_of(Recipe& recipe, std::string_view prompt) {
  constexpr size_t kMost = 300;  // bytes of one tag or weight
  std::vector<size_t> open;      // where brackets open that have not closed
  bool saw_weight = false;
  for (size_t i = 0; i < prompt.size(); ++i) {
    if (prompt[i] == '<' || prompt[i] == '(') open.push_back(i);
    if ((prompt[i] != '>' && prompt[i] != ')') || open.empty()) continue;
    const std::string_view inside = prompt.substr(open.back() + 1, i - open.back() - 1);
    const bool is_round = prompt[open.back()] == '(';
    open.pop_back();
    if (is_round != (prompt[i] == ')') || inside.size() > kMost) continue;
    if (!is_round && is_tag(inside)) leave_out(recipe, words_of_tag(inside));
    if (!is_round || saw_weight || !is_weight(inside)) continue;
    leave_out(recipe, fmt::format("weights such as ({})", inside));
    saw_weight = true;
  }
}

}  // namespace

void leave_out(Recipe& recipe, std::string_view what) {
  constexpr size_t kMostEntries = 50;
  auto& all = recipe.left_out;
  std::string line = one_line(what);
  if (all.size() < kMostEntries && std::ranges::find(all, line) == all.end()) all.push_back(std::move(line));
}

void take_seed(Recipe& recipe, std::string_view value) {
  if (value.empty()) return;
  recipe.seed = whole_number<uint64_t>(value);
  if (!recipe.seed) leave_out(recipe, fmt::format("seed {}", value));
}

void take_steps(Recipe& recipe, std::string_view value) {
  if (value.empty()) return;
  const auto steps = whole_number<int>(value);
  if (steps && *steps > 0)
    recipe.steps = *steps;
  else
    leave_out(recipe, fmt::format("steps {}", value));
}

void take_cfg_scale(Recipe& recipe, std::string_view value) {
  take_number(recipe, recipe.cfg_scale, "CFG scale", value);
}

void take_shift(Recipe& recipe, std::string_view value) {
  take_number(recipe, recipe.shift, "shift", value);
}

void take_eta(Recipe& recipe, std::string_view value) {
  take_number(recipe, recipe.eta, "eta", value);
}

void take_size(Recipe& recipe, std::string_view width, std::string_view height) {
  if (width.empty() && height.empty()) return;
  const auto columns = whole_number<int>(width), rows = whole_number<int>(height);
  if (columns && rows && *columns > 0 && *rows > 0) {
    recipe.width = *columns;
    recipe.height = *rows;
  } else {
    leave_out(recipe, fmt::format("size {}x{}", width, height));
  }
}

void take_size(Recipe& recipe, std::string_view value) {
  std::string_view rest = value;
  const std::string_view width = take_digits(rest), height = take_digits(rest);
  const bool has_sign = value.find('-') != std::string_view::npos;
  if (width.empty() || height.empty() || has_sign || !take_digits(rest).empty()) {
    if (!value.empty()) leave_out(recipe, fmt::format("size {}", value));
    return;
  }
  take_size(recipe, width, height);
}

void take_sampler(Recipe& recipe, std::string_view sampler, std::string_view noise_levels) {
  if (sampler != "Default" && sampler != "default" && sampler != "None")
    recipe.sampler = own_sampler_name(sampler);
  auto levels = noise_levels_in(noise_levels);
  if (!levels && !noise_levels.empty()) levels = noise_levels;
  if (!levels || levels->empty()) levels = noise_levels_in(sampler);
  if (levels && !levels->empty()) leave_out(recipe, fmt::format("{} noise levels", *levels));
}

void leave_out_prompt_syntax(Recipe& recipe) {
  leave_out_syntax_of(recipe, recipe.prompt);
  leave_out_syntax_of(recipe, recipe.negative_prompt);
}

}  // namespace diorama
