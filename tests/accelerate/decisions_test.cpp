#include "accelerate/decisions.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <nlohmann/json.hpp>

#include "accelerate/method.h"
#include "test_folder.h"

namespace diorama::accelerate {
namespace {

using Mode = Decisions::Mode;

int three() {
  return 3;
}
int never() {
  ADD_FAILURE() << "a rule was asked";
  return 0;
}

// It lives on: a use points to it.
const Method& method(std::string_view name, int most) {
  static std::deque<Method> methods;
  return methods.emplace_back(Method{.name = name, .most = most});
}

RunShape run_of(int evaluations) {
  RunShape run;
  run.evaluations.resize(static_cast<size_t>(evaluations));
  run.num_blocks = 4;
  run.num_tokens = 6;
  return run;
}

Decisions read_back(const Decisions& decisions) {
  return Decisions::read(Config::parse(decisions.to_json().dump(), "recipe"));
}

TEST(Decisions, are_the_rules_answers_and_kept) {
  Decisions decisions;
  EXPECT_EQ(decisions.choose("block_caching", 1, 2, three), 3);
  EXPECT_EQ(decisions.choose_measured("block_caching", 0, 0, three), 3);
  EXPECT_TRUE(decisions.engaged("block_caching"));
  EXPECT_FALSE(decisions.engaged("evaluation_caching"));
  EXPECT_EQ(decisions.to_json().at("block_caching"), nlohmann::json({"3", "003"}));
}

TEST(Decisions, are_replayed_without_asking_a_rule) {
  Decisions made;
  made.choose("block_caching", 1, 2, three);
  Decisions again = read_back(made);
  EXPECT_EQ(again.mode(), Mode::replay);
  EXPECT_EQ(again.choose("block_caching", 1, 2, never), 3);
  EXPECT_EQ(again.choose("block_caching", 1, 1, never), 0);
  EXPECT_EQ(again.choose("block_caching", 99, 99, never), 0) << "beyond its table a run computes";
  EXPECT_EQ(again.look("block_caching", 1, 2, never), 3);
  EXPECT_EQ(again.choose_measured("block_caching", 1, 2, never), 3);
  EXPECT_EQ(again.to_json(), made.to_json());
}

TEST(Decisions, looking_ahead_keeps_nothing) {
  Decisions decisions;
  EXPECT_EQ(decisions.look("block_caching", 5, 0, three), 3);
  EXPECT_TRUE(decisions.to_json().empty());
}

TEST(Decisions, foreseen_ones_compute_what_has_to_be_measured) {
  Decisions decisions(Mode::foresee);
  EXPECT_EQ(decisions.choose("block_caching", 0, 0, three), 3);
  EXPECT_EQ(decisions.choose_measured("measured", 0, 0, never), 0);
}

TEST(Decisions, computing_everywhere_asks_nobody_and_keeps_for_later) {
  Decisions decisions(Mode::compute);
  EXPECT_EQ(decisions.choose("block_caching", 0, 0, never), 0);
  EXPECT_TRUE(decisions.is_used_after("block_caching", 0, 5, 0, [](int) { return never(); }));
}

TEST(Decisions, a_later_use_is_seen_by_the_rule_of_each_evaluation) {
  const Decisions decisions;
  const auto at_three = [](int evaluation) { return evaluation == 3 ? 1 : 0; };
  EXPECT_TRUE(decisions.is_used_after("block_caching", 2, 5, 0, at_three));
  EXPECT_FALSE(decisions.is_used_after("block_caching", 3, 5, 0, at_three))
      << "its own evaluation is not a later one";
  EXPECT_FALSE(decisions.is_used_after("block_caching", 0, 3, 0, at_three)) << "the run ends before";
}

TEST(Decisions, of_a_method_that_was_not_there_or_of_larger_digits_are_refused) {
  Decisions made;
  made.choose("block_caching", 0, 0, three);
  Decisions again = read_back(made);
  EXPECT_NO_THROW(again.expect({MethodUse(method("block_caching", 3))}, run_of(1)));
  test::expect_fault(Fault::usage, {"block_caching"},
                     [&] { again.expect({MethodUse(method("block_caching", 2))}, run_of(1)); });
  test::expect_fault(Fault::usage, {"evaluation_caching"}, [&] {
    again.expect({MethodUse(method("block_caching", 3)), MethodUse(method("evaluation_caching", 9))},
                 run_of(1));
  });
  test::expect_fault(Fault::usage, {"block_caching"}, [&] { again.expect({}, run_of(1)); });
  Decisions fresh;
  fresh.expect({MethodUse(method("block_caching", 1))}, run_of(1));
  EXPECT_TRUE(fresh.to_json().contains("block_caching"))
      << "an engaged method leaves a table, if an empty one";
}

TEST(Decisions, token_sets_are_replayed_in_the_run_they_are_of_only) {
  Decisions made;
  made.choose("token_merging", 4, 0, [] { return 1; });
  const std::vector<int32_t> some{0, 2, 5};
  const auto rule = [&] { return some; };
  EXPECT_EQ(made.choose_tokens("token_merging", 4, 1, 3, 6, rule), some);
  EXPECT_EQ(made.kept_tokens(4, 6), (std::vector<uint8_t>{1, 0, 1, 0, 0, 1}));
  EXPECT_TRUE(made.kept_tokens(3, 6).empty());

  const auto no_rule = []() -> std::vector<int32_t> {
    ADD_FAILURE() << "a rule was asked";
    return {};
  };
  Decisions again = read_back(made);
  again.expect({MethodUse(method("token_merging", 9))}, run_of(5));
  EXPECT_EQ(again.choose_tokens("token_merging", 4, 1, 3, 6, no_rule), some);
  for (const auto& [evaluation, digit, count, tokens] :
       {std::array{3, 1, 3, 6}, std::array{4, 2, 3, 6}, std::array{4, 1, 2, 6}, std::array{4, 1, 3, 7}})
    test::expect_fault(Fault::usage, {"token_merging"}, [&] {
      again.choose_tokens("token_merging", evaluation, digit, count, tokens, no_rule);
    });
}

}  // namespace
}  // namespace diorama::accelerate
