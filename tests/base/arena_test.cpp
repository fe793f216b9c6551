#include "tensor/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tensor/shape.h"
#include "test_folder.h"

namespace diorama {
namespace {

struct Block {
  size_t offset;
  size_t bytes;
};

bool overlap(const Block& a, const Block& b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

TEST(Arena, live_blocks_never_overlap_and_are_aligned) {
  std::mt19937 random(1);
  Arena arena;
  std::vector<Block> live;
  size_t highest_end = 0;
  for (int i = 0; i < 5000; ++i) {
    if (live.empty() || random() % 5 < 3) {
      const size_t bytes = 1 + random() % 5000;
      const Block block{arena.allocate(bytes), bytes};
      EXPECT_EQ(block.offset % Arena::kAlignment, 0u);
      for (const Block& other : live) ASSERT_FALSE(overlap(block, other)) << "step " << i;
      live.push_back(block);
      highest_end = std::max(highest_end, block.offset + block.bytes);
    } else {
      const size_t victim = random() % live.size();
      arena.free(live[victim].offset);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(victim));
    }
    size_t live_bytes = 0;
    for (const Block& block : live) live_bytes += block.bytes;
    ASSERT_GE(arena.in_use(), live_bytes);
    ASSERT_GE(arena.peak(), highest_end);
    ASSERT_LT(arena.peak(), highest_end + Arena::kAlignment);
  }
}

TEST(Arena, the_same_calls_give_the_same_offsets) {
  const auto play = [] {
    std::mt19937 random(2);
    Arena arena;
    std::vector<size_t> live, all;
    for (int i = 0; i < 500; ++i) {
      if (live.size() > 10) {
        arena.free(live[random() % 10]);
        live.clear();
      }
      live.push_back(arena.allocate(1 + random() % 3000));
      all.push_back(live.back());
    }
    return all;
  };
  EXPECT_EQ(play(), play());
}

TEST(Arena, freed_neighbours_become_one_range) {
  Arena arena;
  const size_t a = arena.allocate(1000), b = arena.allocate(1000), c = arena.allocate(1000);
  const size_t guard = arena.allocate(1000);
  for (const size_t offset : {a, c, b}) arena.free(offset);  // the middle last
  EXPECT_EQ(arena.allocate(3000), a);
  arena.free(a);
  arena.free(guard);
  EXPECT_TRUE(arena.empty());
  EXPECT_EQ(arena.in_use(), 0u);
}

TEST(Arena, takes_the_range_that_fits_best) {
  Arena arena;
  const size_t large = arena.allocate(8192);
  arena.allocate(256);
  const size_t small = arena.allocate(1024);
  arena.allocate(256);
  arena.free(large);
  arena.free(small);
  EXPECT_EQ(arena.allocate(1024), small);
  EXPECT_EQ(arena.allocate(8192), large);
}

// A size that was counted wrong must not lead to one range that is given twice.
TEST(Arena, what_no_memory_can_hold_is_refused) {
  Arena arena;
  const size_t offset = arena.allocate(1000);
  for (const size_t bytes : {~size_t{0}, ~size_t{0} - 255, size_t{1} << 63, size_t{1} << 62})
    test::expect_fault(Fault::out_of_memory, {"[arena]", "more than any memory"},
                       [&] { arena.allocate(bytes); });
  arena.free(offset);
  EXPECT_TRUE(arena.empty());
}

TEST(Shape, elements_beyond_64_bits_are_refused) {
  EXPECT_EQ((Shape{1 << 20, 1 << 20, 1 << 20, 4}).num_elements(), int64_t{1} << 62);
  test::expect_fault(Fault::out_of_memory, {"[shape] [1048576, 1048576, 1048576, 8]"}, [] {
    static_cast<void>(Shape{1 << 20, 1 << 20, 1 << 20, 8}.num_elements());
  });
}

}  // namespace
}  // namespace diorama
