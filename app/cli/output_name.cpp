#include "cli/output_name.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/error.h"
#include "base/file.h"

namespace diorama::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".png";
constexpr int kMaxWidth = 9;

[[noreturn]] void reject(std::string_view text) {
  fail(Fault::usage,
       "[output] '{}': only one %d or %0Nd (N from 1 to {}) may stand in a name, and %% for a percent sign",
       text, kMaxWidth);
}

// The width of the number that `text` begins with after its percent sign; takes it off.
int take_number(std::string_view& rest, std::string_view text) {
  const size_t letter = rest.find('d');
  if (letter == 0 || letter == std::string_view::npos) {
    if (letter != 0) reject(text);
    rest.remove_prefix(1);
    return 1;
  }
  const std::string_view digits = rest.substr(0, letter);
  int width = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), width);
  const bool all = error == std::errc() && end == digits.data() + digits.size();
  if (!all || digits.front() != '0' || width < 1 || width > kMaxWidth) reject(text);
  rest.remove_prefix(letter + 1);
  return width;
}

bool ends_in_png(std::string_view name) {
  if (name.size() <= kSuffix.size()) return false;
  return std::ranges::equal(name.substr(name.size() - kSuffix.size()), kSuffix,
                            [](char a, char b) { return a == b || a + 32 == b; });
}

void check_folder(const fs::path& file) {
  const fs::path folder = folder_of(file);
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown))
    fail(Fault::file_system, "{}: the folder {} does not exist; make it first", file.string(),
         folder.string());
  if (::access(folder.c_str(), W_OK) != 0)
    fail(Fault::file_system, "{}: the folder {} cannot be written to: {}; choose another one", file.string(),
         folder.string(), std::strerror(errno));
}

// Names end in a number of at most nine digits; files of larger ones are none of ours.
constexpr int kMaxNumber = 999'999'999;

// The number between `before` and `after`, or 0.
int number_in(std::string_view name, std::string_view before, std::string_view after) {
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size())
    return 0;
  const std::string_view digits = name.substr(before.size(), name.size() - before.size() - after.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool all = error == std::errc() && end == digits.data() + digits.size();
  return all && number > 0 && number <= kMaxNumber ? number : 0;
}

int first_free_number(const OutputPattern& pattern) {
  const fs::path before = pattern.before;
  int highest = 0;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder_of(before), unreadable))
    highest = std::max(
        highest, number_in(entry.path().filename().string(), before.filename().string(), pattern.after));
  return highest + 1;
}

// A link that leads nowhere is a taken name too.
bool is_taken(const fs::path& path) {
  std::error_code unknown;
  return fs::exists(fs::symlink_status(path, unknown));
}

// What only writing would find out otherwise, when the picture is painted.
void check_name(const fs::path& file, std::string_view longest_suffix) {
  const fs::path folder = folder_of(file);
  const long most = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  const size_t length = file.filename().native().size() + longest_suffix.size();
  if (most > 0 && length > static_cast<size_t>(most))
    fail(Fault::file_system,
         "{}: the name is too long: with all that may be added {} characters, {} are allowed here; choose a "
         "shorter one",
         file.string(), length, most);
  std::error_code unknown;
  if (const fs::file_status there = fs::status(file, unknown);
      fs::exists(there) && !fs::is_regular_file(there))
    fail(Fault::file_system, "{}: is not a regular file; choose another name", file.string());
}

OutputPattern numbered(const OutputPattern& pattern) {
  const size_t suffix = pattern.before.size() - kSuffix.size();
  return {pattern.before.substr(0, suffix) + "-", 4, pattern.before.substr(suffix)};
}

fs::path name_of(const OutputPattern& pattern, int number) {
  if (!pattern.width) return pattern.before;
  return fmt::format("{}{:0{}}{}", pattern.before, number, *pattern.width, pattern.after);
}

// Under the first number from `number` on that nobody else takes; leaves the number after it.
fs::path save_numbered(const OutputPattern& pattern, int& number, std::string_view picture) {
  for (;;) {
    fs::path path = name_of(pattern, number);
    if (write_new_file(path, picture)) {
      ++number;
      return path;
    }
    number = std::max(number + 1, first_free_number(pattern));
  }
}

// A picture that cannot be saved under its name: beside that, else among the temporary files. Empty where
// neither can be done.
fs::path keep_elsewhere(const fs::path& path, std::string_view picture) {
  std::error_code unknown;
  const OutputPattern beside = numbered({.before = path.string(), .width = {}, .after = {}});
  const OutputPattern temporary{(fs::temp_directory_path(unknown) / "diorama-").string(), 4,
                                std::string(kSuffix)};
  for (const OutputPattern& pattern : {beside, temporary}) {
    try {
      int number = first_free_number(pattern);
      return save_numbered(pattern, number, picture);
    } catch (const Error&) {
      continue;  // the next place
    }
  }
  return {};
}

}  // namespace

OutputPattern parse_output_pattern(std::string_view text) {
  OutputPattern pattern;
  for (std::string_view rest = text; !rest.empty();) {
    std::string& part = pattern.width ? pattern.after : pattern.before;
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c != '%') {
      part += c;
    } else if (rest.starts_with('%')) {
      part += '%';
      rest.remove_prefix(1);
    } else {
      if (pattern.width) reject(text);
      pattern.width = take_number(rest, text);
    }
  }
  if (pattern.after.find('/') != std::string::npos)
    fail(Fault::usage, "[output] '{}': the number must stand in the file's name, not in a folder's", text);
  if (!ends_in_png(pattern.width ? "x" + pattern.after : fs::path(pattern.before).filename().string()))
    fail(Fault::usage, "[output] '{}': pictures are written as PNG; choose a name that ends in .png", text);
  return pattern;
}

OutputNames::OutputNames(OutputPattern pattern, bool several, bool overwrite, std::string_view longest_suffix)
    : pattern_(std::move(pattern)), overwrite_(overwrite) {
  constexpr std::string_view kNumber = "-0001";  // where a name turns out to be taken
  if (!pattern_.width && several) pattern_ = numbered(pattern_);
  check_folder(name(1));
  if (!overwrite_ && pattern_.width) number_ = first_free_number(pattern_);
  check_name(path(), std::max(longest_suffix, kNumber, [](auto a, auto b) { return a.size() < b.size(); }));
  if (!overwrite_ && !pattern_.width && is_taken(pattern_.before))
    fail(Fault::file_system, "{}: exists already; add --overwrite, or a number as in out-%04d.png",
         pattern_.before);
}

fs::path OutputNames::name(int number) const {
  return name_of(pattern_, number);
}

fs::path OutputNames::save_as_asked(std::string_view picture) {
  if (pattern_.width && !overwrite_) return save_numbered(pattern_, number_, picture);
  fs::path path = name(number_++);
  if (overwrite_)
    write_file_atomically(path, picture);
  else if (!write_new_file(path, picture))
    fail(Fault::file_system, "{}: was made by somebody else while this picture was painted", path.string());
  return path;
}

fs::path OutputNames::save(std::string_view picture) {
  const fs::path asked = path();
  try {
    return save_as_asked(picture);
  } catch (const Error& error) {
    const fs::path kept = keep_elsewhere(asked, picture);
    if (kept.empty())
      fail(error.fault(), "{}; the picture could not be kept anywhere else either", error.what());
    fail(error.fault(), "{}; the picture is kept in {}", error.what(), kept.string());
  }
}

fs::path with_suffix(const fs::path& picture, std::string_view suffix) {
  return picture.parent_path() /
         fmt::format("{}{}{}", picture.stem().string(), suffix, picture.extension().string());
}

fs::path save_beside(const fs::path& path, std::string_view bytes, bool overwrite) {
  if (overwrite) {
    write_file_atomically(path, bytes);
    return path;
  }
  fs::path free = path;
  for (int i = 2; !write_new_file(free, bytes); ++i) free = with_suffix(path, fmt::format("-{}", i));
  return free;
}

}  // namespace diorama::cli
