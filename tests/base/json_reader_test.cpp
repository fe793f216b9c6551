#include "base/json_reader.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "test_folder.h"

namespace diorama {
namespace {

using Json = nlohmann::json;
using test::expect_fault;

Json read(std::string_view text) {
  return parse_json(text, "x.json");
}

void expect_refused(std::string_view text, std::initializer_list<std::string_view> parts) {
  expect_fault(Fault::model_file, {"x.json"}, [&] { read(text); });
  expect_fault(Fault::model_file, parts, [&] { read(text); });
}

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(JsonReader, reads_what_the_library_reads) {
  for (const char* text : {"1", "-1", "0.5e3", "18446744073709551615", "-9223372036854775808", "true", "null",
                           "\"\"", "[]", "{}", " [ 1 ,\n\t2 ]\r\n",
                           R"({"a": {"b": [1, {"c": null}, "d\"e\\"], "f": []}, "g": "NaN [Infinity"})",
                           R"(["\u00e9\ud83d\ude00", "é😀", "\u0000\n"])", "\xEF\xBB\xBF{}"})
    EXPECT_EQ(read(text), Json::parse(text)) << text;
}

TEST(JsonReader, refuses_what_the_library_refuses) {
  for (const char* text :
       {"",        " ",           "{",      "}",    "[1,]",  "[1 2]",   "{\"a\"}", "{\"a\":1,}",
        "{1:2}",   "tru",         "nul",    "01",   "1.",    "+1",      ".5",      "\"",
        "\"\\x\"", "\"\\ud800\"", "\"\n\"", "[1]]", "{} {}", "// c\n1", "'a'"}) {
    EXPECT_FALSE(Json::accept(text)) << text;
    expect_refused(text, {"is not JSON from"});
  }
}

// Words for JSON are written elsewhere without a check: what is no UTF-8 must not come in.
TEST(JsonReader, text_that_is_no_utf8_is_refused) {
  for (const char* bytes :
       {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80"}) {
    expect_refused(fmt::format("[\"{}\"]", bytes), {"is not JSON from column"});
    expect_refused(fmt::format("{{\"{}\": 1}}", bytes), {"is not JSON from column"});
  }
}

TEST(JsonReader, numbers_that_json_lacks_are_read_as_python_writes_them) {
  const Json json =
      read(R"({"a": NaN, "b": Infinity, "c": -Infinity, "d": [null, NaN,Infinity ], "e": "\"NaN"})");
  EXPECT_TRUE(std::isnan(json["a"].get<double>()));
  EXPECT_EQ(json["b"].get<double>(), INFINITY);
  EXPECT_EQ(json["c"].get<double>(), -INFINITY);
  EXPECT_TRUE(json["d"][0].is_null());
  EXPECT_TRUE(std::isnan(json["d"][1].get<double>()));
  EXPECT_EQ(json["d"][2].get<double>(), INFINITY);
  EXPECT_EQ(json["e"], "\"NaN");
  EXPECT_TRUE(std::isnan(read("NaN").get<double>()));
  for (const char* text : {"[NaNN]", "[nullNaN]", "[NaN NaN]", "[1NaN]", "[-NaN]", "[+Infinity]", "[nan]",
                           "[Inf]", "{NaN: 1}", "[NaN", "NaN1"})
    expect_refused(text, {"is not JSON from column"});
}

TEST(JsonReader, says_where_and_what_to_do) {
  expect_refused("{\n\"a\": 1,\n  \"b\": }\n",
                 {"x.json: is not JSON from line 3, column 8 on; fetch the file again"});
  expect_refused("{\n\n\n\"a\": NaN,\n\n\"b\" \"c\"}", {"line 6, column 7"});
  expect_refused("{\"é😀\": tru}", {"column 11 on"});
  expect_fault(Fault::usage, {"jobs.jsonl:3: is not JSON from column 11 on; look there for a comma"},
               [] { parse_json("{\"a\": \"b\",}", "jobs.jsonl:3", {.fault = Fault::usage}); });
  expect_fault(Fault::file_system, {"it is damaged"},
               [] { parse_json("{", "x.png", {.fault = Fault::file_system}); });
}

TEST(JsonReader, numbers_that_no_double_holds_are_refused) {
  expect_refused("[1, 1e999]", {"column", "a number that is too large"});
  expect_refused("[" + std::string(100'000, '9') + "]", {"a number that is too large"});
  EXPECT_EQ(read("1e-999"), 0.0);
  EXPECT_NEAR(read("0." + std::string(100'000, '3')).get<double>(), 1.0 / 3, 1e-15);
}

TEST(JsonReader, a_key_given_twice_is_refused_unless_it_may_repeat) {
  expect_refused(R"({"a": 1, "b": {"a": 2}, "a": 3})", {"the key 'a' stands twice"});
  expect_refused(fmt::format(R"({{"{0:x>100000}": 1, "{0:x>100000}": 2}})", ""), {"stands twice"});
  const Json json = parse_json(R"({"a": {"b": 1}, "c": 2, "a": [3]})", "x.json", {.keys_may_repeat = true});
  EXPECT_EQ(json, Json::parse(R"({"a": [3], "c": 2})"));
}

TEST(JsonReader, depth_is_bounded) {
  EXPECT_EQ(read(repeated("[", 64) + repeated("]", 64)).size(), 1u);
  expect_refused(repeated("[", 65) + repeated("]", 65), {"deeper than 64 levels"});
  expect_refused(repeated("{\"a\":", 1'000'000), {"deeper than 64 levels"});
}

// As many would take minutes to read in a time that grows with the square of their number.
TEST(JsonReader, many_objects_are_read) {
  const Json json = read("[" + repeated("{},", 600'000) + "{\"a\": 1}]");
  EXPECT_EQ(json.size(), 600'001u);
  EXPECT_EQ(json.back()["a"], 1);
}

TEST(JsonReader, the_number_of_values_is_bounded) {
  EXPECT_EQ(read("[" + repeated("1,", 999'998) + "1]").size(), 999'999u);
  expect_refused("[" + repeated("1,", 999'999) + "1]", {"more than 1000000 values"});
  expect_refused("[" + repeated("1,", 5'000'000), {"more than 1000000 values"});
  expect_fault(Fault::usage, {"x: holds more than 3 values"},
               [] { parse_json(R"({"a": 1, "b": [2]})", "x", {.fault = Fault::usage, .most_values = 3}); });
}

TEST(JsonReader, the_memory_of_the_values_is_bounded) {
  expect_refused("[" + repeated("{},", 900'000) + "{}]", {"more than 64 MiB of memory"});
  std::string keys;
  for (int i = 0; i < 400'000; ++i) keys += fmt::format("\"{}\":[],", i);
  expect_refused("{" + keys + "\"a\":1}", {"more than 64 MiB of memory"});
  expect_fault(Fault::model_file, {"more than 1 MiB of memory"}, [] {
    parse_json("[\"" + std::string(size_t{1} << 20, 'a') + "\"]", "x", {.most_bytes = size_t{1} << 20});
  });
  EXPECT_EQ(parse_json("[" + repeated("{},", 900'000) + "{}]", "x", {.most_bytes = size_t{128} << 20}).size(),
            900'001u);
}

TEST(JsonReader, descriptions_are_short) {
  const auto describe = [](std::string_view text) {
    const Json json = parse_json(text, "x");
    return describe_json(&json);
  };
  EXPECT_EQ(describe_json(nullptr), "nothing");
  EXPECT_EQ(describe("{\"a\": 1}"), "an object");
  EXPECT_EQ(describe(R"([1, "two", null, true, -0.5])"), R"([1,"two",null,true,-0.5])");
  EXPECT_EQ(describe("[-Infinity, NaN, {}]"), "[-Infinity,NaN,an object]");
  EXPECT_EQ(describe("[1,2,3,4,5,6,7,8,9]"), "a list of 9");
  EXPECT_EQ(describe("[[1,2],[3]]"), "a list of 2");
  EXPECT_EQ(describe("\"a\\u001b[2J\\nb\""),
            "\"a\xEF\xBF\xBD[2J\xEF\xBF\xBD"
            "b\"");
  EXPECT_LE(describe("\"" + std::string(100'000, 'x') + "\"").size(), 62u);
}

}  // namespace
}  // namespace diorama
