#include "base/utf8.h"

#include <gtest/gtest.h>

namespace diorama {
namespace {

TEST(Utf8, every_code_point_survives_a_round_trip) {
  for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    if (code_point >= 0xD800 && code_point < 0xE000) continue;
    std::string text;
    append_utf8(text, code_point);
    std::string_view rest = text;
    ASSERT_EQ(take_code_point(rest), code_point);
    ASSERT_TRUE(rest.empty()) << static_cast<uint32_t>(code_point);
  }
}

TEST(Utf8, encodes_the_boundaries_as_the_standard_has_them) {
  const auto encoded = [](char32_t code_point) {
    std::string text;
    append_utf8(text, code_point);
    return text;
  };
  EXPECT_EQ(encoded(0x7F), "\x7F");
  EXPECT_EQ(encoded(0x80), "\xC2\x80");
  EXPECT_EQ(encoded(0x7FF), "\xDF\xBF");
  EXPECT_EQ(encoded(0x800), "\xE0\xA0\x80");
  EXPECT_EQ(encoded(0xFFFF), "\xEF\xBF\xBF");
  EXPECT_EQ(encoded(0x10000), "\xF0\x90\x80\x80");
  EXPECT_EQ(encoded(0x10FFFF), "\xF4\x8F\xBF\xBF");
}

TEST(Utf8, what_is_not_utf8_becomes_the_replacement_character) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(to_valid_utf8("a\xFF"
                          "b"),
            "a" + r + "b");
  EXPECT_EQ(to_valid_utf8("\xC3"), r) << "cut short";
  EXPECT_EQ(to_valid_utf8("\xC3("), r + "(") << "no continuation";
  EXPECT_EQ(to_valid_utf8("\x80"), r) << "a continuation alone";
  EXPECT_EQ(to_valid_utf8("\xC0\xAF"), r + r) << "overlong";
  EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), r + r + r) << "surrogate";
  EXPECT_EQ(to_valid_utf8("\xF4\x90\x80\x80"), r + r + r + r) << "above the last code point";
  EXPECT_EQ(to_valid_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
}

TEST(Utf8, what_moves_a_cursor_is_not_printed) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(to_printable_utf8("a\x1B[2Jb\r"), "a" + r + "[2Jb" + r);
  EXPECT_EQ(to_printable_utf8("\xC2\x9B"
                              "1m\x7F"),
            r + "1m" + r)
      << "C1 controls are escapes too";
  EXPECT_EQ(to_printable_utf8("two\nlines\tcaf\xC3\xA9"), "two\nlines\tcaf\xC3\xA9");
}

TEST(Utf8, what_turns_the_direction_of_writing_is_not_printed) {
  const std::string r = "\xEF\xBF\xBD";
  for (const char32_t mark : {0x61C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069}) {
    std::string text = "a";
    append_utf8(text, mark);
    EXPECT_EQ(to_printable_utf8(text), "a" + r) << static_cast<uint32_t>(mark);
  }
}

TEST(Utf8, one_line_is_one_line_and_no_longer_than_it_may_be) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(one_line("a\nb\tc\r"), "a" + r + "b" + r + "c" + r);
  EXPECT_EQ(one_line("1234567890", 10), "1234567890");
  EXPECT_EQ(one_line("12345678901", 10), "1234567...");
  EXPECT_EQ(one_line("caf\xC3\xA9 caf\xC3\xA9", 8), "caf\xC3\xA9...") << "code points stay whole";
  EXPECT_EQ(one_line("\xC3\xA9\xC3\xA9", 2), "..");
  EXPECT_EQ(one_line(std::string(1'000'000, 'x')).size(), 80u);
}

}  // namespace
}  // namespace diorama
