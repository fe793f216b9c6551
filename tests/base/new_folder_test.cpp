// A folder that appears when it is complete: what stands in its way is found first, a run that was killed is
// cleaned up after, one that lives is left alone.
#include "base/new_folder.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <thread>

#include "base/folder_lock.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

void put(const NewFolder& folder, const char* name, std::string_view text) {
  NewFolder::File file(folder, name);
  file.write(bytes(text));
  file.close();
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// As one that is killed: nothing is cleaned up.
void in_a_process_that_dies(const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      action();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(NewFolder, appears_when_it_is_finished) {
  const TestFolder folder;
  for (const char* name : {"a", "b/", "c/.", "d//", "e/./", "on/the/way"}) {
    NewFolder made(folder / name);
    put(made, "part/file", "text");
    EXPECT_FALSE(fs::exists(made.destination()));
    made.finish();
    const fs::path place = (folder / name).lexically_normal();
    EXPECT_EQ(content(place / "part/file"), "text") << name;
    EXPECT_EQ(std::distance(fs::directory_iterator(place), fs::directory_iterator()), 1) << "no mark stays";
  }
  EXPECT_FALSE(fs::exists(folder / "a.partial"));
}

TEST(NewFolder, is_nothing_when_it_is_not_finished) {
  const TestFolder folder;
  {
    NewFolder made(folder / "on/the/way");
    put(made, "part/file", "text");
  }
  EXPECT_EQ(folder.num_files(), 0u);
}

TEST(NewFolder, what_stands_in_the_way_is_found_first) {
  const TestFolder folder;
  folder.write("there/file", "kept");
  folder.write("file", "kept");
  fs::create_symlink("nowhere", folder / "dangling");
  fs::create_symlink("there", folder / "link");
  for (const char* name : {"there", "there/", "there/.", "file", "link", ".", "./", "there/.."})
    expect_fault(Fault::usage, {"exists already"}, [&] { NewFolder made(folder / name); });
  expect_fault(Fault::usage, {"is empty"}, [] { NewFolder made(""); });
  expect_fault(Fault::usage, {"dangling", "leads nowhere"}, [&] { NewFolder made(folder / "dangling"); });
  expect_fault(Fault::file_system, {"file"}, [&] { NewFolder made(folder / "file/below"); });
  expect_fault(Fault::file_system, {"too long"}, [&] { NewFolder made(folder / std::string(250, 'x')); });
  expect_fault(Fault::file_system, {"/proc/none"}, [&] { NewFolder made("/proc/none/folder"); });
  EXPECT_EQ(folder.num_files(), 5u);
}

TEST(NewFolder, one_that_another_run_makes_is_left_alone) {
  const TestFolder folder;
  NewFolder first(folder / "model");
  put(first, "file", "of the first");
  expect_fault(Fault::usage, {"model", "another run"}, [&] { NewFolder second(folder / "model/"); });
  NewFolder beside(folder / "beside");
  first.finish();
  EXPECT_EQ(content(folder / "model/file"), "of the first");
  expect_fault(Fault::usage, {"exists already"}, [&] { NewFolder third(folder / "model"); });
}

TEST(NewFolder, what_a_killed_run_left_is_taken_over) {
  const TestFolder folder;
  const auto leave = [&](const char* name) {
    in_a_process_that_dies([&] {
      auto* const made = new NewFolder(folder / name);
      put(*made, "part/half", "of a file");
    });
    ASSERT_TRUE(fs::exists(folder.path() / (std::string(name) + ".partial/part/half")));
  };
  leave("model");
  leave("another");
  NewFolder made(folder / "model");
  put(made, "file", "new");
  made.finish();
  EXPECT_EQ(content(folder / "model/file"), "new");
  EXPECT_FALSE(fs::exists(folder / "model/part"));
  EXPECT_FALSE(fs::exists(folder / "another.partial")) << "in the same place, and as dead";
}

// The moments between the first calls.
TEST(NewFolder, what_was_left_before_the_mark_was_made_is_taken_over_too) {
  const TestFolder folder;
  fs::create_directory(folder / "a.partial");
  folder.write("b.partial/.diorama-unfinished", "");
  for (const char* name : {"a", "b"}) NewFolder(folder / name).finish();
  EXPECT_EQ(folder.num_files(), 2u);
}

TEST(NewFolder, what_is_not_its_own_is_not_removed) {
  const TestFolder folder;
  folder.write("a.partial/file", "kept");
  folder.write("b.partial", "kept");
  folder.write("c.partial/.diorama-unfinished", "another machine, perhaps");
  folder.write("elsewhere/file", "kept");
  fs::create_symlink("elsewhere", folder / "d.partial");
  for (const char* name : {"a", "b", "c", "d"})
    expect_fault(Fault::usage, {".partial", "remove it"}, [&] { NewFolder made(folder / name); });
  EXPECT_EQ(folder.num_files(), 8u);
}

TEST(NewFolder, the_work_is_kept_where_the_name_was_taken_meanwhile) {
  const TestFolder folder;
  {
    NewFolder made(folder / "model");
    put(made, "file", "the work of hours");
    fs::create_directory(folder / "model");  // a rename would replace it
    expect_fault(Fault::file_system, {"model", "kept as", "model.partial"}, [&] { made.finish(); });
  }
  EXPECT_EQ(content(folder / "model.partial/file"), "the work of hours");
  EXPECT_TRUE(fs::is_empty(folder / "model"));
}

TEST(NewFolder, files_end_up_nowhere_else) {
  const TestFolder folder;
  fs::create_directory(folder / "outside");
  folder.write("outside.txt", "kept");
  NewFolder made(folder / "model");
  fs::create_symlink(folder / "outside", made.path() / "part");
  fs::create_symlink(folder / "outside.txt", made.path() / "file");
  for (const char* name : {"part/file", "file"})
    expect_fault(Fault::file_system, {name}, [&] { put(made, name, "planted"); });
  for (const char* name : {"../planted", "a/../../planted"})
    EXPECT_THROW(put(made, name, "planted"), Error) << name;
  EXPECT_TRUE(fs::is_empty(folder / "outside"));
  EXPECT_EQ(content(folder / "outside.txt"), "kept");
  EXPECT_FALSE(fs::exists(folder / "planted"));
}

TEST(NewFolder, a_full_disk_is_said_and_leaves_nothing) {
  const TestFolder folder;
  const fs::path disk = folder.write("disk/mount_point", "").parent_path();
  if (mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "no small disk can be mounted here: " << std::strerror(errno);
  {
    NewFolder made(disk / "model");
    EXPECT_LE(made.free_bytes(), size_t{64} << 10);
    expect_fault(Fault::file_system, {"disk/model.partial/file", "No space left"},
                 [&] { put(made, "file", std::string(size_t{1} << 20, 'x')); });
  }
  EXPECT_TRUE(fs::is_empty(disk));
  EXPECT_EQ(umount(disk.c_str()), 0);
}

TEST(FolderLock, one_at_a_time) {
  const TestFolder folder;
  std::string order;
  std::thread other;
  {
    const FolderLock lock(folder.path());
    other = std::thread([&] {
      const FolderLock second(folder.path());
      order += "second";
    });
    order += "first ";
  }
  other.join();
  EXPECT_EQ(order, "first second");
  expect_fault(Fault::file_system, {"missing"}, [&] { FolderLock lock(folder / "missing"); });
}

}  // namespace
}  // namespace diorama::test
