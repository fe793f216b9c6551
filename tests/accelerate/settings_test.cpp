#include "accelerate/settings.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "test_folder.h"

namespace diorama::accelerate {
namespace {

constexpr std::array<Setting, 4> kDescribed{
    {{.name = "share", .fallback = 0.25, .low = 0, .high = 0.9},
     {.name = "every", .kind = SettingKind::whole, .fallback = 2, .low = 1, .high = 8},
     {.name = "gentle", .kind = SettingKind::flag, .fallback = 1},
     {.name = "order", .kind = SettingKind::choice, .low = 0, .high = 2}}};

Settings read(const std::string& json) {
  return Settings::read(kDescribed, Config::parse(json, "plan"));
}

TEST(Settings, begin_as_described_and_take_what_is_given) {
  const Settings plain(kDescribed);
  EXPECT_EQ(plain.number("share"), 0.25);
  EXPECT_EQ(plain.whole("every"), 2);
  EXPECT_TRUE(plain.flag("gentle"));
  EXPECT_EQ(plain.whole("order"), 0);
  const Settings given = read(R"({"share": 0.5, "gentle": false, "order": 2})");
  EXPECT_EQ(given.number("share"), 0.5);
  EXPECT_EQ(given.whole("every"), 2);
  EXPECT_FALSE(given.flag("gentle"));
  EXPECT_EQ(given.whole("order"), 2);
}

TEST(Settings, come_back_from_their_json) {
  const Settings given = read(R"({"share": 0.125, "every": 5, "gentle": false, "order": 1})");
  EXPECT_EQ(given.to_json().dump(), R"({"share":0.125,"every":5,"gentle":false,"order":1})");
  EXPECT_EQ(read(given.to_json().dump()).to_json(), given.to_json());
}

TEST(Settings, of_the_wrong_type_or_range_are_the_files_fault) {
  for (const char* json :
       {R"({"share": 0.91})", R"({"share": -0.1})", R"({"share": "half"})", R"({"every": 0})",
        R"({"every": 9})", R"({"every": 2.5})", R"({"gentle": 1})", R"({"order": 3})"})
    test::expect_fault(Fault::model_file, {"plan"}, [&] { read(json); });
}

TEST(Settings, are_set_within_their_range_only) {
  Settings settings(kDescribed);
  settings.set("every", 8);
  EXPECT_EQ(settings.whole("every"), 8);
  for (const double value :
       {0.0, 9.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    test::expect_fault(Fault::usage, {"every", "from 1 to 8"}, [&] { settings.set("every", value); });
  EXPECT_EQ(settings.whole("every"), 8);
  test::expect_fault(Fault::internal, {"no setting", "never"}, [&] { settings.set("never", 1); });
}

}  // namespace
}  // namespace diorama::accelerate
