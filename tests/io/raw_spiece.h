// SentencePiece models put together by hand, right or wrong: protobuf messages.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::test {

inline std::string raw_number(uint64_t value) {
  std::string bytes;
  for (; value > 0x7f; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

inline std::string number_field(uint64_t field, uint64_t value) {
  return raw_number(field << 3) + raw_number(value);
}

inline std::string bytes_field(uint64_t field, std::string_view bytes) {
  return raw_number(field << 3 | 2) + raw_number(bytes.size()) + std::string(bytes);
}

inline std::string float_field(uint64_t field, float value) {
  std::string bytes(sizeof(value), '\0');
  std::memcpy(bytes.data(), &value, sizeof(value));
  return raw_number(field << 3 | 5) + bytes;
}

// Kinds of pieces.
constexpr uint64_t kNormalPiece = 1, kUnknownPiece = 2, kControlPiece = 3, kUserPiece = 4, kBytePiece = 6;

inline std::string raw_piece(std::string_view text, uint64_t kind = kNormalPiece, float score = 0) {
  return bytes_field(1, bytes_field(1, text) + float_field(2, score) + number_field(3, kind));
}

// <pad>, </s>, <unk>, then these pieces; the trainer says unigram, the normaliser has this map of characters.
inline std::string raw_spiece(const std::string& pieces, std::string_view character_map = {}) {
  return raw_piece("<pad>", kControlPiece) + raw_piece("</s>", kControlPiece) +
         raw_piece("<unk>", kUnknownPiece) + pieces + bytes_field(2, number_field(3, 1)) +
         bytes_field(3, character_map.empty() ? "" : bytes_field(2, character_map));
}

// A character map whose rules read "a", "aa", .. and write "b"; with a circle, without an end.
inline std::string nested_map(uint32_t num_rules, bool circle = false) {
  std::vector<uint32_t> units(256 * (num_rules + 2), 0x80000000u);
  units[0] = 256u << 10;  // children lie around 256
  for (uint32_t rule = 0; rule < num_rules; ++rule) {
    const uint32_t place = 256 * (rule + 1) ^ 'a';
    const bool last = rule + 1 == num_rules;
    const uint32_t base = last && circle ? 256 : 256 * (rule + 2);
    units[place] = (place ^ base) << 10 | 0x100u | 'a';
  }
  std::string map(4 + 4 * units.size(), '\0');
  const auto size = static_cast<uint32_t>(4 * units.size());
  std::memcpy(map.data(), &size, 4);
  std::memcpy(map.data() + 4, units.data(), size);
  return map + "b" + '\0';
}

}  // namespace diorama::test
