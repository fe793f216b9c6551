#include "io/file_hash.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "base/file.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::TestFolder;

int64_t now() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}
// As if the files of a test had been written long ago.
int64_t later() {
  return now() + 60'000'000'000;
}

class FileHash : public ::testing::Test {
 protected:
  FileHash() { folder_.write("weights", std::string(3'000'000, 'w')); }

  uint64_t hash(int64_t at = later()) {
    KnownHashes known(kept_);
    const uint64_t hash = known.hash_of(folder_ / "weights", at);
    read_ = known.bytes_read();
    return hash;
  }

  TestFolder folder_;
  std::filesystem::path kept_ = folder_ / "cache/diorama/hashes";
  uint64_t read_ = 0;
};

TEST_F(FileHash, depends_on_every_byte_and_on_the_size) {
  const uint64_t before = KnownHashes("").hash_of(folder_ / "weights", now());
  for (const size_t place : {size_t{0}, size_t{1} << 20, size_t{2'999'999}}) {
    std::string changed(3'000'000, 'w');
    changed[place] = 'x';
    EXPECT_NE(KnownHashes("").hash_of(folder_.write("changed", changed), now()), before) << place;
  }
  for (const size_t size : {size_t{2'999'999}, size_t{3'000'001}, size_t{0}})
    EXPECT_NE(KnownHashes("").hash_of(folder_.write("changed", std::string(size, 'w')), now()), before);
  EXPECT_EQ(KnownHashes("").hash_of(folder_.write("same", std::string(3'000'000, 'w')), now()), before);
}

TEST_F(FileHash, is_taken_once) {
  const uint64_t first = hash();
  EXPECT_EQ(read_, 3'000'000u);
  EXPECT_EQ(hash(), first);
  EXPECT_EQ(read_, 0u);
}

// The same size and the same time of writing are no proof that it is the same.
TEST_F(FileHash, is_taken_again_when_the_file_was_changed) {
  const uint64_t first = hash();
  struct stat before {};
  ASSERT_EQ(::stat((folder_ / "weights").c_str(), &before), 0);
  std::fstream(folder_ / "weights", std::ios::in | std::ios::out | std::ios::binary).seekp(1'234'567) << 'x';
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder_ / "weights").c_str(), times, 0), 0);
  EXPECT_NE(hash(), first);
  EXPECT_EQ(read_, 3'000'000u);
}

TEST_F(FileHash, is_taken_again_when_another_file_takes_the_name) {
  const uint64_t first = hash();
  folder_.write("other", std::string(2'999'999, 'w') + 'x');
  std::filesystem::last_write_time(folder_ / "other", std::filesystem::last_write_time(folder_ / "weights"));
  std::filesystem::rename(folder_ / "other", folder_ / "weights");
  EXPECT_NE(hash(), first);
}

// What is written in the same tick of the clock would not be noticed.
TEST_F(FileHash, of_a_file_just_written_is_not_kept) {
  hash(now());
  hash(now());
  EXPECT_EQ(read_, 3'000'000u);
  EXPECT_FALSE(path_exists(kept_));
}

TEST_F(FileHash, is_taken_again_where_what_was_kept_is_damaged) {
  const uint64_t first = hash();
  const std::string sound = read_text_file(kept_);
  for (size_t i = 0; i < sound.size(); ++i) {
    std::string damaged = sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write_file_atomically(kept_, damaged);
    EXPECT_EQ(hash(), first) << i;
  }
  for (const std::string& nonsense : {std::string(), std::string("x\n\n\n"), std::string(100'000, '\0'),
                                      sound.substr(0, 20), sound + sound})
    for (int i = 0; i < 2; ++i) {
      if (i == 0) write_file_atomically(kept_, nonsense);
      EXPECT_EQ(hash(), first);
    }
  EXPECT_EQ(read_, 0u);
}

TEST_F(FileHash, needs_no_place_to_be_kept) {
  const uint64_t first = hash();
  std::filesystem::remove_all(folder_ / "cache");
  folder_.write("cache", "a file where the folder should be");
  EXPECT_EQ(hash(), first);
  std::filesystem::remove(folder_ / "cache");
  std::filesystem::create_directories(kept_);  // a folder where the file should be
  EXPECT_EQ(hash(), first);
  EXPECT_EQ(KnownHashes("").hash_of(folder_ / "weights", later()), first);
}

TEST_F(FileHash, of_many_files_is_bounded_and_the_oldest_goes) {
  const auto of = [&](int i) { return folder_.write("many/" + std::to_string(i), std::to_string(i)); };
  KnownHashes known(kept_);
  for (int i = 0; i < 260; ++i) known.hash_of(of(i), later());
  const std::string text = read_text_file(kept_);
  EXPECT_EQ(std::ranges::count(text, '\n'), 256);
  EXPECT_EQ(text.find("many/3\n"), std::string::npos);
  EXPECT_NE(text.find("many/4\n"), std::string::npos);
}

TEST_F(FileHash, names_with_line_ends_are_not_kept) {
  const auto odd = folder_.write("odd\nname", "x");
  KnownHashes(kept_).hash_of(odd, later());
  EXPECT_FALSE(path_exists(kept_));
}

// Whether a file was written with holes or with zeros is not its content.
TEST_F(FileHash, holes_are_zeros_and_cost_nothing) {
  std::string zeros(5'000'000, '\0');
  zeros.back() = 'x';
  zeros[10] = 'x';
  const auto written = folder_.write("written", zeros);
  const auto sparse = folder_.write("sparse", zeros.substr(0, 11));
  std::filesystem::resize_file(sparse, 4'999'999);
  std::ofstream(sparse, std::ios::app) << 'x';
  EXPECT_EQ(KnownHashes("").hash_of(sparse, now()), KnownHashes("").hash_of(written, now()));
  std::filesystem::resize_file(sparse, uintmax_t{1} << 42);
  if (ByteFile(sparse).next_data(uint64_t{1} << 32) == uint64_t{1} << 32)
    GTEST_SKIP() << "the file system of " << sparse << " knows no holes";
  KnownHashes known("");
  known.hash_of(sparse, now());
  EXPECT_LT(known.bytes_read(), size_t{8} << 20);
}

TEST_F(FileHash, what_cannot_be_read_is_told) {
  expect_fault(Fault::file_system, {"none"}, [&] { KnownHashes("").hash_of(folder_ / "none", now()); });
  expect_fault(Fault::file_system, {"regular"}, [&] { KnownHashes("").hash_of(folder_.path(), now()); });
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  expect_fault(Fault::file_system, {"pipe", "regular"},
               [&] { KnownHashes("").hash_of(folder_ / "pipe", now()); });
}

}  // namespace
}  // namespace diorama
