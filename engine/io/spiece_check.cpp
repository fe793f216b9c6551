#include "io/spiece_check.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/stand_in.h"
#include "base/utf8.h"
#include "io/character_map.h"

namespace diorama {
namespace {

constexpr int kMostPieces = 1'000'000;     // the largest published vocabulary has 256,384
constexpr size_t kMostPieceLength = 256;   // bytes; the library takes a stack frame for each
constexpr size_t kMostNestedSymbols = 64;  // the library's table of the symbols that one place matches

enum class Wire : uint8_t { number = 0, bits64 = 1, bytes = 2, bits32 = 5 };

struct Field {
  uint64_t number;
  Wire wire;
  uint64_t value;  // of numbers and bits
  std::string_view bytes;
};

// The fields of a protobuf message, one after the other.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes) {}

  // Nothing at the end, and where the message is broken.
  std::optional<Field> next();
  bool broken() const { return broken_; }

 private:
  std::optional<uint64_t> number();
  std::optional<std::string_view> take(uint64_t length);
  std::optional<Field> value_of(uint64_t tag);

  std::string_view rest_;
  bool broken_ = false;
};

std::optional<std::string_view> Message::take(uint64_t length) {
  if (length > rest_.size()) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return bytes;
}

std::optional<uint64_t> Message::number() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = take(1);
    if (!byte) return std::nullopt;
    value |= static_cast<uint64_t>(byte->front() & 0x7f) << shift;
    if ((byte->front() & 0x80) == 0) return value;
  }
  return std::nullopt;
}

std::optional<Field> Message::value_of(uint64_t tag) {
  Field field{tag >> 3, static_cast<Wire>(tag & 7), 0, {}};
  std::optional<uint64_t> number_or_length = 0;
  std::optional<std::string_view> bytes = "";
  switch (field.wire) {
    case Wire::number:
      number_or_length = number();
      break;
    case Wire::bytes:
      number_or_length = number();
      bytes = number_or_length ? take(*number_or_length) : std::nullopt;
      break;
    case Wire::bits32:
    case Wire::bits64:
      bytes = take(field.wire == Wire::bits32 ? 4 : 8);
      if (bytes) std::memcpy(&*number_or_length, bytes->data(), bytes->size());
      break;
    default:
      return std::nullopt;
  }
  if (!number_or_length || !bytes) return std::nullopt;
  field.value = *number_or_length;
  field.bytes = *bytes;
  return field;
}

std::optional<Field> Message::next() {
  constexpr uint64_t kMostTag = 0xffffffff;
  if (rest_.empty() || broken_) return std::nullopt;
  const auto tag = number();
  const auto field = tag && *tag >> 3 != 0 && *tag <= kMostTag ? value_of(*tag) : std::nullopt;
  broken_ = !field.has_value();
  return field;
}

void append_number(std::string& message, uint64_t value) {
  for (; value > 0x7f; value >>= 7) message += static_cast<char>(value | 0x80);
  message += static_cast<char>(value);
}

void append_field(std::string& message, uint64_t number, uint64_t value) {
  append_number(message, number << 3 | static_cast<uint64_t>(Wire::number));
  append_number(message, value);
}

void append_field(std::string& message, uint64_t number, std::string_view bytes) {
  append_number(message, number << 3 | static_cast<uint64_t>(Wire::bytes));
  append_number(message, bytes.size());
  message += bytes;
}

void append_field(std::string& message, uint64_t number, float value) {
  append_number(message, number << 3 | static_cast<uint64_t>(Wire::bits32));
  message.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// The fields of ModelProto, TrainerSpec, NormalizerSpec and SentencePiece that count here.
constexpr uint64_t kPieces = 1, kTrainer = 2, kNormalizer = 3;
constexpr uint64_t kModelType = 3, kSpaceIsSuffix = 24, kByteFallback = 35;
constexpr uint64_t kCharacterMap = 2, kDummyPrefix = 3, kRemoveSpaces = 4, kEscapeSpaces = 5;
constexpr uint64_t kText = 1, kScore = 2, kType = 3;
constexpr uint64_t kUnigram = 1;
enum Type : uint64_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

class Checker {
 public:
  Checker(std::string_view where, int most_pieces) : where_(where), most_pieces_(most_pieces) {}

  std::string check(std::string_view file);

 private:
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> problem, Args&&... args) const {
    fail(Fault::model_file, "{}: {}; fetch it again", where_,
         fmt::format(problem, std::forward<Args>(args)...));
  }
  [[noreturn]] void refuse_broken() const { refuse("is no SentencePiece model, or not all of it"); }
  // Calls visit(field) for every field.
  template <typename Visit>
  void read(std::string_view bytes, Visit visit) const {
    Message message(bytes);
    while (const auto field = message.next()) visit(*field);
    if (message.broken()) refuse_broken();
  }
  void expect(const Field& field, Wire wire) const {
    if (field.wire != wire) refuse_broken();
  }

  void read_piece(std::string_view bytes);
  void read_trainer(std::string_view bytes);
  void read_normalizer(std::string_view bytes);
  void check_nesting();

  std::string_view where_;
  int most_pieces_;
  std::string model_, trainer_, normalizer_;  // for the library
  std::unordered_set<std::string_view> texts_;
  std::vector<std::string_view> symbols_;  // defined by the user: taken whole wherever they stand
  int num_pieces_ = 0;
  int num_normal_ = 0;
  int num_unknown_ = 0;
  bool has_trainer_ = false;
  bool has_normalizer_ = false;
};

void Checker::read_piece(std::string_view bytes) {
  if (++num_pieces_ > most_pieces_)
    refuse("holds more than {} pieces, the most that the text encoder can know", most_pieces_);
  std::string_view text;
  float score = 0;
  uint64_t type = Type::normal;
  read(bytes, [&](const Field& field) {
    if (field.number == kText) {
      expect(field, Wire::bytes);
      text = field.bytes;
    } else if (field.number == kScore) {
      expect(field, Wire::bits32);
      score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
    } else if (field.number == kType) {
      expect(field, Wire::number);
      type = field.value;
    }
  });
  const int id = num_pieces_ - 1;
  if (text.empty() || text.size() > kMostPieceLength)
    refuse("piece {} has {} bytes, where 1 to {} are allowed", id, text.size(), kMostPieceLength);
  if (text.find('\0') != std::string_view::npos || to_valid_utf8(text) != text)
    refuse("piece {} is no text", id);
  if (!texts_.insert(text).second) refuse("the piece '{}' stands twice", one_line(text));
  if (!std::isfinite(score)) refuse("piece {} has a score that is no number", id);
  if (type < Type::normal || type > Type::byte) refuse("piece {} is of an unknown kind", id);
  num_normal_ += type == Type::normal;
  num_unknown_ += type == Type::unknown;
  if (type == Type::user_defined) symbols_.push_back(text);

  std::string piece;
  append_field(piece, kText, text);
  append_field(piece, kScore, score);
  append_field(piece, kType, type);
  append_field(model_, kPieces, piece);
}

void Checker::read_trainer(std::string_view bytes) {
  has_trainer_ = true;
  read(bytes, [&](const Field& field) {
    if (field.number == kModelType && (field.wire != Wire::number || field.value != kUnigram))
      refuse("is not of the kind 'unigram', which T5 uses");
    if (field.number != kSpaceIsSuffix && field.number != kByteFallback) return;
    expect(field, Wire::number);
    append_field(trainer_, field.number, field.value);
  });
}

void Checker::read_normalizer(std::string_view bytes) {
  has_normalizer_ = true;
  read(bytes, [&](const Field& field) {
    if (field.number == kCharacterMap) {
      expect(field, Wire::bytes);
      if (!character_map_is_safe(field.bytes)) refuse("its table of characters is damaged");
      append_field(normalizer_, field.number, field.bytes);
    } else if (field.number >= kDummyPrefix && field.number <= kEscapeSpaces) {
      expect(field, Wire::number);
      append_field(normalizer_, field.number, field.value);
    }
  });
}

// How many symbols can begin at one place: each is the beginning of the next.
void Checker::check_nesting() {
  std::ranges::sort(symbols_);
  std::vector<std::string_view> nested;
  for (const std::string_view symbol : symbols_) {
    while (!nested.empty() && !symbol.starts_with(nested.back())) nested.pop_back();
    nested.push_back(symbol);
    if (nested.size() > kMostNestedSymbols)
      refuse("more than {} of its symbols begin with one another", kMostNestedSymbols);
  }
}

std::string Checker::check(std::string_view file) {
  if (const auto stand_in = describe_stand_in(file); !stand_in.empty())
    fail(Fault::model_file, "{}: is {}", where_, stand_in);
  read(file, [this](const Field& field) {
    if (field.number < kPieces || field.number > kNormalizer) return;  // tests of itself, a way back to text
    expect(field, Wire::bytes);
    if (field.number == kPieces) read_piece(field.bytes);
    if (field.number == kTrainer) read_trainer(field.bytes);
    if (field.number == kNormalizer) read_normalizer(field.bytes);
  });
  if (!has_trainer_ || !has_normalizer_) refuse_broken();  // they stand behind the pieces
  if (num_normal_ == 0 || num_unknown_ != 1)
    refuse("has {} pieces of text and {} for what is unknown", num_normal_, num_unknown_);
  check_nesting();
  append_field(model_, kTrainer, trainer_);
  append_field(model_, kNormalizer, normalizer_);
  return std::move(model_);
}

}  // namespace

std::string checked_spiece_model(std::string_view file, std::string_view where,
                                 std::optional<int> most_pieces) {
  return Checker(where, std::min(most_pieces.value_or(kMostPieces), kMostPieces)).check(file);
}

}  // namespace diorama
