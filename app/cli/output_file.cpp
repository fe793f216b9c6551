#include "cli/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/file.h"

namespace diorama::cli {
namespace {

[[noreturn]] void fail_because_taken(const std::filesystem::path& path) {
  fail(Fault::file_system, "{}: exists already; add --overwrite, or choose another name", path.string());
}

}  // namespace

OutputFile::OutputFile(const std::string& name, bool overwrite) : path_(name), overwrite_(overwrite) {
  if (name.empty()) return;
  struct stat info {};
  const bool there = ::lstat(path_.c_str(), &info) == 0;
  if (!there && errno != ENOENT)
    fail(Fault::file_system, "{}: cannot be written: {}; choose another name", name, std::strerror(errno));
  if (there && !overwrite) fail_because_taken(path_);
  if (::stat(path_.c_str(), &info) == 0 && !S_ISREG(info.st_mode))
    fail(Fault::file_system, "{}: is not a file; choose another name", name);
  const std::filesystem::path folder = folder_of(path_);
  if (path_.filename().empty() || ::access(folder.c_str(), W_OK) != 0)
    fail(Fault::file_system, "{}: the folder {} cannot be written to: {}; choose another one", name,
         folder.string(), std::strerror(path_.filename().empty() ? EISDIR : errno));
}

void OutputFile::write(std::span<const std::byte> bytes) const {
  if (overwrite_) return write_file_atomically(path_, bytes);
  if (!write_new_file(path_, bytes)) fail_because_taken(path_);
}

void OutputFile::write(std::string_view text) const {
  write(std::as_bytes(std::span(text)));
}

}  // namespace diorama::cli
