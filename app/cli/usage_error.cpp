#include "cli/usage_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggestion.h"
#include "base/utf8.h"

namespace diorama::cli {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

// From the program to the innermost command that was named.
std::vector<const CLI::App*> way_to_command(const CLI::App& program) {
  std::vector<const CLI::App*> way{&program};
  while (!way.back()->get_subcommands().empty()) way.push_back(way.back()->get_subcommands().back());
  return way;
}

// "diorama models info"
std::string name_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : name_of(*parent) + " " + command.get_name();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : commands_of(command)) names.push_back(sub->get_name());
  return names;
}

bool is_long_option(const CLI::App& command, const std::string& name) {
  const auto has_it = [&](const CLI::Option* option) { return option->check_name(name); };
  const auto options = command.get_options();
  const auto subs = commands_of(command);
  return std::ranges::any_of(options, has_it) ||
         std::ranges::any_of(subs, [&](const CLI::App* sub) { return is_long_option(*sub, name); });
}

std::string unknown_option(const CLI::App& command, const CLI::App& innermost, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  const std::vector<std::string> of_innermost = option_names(innermost);
  if (&command != &innermost && std::ranges::find(of_innermost, name) != of_innermost.end())
    return fmt::format("{} belongs behind `{}`", name, name_of(innermost));
  return fmt::format("{} is no option of `{}`{}", one_line(name), name_of(command),
                     did_you_mean(name, option_names(command)));
}

std::string unknown_command(const CLI::App& command, const std::string& word) {
  const std::vector<std::string> known = command_names(command);
  const std::string meant = did_you_mean(word, known);
  return fmt::format("'{}' is no command of `{}`{}", one_line(word), name_of(command),
                     meant.empty() ? fmt::format("; choose {}", fmt::join(known, ", ")) : meant);
}

// A word that no command could do anything with, or nothing.
std::string left_over(const std::vector<const CLI::App*>& way) {
  for (const CLI::App* command : way) {
    const std::vector<std::string> words = command->remaining();
    if (words.empty()) continue;
    const std::string& word = words.front();
    if (word.size() > 1 && word.starts_with('-')) return unknown_option(*command, *way.back(), word);
    if (!commands_of(*command).empty() && command == way.back()) return unknown_command(*command, word);
    return fmt::format("'{}' is one word too many; put a text of several words between quotation marks",
                       one_line(word));
  }
  return "";
}

// "A requires B": the two names.
std::pair<std::string, std::string> names_around(const std::string& text, const std::string& word) {
  const size_t at = text.find(word);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + word.size())};
}

std::string reworded(const CLI::App& command, const CLI::ParseError& error) {
  const std::string text = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    if (!commands_of(command).empty())
      return fmt::format("name a command of `{}`: {}", name_of(command),
                         fmt::join(command_names(command), ", "));
    return fmt::format("{} is missing", names_around(text, " is required").first);
  }
  if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    const auto [name, needed] = names_around(text, " requires ");
    return fmt::format("{} does nothing without {}", name, needed);
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    const auto [name, other] = names_around(text, " excludes ");
    return fmt::format("{} and {} cannot be given together", name, other);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr && text.ends_with(" missing"))
    return fmt::format("{}: the value is missing", names_around(text, ": ").first);
  return text;
}

}  // namespace

std::vector<std::string> reversed_arguments(const CLI::App& program, int argc, const char* const* argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    const bool without_value = word.starts_with("--") && word.ends_with('=');
    if (without_value && is_long_option(program, word.substr(0, word.size() - 1)))
      words.insert(words.end(), {word.substr(0, word.size() - 1), ""});
    else
      words.push_back(std::move(word));
  }
  std::ranges::reverse(words);
  return words;
}

std::string usage_problem(const CLI::App& program, const CLI::ParseError& error) {
  const auto way = way_to_command(program);
  const bool of_words = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                        dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  std::string problem = of_words ? left_over(way) : "";
  if (problem.empty()) problem = reworded(*way.back(), error);
  const bool asks = problem.ends_with('?');
  return fmt::format("{}{} `{} --help` lists what there is", problem, asks ? "" : ";", name_of(*way.back()));
}

}  // namespace diorama::cli
