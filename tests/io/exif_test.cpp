// Texts in the EXIF of JPEG, WebP and PNG.
#include "io/exif.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "io/picture_texts.h"
#include "io/png_chunks.h"
#include "io/user_comment.h"
#include "test_folder.h"

namespace diorama {
namespace {

using namespace std::string_literals;

constexpr const char* kText =
    "a café 🍎\nNegative prompt: 雨\nSteps: 20, Sampler: Euler, Seed: 18446744073709551615, Size: 64x32";

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string number(uint32_t value, int size, ByteOrder order) {
  std::string text;
  for (int i = 0; i < size; ++i)
    text += static_cast<char>(value >> 8 * (order == ByteOrder::big ? size - 1 - i : i));
  return text;
}

// Of the text above.
std::string utf16(ByteOrder order) {
  std::string text;
  for (const char32_t c : std::u32string(U"a café 🍎\nNegative prompt: 雨\nSteps: 20, Sampler: Euler, Seed: "
                                         U"18446744073709551615, Size: 64x32")) {
    if (c < 0x10000) {
      text += number(c, 2, order);
      continue;
    }
    text += number(0xD800 + ((c - 0x10000) >> 10), 2, order);
    text += number(0xDC00 + ((c - 0x10000) & 0x3FF), 2, order);
  }
  return text;
}

std::string entry(uint32_t tag, uint32_t type, uint32_t count, uint32_t value, ByteOrder order) {
  return number(tag, 2, order) + number(type, 2, order) + number(count, 4, order) + number(value, 4, order);
}

// A TIFF with a camera's name and, in a directory of its own, a comment.
std::string tiff(const std::string& comment, ByteOrder order, const std::string& model = "a camera\0"s) {
  const uint32_t size = 2 + 2 * 12 + 4, sub = 8 + size, sub_size = 2 + 12 + 4;
  const uint32_t model_at = sub + sub_size, comment_at = model_at + static_cast<uint32_t>(model.size());
  return (order == ByteOrder::big ? "MM" : "II") + number(42, 2, order) + number(8, 4, order) +
         number(2, 2, order) + entry(0x0110, 2, static_cast<uint32_t>(model.size()), model_at, order) +
         entry(0x8769, 4, 1, sub, order) + number(0, 4, order) + number(1, 2, order) +
         entry(0x9286, 7, static_cast<uint32_t>(comment.size()), comment_at, order) + number(0, 4, order) +
         model + comment;
}

std::string segment(char marker, const std::string& data) {
  return "\xFF"s + marker + number(static_cast<uint32_t>(data.size()) + 2, 2, ByteOrder::big) + data;
}

std::string jpeg(const std::string& exif) {
  return "\xFF\xD8"s + segment('\xE0', "JFIF\0\1\1\0\0\1\0\1\0\0"s) +
         segment('\xE1', "http://ns.adobe.com/xap/1.0/\0x"s) + "\xFF"s + segment('\xE1', "Exif\0\0"s + exif) +
         segment('\xDB', std::string(65, '\1')) + segment('\xDA', "x") + "pixels\xFF\xD9";
}

std::string riff_chunk(const std::string& kind, const std::string& data) {
  return kind + number(static_cast<uint32_t>(data.size()), 4, ByteOrder::little) + data +
         std::string(data.size() % 2, '\0');
}

std::string webp(const std::string& exif) {
  const std::string chunks = "WEBP" + riff_chunk("VP8X", std::string(10, '\0')) + riff_chunk("VP8 ", "odd") +
                             riff_chunk("EXIF", exif);
  return riff_chunk("RIFF", chunks);
}

std::string png(const std::string& exif) {
  return std::string(png::kSignature) +
         png::make_chunk("IHDR", std::string("\0\0\0\1\0\0\0\1\x8\2\0\0\0", 13)) +
         png::make_chunk("eXIf", exif) + png::make_chunk("IEND", "");
}

void expect_right(const std::optional<Recipe>& recipe) {
  ASSERT_TRUE(recipe.has_value());
  EXPECT_EQ(recipe->prompt, "a café 🍎");
  EXPECT_EQ(recipe->negative_prompt, "雨");
  EXPECT_EQ(recipe->steps, 20);
  EXPECT_EQ(recipe->sampler, "euler");
  EXPECT_EQ(recipe->seed, 18446744073709551615u);
  EXPECT_EQ(recipe->width, 64);
}

// Programs mix the order of the file and that of the comment.
TEST(Exif, comments_are_read_in_every_encoding) {
  for (const ByteOrder order : {ByteOrder::big, ByteOrder::little})
    for (const std::string& comment :
         {"UNICODE\0"s + utf16(ByteOrder::big), "UNICODE\0"s + utf16(ByteOrder::little),
          "UNICODE\0\xFE\xFF"s + utf16(ByteOrder::big), "UNICODE\0\xFF\xFE"s + utf16(ByteOrder::little),
          "UNICODE\0"s + kText, "ASCII\0\0\0"s + kText, "\0\0\0\0\0\0\0\0"s + kText, std::string(kText),
          "ASCII\0\0\0"s + kText + " \0\0"s})
      for (const std::string& file : {jpeg(tiff(comment, order)), webp(tiff(comment, order)),
                                      webp("Exif\0\0"s + tiff(comment, order)), png(tiff(comment, order))})
        expect_right(recipe_in_picture(bytes(file), "x"));
}

TEST(Exif, json_of_swarmui_and_fooocus_is_read) {
  const std::string swarm = R"({"sui_image_params": {"prompt": "a cat", "seed": 77}})";
  const std::string file = jpeg(tiff("ASCII\0\0\0"s + swarm, ByteOrder::little));
  EXPECT_EQ(recipe_in_picture(bytes(file), "x")->seed, 77u);
}

TEST(Exif, graphs_of_comfyui_stand_where_cameras_have_their_name) {
  const std::string graph =
      R"(prompt:{"1": {"class_type": "K", "inputs": {"steps": 4, "cfg": 1, "positive": "a cat", "negative": ""}}})"
      "\0"s;
  const auto recipe = recipe_in_picture(bytes(webp(tiff("", ByteOrder::little, graph))), "x");
  EXPECT_EQ(recipe.value().prompt, "a cat");
}

TEST(Exif, pictures_without_a_recipe_have_none) {
  for (const std::string& file :
       {jpeg(""), jpeg("MM"), webp("garbage garbage"), webp(tiff("", ByteOrder::big)),
        jpeg(tiff("JIS\0\0\0\0\0abc"s, ByteOrder::big)), jpeg(tiff("ASCII\0\0\0"s, ByteOrder::big)),
        "\xFF\xD8\xFF\xDA"s + "xxxx", "\xFF\xD8\xFF\xD9"s + "xxxx", "\xFF\xD8\xFF\xE1\0\1xx"s, png("II")})
    EXPECT_EQ(recipe_in_picture(bytes(file), "x"), std::nullopt);
}

TEST(Exif, files_that_are_cut_or_damaged_anywhere_are_survived) {
  const std::string comment = "UNICODE\0"s + utf16(ByteOrder::big);
  for (const std::string& whole :
       {jpeg(tiff(comment, ByteOrder::big)), webp(tiff(comment, ByteOrder::little))})
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string damaged = whole;
      for (const char value : {'\0', '\x7F', '\xFF'}) {
        damaged[i] = value;
        try {
          recipe_in_picture(bytes(damaged), "x");
          recipe_in_picture(bytes(std::string_view(damaged).substr(0, i)), "x");
        } catch (const Error& error) {
          EXPECT_EQ(error.fault(), Fault::file_system) << error.what();
        }
      }
    }
}

TEST(Exif, cut_off_files_are_told) {
  const std::string comment = "ASCII\0\0\0"s + kText;
  const std::string a = jpeg(tiff(comment, ByteOrder::big)), b = webp(tiff(comment, ByteOrder::big));
  test::expect_fault(Fault::file_system, {"x.jpg", "JPEG is cut off"},
                     [&] { recipe_in_picture(bytes(std::string_view(a).substr(0, 60)), "x.jpg"); });
  test::expect_fault(Fault::file_system, {"x.webp", "WebP is cut off"}, [&] {
    recipe_in_picture(bytes(std::string_view(b).substr(0, b.size() - 9)), "x.webp");
  });
}

TEST(PictureFile, is_a_png_a_jpeg_or_a_webp) {
  const test::TestFolder folder;
  for (const std::string& file : {jpeg(""), webp(""), png("II")})
    EXPECT_EQ(read_picture_file(folder.write("a", file)), file);
  folder.write("gif", "GIF89a and so on");
  folder.write("wave", "RIFF\1\1\1\1WAVEfmt ");
  folder.write("short", "\xFF\xD8");
  folder.write("empty", "");
  for (const char* name : {"gif", "wave", "short", "empty"})
    test::expect_fault(Fault::file_system, {name, "neither a PNG nor a JPEG nor a WebP"},
                       [&] { read_picture_file(folder / name); });
}

}  // namespace
}  // namespace diorama
