#include "io/png.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <array>
#include <cstring>

#include "base/error.h"
#include "generator.h"
#include "io/png_rows.h"
#include "test_folder.h"

namespace diorama {
namespace {

std::span<const std::byte> bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

Image noise_image(int width, int height) {
  Image image{width, height, std::vector<uint8_t>(size_t{3} * width * height)};
  for (size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<uint8_t>((test::value_at(1, i) + 1) * 127.99f);
  return image;
}

Image gradient(int width, int height) {
  Image image = noise_image(width, height);
  for (size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<uint8_t>(i / 3 + i % 3 * 40);
  return image;
}

std::string u32(uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

// An encoder apart from the product's: any colour type, one filter for all rows.
std::string chunk(const std::string& type, const std::string& data) {
  const std::string checked = type + data;
  const uLong crc =
      crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size()));
  return u32(static_cast<uint32_t>(data.size())) + checked + u32(static_cast<uint32_t>(crc));
}

std::string header(uint32_t width, uint32_t height, char depth, char colour, char interlace = 0) {
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", u32(width) + u32(height) + std::string{depth, colour, 0, 0, interlace});
}

std::string packed(const std::string& rows) {
  uLongf size = compressBound(rows.size());
  std::string data(size, '\0');
  compress(reinterpret_cast<Bytef*>(data.data()), &size, reinterpret_cast<const Bytef*>(rows.data()),
           rows.size());
  return data.substr(0, size);
}

// Filters as the standard states them: each byte less its prediction from the unfiltered neighbours.
std::string filtered_png(int width, int height, char colour, int channels, int filter,
                         const std::string& pixels) {
  const int stride = width * channels;
  const auto at = [&](int y, int i) {
    return i < 0 || y < 0 ? 0 : static_cast<uint8_t>(pixels[static_cast<size_t>(y * stride + i)]);
  };
  std::string rows;
  for (int y = 0; y < height; ++y) {
    rows += static_cast<char>(filter);
    for (int i = 0; i < stride; ++i) {
      const int left = i < channels ? 0 : at(y, i - channels);
      const int corner = i < channels ? 0 : at(y - 1, i - channels);
      const int above = at(y - 1, i);
      int paeth = left;
      const int estimate = left + above - corner;
      if (std::abs(estimate - above) < std::abs(estimate - paeth)) paeth = above;
      if (std::abs(estimate - corner) < std::abs(estimate - paeth)) paeth = corner;
      const int predictions[] = {0, left, above, (left + above) / 2, paeth};
      rows += static_cast<char>(at(y, i) - predictions[filter]);
    }
  }
  return header(width, height, 8, colour) + chunk("IDAT", packed(rows)) + chunk("IEND", "");
}

std::string refusal(const std::string& file) {
  try {
    decode_png(bytes(file), "x.png");
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::file_system) << error.what();
    EXPECT_TRUE(std::string_view(error.what()).starts_with("x.png: ")) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(Png, round_trips_pictures) {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{7, 5}, std::pair{64, 33}})
    for (const Image& image : {noise_image(width, height), gradient(width, height)})
      EXPECT_EQ(decode_png(bytes(encode_png(image)), "x.png"), image) << width << " x " << height;
}

TEST(Png, round_trips_texts) {
  const std::vector<PngText> texts = {{"parameters", "a cat\nSteps: 3", false},
                                      {"Unicode", "Käse, 猫, 🐈", false},
                                      {"diorama", std::string(10'000, 'x'), true},
                                      {"both", "größer " + std::string(5'000, 'y'), true},
                                      {"empty", "", false}};
  const Image image = gradient(5, 4);
  const std::string file = encode_png(image, texts);
  EXPECT_EQ(read_png_texts(bytes(file), "x.png"), texts);
  EXPECT_EQ(decode_png(bytes(file), "x.png"), image);
  EXPECT_LT(file.size(), 2'000u);  // the long ones are compressed
}

TEST(Png, is_the_same_for_the_same_input) {
  const std::vector<PngText> texts = {{"diorama", "{}", true}};
  EXPECT_EQ(encode_png(noise_image(20, 20), texts), encode_png(noise_image(20, 20), texts));
}

TEST(Png, reads_every_filter_and_colour_type) {
  struct Colour {
    char type;
    int channels;
  };
  for (const auto& [type, channels] : {Colour{0, 1}, Colour{2, 3}, Colour{4, 2}, Colour{6, 4}})
    for (int filter = 0; filter <= 4; ++filter) {
      constexpr int kWidth = 9;
      constexpr int kHeight = 6;
      std::string pixels;
      Image expected{kWidth, kHeight, {}};
      for (int i = 0; i < kWidth * kHeight * channels; ++i) {
        const bool alpha = channels % 2 == 0 && i % channels == channels - 1;
        pixels += alpha ? '\xff' : static_cast<char>(test::value_at(7, i) * 128);
        const auto value = static_cast<uint8_t>(pixels.back());
        if (!alpha) expected.rgb.insert(expected.rgb.end(), channels < 3 ? 3 : 1, value);
      }
      EXPECT_EQ(decode_png(bytes(filtered_png(kWidth, kHeight, type, channels, filter, pixels)), "x.png"),
                expected)
          << "colour " << int(type) << " filter " << filter;
    }
}

TEST(Png, joins_pixels_that_stand_in_several_chunks) {
  const std::string data = packed(std::string("\0\1\2\3\0\4\5\6", 8));
  const std::string file = header(1, 2, 8, 2) + chunk("IDAT", data.substr(0, 3)) +
                           chunk("IDAT", data.substr(3)) + chunk("IEND", "");
  EXPECT_EQ(decode_png(bytes(file), "x.png").rgb, (std::vector<uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST(Png, reads_utf8_and_latin_1_where_programs_mix_them) {
  const std::string file = header(1, 1, 8, 2) + chunk("tEXt", std::string("a\0K\xe4se", 6)) +
                           chunk("tEXt", std::string("b\0K\xc3\xa4se", 7)) + chunk("IDAT", "") +
                           chunk("IEND", "");
  const auto texts = read_png_texts(bytes(file), "x.png");
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].text, "Käse");
  EXPECT_EQ(texts[1].text, "Käse");
}

TEST(Png, refuses_a_file_cut_anywhere) {
  const std::string file = encode_png(gradient(6, 6), std::vector<PngText>{{"diorama", "{\"a\": 1}", true}});
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_THROW(decode_png(bytes(file.substr(0, size)), "x.png"), Error) << size;
    EXPECT_THROW(read_png_texts(bytes(file.substr(0, size)), "x.png"), Error) << size;
  }
}

// All but those of the text, which pixels do not need.
TEST(Png, refuses_a_file_with_any_byte_changed_that_matters) {
  const PngText text{"parameters", "x", false};
  const std::string plain = encode_png(gradient(6, 6));
  const std::string file = encode_png(gradient(6, 6), std::vector<PngText>{text});
  const size_t begin = 8 + 25, end = begin + file.size() - plain.size();
  for (size_t i = 0; i < file.size(); ++i) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    if (i < begin + 4 || i >= end) {
      EXPECT_THROW(decode_png(bytes(damaged), "x.png"), Error) << i;
      continue;
    }
    EXPECT_EQ(decode_png(bytes(damaged), "x.png"), gradient(6, 6)) << i;
    for (const PngText& read : read_png_texts(bytes(damaged), "x.png")) {
      EXPECT_NE(read, text) << i;
      EXPECT_FALSE(read.problem.empty()) << i;
    }
  }
}

TEST(Png, refuses_what_it_does_not_read) {
  const std::string end = chunk("IEND", "");
  const std::string pixel = chunk("IDAT", packed(std::string(4, '\0')));
  EXPECT_NE(refusal(header(1, 1, 16, 2) + pixel + end).find("8 bits"), std::string::npos);
  refusal(header(1, 1, 8, 3) + pixel + end);
  refusal(header(1, 1, 8, 7) + pixel + end);
  refusal(header(1, 1, 8, 2, 1) + pixel + end);
  refusal(header(0, 1, 8, 2) + pixel + end);
  refusal(header(40'000, 1, 8, 2) + pixel + end);
  refusal(header(1, 1, 8, 2) + end);
  refusal(header(1, 1, 8, 2) + chunk("ABCD", "") + pixel + end);
  refusal(header(1, 1, 8, 2) + chunk("tRNS", "") + pixel + end);
  refusal(header(1, 1, 8, 2) + chunk("IDAT", packed(std::string("\5abc", 4))) + end);
  refusal(header(1, 1, 8, 6) + chunk("IDAT", packed(std::string("\0abc\x7f", 5))) + end);
  refusal("GIF89a");
}

// A few bytes that promise hundreds of megabytes of pixels or text.
TEST(Png, refuses_bombs_before_it_allocates) {
  refusal(header(11'000, 11'000, 8, 2) + chunk("IDAT", packed(std::string(4, '\0'))) + chunk("IEND", ""));
  const std::string bomb = packed(std::string(size_t{80} << 20, ' '));
  const std::string file =
      header(1, 1, 8, 2) + chunk("zTXt", std::string("k\0\0", 3) + bomb) + chunk("IEND", "");
  const auto texts = read_png_texts(bytes(file), "x.png");
  ASSERT_EQ(texts.size(), 1u);
  EXPECT_NE(texts[0].problem.find("more text"), std::string::npos);
  EXPECT_LT(texts[0].text.capacity(), 1000u);
}

std::string with_texts(const std::string& texts) {
  return header(1, 1, 8, 2) + texts + chunk("IEND", "");
}

std::string zero_text(const std::string& keyword, const std::string& text) {
  return chunk("zTXt", keyword + std::string(2, '\0') + packed(text));
}

TEST(Png, malformed_texts_have_a_problem_and_no_text) {
  for (const std::string& text :
       {chunk("zTXt", std::string("k\0", 2)), chunk("zTXt", std::string("k\0\1x", 4)),
        chunk("zTXt", std::string("k\0\0xyz", 6)), chunk("iTXt", std::string("k\0\0", 3)),
        chunk("iTXt", std::string("k\0\0\0en", 6))}) {
    const auto texts = read_png_texts(bytes(with_texts(text)), "x.png");
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_EQ(texts[0].keyword, "k");
    EXPECT_FALSE(texts[0].problem.empty());
    EXPECT_EQ(texts[0].text, "");
  }
}

TEST(Png, what_has_no_keyword_is_no_text) {
  for (const std::string& data : {std::string("no zero"), std::string("\0x", 2), std::string(80, 'k') + '\0'})
    EXPECT_TRUE(read_png_texts(bytes(with_texts(chunk("tEXt", data))), "x.png").empty());
}

// However the texts before it used up the room.
TEST(Png, texts_together_are_bounded_and_each_takes_what_is_left) {
  const size_t mib = size_t{1} << 20;
  const std::string file =
      with_texts(zero_text("a", "ten bytes.") + zero_text("b", std::string(5 * mib, 'b')) +
                 zero_text("c", std::string(10 * mib, 'c')) + zero_text("d", std::string(2 * mib, 'd')) +
                 zero_text("e", "short"));
  const auto texts = read_png_texts(bytes(file), "x.png");
  ASSERT_EQ(texts.size(), 5u);
  EXPECT_EQ(texts[1].text.size(), 5 * mib);
  EXPECT_EQ(texts[2].text.size(), 10 * mib);
  EXPECT_FALSE(texts[3].problem.empty());
  EXPECT_EQ(texts[4].text, "short");
}

TEST(Png, only_the_first_texts_that_are_asked_for_are_read) {
  const std::string bomb = std::string(size_t{17} << 20, ' ');
  const std::string file = with_texts(zero_text("XML:com.adobe.xmp", bomb) + zero_text("wanted", "first") +
                                      zero_text("wanted", bomb) + zero_text("other", "too"));
  const std::vector<std::string_view> keywords{"other", "wanted"};
  EXPECT_EQ(read_png_texts(bytes(file), "x.png", keywords),
            (std::vector<PngText>{{"wanted", "first", true}, {"other", "too", true}}));
}

TEST(Png, of_damaged_texts_one_is_told) {
  std::string broken = chunk("tEXt", std::string("k\0text", 6));
  broken[10] = 'T';
  const auto texts =
      read_png_texts(bytes(with_texts(broken + broken + chunk("tEXt", std::string("k\0good", 6)))), "x.png");
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].keyword, "");
  EXPECT_FALSE(texts[0].problem.empty());
  EXPECT_EQ(texts[1], (PngText{"k", "good"}));
}

TEST(Png, refuses_more_pieces_than_a_picture_has) {
  std::string file = header(1, 1, 8, 2);
  const std::string piece = chunk("tEXt", "");
  for (int i = 0; i < 1 << 20; ++i) file += piece;
  EXPECT_NE(refusal(file + chunk("IEND", "")).find("pieces"), std::string::npos);
}

TEST(PngRows, are_those_of_the_picture) {
  const Image image = noise_image(9, 7);
  const std::string file = encode_png(image);
  PngRows rows(bytes(file), "x.png");
  EXPECT_EQ(rows.width(), 9);
  EXPECT_EQ(rows.height(), 7);
  std::vector<uint8_t> all;
  for (int y = 0; y < 7; ++y) {
    const auto row = rows.next();
    all.insert(all.end(), row.begin(), row.end());
  }
  EXPECT_EQ(all, image.rgb);
}

TEST(PngRows, are_written_as_they_are_read) {
  const Image image = noise_image(9, 7);
  size_t at = 0;
  const std::string file = encode_png_rows(9, 7, [&] {
    at += 27;
    return std::span(image.rgb).subspan(at - 27, 27);
  });
  EXPECT_EQ(decode_png(bytes(file), "x.png"), image);
}

// One row too many or too few, or no check sum at the end.
TEST(PngRows, end_where_the_picture_does) {
  const std::string two_rows("\0\1\2\3\0\4\5\6", 8);
  for (const uint32_t height : {1u, 3u})
    refusal(header(1, height, 8, 2) + chunk("IDAT", packed(two_rows)) + chunk("IEND", ""));
  const std::string data = packed(two_rows);
  refusal(header(1, 2, 8, 2) + chunk("IDAT", data.substr(0, data.size() - 1)) + chunk("IEND", ""));
  EXPECT_EQ(decode_png(bytes(header(1, 2, 8, 2) + chunk("IDAT", data + "more") + chunk("IEND", "")), "x").rgb,
            (std::vector<uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST(PngFile, is_read_only_where_it_begins_as_one) {
  const test::TestFolder folder;
  const std::string png = encode_png(gradient(2, 2));
  EXPECT_EQ(read_png_file(folder.write("a.png", png)), png);
  folder.write("empty", "");
  folder.write("text", "GIF89a, and more than eight bytes");
  std::filesystem::resize_file(folder.write("zeros", ""), uintmax_t{1} << 40);
  std::filesystem::resize_file(folder.write("huge", png), uintmax_t{1} << 40);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const char* name : {"empty", "text", "zeros"})
    test::expect_fault(Fault::file_system, {name, "is not a PNG"}, [&] { read_png_file(folder / name); });
  test::expect_fault(Fault::file_system, {"huge", "larger than"}, [&] { read_png_file(folder / "huge"); });
  test::expect_fault(Fault::file_system, {"pipe", "regular"}, [&] { read_png_file(folder / "pipe"); });
  test::expect_fault(Fault::file_system, {"none"}, [&] { read_png_file(folder / "none"); });
}

TEST(Png, does_not_hide_a_zero_in_a_prompt) {
  try {
    encode_png(gradient(1, 1), std::vector<PngText>{{"parameters", std::string("a\0b", 3), false}});
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::usage);
  }
}

}  // namespace
}  // namespace diorama
