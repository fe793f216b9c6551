#include "base/stand_in.h"

#include <gtest/gtest.h>

#include "base/json_config.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

TEST(StandIn, is_known_by_its_beginning) {
  EXPECT_NE(describe_stand_in("version https://git-lfs.github.com/spec/v1\noid").find("git lfs pull"),
            std::string_view::npos);
  for (const char* page : {"<!DOCTYPE html>", "<!doctype html>", "\n  <HTML>", "\xEF\xBB\xBF<html>",
                           "<?xml version=\"1.0\"?><Error>"})
    EXPECT_NE(describe_stand_in(page).find("web page"), std::string_view::npos) << page;
  for (const char* answer :
       {"Entry not found", "Invalid username or password.", "Access to model x is restricted"})
    EXPECT_NE(describe_stand_in(answer).find("refusal"), std::string_view::npos) << answer;
  for (const char* sound : {"", "{", "  {\"version\": 1}", "<", "version 1"})
    EXPECT_EQ(describe_stand_in(sound), "") << sound;
}

TEST(StandIn, of_a_configuration_is_named) {
  const TestFolder folder;
  const auto file = folder.write("config.json", "<!DOCTYPE html>\n<html>Sign in</html>");
  expect_fault(Fault::model_file, {"config.json: is a web page", "fetch it again"},
               [&] { Config::load(file); });
  expect_fault(Fault::usage, {"config.json: is not JSON"}, [&] { Config::load(file, Fault::usage); });
}

TEST(StandIn, marks_of_editors_in_a_configuration_are_passed_over) {
  const TestFolder folder;
  EXPECT_TRUE(Config::load(folder.write("a.json", "\xEF\xBB\xBF{\"a\": 1}")).has("a"));
  using namespace std::string_literals;
  EXPECT_TRUE(Config::load(folder.write("b.json", "\xFF\xFE{\0\"\0a\0\"\0:\0001\0}\0"s)).has("a"));
}

}  // namespace
}  // namespace diorama
