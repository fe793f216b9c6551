#include "base/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/error.h"

namespace diorama {

FolderLock::FolderLock(const std::filesystem::path& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (!folder_.is_open())
    fail(Fault::file_system, "{}: cannot be opened: {}", folder.string(), std::strerror(errno));
  constexpr int kTries = 500;
  constexpr std::chrono::milliseconds kWait(20);
  for (int i = 0; i < kTries; ++i) {
    if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR)) return;
    std::this_thread::sleep_for(kWait);
  }
  fail(Fault::file_system, "{}: another program does not let go of this folder; end it and try again",
       folder.string());
}

}  // namespace diorama
