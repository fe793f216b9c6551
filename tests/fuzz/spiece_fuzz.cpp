#include <sentencepiece_processor.h>

#include <cstdint>
#include <exception>

#include "io/spiece_check.h"

// What passes our check must not hurt the library.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view model(reinterpret_cast<const char*>(data), size);
  try {
    const std::string checked = diorama::checked_spiece_model(model, "fuzz");
    sentencepiece::SentencePieceProcessor pieces;
    if (pieces.LoadFromSerializedProto(checked).ok())
      pieces.EncodeAsImmutableProto("A red \u00bd \uff21pple \u4e2d\ufb01 on blue");
  } catch (const std::exception&) {  // as the tokenizer does
  }
  return 0;
}
