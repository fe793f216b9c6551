#include "io/model_search.h"

#include <algorithm>

#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

class ModelSearch : public ::testing::Test {
 protected:
  ModelSearch() {
    folder_.write("first/a/model_index.json", "{}");
    folder_.write("first/no_model/readme", "");
    folder_.write("second/a/model_index.json", "{}");
    folder_.write("second/b/model_index.json", "{}");
    folder_.write("data/diorama/models/c/model_index.json", "{}");
    ::setenv("DIORAMA_MODELS", ((folder_ / "first").string() + "::" + (folder_ / "second").string()).c_str(),
             1);
    ::setenv("XDG_DATA_HOME", (folder_ / "data").c_str(), 1);
  }
  ~ModelSearch() override {
    ::unsetenv("DIORAMA_MODELS");
    ::unsetenv("XDG_DATA_HOME");
  }

  TestFolder folder_;
};

TEST_F(ModelSearch, finds_names_in_the_order_of_the_search_path) {
  EXPECT_EQ(find_model("a"), folder_ / "first/a");
  EXPECT_EQ(find_model("b"), folder_ / "second/b");
  EXPECT_EQ(find_model("c"), folder_ / "data/diorama/models/c");
}

TEST_F(ModelSearch, a_path_needs_no_search) {
  EXPECT_EQ(find_model((folder_ / "second/a").string()), folder_ / "second/a");
}

TEST_F(ModelSearch, lists_each_name_once_by_name) {
  const auto models = list_models();
  const auto named = [&](const char* name) {
    return std::ranges::count_if(models, [&](const auto& path) { return path.filename() == name; });
  };
  EXPECT_EQ(named("a"), 1);
  EXPECT_EQ(named("b"), 1);
  EXPECT_EQ(named("c"), 1);
  EXPECT_EQ(named("no_model"), 0);
  EXPECT_TRUE(std::ranges::is_sorted(models, {}, [](const auto& path) { return path.filename(); }));
}

TEST_F(ModelSearch, the_model_that_ships_is_known_by_name) {
  EXPECT_EQ(find_model("diorama-mini"),
            std::filesystem::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini");
}

TEST_F(ModelSearch, an_unknown_name_lists_the_known_ones) {
  for (const char* name : {"zzz", "", "/no/such/place", "../first"})
    expect_fault(Fault::model_file, {"a, b, c"}, [&] { find_model(name); });
}

TEST_F(ModelSearch, without_xdg_data_home_looks_below_home) {
  ::unsetenv("XDG_DATA_HOME");
  const auto folders = model_search_path();
  EXPECT_TRUE(std::ranges::any_of(
      folders, [](const auto& path) { return path.string().ends_with(".local/share/diorama/models"); }));
}

}  // namespace
}  // namespace diorama
