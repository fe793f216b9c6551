#include "base/file.h"

#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

TEST(AtomicWrite, replaces_the_whole_file) {
  const TestFolder folder;
  const auto file = folder.write("a.txt", "something longer than what follows");
  write_file_atomically(file, std::string_view("short"));
  EXPECT_EQ(read_text_file(file), "short");
  EXPECT_EQ(folder.num_files(), 1u);
}

TEST(AtomicWrite, below_a_file_is_refused) {
  const TestFolder folder;
  folder.write("a.txt", "kept");
  expect_fault(Fault::file_system, {"a.txt/b.png", "choose"},
               [&] { write_file_atomically(folder / "a.txt/b.png", std::string_view("x")); });
  EXPECT_EQ(read_text_file(folder / "a.txt"), "kept");
}

TEST(AtomicWrite, onto_a_folder_is_refused_and_leaves_nothing) {
  const TestFolder folder;
  folder.write("there/inside.txt", "kept");
  expect_fault(Fault::file_system, {"there"},
               [&] { write_file_atomically(folder / "there", std::string_view("x")); });
  EXPECT_EQ(folder.num_files(), 2u);
}

// A write that stops half way, by the limit on the size of files.
TEST(AtomicWrite, a_write_that_stops_half_way_keeps_the_old_file) {
  const TestFolder folder;
  const auto file = folder.write("a.txt", "old");
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  expect_fault(Fault::file_system, {"a.txt", "cannot be written"},
               [&] { write_file_atomically(file, std::string(100000, 'x')); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_text_file(file), "old");
  EXPECT_EQ(folder.num_files(), 1u);
}

TEST(AtomicWrite, a_full_disk_keeps_the_old_file) {
  const TestFolder folder;
  const auto disk = folder.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  write_file_atomically(disk / "a.txt", std::string_view("old"));
  expect_fault(Fault::file_system, {"a.txt", "No space left", "free some space"},
               [&] { write_file_atomically(disk / "a.txt", std::string(1000000, 'x')); });
  EXPECT_EQ(read_text_file(disk / "a.txt"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(disk), {}), 1);
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST(ReadTextFile, names_the_file_that_is_missing) {
  const TestFolder folder;
  expect_fault(Fault::file_system, {"nothing.txt"}, [&] { read_text_file(folder / "nothing.txt"); });
  expect_fault(Fault::file_system, {"regular"}, [&] { read_text_file(folder.path()); });
}

TEST(MappedFile, shows_the_bytes_also_after_dropping_them) {
  const TestFolder folder;
  const std::string content(10000, 'q');
  const MappedFile mapped(folder.write("a.bin", content));
  const auto text = [&] {
    return std::string_view(reinterpret_cast<const char*>(mapped.bytes().data()), mapped.bytes().size());
  };
  EXPECT_EQ(text(), content);
  mapped.drop_pages(5000, 5000);
  EXPECT_EQ(text(), content);
}

TEST(MappedFile, an_empty_file_is_empty) {
  const TestFolder folder;
  EXPECT_TRUE(MappedFile(folder.write("empty", "")).bytes().empty());
}

TEST(MappedFile, moves_its_mapping) {
  const TestFolder folder;
  MappedFile first(folder.write("a", "aaaa"));
  MappedFile second(folder.write("b", "bb"));
  second = std::move(first);
  ASSERT_EQ(second.bytes().size(), 4u);
  EXPECT_EQ(static_cast<char>(second.bytes()[3]), 'a');
  EXPECT_EQ(second.path().filename(), "a");
}

TEST(PathExists, is_false_where_it_cannot_be_examined) {
  const TestFolder folder;
  folder.write("a", "");
  EXPECT_TRUE(path_exists(folder / "a"));
  EXPECT_FALSE(path_exists(folder / "b"));
  EXPECT_FALSE(path_exists(folder / "a/b"));
  EXPECT_FALSE(path_exists(folder / std::string(5000, 'x')));
}

}  // namespace
}  // namespace diorama
