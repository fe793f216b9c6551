#include <sentencepiece_processor.h>

#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "io/spiece_check.h"

// What passes our check must not hurt the library.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string model;
  try {
    model = diorama::checked_spiece_model({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const diorama::Error& error) {
    if (error.fault() != diorama::Fault::model_file) std::abort();
    return 0;
  }
  sentencepiece::SentencePieceProcessor pieces;
  if (pieces.LoadFromSerializedProto(model).ok())
    pieces.EncodeAsImmutableProto("A red \u00bd \uff21pple \u4e2d\ufb01 on blue");
  return 0;
}
