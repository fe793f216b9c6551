// Keeps others that ask for the same lock out of a folder, while a file there is read, changed and written.
#pragma once

#include <filesystem>

#include "base/descriptor.h"

namespace diorama {

// Ends with the process. Waits for others; Fault::file_system where one does not let go. On a file system
// without locks there is none.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);

 private:
  Descriptor folder_;
};

}  // namespace diorama
