#include "gui/service/token_counter.h"

#include "io/prompt_text.h"
#include "pipeline/text_length.h"

namespace diorama::gui {

TokenCounter::TokenCounter(const ModelFolder& folder)
    : tokenizer_(folder.component("tokenizer")), length_(text_length(folder, tokenizer_)) {}

TokenCount TokenCounter::count(const QString& prompt) const {
  const Tokens tokens = tokenizer_.encode(normalise_prompt(prompt.toStdString()), length_);
  TokenCount count{tokens.num_pieces, length_ - 1, QString::fromStdString(tokens.dropped), {}};
  for (const std::string& piece : tokens.unknown) count.unknown << QString::fromStdString(piece);
  return count;
}

}  // namespace diorama::gui
