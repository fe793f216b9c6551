#include "base/new_folder.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark =
    ".diorama-unfinished";  // in a folder that is being made; its lock tells by whom
constexpr std::string_view kSuffix = ".partial";

// Locks of one machine may mean nothing to another that sees the same folder.
std::string machine() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

[[noreturn]] void fail_to_make(const fs::path& path, int error) {
  fail(Fault::file_system, "{}: cannot be made: {}; choose a name and a folder where it can", path.string(),
       std::strerror(error));
}

// "q/", "q/." and "q//./" are q.
fs::path plain(fs::path path) {
  if (path.empty()) fail(Fault::usage, "[destination] is empty; name the folder to make");
  while ((path.filename().empty() || path.filename() == ".") && path != path.parent_path())
    path = path.parent_path();
  return path;
}

void check_free(const fs::path& given, const fs::path& path) {
  struct stat info {};
  const bool there = path.empty() || path.filename().empty() || path.filename() == "..";
  if (!there && ::lstat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) fail_to_make(path, errno);
    return;
  }
  if (!there && S_ISLNK(info.st_mode) && ::stat(path.c_str(), &info) != 0)
    fail(Fault::usage, "[destination] {} is a link that leads nowhere; remove it, or choose a new folder",
         given.string());
  fail(Fault::usage, "[destination] {} exists already; choose a new folder", given.string());
}

Descriptor open_folder(int in, const char* name) {
  return Descriptor(::openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

enum class Holder { nobody, living, unknown };

// Who holds the mark that is open; takes it where nobody does.
Holder try_lock(int mark) {
  if (::flock(mark, LOCK_EX | LOCK_NB) == 0) return Holder::nobody;
  return errno == EWOULDBLOCK ? Holder::living : Holder::unknown;
}

// Also where its maker was killed before it could write its name.
bool is_of_this_machine(int mark) {
  std::array<char, 256> name{};
  const ssize_t length = ::pread(mark, name.data(), name.size() - 1, 0);
  return length == 0 ||
         (length > 0 && std::string_view(name.data(), static_cast<size_t>(length)) == machine());
}

bool was_removed(int descriptor) {
  struct stat info {};
  return ::fstat(descriptor, &info) != 0 || info.st_nlink == 0;
}

// All but the mark.
void clear(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename() == kMark) continue;
    fs::remove_all(entry.path(), error);
    if (error)
      fail(Fault::file_system, "{}: cannot be removed: {}; remove it yourself", entry.path().string(),
           error.message());
  }
}

// What runs that were killed left of other folders in the same place.
void remove_leftovers(const fs::path& parent) {
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(parent, unreadable)) {
    if (!entry.path().native().ends_with(kSuffix)) continue;
    const Descriptor folder = open_folder(AT_FDCWD, entry.path().c_str());
    if (!folder.is_open()) continue;
    const Descriptor mark(::openat(folder.get(), kMark, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    std::error_code ignored;
    if (mark.is_open() && is_of_this_machine(mark.get()) && try_lock(mark.get()) == Holder::nobody &&
        !was_removed(mark.get()))
      fs::remove_all(entry.path(), ignored);
  }
}

int rename_exclusively(const fs::path& from, const fs::path& to) {
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno == EEXIST) return EEXIST;
  // A file system may say anything where it cannot do this: a plain rename puts a folder in the place of
  // nothing but an empty one.
  struct stat there {};
  if (::lstat(to.c_str(), &there) == 0) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

// The folder below `folder` that `name` leads through, made where it is missing.
Descriptor enter(int folder, const fs::path& name) {
  Descriptor inner(::fcntl(folder, F_DUPFD_CLOEXEC, 0));
  for (const fs::path& part : name) {
    require(part != ".." && part != "." && !part.empty() && part != "/", "[folder] {} is no name below",
            name.string());
    if (::mkdirat(inner.get(), part.c_str(), 0777) != 0 && errno != EEXIST) return Descriptor();
    inner = open_folder(inner.get(), part.c_str());
    if (!inner.is_open()) return inner;
  }
  return inner;
}

}  // namespace

NewFolder::NewFolder(const fs::path& destination)
    : destination_(plain(destination)), path_(destination_.string() + std::string(kSuffix)) {
  check_free(destination, destination_);
  try {
    make_folders_on_the_way();
    remove_leftovers(folder_of(destination_));
    constexpr int kTries = 100;  // others may be claiming and removing it, too
    for (int i = 0; i < kTries && !claimed_; ++i) claimed_ = claim() || take_over();
    if (!claimed_) fail_to_make(path_, EBUSY);
    clear(path_);
    check_free(destination, destination_);  // the one that held it may have finished
  } catch (...) {
    remove();
    throw;
  }
}

NewFolder::~NewFolder() {
  if (!finished_) remove();
}

void NewFolder::remove() noexcept {
  try {
    std::error_code ignored;
    if (claimed_) fs::remove_all(path_, ignored);
  } catch (...) {  // no memory: the next run removes it
    return;
  }
  for (; !made_.empty(); made_.pop_back()) ::rmdir(made_.back().c_str());
}

void NewFolder::make_folders_on_the_way() {
  std::vector<fs::path> missing;
  for (fs::path folder = folder_of(destination_); !folder.empty(); folder = folder.parent_path()) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) == 0 || errno != ENOENT) break;
    missing.push_back(folder);
  }
  for (; !missing.empty(); missing.pop_back()) {
    if (::mkdir(missing.back().c_str(), 0777) == 0)
      made_.push_back(missing.back());
    else if (errno != EEXIST)
      fail_to_make(missing.back(), errno);
  }
}

// False where there is one already.
bool NewFolder::claim() {
  if (::mkdir(path_.c_str(), 0777) != 0) {
    if (errno == EEXIST) return false;
    fail_to_make(path_, errno);
  }
  folder_ = open_folder(AT_FDCWD, path_.c_str());
  if (!folder_.is_open()) return false;  // taken for a leftover, and removed
  lock_ =
      Descriptor(::openat(folder_.get(), kMark, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!lock_.is_open()) {
    if (errno == ENOENT || errno == EEXIST) return false;
    const int error = errno;
    ::rmdir(path_.c_str());
    fail_to_make(path_, error);
  }
  // On a file system without locks the mark alone has to do.
  if (try_lock(lock_.get()) == Holder::living || was_removed(lock_.get())) return false;
  const std::string name = machine();
  if (::write(lock_.get(), name.data(), name.size()) == static_cast<ssize_t>(name.size())) return true;
  const int error = errno;
  ::unlinkat(folder_.get(), kMark, 0);
  ::rmdir(path_.c_str());
  fail_to_make(path_, error);
}

// Of a run that was killed. False where it is gone by now.
bool NewFolder::take_over() {
  folder_ = open_folder(AT_FDCWD, path_.c_str());
  if (!folder_.is_open() && errno == ENOENT) return false;
  lock_ = folder_.is_open()
              ? Descriptor(::openat(folder_.get(), kMark, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
              : Descriptor();
  if (!lock_.is_open()) {
    if (folder_.is_open() && ::rmdir(path_.c_str()) == 0) return false;  // killed before it made its mark
    if (errno == ENOENT) return false;
    fail(Fault::usage, "[destination] {} is in the way; remove it, or choose another folder", path_.string());
  }
  const Holder holder = try_lock(lock_.get());
  if (holder == Holder::living)
    fail(Fault::usage, "[destination] {} is being made by another run; wait for it, or choose another folder",
         destination_.string());
  if (holder == Holder::unknown || !is_of_this_machine(lock_.get()))
    fail(Fault::usage,
         "[destination] {} may be what another run is making; remove it if there is none, or choose another "
         "folder",
         path_.string());
  return !was_removed(lock_.get());
}

NewFolder::File::File(const NewFolder& folder, const fs::path& name) : path_(folder.path_ / name) {
  const Descriptor place = enter(folder.folder_.get(), name.parent_path());
  if (place.is_open())
    file_ = Descriptor(::openat(place.get(), name.filename().c_str(),
                                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file_.is_open()) fail_to_make(path_, errno);
}

void NewFolder::File::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write();
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void NewFolder::File::close() {
  while (::fsync(file_.get()) != 0) {
    if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) break;  // cannot sync
    if (errno != EINTR) fail_to_write();
  }
  if (file_.close() != 0) fail_to_write();
}

void NewFolder::File::fail_to_write() const {
  fail(Fault::file_system, "{}: cannot be written: {}; free some space or choose another place",
       path_.string(), std::strerror(errno));
}

uint64_t NewFolder::free_bytes() const {
  struct statvfs disk {};
  if (::fstatvfs(folder_.get(), &disk) != 0) return ~uint64_t{0};
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

void NewFolder::finish() {
  ::fsync(folder_.get());
  finished_ = true;
  const int error = rename_exclusively(path_, destination_);
  ::unlinkat(folder_.get(), kMark, 0);
  if (error != 0)
    fail(Fault::file_system, "{}: cannot be given this name: {}; what was made is kept as {}",
         destination_.string(), std::strerror(error), path_.string());
  const Descriptor parent = open_folder(AT_FDCWD, folder_of(destination_).c_str());
  if (parent.is_open()) ::fsync(parent.get());
}

bool is_unfinished(const std::filesystem::path& folder) {
  return path_exists(folder / kMark);
}

}  // namespace diorama
