#include "base/json_config.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

Config parse(std::string_view text) {
  return Config::parse(text, "vae/config.json");
}

TEST(Config, reads_every_type) {
  const Config config = parse(R"({"b": true, "i": -3, "l": 5000000000, "f": 0.5, "whole": 2, "s": "text",
                                  "is": [1, 2], "fs": [0.5, 1], "ss": ["a", "b"], "c": {"inner": 7},
                                  "cs": [{"x": 1}, {"x": 2}]})");
  EXPECT_TRUE(config.get<bool>("b"));
  EXPECT_EQ(config.get<int>("i"), -3);
  EXPECT_EQ(config.get<int64_t>("l"), 5000000000);
  EXPECT_EQ(config.get<float>("f"), 0.5f);
  EXPECT_EQ(config.get<double>("whole"), 2.0);
  EXPECT_EQ(config.get<std::string>("s"), "text");
  EXPECT_EQ(config.get<std::vector<int>>("is"), (std::vector{1, 2}));
  EXPECT_EQ(config.get<std::vector<float>>("fs"), (std::vector{0.5f, 1.0f}));
  EXPECT_EQ(config.get<std::vector<std::string>>("ss"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.get<Config>("c").get<int>("inner"), 7);
  EXPECT_EQ(config.get<std::vector<Config>>("cs")[1].get<int>("x"), 2);
  EXPECT_EQ(config.keys().size(), 11u);
}

TEST(Config, absent_and_null_give_the_fallback) {
  const Config config = parse(R"({"n": null, "zero": 0})");
  EXPECT_FALSE(config.has("n"));
  EXPECT_FALSE(config.has("m"));
  EXPECT_EQ(config.get_or("n", 5), 5);
  EXPECT_EQ(config.get_or<std::string>("m", "x"), "x");
  EXPECT_EQ(config.get_or("zero", 5), 0);
  EXPECT_EQ(config.get_int_or("n", 9, 1, 3), 9);
  expect_fault(Fault::model_file, {"n: expected an integer", "found nothing"}, [&] { config.get<int>("n"); });
}

TEST(Config, errors_name_file_key_expected_and_found) {
  const Config config = parse(R"({"num_layers": "x", "list": [1, "two"], "inner": {"depth": -1}})");
  expect_fault(Fault::model_file,
               {"vae/config.json: num_layers: expected an integer from 1 to 256, found \"x\""},
               [&] { config.get_int("num_layers", 1, 256); });
  expect_fault(Fault::model_file, {"list: expected a list, each item an integer", "[1,\"two\"]"},
               [&] { config.get<std::vector<int>>("list"); });
  expect_fault(Fault::model_file,
               {"vae/config.json: inner: depth: expected an integer from 0 to 9, found -1"},
               [&] { config.get<Config>("inner").get_int("depth", 0, 9); });
}

TEST(Config, a_value_of_another_type_is_never_taken) {
  const std::vector<std::string> values{"true", "3", "3.5", "\"text\"", "[3]", "[\"a\"]", "{}", "null", "[]"};
  const auto count = [&](auto read) {
    int accepted = 0;
    for (const std::string& value : values) {
      try {
        read(parse(fmt::format(R"({{"k": {}}})", value)));
        ++accepted;
      } catch (const Error& error) {
        EXPECT_EQ(static_cast<int>(error.fault()), static_cast<int>(Fault::model_file));
      }
    }
    return accepted;
  };
  EXPECT_EQ(count([](const Config& c) { c.get<bool>("k"); }), 1);
  EXPECT_EQ(count([](const Config& c) { c.get<int>("k"); }), 1);
  EXPECT_EQ(count([](const Config& c) { c.get<int64_t>("k"); }), 1);
  EXPECT_EQ(count([](const Config& c) { c.get<double>("k"); }), 2);
  EXPECT_EQ(count([](const Config& c) { c.get<std::string>("k"); }), 1);
  EXPECT_EQ(count([](const Config& c) { c.get<Config>("k"); }), 1);
  EXPECT_EQ(count([](const Config& c) { c.get<std::vector<int>>("k"); }), 2);
  EXPECT_EQ(count([](const Config& c) { c.get<std::vector<std::string>>("k"); }), 2);
  EXPECT_EQ(count([](const Config& c) { c.get<std::vector<Config>>("k"); }), 1);
}

TEST(Config, numbers_that_do_not_fit_are_rejected) {
  const Config config = parse(R"({"big": 3000000000, "huge": 18446744073709551615, "float": 1e300})");
  expect_fault(Fault::model_file, {"big"}, [&] { config.get<int>("big"); });
  expect_fault(Fault::model_file, {"huge"}, [&] { config.get<int64_t>("huge"); });
  expect_fault(Fault::model_file, {"float"}, [&] { config.get<float>("float"); });
  EXPECT_EQ(config.get<double>("float"), 1e300);
}

TEST(Config, ranges_include_both_ends) {
  const Config config = parse(R"({"i": 4, "f": 0.5, "list": [1, 4]})");
  EXPECT_EQ(config.get_int("i", 4, 4), 4);
  EXPECT_EQ(config.get_number("f", 0.5, 1), 0.5);
  EXPECT_EQ(config.get_ints("list", 1, 4).size(), 2u);
  expect_fault(Fault::model_file, {"i"}, [&] { config.get_int("i", 5, 9); });
  expect_fault(Fault::model_file, {"f"}, [&] { config.get_number("f", 0, 0.4); });
  expect_fault(Fault::model_file, {"list"}, [&] { config.get_ints("list", 2, 4); });
}

TEST(Config, a_word_is_one_of_those_known) {
  const Config config = parse(R"({"act": "silu"})");
  EXPECT_EQ(config.get_word_or_first("act", {"relu", "silu"}), "silu");
  EXPECT_EQ(config.get_word_or_first("other", {"relu", "silu"}), "relu");
  expect_fault(Fault::model_file, {"act: expected one of relu, gelu, found \"silu\""}, [&] {
    config.get_word_or_first("act", {"relu", "gelu"});
  });
}

TEST(Config, a_nested_object_outlives_its_parent) {
  const Config inner = parse(R"({"c": {"x": 3}})").get<Config>("c");
  EXPECT_EQ(inner.get<int>("x"), 3);
}

TEST(Config, what_is_no_object_is_rejected) {
  expect_fault(Fault::model_file, {"vae/config.json: expected an object, found [1]"}, [] { parse("[1]"); });
  expect_fault(Fault::model_file, {"vae/config.json", "not JSON"}, [] { parse(""); });
}

// Python writes them, and only who reads such a key minds.
TEST(Config, what_is_not_finite_is_refused_where_it_is_read) {
  const Config config =
      parse(R"({"nan": NaN, "inf": Infinity, "low": -Infinity, "list": [1, NaN], "fine": 2})");
  EXPECT_EQ(config.get<int>("fine"), 2);
  EXPECT_TRUE(config.has("inf"));
  expect_fault(Fault::model_file, {"nan: expected a number, found NaN"}, [&] { config.get<double>("nan"); });
  expect_fault(Fault::model_file, {"inf: expected a number, found Infinity"},
               [&] { config.get<float>("inf"); });
  expect_fault(Fault::model_file, {"inf: expected", "found Infinity"}, [&] { config.get_or("inf", 1.0); });
  expect_fault(Fault::model_file, {"inf: expected a number from 0 to 1, found Infinity"},
               [&] { config.get_number_or("inf", 0.5, 0, 1); });
  expect_fault(Fault::model_file, {"nan: expected a number from 0 to 1, found NaN"},
               [&] { config.get_number_or("nan", 0.5, 0, 1); });
  expect_fault(Fault::model_file, {"inf: expected an integer", "found Infinity"},
               [&] { config.get_int_or("inf", 3, 1, 9); });
  expect_fault(Fault::model_file, {"list: expected", "found [1,NaN]"},
               [&] { config.get<std::vector<float>>("list"); });
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(config.get_number("low", -infinity, 0), -infinity);
}

TEST(Config, the_fault_is_that_of_whose_file_it_is) {
  expect_fault(Fault::usage, {"plan.json", "column 7"},
               [] { Config::parse("{\"a\": }", "plan.json", Fault::usage); });
  const Config plan = Config::parse(R"({"a": 1, "c": {"d": 2}, "l": [{"e": 3}]})", "plan.json", Fault::usage);
  expect_fault(Fault::usage, {"plan.json: a"}, [&] { plan.get<std::string>("a"); });
  expect_fault(Fault::usage, {"plan.json: c: d"}, [&] { plan.get<Config>("c").get<std::string>("d"); });
  expect_fault(Fault::usage, {"plan.json: l[0]: e"},
               [&] { plan.get<std::vector<Config>>("l")[0].get<std::string>("e"); });
  const TestFolder folder;
  expect_fault(Fault::usage, {"a.json"}, [&] { Config::load(folder.write("a.json", "{"), Fault::usage); });
}

TEST(Config, lists_of_objects_are_bounded) {
  std::string list = "{}";
  for (int i = 0; i < 10'000; ++i) list += ",{}";
  const Config config = parse(fmt::format(R"({{"l": [{}]}})", list));
  expect_fault(Fault::model_file, {"l: expected a list of at most 10000 objects, found a list of 10001"},
               [&] { config.get<std::vector<Config>>("l"); });
}

TEST(Config, long_values_do_not_flood_the_message) {
  const Config config = parse(fmt::format(R"({{"a": "{:x>100000}"}})", ""));
  try {
    config.get<int>("a");
    FAIL();
  } catch (const Error& error) {
    EXPECT_LT(std::string_view(error.what()).size(), 200u);
  }
  const Config keys = parse(fmt::format(R"({{"{0:x>100000}": {{"{0:x>100000}": 1}}}})", ""));
  const std::string name(100'000, 'x');
  try {
    keys.get<Config>(name).get<std::string>(name);
    FAIL();
  } catch (const Error& error) {
    EXPECT_LT(std::string_view(error.what()).size(), 300u);
  }
}

TEST(Config, loads_a_file_of_reasonable_size_only) {
  const TestFolder folder;
  EXPECT_EQ(Config::load(folder.write("a.json", R"({"x": 1})")).get<int>("x"), 1);
  const auto large = folder.write("large.json", "{}");
  std::filesystem::resize_file(large, Config::kMaxFileSize + 1);
  expect_fault(Fault::model_file, {"large.json", "16 MiB"}, [&] { Config::load(large); });
  expect_fault(Fault::file_system, {"missing.json"}, [&] { Config::load(folder / "missing.json"); });
}

}  // namespace
}  // namespace diorama
