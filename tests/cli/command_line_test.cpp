// What the command line takes and refuses, before any command runs.
#include <gtest/gtest.h>

#include <memory>

#include "cli/commands.h"
#include "cli/usage_error.h"

namespace diorama::cli {
namespace {

// The program's command line, which can be read once.
class CommandLine {
 public:
  CommandLine() { add_commands(program_, result_); }

  CLI::App& program() { return program_; }
  // What is said about these words; they must not make a command run.
  std::string problem(std::vector<const char*> words) {
    words.insert(words.begin(), "diorama");
    try {
      program_.parse(reversed_arguments(program_, static_cast<int>(words.size()), words.data()));
    } catch (const CLI::ParseError& error) {
      return usage_problem(program_, error);
    }
    return "nothing";
  }

 private:
  CLI::App program_{"", "diorama"};
  int result_ = 0;
};

void expect_problem(std::vector<const char*> words, std::initializer_list<std::string_view> parts) {
  const std::string problem = CommandLine().problem(std::move(words));
  for (const std::string_view part : parts) EXPECT_NE(problem.find(part), std::string::npos) << problem;
}

// Every option that takes a value, of every command.
void for_each_option(CLI::App& command, const std::function<void(CLI::Option&)>& act) {
  for (CLI::Option* option : command.get_options())
    if (option->get_items_expected_max() > 0) act(*option);
  for (CLI::App* sub : command.get_subcommands({})) for_each_option(*sub, act);
}

bool takes(CLI::Option& option, const std::string& value) {
  try {
    option.clear();
    option.add_result(value);
    option.run_callback();
    return true;
  } catch (const CLI::ParseError&) {
    return false;
  }
}

TEST(CommandLine, every_number_is_decimal) {
  CommandLine line;
  int numbers = 0;
  for_each_option(line.program(), [&](CLI::Option& option) {
    const std::string type = option.get_type_name();
    if (!type.starts_with("INT") && !type.starts_with("UINT") && !type.starts_with("FLOAT")) return;
    ++numbers;
    for (const char* text :
         {"0x10", "1e1", "+16", "1'6", "1_6", "16 ", "0b10000", "nan", "inf", "many", "16px"})
      EXPECT_FALSE(takes(option, text)) << option.get_name() << " takes " << text;
    EXPECT_TRUE(takes(option, "016") || takes(option, "01")) << option.get_name();
  });
  EXPECT_GE(numbers, 25);
}

TEST(CommandLine, leading_zeros_mean_nothing) {
  CommandLine line;
  CLI::Option* const count = line.program().get_subcommand("render")->get_option("--count");
  ASSERT_TRUE(takes(*count, "010"));
  EXPECT_EQ(count->as<int>(), 10);
}

TEST(CommandLine, no_value_but_a_prompt_is_empty) {
  CommandLine line;
  for_each_option(line.program(), [](CLI::Option& option) {
    const bool is_prompt = option.get_name() == "--prompt" || option.get_name() == "--negative-prompt";
    EXPECT_EQ(takes(option, ""), is_prompt) << option.get_name();
  });
  expect_problem({"render", "-p", "x", "--model="}, {"--model", "empty"});
  expect_problem({"models", "info", ""}, {"model", "empty"});
}

TEST(CommandLine, an_option_is_no_value_of_another) {
  expect_problem({"render", "-p", "--overwrite"}, {"--prompt", "missing", "--overwrite"});
  expect_problem({"render", "--seed"}, {"--seed", "missing"});
}

TEST(CommandLine, a_mistyped_command_is_named_with_what_was_meant) {
  expect_problem({"redner", "-p", "red heart"}, {"'redner'", "did you mean render?"});
  expect_problem({"models", "quantise", "diorama-mini", "q"},
                 {"'quantise'", "diorama models", "did you mean quantize?"});
  expect_problem({"paint"}, {"'paint'", "choose render"});
  expect_problem({}, {"name a command", "render"});
  expect_problem({"models"}, {"name a command of `diorama models`", "quantize"});
}

TEST(CommandLine, a_mistyped_option_is_named_with_what_was_meant) {
  expect_problem({"render", "--stpes", "5"}, {"--stpes", "`diorama render`", "did you mean --steps?"});
  expect_problem({"trace", "mini", "--input", "a", "--outputs", "b"}, {"--input ", "did you mean --inputs?"});
  expect_problem({"--seed", "5", "render"}, {"--seed belongs behind `diorama render`"});
}

TEST(CommandLine, words_that_lost_their_quotation_marks_are_told_as_such) {
  expect_problem({"render", "-p", "a", "red", "heart"}, {"'red'", "quotation marks"});
}

TEST(CommandLine, choices_are_given_in_words) {
  for (const char* word : {"verbose", "jsno"}) {
    const std::string problem = CommandLine().problem({"render", "-p", "x", "--progress", word});
    EXPECT_NE(problem.find("choose auto, bar, json, none"), std::string::npos) << problem;
    EXPECT_EQ(problem.find("->"), std::string::npos) << problem;
  }
  expect_problem({"render", "-p", "x", "--progress", "jsno"}, {"did you mean json?"});
  expect_problem({"models", "quantize", "a", "b", "--format", "w4a4"},
                 {"choose w4a8, w8a8", "did you mean w4a8?"});
}

TEST(CommandLine, an_option_that_does_nothing_without_another_is_refused) {
  expect_problem({"render", "-p", "x", "--save-steps-decoded"},
                 {"--save-steps-decoded does nothing without --save-steps"});
  expect_problem({"compare", "a.png", "b.png", "--overwrite"},
                 {"--overwrite does nothing without --difference"});
  expect_problem({"tune", "m", "--overwrite"}, {"--overwrite does nothing without --plot"});
  expect_problem({"tune", "m", "--name", "x"}, {"--name does nothing without --target-speed"});
  for (const char* option : {"--blocks", "--modulation", "--steps", "--pictures", "--against"})
    expect_problem({"bench", option, "3"}, {option, "does nothing without"});
}

TEST(CommandLine, what_is_missing_or_does_not_go_together_is_said) {
  expect_problem({"models", "info"}, {"model is missing", "diorama models info --help"});
  expect_problem({"render", "--replay", "a.png", "--steps", "5"}, {"--replay", "--steps", "together"});
}

}  // namespace
}  // namespace diorama::cli
