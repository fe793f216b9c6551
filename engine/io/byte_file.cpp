#include "io/byte_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace diorama {

ByteFile::ByteFile(std::filesystem::path path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (!file_.is_open())
    fail(Fault::file_system, "{}: cannot be opened: {}", path_.string(), std::strerror(errno));
  if (!S_ISREG(info().st_mode)) fail(Fault::file_system, "{}: is not a regular file", path_.string());
}

struct stat ByteFile::info() const {
  struct stat info {};
  if (::fstat(file_.get(), &info) != 0)
    fail(Fault::file_system, "{}: cannot be examined: {}", path_.string(), std::strerror(errno));
  return info;
}

size_t ByteFile::read(uint64_t offset, std::span<std::byte> out) const {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        ::pread(file_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(Fault::file_system, "{}: cannot be read: {}", path_.string(), std::strerror(errno));
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

uint64_t ByteFile::next_data(uint64_t offset) const {
  const off_t found = ::lseek(file_.get(), static_cast<off_t>(offset), SEEK_DATA);
  if (found >= 0) return static_cast<uint64_t>(found);
  return errno == ENXIO ? size() : offset;  // a file system that knows no holes has none
}

}  // namespace diorama
