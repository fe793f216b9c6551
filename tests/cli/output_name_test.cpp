#include "cli/output_name.h"

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "base/file.h"
#include "test_folder.h"

namespace diorama::cli {
namespace {

using diorama::test::expect_fault;
using diorama::test::TestFolder;

class OutputNamesTest : public ::testing::Test {
 protected:
  std::string next(const std::string& pattern, bool several = false, bool overwrite = false) const {
    OutputNames names(parse_output_pattern((folder_ / pattern).string()), several, overwrite);
    return names.path().filename().string();
  }

  TestFolder folder_;
};

TEST_F(OutputNamesTest, numbers_are_padded_as_asked) {
  EXPECT_EQ(next("a-%04d.png"), "a-0001.png");
  EXPECT_EQ(next("a%dz.png"), "a1z.png");
  EXPECT_EQ(next("%02d.PNG"), "01.PNG");
  EXPECT_EQ(next("100%%-%d.png"), "100%-1.png");
}

TEST_F(OutputNamesTest, a_name_without_a_number_is_taken_as_it_is_for_one_picture) {
  EXPECT_EQ(next("cat.png"), "cat.png");
}

TEST_F(OutputNamesTest, a_number_is_inserted_for_several_pictures) {
  OutputNames names(parse_output_pattern((folder_ / "my.cat.png").string()), true, false);
  EXPECT_EQ(names.path().filename(), "my.cat-0001.png");
  EXPECT_EQ(names.save("picture").filename(), "my.cat-0001.png");
  EXPECT_EQ(names.path().filename(), "my.cat-0002.png");
}

TEST_F(OutputNamesTest, numbering_goes_on_after_the_highest_file) {
  for (const char* name : {"a-0001.png", "a-0007.png", "a-12.png", "a-.png", "a-x.png", "b-0099.png",
                           "a-0100.jpg", "a-99999999999999999999.png"})
    folder_.write(name, "");
  EXPECT_EQ(next("a-%04d.png"), "a-0013.png");
  EXPECT_EQ(next("a.png", true), "a-0013.png");
}

TEST_F(OutputNamesTest, numbers_of_more_digits_than_we_write_are_none_of_ours) {
  for (const char* name : {"a-2147483647.png", "a-1000000000.png", "a-0003.png"}) folder_.write(name, "");
  EXPECT_EQ(next("a-%d.png"), "a-4.png");
  folder_.write("a-999999999.png", "");
  EXPECT_EQ(next("a-%d.png"), "a-1000000000.png");
}

TEST_F(OutputNamesTest, a_name_taken_meanwhile_means_the_next_one) {
  OutputNames names(parse_output_pattern((folder_ / "a-%04d.png").string()), true, false);
  folder_.write("a-0001.png", "somebody's");
  folder_.write("a-0007.png", "somebody's");
  EXPECT_EQ(names.save("ours").filename(), "a-0008.png");
  EXPECT_EQ(names.save("ours").filename(), "a-0009.png");
  EXPECT_EQ(read_text_file(folder_ / "a-0001.png"), "somebody's");
  EXPECT_EQ(read_text_file(folder_ / "a-0008.png"), "ours");
}

TEST_F(OutputNamesTest, a_name_without_a_number_taken_meanwhile_keeps_the_picture_under_another) {
  OutputNames names(parse_output_pattern((folder_ / "a.png").string()), false, false);
  folder_.write("a.png", "somebody's");
  expect_fault(Fault::file_system, {"a.png", "somebody else", "kept in", "a-0001.png"},
               [&] { names.save("ours"); });
  EXPECT_EQ(read_text_file(folder_ / "a.png"), "somebody's");
  EXPECT_EQ(read_text_file(folder_ / "a-0001.png"), "ours");
}

TEST_F(OutputNamesTest, a_folder_in_the_way_of_a_later_picture_costs_none) {
  OutputNames names(parse_output_pattern((folder_ / "a-%d.png").string()), true, true);
  folder_.write("a-2.png/x", "somebody's");
  EXPECT_EQ(names.save("first").filename(), "a-1.png");
  expect_fault(Fault::file_system, {"a-2.png", "folder", "kept in", "a-2-0001.png"},
               [&] { names.save("second"); });
  EXPECT_EQ(read_text_file(folder_ / "a-2-0001.png"), "second");
  EXPECT_EQ(names.save("third").filename(), "a-3.png");
}

TEST_F(OutputNamesTest, a_folder_that_is_removed_meanwhile_costs_no_picture) {
  const TestFolder temporary;
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  folder_.write("out/x", "");
  OutputNames names(parse_output_pattern((folder_ / "out/a.png").string()), false, false);
  std::filesystem::remove_all(folder_ / "out");
  expect_fault(Fault::file_system, {"out/a.png", "kept in", "diorama-0001.png"}, [&] { names.save("ours"); });
  ::unsetenv("TMPDIR");
  EXPECT_EQ(read_text_file(temporary / "diorama-0001.png"), "ours");
}

// Two runs at once, many times over: every picture is there in the end.
TEST_F(OutputNamesTest, of_runs_at_once_no_picture_is_lost) {
  constexpr int kRuns = 6, kPictures = 20;
  std::vector<std::thread> runs;
  for (int run = 0; run < kRuns; ++run)
    runs.emplace_back([&, run] {
      OutputNames names(parse_output_pattern((folder_ / "p-%04d.png").string()), true, false);
      for (int i = 0; i < kPictures; ++i) names.save(fmt::format("{} {}", run, i));
    });
  for (std::thread& run : runs) run.join();
  std::set<std::string> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
    pictures.insert(read_text_file(entry.path()));
  EXPECT_EQ(pictures.size(), static_cast<size_t>(kRuns * kPictures));
}

TEST_F(OutputNamesTest, names_that_cannot_be_written_are_found_before_the_work) {
  const std::string longest(251, 'n');
  expect_fault(Fault::file_system, {"too long", "shorter"}, [&] { next(longest + ".png"); });
  expect_fault(Fault::file_system, {"too long"}, [&] { next(std::string(300, 'n') + ".png"); });
  OutputNames(parse_output_pattern((folder_ / (std::string(240, 'n') + ".png")).string()), false, false);
  expect_fault(Fault::file_system, {"too long"}, [&] {
    OutputNames(parse_output_pattern((folder_ / (std::string(241, 'n') + ".png")).string()), false, false,
                "-difference");
  });
  std::filesystem::create_directory(folder_ / "taken.png");
  expect_fault(Fault::file_system, {"taken.png", "regular"}, [&] { next("taken.png", false, true); });
  std::filesystem::create_symlink("nowhere", folder_ / "link.png");
  expect_fault(Fault::file_system, {"link.png", "exists already"}, [&] { next("link.png"); });
}

TEST_F(OutputNamesTest, files_beside_a_picture_write_over_nothing_unasked) {
  const auto path = folder_.write("cat-exact.png", "somebody's");
  EXPECT_EQ(save_beside(path, "ours", false).filename(), "cat-exact-2.png");
  EXPECT_EQ(save_beside(path, "ours", false).filename(), "cat-exact-3.png");
  EXPECT_EQ(read_text_file(path), "somebody's");
  EXPECT_EQ(save_beside(path, "ours", true), path);
  EXPECT_EQ(read_text_file(path), "ours");
  EXPECT_EQ(with_suffix("folder/cat.png", "-exact"), "folder/cat-exact.png");
}

TEST_F(OutputNamesTest, overwriting_begins_at_one) {
  folder_.write("a-0001.png", "");
  folder_.write("b.png", "");
  EXPECT_EQ(next("a-%04d.png", false, true), "a-0001.png");
  EXPECT_EQ(next("b.png", false, true), "b.png");
}

TEST_F(OutputNamesTest, a_picture_that_is_there_is_not_overwritten_unasked) {
  folder_.write("b.png", "");
  expect_fault(Fault::file_system, {"b.png", "--overwrite"}, [&] { next("b.png"); });
}

TEST_F(OutputNamesTest, folders_that_cannot_be_written_to_are_found_before_the_work) {
  folder_.write("file", "");
  expect_fault(Fault::file_system, {"missing", "make it first"}, [&] { next("missing/a.png"); });
  expect_fault(Fault::file_system, {"file"}, [&] { next("file/a-%d.png"); });
}

TEST_F(OutputNamesTest, a_read_only_folder_is_found_before_the_work) {
  const auto disk = folder_.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0)
    GTEST_SKIP() << "nothing can be mounted here: " << std::strerror(errno);
  expect_fault(Fault::file_system, {"disk", "Read-only"}, [&] { next("disk/a.png"); });
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST(OutputPattern, other_formats_are_rejected) {
  for (const char* text : {"%s.png", "%.png", "%5d.png", "%0d.png", "%010d.png", "%-4d.png", "%04x.png",
                           "%d%d.png", "%d-%n.png", "%1$d.png", "%0 4d.png", "a%", "%04"})
    expect_fault(Fault::usage, {"[output]", text, "%0Nd"}, [&] { parse_output_pattern(text); });
}

TEST(OutputPattern, only_png_files_of_numbered_names_are_written) {
  for (const char* text : {"a.jpg", "a", "", ".png", "folder/.png", "a.png/", "a-%d", "png"})
    expect_fault(Fault::usage, {"[output]", "PNG"}, [&] { parse_output_pattern(text); });
  expect_fault(Fault::usage, {"[output]", "folder"}, [] { parse_output_pattern("run-%d/a.png"); });
}

}  // namespace
}  // namespace diorama::cli
