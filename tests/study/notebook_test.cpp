// What a search keeps: whatever lies where the notebook should, the search neither waits nor loses memory.
#include "study/notebook.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_folder.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;

TEST(Notebook, keeps_what_is_written) {
  const TestFolder folder;
  const fs::path file = folder / "cache/tune/notes.jsonl";
  {
    Notebook notebook(file);
    notebook.write("a", {{"psnr", 30.5}});
    notebook.write("b\n\x1b", {1, 2});
    notebook.write("a", {{"psnr", 31.5}});
    EXPECT_EQ(notebook.problem(), "");
  }
  const Notebook notebook(file);
  ASSERT_NE(notebook.find("a"), nullptr);
  EXPECT_EQ(*notebook.find("a"), (nlohmann::json{{"psnr", 31.5}}));
  EXPECT_NE(notebook.find("b\n\x1b"), nullptr);
  EXPECT_EQ(notebook.find("c"), nullptr);
}

TEST(Notebook, lines_that_are_damaged_are_passed_over) {
  const TestFolder folder;
  const std::string deep(100'000, '[');
  const fs::path file = folder.write(
      "notes.jsonl",
      "{\"what\": \"a\", \"value\": 1}\n{\"what\": \"b\", \"val\n[]\nnull\n{\"what\": 3, \"value\": 1}\n" +
          deep + "\n\xff\xfe\n{\"what\": \"c\", \"value\": [2]}");
  const Notebook notebook(file);
  EXPECT_NE(notebook.find("a"), nullptr);
  EXPECT_EQ(notebook.find("b"), nullptr);
  EXPECT_NE(notebook.find("c"), nullptr);
}

TEST(Notebook, what_is_no_file_is_refused_without_waiting) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder / "zero");
  fs::create_directory(folder / "folder");
  folder.write("huge", "");
  fs::resize_file(folder / "huge", uintmax_t{3} << 30);
  fs::create_symlink("nowhere", folder / "dangling");
  for (const char* name : {"pipe", "zero", "folder", "huge", "dangling"})
    expect_fault(Fault::file_system, {name, "remove it"}, [&] { Notebook notebook(folder / name); });
}

TEST(Notebook, a_search_goes_on_without_what_cannot_be_kept) {
  const TestFolder folder;
  folder.write("file", "kept");
  Notebook notebook(folder / "file/notes.jsonl");
  notebook.write("a", 1);
  EXPECT_NE(notebook.find("a"), nullptr);
  EXPECT_NE(notebook.problem().find("file/notes.jsonl"), std::string::npos) << notebook.problem();

  Notebook nowhere("");
  nowhere.write("a", 1);
  EXPECT_NE(nowhere.find("a"), nullptr);
  EXPECT_NE(nowhere.problem(), "");

  Notebook replaced(folder / "pipe");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  replaced.write("a", 1);  // does not wait for a reader
  EXPECT_NE(replaced.problem(), "");
}

TEST(Notebook, two_searches_at_once_lose_no_line) {
  const TestFolder folder;
  constexpr int kSearches = 4, kLines = 200;
  for (int search = 0; search < kSearches; ++search)
    if (::fork() == 0) {
      Notebook notebook(folder / "notes.jsonl");
      for (int i = 0; i < kLines; ++i) notebook.write(fmt::format("{} {}", search, i), std::string(300, 'x'));
      ::_exit(0);
    }
  for (int search = 0; search < kSearches; ++search) ::wait(nullptr);
  const Notebook notebook(folder / "notes.jsonl");
  for (int search = 0; search < kSearches; ++search)
    for (int i = 0; i < kLines; ++i) EXPECT_NE(notebook.find(fmt::format("{} {}", search, i)), nullptr);
}

}  // namespace
}  // namespace diorama::test
