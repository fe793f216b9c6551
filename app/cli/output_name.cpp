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
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code unknown;
  if (!fs::is_directory(folder, unknown))
    fail(Fault::file_system, "{}: the folder {} does not exist; make it first", file.string(),
         folder.string());
  if (::access(folder.c_str(), W_OK) != 0)
    fail(Fault::file_system, "{}: the folder {} cannot be written to: {}; choose another one", file.string(),
         folder.string(), std::strerror(errno));
}

// The number between `before` and `after`, or 0.
int number_in(std::string_view name, std::string_view before, std::string_view after) {
  if (!name.starts_with(before) || !name.ends_with(after) || name.size() <= before.size() + after.size())
    return 0;
  const std::string_view digits = name.substr(before.size(), name.size() - before.size() - after.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number > 0 ? number : 0;
}

int first_free_number(const OutputPattern& pattern) {
  const fs::path before = pattern.before;
  int highest = 0;
  std::error_code unreadable;
  for (const auto& entry :
       fs::directory_iterator(before.has_parent_path() ? before.parent_path() : ".", unreadable))
    highest = std::max(
        highest, number_in(entry.path().filename().string(), before.filename().string(), pattern.after));
  return highest + 1;
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

OutputNames::OutputNames(OutputPattern pattern, bool several, bool overwrite) : pattern_(std::move(pattern)) {
  if (!pattern_.width && several) {
    const size_t suffix = pattern_.before.size() - kSuffix.size();
    pattern_ = {pattern_.before.substr(0, suffix) + "-", 4, pattern_.before.substr(suffix)};
  }
  check_folder(name(1));
  if (overwrite) return;
  if (pattern_.width)
    number_ = first_free_number(pattern_);
  else if (path_exists(pattern_.before))
    fail(Fault::file_system, "{}: exists already; add --overwrite, or a number as in out-%04d.png",
         pattern_.before);
}

fs::path OutputNames::name(int number) const {
  if (!pattern_.width) return pattern_.before;
  return fmt::format("{}{:0{}}{}", pattern_.before, number, *pattern_.width, pattern_.after);
}

}  // namespace diorama::cli
