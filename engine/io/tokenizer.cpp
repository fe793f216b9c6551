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

// Some damage the library reports, some it throws (from its tries).
bool load_pieces(sentencepiece::SentencePieceProcessor& pieces, const std::string& model) {
  try {
    return character_maps_are_safe(model) && pieces.LoadFromSerializedProto(model).ok();
  } catch (const std::exception&) {
    return false;
  }
}

int32_t id_of(const sentencepiece::SentencePieceProcessor& pieces, const std::string& token,
              const fs::path& file) {
  const int id = pieces.PieceToId(token);
  if (pieces.IdToPiece(id) != token) fail(Fault::model_file, "{}: has no piece '{}'", file.string(), token);
  return id;
}

}  // namespace

Tokenizer::Tokenizer(const fs::path& folder)
    : pieces_(std::make_unique<sentencepiece::SentencePieceProcessor>()) {
  const fs::path file = folder / "spiece.model";
  if (!path_exists(file))
    fail(Fault::model_file, "{}: is missing; fetch it from where the model came from", file.string());
  if (!load_pieces(*pieces_, read_text_file(file)))
    fail(Fault::model_file, "{}: is no SentencePiece model; fetch it again", file.string());

  const Config config = load_config(folder / "tokenizer_config.json");
  const double length = config.get_number_or("model_max_length", kUnlimited, 2, 1e40);
  max_length_ = length <= 65536 ? static_cast<int>(length) : kUnlimited;
  vocabulary_size_ = pieces_->GetPieceSize() + config.get_int_or("extra_ids", 100, 0, 65536);
  pad_id_ = id_of(*pieces_, special_token(config, "pad_token", "<pad>"), file);
  end_id_ = id_of(*pieces_, special_token(config, "eos_token", "</s>"), file);
  unknown_id_ = id_of(*pieces_, special_token(config, "unk_token", "<unk>"), file);
}

Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;

Tokens Tokenizer::encode(std::string_view prompt, int length) const {
  require(length >= 1, "[tokenizer] a length of {}", length);
  const std::string text = to_valid_utf8(prompt);
  const auto encoded = pieces_->EncodeAsImmutableProto(text);
  const size_t kept = std::min(encoded.pieces_size(), static_cast<size_t>(length) - 1);

  Tokens tokens;
  tokens.num_pieces = static_cast<int>(encoded.pieces_size());
  tokens.ids.assign(static_cast<size_t>(length), pad_id_);
  tokens.mask.assign(static_cast<size_t>(length), 0);
  for (size_t i = 0; i < kept; ++i)
    tokens.ids[i] = static_cast<int32_t>(encoded.pieces(static_cast<int>(i)).id());
  tokens.ids[kept] = end_id_;
  std::fill_n(tokens.mask.begin(), kept + 1, 1);

  if (kept < encoded.pieces_size())
    tokens.dropped = text.substr(encoded.pieces(static_cast<int>(kept)).begin());
  for (const auto& piece : encoded.pieces())
    if (static_cast<int32_t>(piece.id()) == unknown_id_) tokens.unknown.push_back(piece.surface());
  return tokens;
}

}  // namespace diorama
