#include "io/spiece_check.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace diorama {
namespace {

// The fields of a protobuf message that hold bytes; others are passed over.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}

  struct Field {
    uint64_t number;
    std::string_view bytes;
  };

  // Nothing at the end, and where the message is broken.
  std::optional<Field> next() {
    while (const auto tag = varint()) {
      const uint64_t number = *tag >> 3;
      switch (*tag & 7) {
        case 0:
          if (!varint()) return std::nullopt;
          break;
        case 1:
          if (!take(8)) return std::nullopt;
          break;
        case 5:
          if (!take(4)) return std::nullopt;
          break;
        case 2: {
          const auto length = varint();
          const auto bytes = length ? take(*length) : std::nullopt;
          return bytes ? std::optional(Field{number, *bytes}) : std::nullopt;
        }
        default:
          return std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = take(1);
      if (!byte) return std::nullopt;
      value |= static_cast<uint64_t>(byte->front() & 0x7f) << shift;
      if ((byte->front() & 0x80) == 0) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take(uint64_t length) {
    if (length > rest_.size()) return std::nullopt;
    const std::string_view bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return bytes;
  }

  std::string_view rest_;
};

uint32_t word(std::string_view bytes, size_t index) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + 4 * index, sizeof(value));
  return value;
}

// u32 size of the trie, a double array of u32 units, replacements that each end in a zero. A unit's children
// lie at (unit's place ^ offset) ^ next byte of the text, its value at (unit's place ^ offset).
bool is_safe(std::string_view map) {
  if (map.empty()) return true;
  if (map.size() < 4 || word(map, 0) > map.size() - 4) return false;
  const std::string_view trie = map.substr(4, word(map, 0));
  const std::string_view replacements = map.substr(4 + trie.size());
  const size_t num_units = trie.size() / 4;
  if (num_units == 0 || trie.size() % 4 != 0 || replacements.empty() || replacements.back() != '\0')
    return false;
  for (size_t place = 0; place < num_units; ++place) {
    const uint32_t unit = word(trie, place);
    if ((unit >> 31) != 0 && place != 0) continue;  // a value
    const size_t base = place ^ (size_t{unit >> 10} << ((unit & 0x200u) >> 6));
    if ((base | 0xff) >= num_units) return false;
    const bool has_value = (unit & 0x100u) != 0;
    if (has_value && (word(trie, base) & 0x7fffffffu) >= replacements.size()) return false;
  }
  return true;
}

}  // namespace

bool character_maps_are_safe(std::string_view spiece_model) {
  constexpr uint64_t kNormalizer = 3, kDenormalizer = 5, kCharacterMap = 2;
  Fields model(spiece_model);
  while (const auto field = model.next()) {
    if (field->number != kNormalizer && field->number != kDenormalizer) continue;
    Fields normalizer(field->bytes);
    while (const auto inner = normalizer.next())
      if (inner->number == kCharacterMap && !is_safe(inner->bytes)) return false;
  }
  return true;
}

}  // namespace diorama
