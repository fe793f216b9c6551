#include "base/stand_in.h"

#include <algorithm>
#include <array>

namespace diorama {
namespace {

// `prefix` is in lower case.
bool begins_with(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [&](char a, char b) { return a == lower(b); });
}

bool begins_with_any(std::string_view text, auto prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return begins_with(text, prefix); });
}

std::string_view without_blanks_before(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

}  // namespace

std::string_view describe_stand_in(std::string_view beginning) {
  constexpr std::array<std::string_view, 2> kPointers{"version https://git-lfs", "version https://hawser"};
  constexpr std::array<std::string_view, 5> kPages{"<!doctype", "<html", "<!--", "<head", "<?xml"};
  constexpr std::array<std::string_view, 5> kAnswers{"entry not found", "repository not found",
                                                     "access denied", "access to model",
                                                     "invalid username or password"};
  constexpr size_t kMostLooked = 4096;
  const std::string_view text = without_blanks_before(beginning.substr(0, kMostLooked));
  if (begins_with_any(text, kPointers))
    return "a Git LFS pointer, not the file itself; fetch that with git lfs pull";
  if (begins_with_any(text, kPages))
    return "a web page, not the file itself; fetch it again, perhaps after signing in there";
  if (begins_with_any(text, kAnswers))
    return "a server's refusal, not the file itself; fetch it again, perhaps after signing in there";
  return {};
}

}  // namespace diorama
