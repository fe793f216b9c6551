#include "base/error.h"

#include <gtest/gtest.h>

namespace diorama {
namespace {

TEST(Error, quotes_nothing_that_acts_on_a_terminal) {
  const Error error(Fault::usage, "a.json: \x1b]0;owned\x07: remove\nit");
  EXPECT_EQ(std::string(error.what()), "a.json: \xEF\xBF\xBD]0;owned\xEF\xBF\xBD: remove\xEF\xBF\xBDit");
}

TEST(Error, a_message_of_any_length_keeps_where_it_began_and_what_to_do) {
  const std::string message =
      Error(Fault::usage, "a.json: '" + std::string(10'000'000, 'x') + "'; rename it").what();
  EXPECT_LE(message.size(), 600u);
  EXPECT_TRUE(message.starts_with("a.json: 'xxx")) << message;
  EXPECT_TRUE(message.ends_with("x'; rename it")) << message;
}

}  // namespace
}  // namespace diorama
