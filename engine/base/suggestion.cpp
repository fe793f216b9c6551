#include "base/suggestion.h"

#include <algorithm>
#include <vector>

namespace diorama {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Changes of one letter, and exchanges of two neighbours, that make one word the other (optimal string
// alignment).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    before = above;
    above = row;
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const auto same = [&](size_t at_a, size_t at_b) { return lower(a[at_a]) == lower(b[at_b]); };
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same(i - 1, j - 1) ? 0 : 1)});
      if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// One change, and one more for every three letters; a word that was left off counts as near.
bool is_near(std::string_view typed, std::string_view word, size_t changes) {
  constexpr size_t kShortest = 2;
  const bool begun = typed.size() >= kShortest && word.starts_with(typed);
  return begun || changes <= std::max<size_t>(1, typed.size() / 3);
}

template <typename Word>
std::string nearest(std::string_view typed, std::span<const Word> known) {
  constexpr size_t kLongest = 64;  // bytes; nobody mistypes a word that is longer
  std::string_view best;
  size_t fewest = kLongest;
  if (typed.empty() || typed.size() > kLongest) return "";
  for (const std::string_view word : known) {
    if (word.size() > kLongest) continue;
    const size_t changes = distance(typed, word);
    if (changes >= fewest || changes >= word.size() || !is_near(typed, word, changes)) continue;
    best = word;
    fewest = changes;
  }
  return best.empty() ? "" : "; did you mean " + std::string(best) + "?";
}

}  // namespace

std::string did_you_mean(std::string_view typed, std::span<const std::string> known) {
  return nearest(typed, known);
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known) {
  return nearest(typed, known);
}

}  // namespace diorama
