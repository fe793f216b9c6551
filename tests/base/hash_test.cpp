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

}  // namespace
}  // namespace diorama
