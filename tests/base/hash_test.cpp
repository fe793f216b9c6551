#include "base/hash.h"

#include <gtest/gtest.h>

namespace diorama {
namespace {

uint64_t hash_of_bytes(std::string_view text) {
  Hash64 hash;
  hash.add(std::as_bytes(std::span(text.data(), text.size())));
  return hash.value();
}

// Values published with the algorithm.
TEST(Hash, is_fnv_1a) {
  EXPECT_EQ(hash_of_bytes(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash_of_bytes("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash_of_bytes("foobar"), 0x85944171f73967e8u);
}

TEST(Hash, texts_cannot_be_mistaken_for_their_neighbours) {
  Hash64 one, other;
  one.add(std::string_view("ab"));
  one.add(std::string_view("c"));
  other.add(std::string_view("a"));
  other.add(std::string_view("bc"));
  EXPECT_NE(one.value(), other.value());
}

uint64_t xxh64_of(std::string_view text) {
  return xxh64(std::as_bytes(std::span(text.data(), text.size())));
}

// Values that the authors' own program gives.
TEST(Hash, xxh64_is_the_published_one) {
  EXPECT_EQ(xxh64_of(""), 0xef46db3751d8e999u);
  EXPECT_EQ(xxh64_of("a"), 0xd24ec4f1a98c6e5bu);
  EXPECT_EQ(xxh64_of("abc"), 0x44bc2cf5ad770999u);
  EXPECT_EQ(xxh64_of("The quick brown fox jumps over the lazy dog, and then some more of it."),
            0xae523b664d0c3271u);
}

TEST(Hash, xxh64_depends_on_every_byte_and_on_the_length) {
  std::string text(100, 'x');
  const uint64_t hash = xxh64_of(text);
  for (size_t i = 0; i < text.size(); ++i) {
    EXPECT_NE(xxh64_of(std::string_view(text).substr(0, i)), hash);
    text[i] = 'y';
    EXPECT_NE(xxh64_of(text), hash);
    text[i] = 'x';
  }
}

}  // namespace
}  // namespace diorama
