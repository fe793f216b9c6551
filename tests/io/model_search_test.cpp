#include "io/model_search.h"

#include <algorithm>
#include <optional>

#include "io/raw_safetensors.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

// Set while it lives.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const char* value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~EnvironmentVariable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

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

TEST_F(ModelSearch, a_mistyped_name_gets_a_suggestion) {
  expect_fault(Fault::model_file, {"did you mean diorama-mini?"}, [] { find_model("diorama-mnii"); });
}

TEST_F(ModelSearch, a_file_is_told_from_a_model) {
  const std::string file = (folder_ / "first/a/model_index.json").string();
  expect_fault(Fault::model_file, {"model_index.json: is a file", "folder"}, [&] { find_model(file); });
}

TEST_F(ModelSearch, a_broken_model_hides_none_of_its_name) {
  folder_.write("first/a/model_index.json", "{");
  folder_.write("second/a/transformer/config.json", "{}");
  EXPECT_EQ(find_model("a"), folder_ / "second/a");
  EXPECT_EQ(models_of_the_same_name(folder_ / "second/a"), std::vector{folder_ / "first/a"});
  folder_.write("second/a/model_index.json", "{");
  EXPECT_EQ(find_model("a"), folder_ / "first/a") << "all of them are broken";
  EXPECT_TRUE(models_of_the_same_name(folder_ / "second/b").empty());
}

TEST_F(ModelSearch, a_folder_that_is_no_model_hides_no_name) {
  const auto before = std::filesystem::current_path();
  folder_.write("second/b/transformer/config.json", "{}");
  folder_.write("here/b/notes.txt", "");
  std::filesystem::current_path(folder_ / "here");
  EXPECT_EQ(find_model("b"), folder_ / "second/b");
  std::filesystem::current_path(before);
}

TEST_F(ModelSearch, without_xdg_data_home_looks_below_home) {
  const EnvironmentVariable home("HOME", "/somewhere");
  for (const char* ignored : {"", "relative/place"}) {
    ::setenv("XDG_DATA_HOME", ignored, 1);
    EXPECT_EQ(user_data_folder(), "/somewhere/.local/share/diorama");
  }
  EXPECT_TRUE(std::ranges::count(model_search_path(), "/somewhere/.local/share/diorama/models"));
}

TEST_F(ModelSearch, without_a_home_there_is_no_folder_of_the_user) {
  ::unsetenv("XDG_DATA_HOME");
  for (const char* home : {"", "relative"}) {
    const EnvironmentVariable variable("HOME", home);
    EXPECT_EQ(user_data_folder(), "");
    for (const auto& folder : model_search_path()) EXPECT_TRUE(folder.is_absolute()) << folder;
  }
}

// What lies in the current folder under the name of a default is not meant.
TEST_F(ModelSearch, a_name_is_no_path) {
  const auto before = std::filesystem::current_path();
  folder_.write("here/b/model_index.json", "{}");
  std::filesystem::current_path(folder_ / "here");
  EXPECT_EQ(find_model_by_name("b"), folder_ / "second/b");
  EXPECT_EQ(find_model("b"), "b");
  for (const std::string& path : {(folder_ / "second/b").string(), std::string("./b"), std::string(".")})
    expect_fault(Fault::model_file, {"known are"}, [&] { find_model_by_name(path); });
  std::filesystem::current_path(before);
}

TEST_F(ModelSearch, names_of_any_bytes_are_listed_and_shown) {
  folder_.write("first/no\xff\n/model_index.json", "{}");
  EXPECT_EQ(find_model_by_name("no\xff\n"), folder_ / "first/no\xff\n");
  expect_fault(Fault::model_file, {"no\xef\xbf\xbd\xef\xbf\xbd"}, [&] { find_model("zzz"); });
}

TEST_F(ModelSearch, a_folder_that_cannot_be_listed_hides_no_other) {
  ::setenv("DIORAMA_MODELS",
           (folder_ / "none")
               .string()
               .append(":")
               .append(folder_ / "first/no_model/readme")
               .append(":")
               .append(folder_ / "second")
               .c_str(),
           1);
  EXPECT_EQ(find_model("a"), folder_ / "second/a");
}

// Small models, with weights of these numbers.
void write_model(const TestFolder& folder, const std::string& at, const std::vector<float>& weights,
                 const std::string& title) {
  folder.write(at + "/model_index.json", "{}");
  folder.write(at + "/diorama.json", R"({"name": ")" + title + "\"}");
  folder.write(at + "/vae/config.json", "{}");
  folder.write(at + "/vae/model.safetensors", test::one_tensor(weights));
}

TEST_F(ModelSearch, finds_the_model_of_a_picture_among_broken_ones) {
  write_model(folder_, "first/right", {1, 2, 3}, "Right");
  write_model(folder_, "first/other", {1, 2, 4}, "Right");
  folder_.write("first/aaa/model_index.json", "{");
  folder_.write("first/aab/model_index.json", "{}");
  folder_.write("first/aab/tokenizer/tokenizer_config.json", "{}");
  folder_.write("first/aac/model_index.json", "{}");
  std::filesystem::resize_file(folder_ / "first/aac/model_index.json", uintmax_t{1} << 41);
  write_model(folder_, "first/aad", {1, 2, 3}, "x");
  std::filesystem::resize_file(folder_.write("first/aad/tokenizer/spiece.model", ""), uintmax_t{1} << 41);
  folder_.write("first/aad/tokenizer/tokenizer_config.json", "{}");
  const ModelFolder right = ModelFolder::open(folder_ / "first/right");
  const auto found = find_model_by_hash(right.content_hash(), "Right");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->folder.name(), "right");
  EXPECT_EQ(found->match, HashMatch::bytes);
  EXPECT_EQ(find_model_by_hash(right.content_hash(), "another title")->folder.name(), "right");
  EXPECT_EQ(find_model_by_hash(right.sampled_hash(), "Right")->match, HashMatch::samples);
  EXPECT_FALSE(find_model_by_hash("0123456789abcdef", "Right"));
}

}  // namespace
}  // namespace diorama
