#include "base/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>

#include "base/file.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = ".diorama-", kEnd = ".tmp";
constexpr size_t kDigits = 16;

// Random from the system each time: threads and runs on other machines take names in the same folder.
std::string temporary_name() {
  std::random_device random;
  return fmt::format("{}{:08x}{:08x}{}", kBegin, random(), random(), kEnd);
}

bool is_temporary_name(std::string_view name) {
  return name.size() == kBegin.size() + kDigits + kEnd.size() && name.starts_with(kBegin) &&
         name.ends_with(kEnd) &&
         name.substr(kBegin.size(), kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// False where somebody is removing it: between its making and its locking it looked as if nobody held it. On
// file systems without locks nothing is removed.
bool lock(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct stat info {};
  return ::fstat(fd, &info) == 0 && info.st_nlink > 0;
}

int write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  while (::fsync(fd) != 0) {
    if (errno == EINVAL || errno == EROFS || errno == ENOSYS || errno == EOPNOTSUPP) return 0;  // cannot sync
    if (errno != EINTR) return errno;
  }
  return 0;
}

void sync_folder_of(const fs::path& path) {
  const Descriptor opened(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) ::fsync(opened.get());
}

// What a system call says where the file system or the kernel lacks it.
bool is_lacking(int error) {
  constexpr std::array kLacking{EINVAL, ENOSYS, EOPNOTSUPP, EPERM, EMLINK, EXDEV, ENOTTY};
  for (const int lacking : kLacking)
    if (error == lacking) return true;
  return false;
}

// Once a folder and run: there can be very many files.
bool is_first_look(const fs::path& folder) {
  static std::mutex mutex;
  static std::set<fs::path> seen;
  std::error_code unknown;
  const std::lock_guard lock(mutex);
  return seen.insert(fs::absolute(folder, unknown)).second;
}

int rename_exclusively(const fs::path& from, const fs::path& to) {
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (!is_lacking(errno)) return errno;
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  ::unlink(from.c_str());
  return 0;
}

}  // namespace

TemporaryFile::TemporaryFile(const fs::path& folder) {
  if (is_first_look(folder)) remove_stale_temporary_files(folder);
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    path_ = folder / temporary_name();
    file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    error_ = file_.is_open() ? 0 : errno;
    if (file_.is_open() && lock(file_.get())) return;
    if (file_.is_open()) ::unlink(path_.c_str());
    if (!file_.is_open() && error_ != EEXIST) break;
    error_ = EEXIST;
  }
  path_.clear();
}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

int TemporaryFile::write(std::span<const std::byte> bytes) {
  return write_all(file_.get(), bytes);
}

void TemporaryFile::take_mode_of(const fs::path& path) {
  struct stat old {};
  if (::stat(path.c_str(), &old) != 0) return;
  // The owner first: a change of owner takes rights away. Neither is worth losing a file for.
  if (::fchown(file_.get(), old.st_uid, old.st_gid) == 0 || old.st_uid == ::geteuid())
    static_cast<void>(::fchmod(file_.get(), old.st_mode & 07777));
}

int TemporaryFile::replace(const fs::path& path) {
  if (::rename(path_.c_str(), path.c_str()) != 0) return errno;
  path_.clear();
  sync_folder_of(path);
  return 0;
}

int TemporaryFile::place(const fs::path& path, std::span<const std::byte> bytes) {
  int error = rename_exclusively(path_, path);
  if (is_lacking(error)) {
    // Neither exclusive names nor links: the name is taken by an empty file, which this one replaces. Where
    // even that cannot be done, the bytes are written once more, under the name itself.
    Descriptor claimed(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!claimed.is_open()) return errno;
    if (replace(path) == 0) return 0;
    error = write_all(claimed.get(), bytes);
    if (claimed.close() != 0 && error == 0) error = errno;
    if (error != 0) ::unlink(path.c_str());
    return error;
  }
  if (error != 0) return error;
  path_.clear();
  sync_folder_of(path);
  return 0;
}

void remove_stale_temporary_files(const fs::path& folder) {
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    if (!is_temporary_name(entry.path().filename().native())) continue;
    const Descriptor file(::open(entry.path().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info {};
    if (!file.is_open() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
  }
}

}  // namespace diorama
