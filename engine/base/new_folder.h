// A folder that gets its name when it is complete, and is nothing before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/descriptor.h"

namespace diorama {

// Until then it lies beside its place, as DESTINATION.partial, and is held by a lock that ends with its
// process: the next run there removes what a run that was killed left, and leaves alone what another one is
// still making.
class NewFolder {
 public:
  // Finds out at once whatever stands in the way: Fault::usage where the name is empty, taken or being made
  // by another run, Fault::file_system where nothing can be made there. "q/" and "q/." mean q. Folders on the
  // way are made.
  explicit NewFolder(const std::filesystem::path& destination);
  // Removes what was not finished.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& destination() const { return destination_; }
  // Where it is until it is finished.
  const std::filesystem::path& path() const { return path_; }

  // A new file by its name below, with the folders on the way: follows no link and replaces nothing, so that
  // it ends up nowhere else. Complete once it is closed.
  class File {
   public:
    File(const NewFolder& folder, const std::filesystem::path& name);
    void write(std::span<const std::byte> bytes);
    void close();

   private:
    [[noreturn]] void fail_to_write() const;

    std::filesystem::path path_;
    Descriptor file_;
  };
  // Of the disk, for users without privileges.
  uint64_t free_bytes() const;

  // Gives it its name. Where that cannot be done any more, the folder is kept, and the error says as what.
  void finish();

 private:
  void make_folders_on_the_way();
  bool claim();
  bool take_over();
  void remove() noexcept;

  std::filesystem::path destination_, path_;
  std::vector<std::filesystem::path> made_;  // folders on the way, the innermost last
  Descriptor folder_, lock_;
  bool claimed_ = false, finished_ = false;
};

// A folder that a run is still making, or was when it was killed.
bool is_unfinished(const std::filesystem::path& folder);

}  // namespace diorama
