#include "io/prompt_text.h"

#include <gtest/gtest.h>

namespace diorama {
namespace {

// Expected values are those of Python's str.lower().strip().
TEST(NormalisePrompt, lowers_letters_of_every_script) {
  EXPECT_EQ(normalise_prompt("A Red APPLE"), "a red apple");
  EXPECT_EQ(normalise_prompt("ÀÉÎÕÜ ŒŸ ŁŽ"), "àéîõü œÿ łž");
  EXPECT_EQ(normalise_prompt("ΑΒΓ ΔΩ"), "αβγ δω");
  EXPECT_EQ(normalise_prompt("ЖИВОТНОЕ Ё"), "животное ё");
  EXPECT_EQ(normalise_prompt("İ"), "i̇");
  EXPECT_EQ(normalise_prompt("ẞ Ǆ Ⅳ Ａ 𐐀"), "ß ǆ ⅳ ａ 𐐨");
}

TEST(NormalisePrompt, leaves_the_rest_alone) {
  EXPECT_EQ(normalise_prompt("3d, 中文 ß ı ×÷ []{}@`"), "3d, 中文 ß ı ×÷ []{}@`");
}

TEST(NormalisePrompt, strips_white_space_at_the_ends_only) {
  EXPECT_EQ(normalise_prompt(" \t\n a  b \r\n"), "a  b");
  EXPECT_EQ(normalise_prompt("\u00a0\u3000x\u2003y\u2028\u0085"), "x\u2003y");
  EXPECT_EQ(normalise_prompt(" \u200b "), "\u200b") << "zero width is no white space";
  EXPECT_EQ(normalise_prompt(" \t "), "");
  EXPECT_EQ(normalise_prompt(""), "");
}

TEST(NormalisePrompt, any_bytes_become_utf8) {
  EXPECT_EQ(normalise_prompt(" A\xff "), "a\xef\xbf\xbd");
}

}  // namespace
}  // namespace diorama
