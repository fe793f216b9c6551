#include "io/character_map.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace diorama {
namespace {

constexpr size_t kMostBytes = size_t{4} << 20;  // published maps have 300 KB
constexpr size_t kMostReplacement = 128;        // bytes; the longest in Unicode's tables has 33
constexpr int kMostMatches = 32;                // the library's table of the rules that one place matches

// A trie in a double array of units. A unit's children lie at (its place ^ offset) ^ next byte of the text
// and say that byte again; its value, if it has one, lies at (its place ^ offset).
class Trie {
 public:
  explicit Trie(std::string_view units) : units_(units.size() / 4) {
    std::memcpy(units_.data(), units.data(), 4 * units_.size());
  }

  // Wherever the library can look from a unit on, there is one, and values are less than `end`.
  bool stays_inside(size_t end) const;
  // No text matches more rules at one place than the library has room for, and every match ends.
  bool matches_fit() const;

 private:
  bool is_value(size_t place) const { return (units_[place] >> 31) != 0; }
  bool has_value(size_t place) const { return (units_[place] & 0x100u) != 0; }
  size_t base(size_t place) const {
    const uint32_t unit = units_[place];
    return place ^ (size_t{unit >> 10} << ((unit & 0x200u) >> 6));
  }
  bool is_child(size_t place, uint32_t byte) const { return (units_[place] & 0x800000ffu) == byte; }

  std::vector<uint32_t> units_;
};

bool Trie::stays_inside(size_t end) const {
  for (size_t place = 0; place < units_.size(); ++place) {
    if (is_value(place) && place != 0) continue;
    if ((base(place) | 0xff) >= units_.size()) return false;
    if (has_value(place) && (units_[base(place)] & 0x7fffffffu) >= end) return false;
  }
  return true;
}

// Depth first; what was found below a unit is kept, since units may share their children.
bool Trie::matches_fit() const {
  struct Step {
    size_t place;
    uint32_t next_byte = 0;
    int most = 0;  // matches below
  };
  constexpr uint8_t kNew = 0, kOpen = 1, kDone = 2;
  std::vector<uint8_t> states(units_.size(), kNew);  // kDone + matches below
  std::vector<Step> path;
  path.push_back({0});
  states[0] = kOpen;
  while (true) {
    Step& step = path.back();
    if (step.next_byte > 0xff) {
      const Step done = step;
      states[done.place] = static_cast<uint8_t>(kDone + done.most);
      path.pop_back();
      if (path.empty()) return true;
      path.back().most = std::max(path.back().most, done.most + (has_value(done.place) ? 1 : 0));
      if (path.back().most > kMostMatches) return false;
      continue;
    }
    const uint32_t byte = step.next_byte++;
    const size_t child = base(step.place) ^ byte;
    if (!is_child(child, byte)) continue;
    if (states[child] == kOpen) return false;  // a circle: some text matches for ever
    if (states[child] == kNew) {
      states[child] = kOpen;
      path.push_back({child});
      continue;
    }
    step.most = std::max(step.most, states[child] - kDone + (has_value(child) ? 1 : 0));
    if (step.most > kMostMatches) return false;
  }
}

// Each ends in a zero.
bool replacements_are_short(std::string_view replacements) {
  if (replacements.empty() || replacements.back() != '\0') return false;
  while (!replacements.empty()) {
    const size_t length = replacements.find('\0');
    if (length > kMostReplacement) return false;
    replacements.remove_prefix(length + 1);
  }
  return true;
}

}  // namespace

// u32 size of the trie, the trie, replacements.
bool character_map_is_safe(std::string_view map) {
  if (map.empty()) return true;
  uint32_t trie_size = 0;
  if (map.size() < sizeof(trie_size) || map.size() > kMostBytes) return false;
  std::memcpy(&trie_size, map.data(), sizeof(trie_size));
  map.remove_prefix(sizeof(trie_size));
  if (trie_size == 0 || trie_size > map.size() || trie_size % 4 != 0) return false;
  const Trie trie(map.substr(0, trie_size));
  const std::string_view replacements = map.substr(trie_size);
  return replacements_are_short(replacements) && trie.stays_inside(replacements.size()) && trie.matches_fit();
}

}  // namespace diorama
