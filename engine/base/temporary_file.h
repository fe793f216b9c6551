// A file under a temporary name, on its way to its own.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/descriptor.h"

namespace diorama {

// Held by a lock while its process lives, so that another run can tell what was left by one that was killed.
// Functions return errno's value of what failed, or 0, so that the caller can say it of the file that is
// meant.
class TemporaryFile {
 public:
  // In `folder`, from which what killed runs left is removed first; error() tells whether it could be made.
  explicit TemporaryFile(const std::filesystem::path& folder);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  int error() const { return error_; }

  // Written and synced.
  int write(std::span<const std::byte> bytes);
  // As the file that it will replace, as far as the file system allows.
  void take_mode_of(const std::filesystem::path& path);
  // Renames it, over whatever is there.
  int replace(const std::filesystem::path& path);
  // EEXIST where the name is taken, by anything; works where a file system can neither rename exclusively nor
  // link.
  int place(const std::filesystem::path& path, std::span<const std::byte> bytes);

 private:
  std::filesystem::path path_;  // empty once it has its own name
  Descriptor file_{-1};
  int error_ = 0;
};

// Removes temporary files that no process holds.
void remove_stale_temporary_files(const std::filesystem::path& folder);

}  // namespace diorama
