#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>
#include <vector>

#include "base/temporary_file.h"
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

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

// Sets the umask and puts it back.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

TEST(AtomicWrite, a_new_file_has_the_mode_that_the_umask_leaves) {
  const TestFolder folder;
  {
    const Umask mask(077);
    write_file_atomically(folder / "private", std::string_view("x"));
    EXPECT_TRUE(write_new_file(folder / "new", std::string_view("x")));
  }
  {
    const Umask mask(002);
    write_file_atomically(folder / "shared", std::string_view("x"));
  }
  EXPECT_EQ(mode_of(folder / "private"), 0600u);
  EXPECT_EQ(mode_of(folder / "new"), 0600u);
  EXPECT_EQ(mode_of(folder / "shared"), 0664u);
}

TEST(AtomicWrite, a_replaced_file_keeps_its_mode) {
  const TestFolder folder;
  const auto file = folder.write("a", "old");
  for (const unsigned mode : {0600u, 0640u, 0755u}) {
    ::chmod(file.c_str(), mode);
    write_file_atomically(file, std::string_view("new"));
    EXPECT_EQ(mode_of(file), mode);
  }
}

TEST(AtomicWrite, links_are_written_through) {
  const TestFolder folder;
  const auto target = folder.write("inside/target", "old");
  std::filesystem::create_symlink("inside/target", folder / "link");
  std::filesystem::create_symlink("link", folder / "chain");
  std::filesystem::create_symlink("inside/none", folder / "dangling");
  write_file_atomically(folder / "chain", std::string_view("new"));
  write_file_atomically(folder / "dangling", std::string_view("made"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "chain"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "dangling"));
  EXPECT_EQ(read_text_file(target), "new");
  EXPECT_EQ(read_text_file(folder / "inside/none"), "made");
}

TEST(AtomicWrite, what_is_no_regular_file_is_never_replaced) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop", folder / "loop");
  expect_fault(Fault::file_system, {"pipe", "not a regular file"},
               [&] { write_file_atomically(folder / "pipe", std::string_view("x")); });
  expect_fault(Fault::file_system, {"loop"},
               [&] { write_file_atomically(folder / "loop", std::string_view("x")); });
  EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
  EXPECT_EQ(folder.num_files(), 2u);
}

TEST(NewFile, takes_a_free_name_and_leaves_a_taken_one_alone) {
  const TestFolder folder;
  EXPECT_TRUE(write_new_file(folder / "a", std::string_view("first")));
  EXPECT_FALSE(write_new_file(folder / "a", std::string_view("second")));
  EXPECT_EQ(read_text_file(folder / "a"), "first");
  std::filesystem::create_symlink("nowhere", folder / "dangling");
  EXPECT_FALSE(write_new_file(folder / "dangling", std::string_view("x"))) << "a link is a taken name too";
  std::filesystem::create_directory(folder / "folder");
  EXPECT_FALSE(write_new_file(folder / "folder", std::string_view("x")));
  EXPECT_EQ(folder.num_files(), 3u);
}

// Each name can be had once, whoever asks at the same time.
TEST(NewFile, of_many_that_want_a_name_one_gets_it) {
  const TestFolder folder;
  constexpr int kWriters = 8, kNames = 50;
  std::atomic<int> won{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < kNames; ++i)
        won += write_new_file(folder / std::to_string(i), std::to_string(w)) ? 1 : 0;
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(won, kNames);
  EXPECT_EQ(folder.num_files(), static_cast<size_t>(kNames));
}

TEST(TemporaryFile, what_a_killed_run_left_goes_and_what_a_living_one_holds_stays) {
  const TestFolder folder;
  const auto left = folder.write(".diorama-0123456789abcdef.tmp", "half a pict");
  const auto foreign = folder.write(".diorama-notes.tmp", "somebody's own");
  std::filesystem::create_symlink(foreign, folder / ".diorama-00000000000000aa.tmp");
  const TemporaryFile living(folder.path());
  EXPECT_FALSE(path_exists(left));
  EXPECT_EQ(folder.num_files(), 3u) << "the living one, the foreign one and the link";
  remove_stale_temporary_files(folder.path());
  EXPECT_EQ(folder.num_files(), 3u);
  EXPECT_EQ(read_text_file(foreign), "somebody's own");
}

TEST(ReadTextFile, refuses_what_is_too_large_before_it_reads) {
  const TestFolder folder;
  const auto file = folder.write("huge", "");
  std::filesystem::resize_file(file, uintmax_t{1} << 40);  // sparse: no disk is needed
  expect_fault(Fault::file_system, {"huge", "larger than 64 MiB"}, [&] { read_text_file(file); });
  expect_fault(Fault::file_system, {"larger than 1 KiB"}, [&] { read_text_file(file, 1024); });
  EXPECT_EQ(read_text_file(folder.write("exact", std::string(1024, 'x')), 1024).size(), 1024u);
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

// Cut where pages vanish, and cut inside a page that stays.
TEST(MappedFile, knows_that_its_file_became_shorter) {
  const TestFolder folder;
  for (const size_t left : {size_t{0}, size_t{100}, size_t{4096}, size_t{300'000}}) {
    const auto file = folder.write("a.bin", std::string(1'000'000, 'q'));
    const MappedFile mapped(file);
    EXPECT_FALSE(mapped.shrunk());
    std::filesystem::resize_file(file, left);
    mapped.drop_pages(0, mapped.bytes().size());
    EXPECT_EQ(mapped.bytes().back(), std::byte{0}) << "and nothing ends the program";
    EXPECT_EQ(mapped.bytes()[left / 2], left > 0 ? std::byte{'q'} : std::byte{0});
    EXPECT_TRUE(mapped.shrunk()) << left;
  }
}

TEST(MappedFile, a_file_put_in_its_place_changes_nothing) {
  const TestFolder folder;
  const auto file = folder.write("a.bin", std::string(100'000, 'q'));
  const MappedFile mapped(file);
  write_file_atomically(file, std::string_view("short"));
  EXPECT_EQ(mapped.bytes().back(), std::byte{'q'});
  EXPECT_FALSE(mapped.shrunk());
}

TEST(MappedFile, a_guard_goes_with_its_map) {
  const TestFolder folder;
  const auto file = folder.write("a.bin", std::string(100'000, 'q'));
  MappedFile moved(folder.write("b.bin", "b"));
  {
    MappedFile mapped(file);
    moved = std::move(mapped);
  }
  std::filesystem::resize_file(file, 0);
  EXPECT_EQ(moved.bytes()[50'000], std::byte{0});
  EXPECT_TRUE(moved.shrunk());
}

// SIGBUS elsewhere is still what it was.
TEST(MappedFile, a_page_lost_elsewhere_still_ends_the_program) {
  EXPECT_EXIT(
      {
        const TestFolder folder;
        const auto file = folder.write("a.bin", std::string(8192, 'q'));
        const MappedFile installs_the_handler(file);
        const int fd = ::open(file.c_str(), O_RDONLY);
        const auto* bytes = static_cast<const char*>(::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fd, 0));
        std::filesystem::resize_file(file, 0);
        std::exit(*static_cast<const volatile char*>(bytes + 5000));
      },
      testing::KilledBySignal(SIGBUS), "");
}

TEST(CacheFolder, relative_paths_are_ignored) {
  const char* const variables[] = {"XDG_CACHE_HOME", "HOME"};
  std::vector<std::optional<std::string>> before;
  for (const char* variable : variables) {
    const char* value = std::getenv(variable);
    before.push_back(value == nullptr ? std::nullopt : std::optional<std::string>(value));
  }
  ::setenv("HOME", "/somewhere", 1);
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  EXPECT_EQ(cache_folder(), "/cache/diorama");
  ::setenv("XDG_CACHE_HOME", "cache", 1);
  EXPECT_EQ(cache_folder(), "/somewhere/.cache/diorama");
  ::setenv("HOME", "here", 1);
  EXPECT_EQ(cache_folder(), "");
  for (size_t i = 0; i < before.size(); ++i)
    before[i] ? ::setenv(variables[i], before[i]->c_str(), 1) : ::unsetenv(variables[i]);
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
