#include "base/text_encoding.h"

#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;

// U+1F431, a cat, takes two units in UTF-16.
const std::string kText = "red \xC3\xA9 \xF0\x9F\x90\xB1";

std::string utf16(std::u16string_view text, bool big, bool mark) {
  std::string bytes;
  const auto put = [&](char16_t unit) {
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
    bytes += big ? std::string{high, low} : std::string{low, high};
  };
  if (mark) put(u'\uFEFF');
  for (const char16_t unit : text) put(unit);
  return bytes;
}

TEST(DecodeText, reads_what_editors_and_shells_write) {
  EXPECT_EQ(decode_text(kText, "p.txt"), kText);
  EXPECT_EQ(decode_text("\xEF\xBB\xBF" + kText, "p.txt"), kText) << "with the mark of Windows editors";
  for (const bool big : {false, true})
    for (const bool mark : {false, true})
      EXPECT_EQ(decode_text(utf16(u"red \u00E9 \U0001F431", big, mark), "p.txt"), kText) << big << mark;
  EXPECT_EQ(decode_text("", "p.txt"), "");
  EXPECT_EQ(decode_text("\xEF\xBB\xBF", "p.txt"), "");
  EXPECT_EQ(decode_text("\xFF\xFE", "p.txt"), "");
}

TEST(DecodeText, utf16_of_other_scripts_is_known_by_its_mark) {
  EXPECT_EQ(decode_text(utf16(u"\u732B", false, true), "p.txt"), "\xE7\x8C\xAB");
  EXPECT_EQ(decode_text(utf16(u"\u732B", true, true), "p.txt"), "\xE7\x8C\xAB");
}

TEST(DecodeText, line_ends_become_one) {
  EXPECT_EQ(decode_text("a\r\nb\rc\n\r\n", "p.txt"), "a\nb\nc\n\n");
  EXPECT_EQ(decode_text(utf16(u"a\r\nb", false, true), "p.txt"), "a\nb");
}

TEST(DecodeText, a_code_page_is_refused_with_the_way_to_convert_it) {
  expect_fault(Fault::usage, {"p.txt: is not UTF-8", "byte 4", "0xE9", "iconv"},
               [] { decode_text("caf\xE9 at night", "p.txt"); });
  expect_fault(Fault::model_file, {"p.txt"}, [] { decode_text("\x80", "p.txt", Fault::model_file); });
  EXPECT_EQ(decode_text("\xEF\xBF\xBD", "p.txt"), "\xEF\xBF\xBD")
      << "the replacement character itself is text";
}

TEST(DecodeText, what_is_no_text_is_refused) {
  using namespace std::string_literals;
  expect_fault(Fault::usage, {"p.txt", "zero character"},
               [] { decode_text("red heart\0 and more text"s, "p.txt"); });
  expect_fault(Fault::usage, {"p.txt", "zero character"},
               [] { decode_text("\xFF\xFE\0\0r\0\0\0"s, "p.txt"); });
  expect_fault(Fault::usage, {"p.txt", "breaks off"}, [] { decode_text("\xFF\xFEr\0e"s, "p.txt"); });
  for (const std::u16string_view alone : {u"a\xD83D",
                                          u"a\xD83D"
                                          "b",
                                          u"a\xDC31"})
    expect_fault(Fault::usage, {"p.txt", "damaged"},
                 [&] { decode_text(utf16(alone, false, true), "p.txt"); });
}

}  // namespace
}  // namespace diorama
