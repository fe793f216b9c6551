#include "cli/option_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/decimal.h"
#include "base/suggestion.h"
#include "base/utf8.h"

namespace diorama::cli {
namespace {

template <typename T>
std::string range_in_words(T least, T most, T lowest, T highest) {
  if (least <= lowest && most >= highest) return "";
  return fmt::format(" from {} to {}", least, most);
}

template <typename T>
std::string range_in_help(T least, T most, T lowest, T highest) {
  return least <= lowest && most >= highest ? "" : fmt::format("{}..{}", least, most);
}

bool equal_but_for_case(const std::string& a, const std::string& b) {
  return CLI::detail::to_lower(a) == CLI::detail::to_lower(b);
}

bool may_be_empty(const CLI::Option& option) {
  return option.check_lname("prompt") || option.check_lname("negative-prompt");
}

}  // namespace

CLI::Validator whole_number(int64_t least, int64_t most) {
  constexpr int64_t kLowest = std::numeric_limits<int>::min(), kHighest = std::numeric_limits<int>::max();
  const auto check = [=](std::string& text) -> std::string {
    const auto number = parse_decimal<int64_t>(text);
    if (!number || *number < least || *number > most)
      return fmt::format("'{}' is no whole number{}; write it in decimal digits", one_line(text),
                         range_in_words(least, most, kLowest, kHighest));
    text = std::to_string(*number);
    return "";
  };
  return {check, range_in_help(least, most, kLowest, kHighest)};
}

CLI::Validator decimal_number(double least, double most) {
  constexpr double kLowest = std::numeric_limits<double>::lowest(),
                   kHighest = std::numeric_limits<double>::max();
  const auto check = [=](std::string& text) -> std::string {
    const auto number = parse_decimal<double>(text);
    if (number && *number >= least && *number <= most) return "";
    return fmt::format("'{}' is no number{}; write it in decimal digits, as in 4.5", one_line(text),
                       range_in_words(least, most, kLowest, kHighest));
  };
  return {check, range_in_help(least, most, kLowest, kHighest)};
}

CLI::Validator one_of(std::vector<std::string> words) {
  const std::string in_help = fmt::format("{}", fmt::join(words, "|"));
  const auto check = [words = std::move(words)](std::string& text) -> std::string {
    const auto word = std::ranges::find_if(
        words, [&](const std::string& known) { return equal_but_for_case(known, text); });
    if (word == words.end())
      return fmt::format("'{}' is not known; choose {}{}", one_line(text), fmt::join(words, ", "),
                         did_you_mean(text, words));
    text = *word;
    return "";
  };
  return {check, in_help};
}

void refuse_missing_values(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    const bool empty_allowed = may_be_empty(*option);
    const auto check = [&command, empty_allowed](std::string& text) -> std::string {
      if (text.empty() && !empty_allowed) return "the value is empty; name one, or leave the option out";
      if (text.starts_with('-') && command.get_option_no_throw(text) != nullptr)
        return fmt::format("the value is missing: {} is another option", text);
      return "";
    };
    if (option->get_items_expected_max() > 0) option->transform(CLI::Validator(check, ""));
  }
  for (CLI::App* sub : command.get_subcommands({})) refuse_missing_values(*sub);
}

}  // namespace diorama::cli
