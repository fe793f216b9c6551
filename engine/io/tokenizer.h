// SentencePiece as T5 uses it: pieces, the end token, padding on the right.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace diorama {

struct Tokens {
  std::vector<int32_t> ids;          // [L], padded
  std::vector<int32_t> mask;         // [L], 1 for pieces and the end token
  int num_pieces = 0;                // of the prompt's first 16 KiB, without the end token
  std::string dropped;               // the end of the prompt that had no place
  std::vector<std::string> unknown;  // parts of the prompt that the model knows no piece for
};

// The SentencePiece model in a tokenizer's folder. Fault::model_file where it is missing, with what the
// folder holds in its place.
std::filesystem::path sentencepiece_file(const std::filesystem::path& folder);

class Tokenizer {
 public:
  // Reads spiece.model and tokenizer_config.json (may be absent) of a folder. Fault::model_file, also where
  // its vocabulary is not that of the text encoder, if that is given.
  explicit Tokenizer(const std::filesystem::path& folder, std::optional<int> text_encoder_vocabulary = {});
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;

  int max_length() const { return max_length_; }  // tokens, the end token included
  int vocabulary_size() const { return vocabulary_size_; }

  // `length` tokens at most and exactly; any bytes are a prompt, of which the first 16 KiB are read. Special
  // tokens are never read from the text.
  Tokens encode(std::string_view prompt, int length) const;
  Tokens encode(std::string_view prompt) const { return encode(prompt, max_length_); }

 private:
  void check_vocabulary(const std::filesystem::path& file, int text_encoder_vocabulary) const;

  std::unique_ptr<sentencepiece::SentencePieceProcessor> pieces_;
  int max_length_ = 0;
  int vocabulary_size_ = 0;
  int32_t pad_id_ = 0;
  int32_t end_id_ = 0;
  int32_t unknown_id_ = 0;
};

}  // namespace diorama
