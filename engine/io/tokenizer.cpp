#include "io/tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json_config.h"
#include "base/utf8.h"
#include "io/spiece_check.h"

namespace diorama {
namespace {

namespace fs = std::filesystem;

constexpr int kUnlimited = 512;  // T5's own length, where the file names none or an absurd one

Config load_config(const fs::path& file) {
  return path_exists(file) ? Config::load(file) : Config::parse("{}", file.string());
}

// A special token is a string or an object with its "content".
std::string special_token(const Config& config, std::string_view key, std::string_view fallback) {
  if (!config.has(key)) return std::string(fallback);
  if (config.json().find(key)->is_object()) return config.get<Config>(key).get<std::string>("content");
  return config.get<std::string>(key);
}

std::string read_model(const fs::path& file) {
  constexpr size_t kMostBytes = size_t{64} << 20;
  std::error_code unknown;
  if (const auto size = fs::file_size(file, unknown); !unknown && size > kMostBytes)
    fail(Fault::model_file, "{}: is larger than {} MiB, no SentencePiece model; fetch it again",
         file.string(), kMostBytes >> 20);
  return read_text_file(file, kMostBytes);
}

// Some damage the library reports, some it throws (from its tries).
bool load_pieces(sentencepiece::SentencePieceProcessor& pieces, const std::string& model) {
  try {
    return pieces.LoadFromSerializedProto(model).ok();
  } catch (const std::exception&) {
    return false;
  }
}

// Cut where a word begins, if there is one, else between two characters. The library takes a time that grows
// with the square of a run of signs that it does not know.
std::string_view first_part(std::string_view text) {
  constexpr size_t kMostBytes = size_t{16} << 10;
  if (text.size() <= kMostBytes) return text;
  size_t end = text.rfind(' ', kMostBytes);
  if (end == std::string_view::npos || end == 0)
    for (end = kMostBytes; (text[end] & 0xc0) == 0x80;) --end;
  return text.substr(0, end);
}

int32_t id_of(const sentencepiece::SentencePieceProcessor& pieces, const std::string& token,
              const fs::path& file) {
  const int id = pieces.PieceToId(token);
  if (pieces.IdToPiece(id) != token)
    fail(Fault::model_file, "{}: has no piece '{}'", file.string(), one_line(token));
  return id;
}

}  // namespace

fs::path sentencepiece_file(const fs::path& folder) {
  fs::path file = folder / "spiece.model";
  if (path_exists(file)) return file;
  if (path_exists(folder / "tokenizer.json"))
    fail(Fault::model_file,
         "{}: is missing; this folder has the tokenizer as tokenizer.json alone, a form that is not read: "
         "put the SentencePiece file of the same text encoder there (for T5 that of google/t5-v1_1-xxl)",
         file.string());
  if (path_exists(folder / "vocab.json"))
    fail(Fault::model_file,
         "{}: is missing; this folder has a byte-pair tokenizer (vocab.json), which belongs to another text "
         "encoder "
         "than T5",
         file.string());
  fail(Fault::model_file, "{}: is missing; fetch it from where the model came from", file.string());
}

Tokenizer::Tokenizer(const fs::path& folder, std::optional<int> text_encoder_vocabulary)
    : pieces_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  const fs::path file = sentencepiece_file(folder);
  if (!load_pieces(*pieces_, checked_spiece_model(read_model(file), file.string(), text_encoder_vocabulary)))
    fail(Fault::model_file, "{}: is no SentencePiece model; fetch it again", file.string());

  const Config config = load_config(folder / "tokenizer_config.json");
  const double length = config.get_number_or("model_max_length", kUnlimited, 2, 1e40);
  max_length_ = length <= 65536 ? static_cast<int>(length) : kUnlimited;
  vocabulary_size_ = pieces_->GetPieceSize() + config.get_int_or("extra_ids", 100, 0, 65536);
  if (text_encoder_vocabulary) check_vocabulary(file, *text_encoder_vocabulary);
  pad_id_ = id_of(*pieces_, special_token(config, "pad_token", "<pad>"), file);
  end_id_ = id_of(*pieces_, special_token(config, "eos_token", "</s>"), file);
  unknown_id_ = id_of(*pieces_, special_token(config, "unk_token", "<unk>"), file);
}

// Text encoders pad their tables, T5's by 28 rows; more than some padding are pieces that have been lost.
void Tokenizer::check_vocabulary(const fs::path& file, int text_encoder_vocabulary) const {
  constexpr int kMostPadding = 256;
  if (text_encoder_vocabulary - vocabulary_size_ >= kMostPadding)
    fail(Fault::model_file, "{}: has {} pieces, and the text encoder knows {}; fetch the file again",
         file.string(), pieces_->GetPieceSize(), text_encoder_vocabulary);
}

Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;

Tokens Tokenizer::encode(std::string_view prompt, int length) const {
  require(length >= 1, "[tokenizer] a length of {}", length);
  const std::string text = to_valid_utf8(prompt);
  const std::string_view read = first_part(text);
  const auto encoded = pieces_->EncodeAsImmutableProto(read);
  const size_t kept = std::min(encoded.pieces_size(), static_cast<size_t>(length) - 1);

  Tokens tokens;
  tokens.num_pieces = static_cast<int>(encoded.pieces_size());
  tokens.ids.assign(static_cast<size_t>(length), pad_id_);
  tokens.mask.assign(static_cast<size_t>(length), 0);
  for (size_t i = 0; i < kept; ++i)
    tokens.ids[i] = static_cast<int32_t>(encoded.pieces(static_cast<int>(i)).id());
  tokens.ids[kept] = end_id_;
  std::fill_n(tokens.mask.begin(), kept + 1, 1);

  const bool fits = kept == encoded.pieces_size();
  const size_t read_to = fits ? read.size() : encoded.pieces(static_cast<int>(kept)).begin();
  tokens.dropped = to_valid_utf8(std::string_view(text).substr(read_to));
  for (const auto& piece : encoded.pieces())
    if (static_cast<int32_t>(piece.id()) == unknown_id_)
      tokens.unknown.push_back(to_valid_utf8(piece.surface()));
  return tokens;
}

}  // namespace diorama
