#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/descriptor.h"

namespace diorama {

// A regular file that is read piece by piece. Errors are Fault::file_system and name it; what is no regular
// file is refused without waiting.
class ByteFile {
 public:
  explicit ByteFile(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }
  // As it is now.
  struct stat info() const;
  uint64_t size() const { return static_cast<uint64_t>(info().st_size); }
  // The number of bytes read: fewer than `out` has where the file ends.
  size_t read(uint64_t offset, std::span<std::byte> out) const;
  // The first byte from `offset` on that is on the disk; holes before it read as zeros. The file's size where
  // none is.
  uint64_t next_data(uint64_t offset) const;

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

}  // namespace diorama
