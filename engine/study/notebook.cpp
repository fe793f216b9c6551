#include "study/notebook.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json_config.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr size_t kMostBytes = size_t{16} << 20;  // of a notebook; a search of a day takes a hundredth
constexpr size_t kMostOfLine = size_t{1} << 20;

std::optional<Json> read_line(std::string_view line) {
  if (line.empty() || line.size() > kMostOfLine) return std::nullopt;
  try {
    Json json = parse_json(line, "notebook");
    if (json.is_object() && json.contains("what") && json["what"].is_string() && json.contains("value"))
      return json;
  } catch (const Error&) {  // cut off, or damaged
    return std::nullopt;
  }
  return std::nullopt;
}

// Errno's value of what failed, or 0. At once: two searches at the same time keep whole lines.
int append(const fs::path& file, const std::string& line) {
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0666));
  struct stat info {};
  if (!out.is_open() || ::fstat(out.get(), &info) != 0) return errno;
  if (!S_ISREG(info.st_mode)) return EINVAL;
  if (static_cast<size_t>(info.st_size) + line.size() > kMostBytes) return EFBIG;
  const ssize_t written = ::write(out.get(), line.data(), line.size());
  if (written < 0) return errno;
  return static_cast<size_t>(written) == line.size() ? 0 : ENOSPC;
}

}  // namespace

Notebook::Notebook(fs::path file) : file_(std::move(file)) {
  std::error_code unknown;
  if (file_.empty() || fs::symlink_status(file_, unknown).type() == fs::file_type::not_found) return;
  std::string text;
  try {
    text = read_text_file(file_, kMostBytes);
  } catch (const Error& error) {
    fail(Fault::file_system, "{}; remove it, and the search begins anew", error.what());
  }
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (const auto line = read_line(std::string_view(text).substr(begin, end - begin)))
      entries_[(*line)["what"].get<std::string>()] = (*line)["value"];
    begin = end + 1;
  }
}

const Json* Notebook::find(const std::string& what) const {
  const auto found = entries_.find(what);
  return found == entries_.end() ? nullptr : &found->second;
}

void Notebook::write(const std::string& what, const Json& value) {
  entries_[what] = value;
  if (file_.empty()) {
    problem_ = "there is no home folder; what was tried is not kept";
    return;
  }
  std::error_code ignored;  // opening says what is wrong
  fs::create_directories(file_.parent_path(), ignored);
  // A line that was cut off when a search was killed must not swallow this one.
  const std::string line =
      "\n" + Json{{"what", what}, {"value", value}}.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (const int error = append(file_, line); error != 0)
    problem_ = fmt::format("{}: cannot be written: {}; what was tried is not kept", file_.string(),
                           std::strerror(error));
}

}  // namespace diorama
