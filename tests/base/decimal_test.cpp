#include "base/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace diorama {
namespace {

TEST(Decimal, leading_zeros_mean_nothing) {
  EXPECT_EQ(parse_decimal<int>("0100"), 100);
  EXPECT_EQ(parse_decimal<int>("0899"), 899);
  EXPECT_EQ(parse_decimal<int>("-007"), -7);
  EXPECT_EQ(parse_decimal<int>("00"), 0);
  EXPECT_EQ(parse_decimal<double>("007.50"), 7.5);
}

TEST(Decimal, reaches_both_ends_of_a_type_and_no_further) {
  EXPECT_EQ(parse_decimal<uint64_t>("18446744073709551615"), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(parse_decimal<uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_decimal<uint64_t>("-1"), std::nullopt);
  EXPECT_EQ(parse_decimal<int>("2147483647"), 2147483647);
  EXPECT_EQ(parse_decimal<int>("2147483648"), std::nullopt);
}

TEST(Decimal, what_programming_languages_take_besides_is_no_number) {
  for (const char* text :
       {"",   " ",   "0x10",  "0b1", "0o7", "1e3", "+5",  "1'000",    "1_000", "1,000",   " 5",
        "5 ", "5px", "1.5.2", "--5", "-",   "inf", "nan", "Infinity", "0x1p3", "\xD9\xA3"}) {
    EXPECT_EQ(parse_decimal<int>(text), std::nullopt) << text;
    EXPECT_EQ(parse_decimal<uint64_t>(text), std::nullopt) << text;
    EXPECT_EQ(parse_decimal<double>(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_decimal<int>("1.5"), std::nullopt);
}

TEST(Decimal, a_point_may_stand_at_either_end) {
  EXPECT_EQ(parse_decimal<double>("0.25"), 0.25);
  EXPECT_EQ(parse_decimal<double>("-.5"), -0.5);
  EXPECT_EQ(parse_decimal<double>("5."), 5.0);
  EXPECT_EQ(parse_decimal<double>("."), std::nullopt);
}

}  // namespace
}  // namespace diorama
