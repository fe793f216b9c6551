#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/temporary_file.h"

namespace diorama {
namespace {

size_t file_size(const Descriptor& file, const std::filesystem::path& path) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0)
    fail(Fault::file_system, "{}: cannot be examined: {}", path.string(), std::strerror(errno));
  if (!S_ISREG(info.st_mode)) fail(Fault::file_system, "{}: is not a regular file", path.string());
  return static_cast<size_t>(info.st_size);
}

// A pipe that nobody writes to is opened without waiting, and then refused.
Descriptor open_for_reading(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fail(Fault::file_system, "{}: cannot be opened: {}", path.string(), std::strerror(errno));
  return Descriptor(fd);
}

// Where a link leads, also where nothing is there yet.
std::filesystem::path behind_links(const std::filesystem::path& path) {
  constexpr int kMostLinks = 40;  // as the kernel
  std::error_code none;
  std::filesystem::path target = path;
  for (int i = 0; i < kMostLinks; ++i) {
    if (!std::filesystem::is_symlink(target, none)) return target;
    target = target.parent_path() / std::filesystem::read_symlink(target, none);
  }
  fail(Fault::file_system, "{}: is a link that leads round in a circle; choose another name", path.string());
}

[[noreturn]] void fail_to_make(const std::filesystem::path& path, int error) {
  fail(Fault::file_system, "{}: cannot be created: {}; choose a folder that can be written", path.string(),
       std::strerror(error));
}

[[noreturn]] void fail_to_write(const std::filesystem::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  fail(Fault::file_system, "{}: cannot be written: {}; {}", path.string(), std::strerror(error),
       full ? "free some space or choose another place" : "choose another name or place");
}

// What a rename would silently put a file in the place of.
void check_replaceable(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || S_ISREG(info.st_mode)) return;
  fail(Fault::file_system, "{}: is {}, not a regular file; choose another name", path.string(),
       S_ISDIR(info.st_mode) ? "a folder" : "a device or a pipe");
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// The environment variable, where it holds an absolute path: others must be ignored (XDG base directories).
std::filesystem::path absolute_path_in(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value == '/' ? value : std::filesystem::path();
}

}  // namespace

bool path_exists(const std::filesystem::path& path) {
  std::error_code unknown;
  return std::filesystem::exists(path, unknown);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

std::string read_text_file(const std::filesystem::path& path, size_t most) {
  const Descriptor file = open_for_reading(path);
  const size_t size = file_size(file, path);
  if (size > most)
    fail(Fault::file_system, "{}: is larger than {}, more than such a file can be", path.string(),
         most < size_t{1} << 20 ? fmt::format("{} KiB", most >> 10) : fmt::format("{} MiB", most >> 20));
  std::string text(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(file.get(), text.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(Fault::file_system, "{}: cannot be read: {}", path.string(), std::strerror(errno));
    if (count == 0)
      fail(Fault::file_system, "{}: became shorter while it was read; try again", path.string());
    done += static_cast<size_t>(count);
  }
  return text;
}

void write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  const std::filesystem::path target = behind_links(path);
  check_replaceable(target);
  TemporaryFile file(folder_of(target));
  if (file.error() != 0) fail_to_make(path, file.error());
  int error = file.write(bytes);
  if (error == 0) file.take_mode_of(target);
  if (error == 0) error = file.replace(target);
  if (error != 0) fail_to_write(path, error);
}

void write_file_atomically(const std::filesystem::path& path, std::string_view text) {
  write_file_atomically(path, as_bytes(text));
}

bool write_new_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  TemporaryFile file(folder_of(path));
  if (file.error() != 0) fail_to_make(path, file.error());
  int error = file.write(bytes);
  if (error == 0) error = file.place(path, bytes);
  if (error == EEXIST) return false;
  if (error != 0) fail_to_write(path, error);
  return true;
}

bool write_new_file(const std::filesystem::path& path, std::string_view text) {
  return write_new_file(path, as_bytes(text));
}

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  const Descriptor file = open_for_reading(path);
  size_ = file_size(file, path);
  if (size_ == 0) return;
  void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED)
    fail(Fault::file_system, "{}: cannot be mapped: {}", path.string(), std::strerror(errno));
  data_ = static_cast<const std::byte*>(data);
  guard_ = PageGuard(data_, size_);
  struct stat info {};
  ::fstat(file.get(), &info);
  inode_ = info.st_ino;
  device_ = info.st_dev;
}

MappedFile::~MappedFile() {
  guard_ = PageGuard();  // before somebody else is given these addresses
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      inode_(other.inode_),
      device_(other.device_),
      guard_(std::move(other.guard_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(inode_, other.inode_);
  std::swap(device_, other.device_);
  std::swap(guard_, other.guard_);
  return *this;
}

// A cut inside the last page that is left costs no page: the size tells. A file that was replaced under its
// name is another one, and this one lives on.
bool MappedFile::shrunk() const {
  if (guard_.tripped()) return true;
  struct stat now {};
  return ::stat(path_.c_str(), &now) == 0 && now.st_ino == inode_ && now.st_dev == device_ &&
         static_cast<size_t>(now.st_size) < size_;
}

void MappedFile::drop_pages(size_t offset, size_t size) const {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const size_t begin = offset / page * page;
  if (offset + size > begin)
    ::madvise(const_cast<std::byte*>(data_) + begin, offset + size - begin, MADV_DONTNEED);
}

std::filesystem::path cache_folder() {
  if (const auto cache = absolute_path_in("XDG_CACHE_HOME"); !cache.empty()) return cache / "diorama";
  if (const auto home = absolute_path_in("HOME"); !home.empty()) return home / ".cache" / "diorama";
  return {};
}

}  // namespace diorama
