// Files: read whole, mapped, written atomically. Errors are Fault::file_system and name the file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace diorama {

// False also where it cannot be examined.
bool path_exists(const std::filesystem::path& path);

// $XDG_CACHE_HOME/diorama, by default ~/.cache/diorama; empty where neither is known.
std::filesystem::path cache_folder();

std::string read_text_file(const std::filesystem::path& path);

// Writes to a temporary name in the same folder, syncs, renames. Nothing half-written is left behind.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

// A read-only memory map of a whole file.
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

  // Gives the pages of [offset, offset + size) back to the kernel; they are read again when touched.
  void drop_pages(size_t offset, size_t size) const;

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace diorama
