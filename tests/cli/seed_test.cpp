#include "cli/seed.h"

#include <limits>

#include "test_folder.h"

namespace diorama::cli {
namespace {

using test::expect_fault;

TEST(Seed, has_all_64_bits) {
  EXPECT_EQ(parse_seed("18446744073709551615").number, std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(parse_seed("12345678901234567890").number, 12345678901234567890u);
  EXPECT_EQ(parse_seed("9223372036854775808").draw(), uint64_t{1} << 63);
  EXPECT_EQ(parse_seed("0").draw(), 0u);
}

TEST(Seed, is_decimal) {
  EXPECT_EQ(parse_seed("0100").number, 100u);
  EXPECT_EQ(parse_seed("0899").number, 899u);
}

TEST(Seed, negative_ones_and_the_word_mean_any) {
  for (const char* text : {"-1", "-7", "random"}) EXPECT_EQ(parse_seed(text), Seed{}) << text;
  EXPECT_NE(Seed{}.draw(), Seed{}.draw()) << "once in 2^32";
}

TEST(Seed, what_is_none_is_refused) {
  for (const char* text :
       {"18446744073709551616", "", "0x10", "1e3", "+5", "1'000", "-", "- 1", "1.5", "seven"})
    expect_fault(Fault::usage, {"[seed]", text, "18446744073709551615"}, [&] { parse_seed(text); });
}

}  // namespace
}  // namespace diorama::cli
