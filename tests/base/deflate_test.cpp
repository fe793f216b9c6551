#include "base/deflate.h"

#include <gtest/gtest.h>

namespace diorama {
namespace {

std::string text_of(size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i * i % 23);
  return text;
}

TEST(Inflate, gives_back_what_was_packed) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65536}, size_t{200'000}}) {
    std::string plain = "left over";
    EXPECT_EQ(inflate(deflate(text_of(size)), size, plain), Inflated::whole) << size;
    EXPECT_EQ(plain, text_of(size));
  }
}

TEST(Inflate, stops_where_more_than_is_allowed_comes) {
  std::string plain;
  EXPECT_EQ(inflate(deflate(text_of(1001)), 1000, plain), Inflated::too_long);
  const std::string bomb = deflate(std::string(size_t{64} << 20, ' '));
  plain.shrink_to_fit();
  EXPECT_EQ(inflate(bomb, size_t{1} << 20, plain), Inflated::too_long);
  EXPECT_LE(plain.capacity(), size_t{4} << 20);
}

TEST(Inflate, tells_damaged_data) {
  const std::string packed = deflate(text_of(1000));
  std::string plain;
  for (size_t size = 0; size < packed.size(); ++size)
    EXPECT_EQ(inflate(packed.substr(0, size), 1000, plain), Inflated::damaged) << size;
  std::string other = packed;
  other.back() = static_cast<char>(other.back() ^ 1);  // the check sum
  EXPECT_EQ(inflate(other, 1000, plain), Inflated::damaged);
}

// Before any memory is taken: this size could not be had.
TEST(Inflate, what_cannot_become_so_long_is_refused_first) {
  EXPECT_TRUE(inflate_exactly(deflate("abc"), size_t{1} << 60).empty());
}

TEST(Inflate, takes_and_gives_pieces_of_any_size) {
  const std::string text = text_of(5000);
  const std::string packed = deflate(text);
  for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}}) {
    Inflater inflater;
    std::string plain;
    uint8_t piece[100];
    for (size_t i = 0; i < packed.size(); i += step) {
      inflater.feed(std::string_view(packed).substr(i, step));
      for (size_t count = sizeof(piece); count == sizeof(piece);) {
        count = inflater.read(piece);
        plain.append(reinterpret_cast<const char*>(piece), count);
      }
    }
    EXPECT_TRUE(inflater.ended());
    EXPECT_EQ(plain, text);
  }
}

TEST(Deflate, packs_pieces_as_one) {
  const std::string text = text_of(300'000);
  Deflater deflater;
  for (size_t i = 0; i < text.size(); i += 777) {
    const auto piece = std::string_view(text).substr(i, 777);
    deflater.write({reinterpret_cast<const uint8_t*>(piece.data()), piece.size()});
  }
  std::string plain;
  EXPECT_EQ(inflate(deflater.finish(), text.size(), plain), Inflated::whole);
  EXPECT_EQ(plain, text);
}

}  // namespace
}  // namespace diorama
