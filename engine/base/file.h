// Files: read whole, mapped, written so that nothing half-written is ever seen under their name. Errors are
// Fault::file_system and name the file. What is no regular file (a pipe, a device) is neither read nor
// replaced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/page_guard.h"

namespace diorama {

// False also where it cannot be examined.
bool path_exists(const std::filesystem::path& path);

// The folder that a path lies in; "." for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& path);

// $XDG_CACHE_HOME/diorama where that is an absolute path, by default ~/.cache/diorama; empty where neither is
// known.
std::filesystem::path cache_folder();

// Refuses a file of more than `most` bytes before it reads any.
inline constexpr size_t kMaxTextFile = size_t{64} << 20;
std::string read_text_file(const std::filesystem::path& path, size_t most = kMaxTextFile);

// Both write to a temporary file in the same folder, sync it and then give it its name. A link is written
// through. A new file gets the mode that the umask leaves, one that is replaced keeps its mode. What a run
// that was killed in between left in the folder is removed by the next one that writes there.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);
// Never replaces anything: false, and nothing is written, where the name is taken at the moment of writing.
[[nodiscard]] bool write_new_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
[[nodiscard]] bool write_new_file(const std::filesystem::path& path, std::string_view text);

// A read-only memory map of a whole file. Where the file becomes shorter while it is mapped, the bytes that
// are gone read as zeros: who has read them asks shrunk() before using them.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

  // Bytes that were there when it was opened are gone, or could not be read from the disk.
  bool shrunk() const;

  // Gives the pages of [offset, offset + size) back to the kernel; they are read again when touched.
  void drop_pages(size_t offset, size_t size) const;

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  uint64_t inode_ = 0, device_ = 0;  // which file it is, whatever its name leads to later
  PageGuard guard_;
};

}  // namespace diorama
