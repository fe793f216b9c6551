// Hashes of large files. They are kept in the cache folder, so that the bytes are read once as long as the
// file stays as it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_file.h"

namespace diorama {

// Over all bytes of the file. XXH64 of the size and the XXH64 of each MiB; MiBs of zeros in a row count as
// one, so that a hole costs nothing however long it is. Fault::file_system where it cannot be read.
uint64_t file_hash(const std::filesystem::path& path);

// The hashes that are known, in a file of lines. Whatever is wrong with that file costs time alone: a line is
// believed where its own check sum is right, the last who writes wins, and nothing is said where nobody can.
class KnownHashes {
 public:
  // An empty name: nothing is kept.
  explicit KnownHashes(std::filesystem::path file) : file_(std::move(file)) {}

  // `now` in nanoseconds since 1970. A file that was changed shortly before is not kept: what is written
  // next may leave it with the same time.
  uint64_t hash_of(const std::filesystem::path& path, int64_t now);

  uint64_t bytes_read() const { return bytes_read_; }

 private:
  // What changes whenever the file does: name, size, times, inode.
  static std::string stamp_of(const ByteFile& file);
  uint64_t take(const ByteFile& file);
  std::vector<std::string> lines() const;
  std::optional<uint64_t> find(std::string_view stamp) const;
  void keep(const std::filesystem::path& path, std::string_view stamp, uint64_t hash) const;

  std::filesystem::path file_;
  uint64_t bytes_read_ = 0;
};

}  // namespace diorama
