#include "base/suggestion.h"

#include <gtest/gtest.h>

#include <vector>

namespace diorama {
namespace {

const std::vector<std::string> kCommands{"render", "models", "devices", "metadata", "compare", "tune"};

TEST(Suggestion, is_the_word_that_needs_the_fewest_changes) {
  EXPECT_EQ(did_you_mean("redner", kCommands), "; did you mean render?") << "two letters exchanged";
  EXPECT_EQ(did_you_mean("rendre", kCommands), "; did you mean render?");
  EXPECT_EQ(did_you_mean("model", kCommands), "; did you mean models?") << "one left off";
  EXPECT_EQ(did_you_mean("compaare", kCommands), "; did you mean compare?") << "one too many";
  EXPECT_EQ(did_you_mean("devixes", kCommands), "; did you mean devices?") << "another one";
  EXPECT_EQ(did_you_mean("RENDER", kCommands), "; did you mean render?");
  EXPECT_EQ(did_you_mean("meta", kCommands), "; did you mean metadata?") << "begun";
}

TEST(Suggestion, there_is_none_where_nothing_is_near) {
  for (const char* typed : {"verbose", "x", "", "paint", "0"})
    EXPECT_EQ(did_you_mean(typed, kCommands), "") << typed;
  EXPECT_EQ(did_you_mean(std::string(1'000'000, 'r'), kCommands), "");
  EXPECT_EQ(did_you_mean("render", std::span<const std::string>()), "");
  const std::vector<std::string_view> letters{"a", "b"};
  EXPECT_EQ(did_you_mean("c", letters), "") << "everything is one change away from one letter";
}

}  // namespace
}  // namespace diorama
