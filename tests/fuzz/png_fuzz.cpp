#include <cstdint>

#include "base/error.h"
#include "io/png.h"
#include "io/png_chunks.h"
#include "io/recipe.h"
#include "reject.h"

namespace {

template <typename Read>
void read_or_reject(Read read) {
  diorama::read_or_reject(diorama::Fault::file_system, read);
}

// With right checksums, so that mutations reach what lies behind them.
std::string with_checksums(std::string file) {
  constexpr size_t kSignature = 8;
  std::string repaired = file.substr(0, kSignature);
  for (size_t at = kSignature; at + 12 <= file.size();) {
    const auto bytes = std::as_bytes(std::span(file));
    const size_t length = std::min<size_t>(diorama::png::read_u32(bytes, at), file.size() - at - 12);
    repaired += diorama::png::make_chunk(file.substr(at + 4, 4), file.substr(at + 8, length));
    at += 12 + length;
  }
  return repaired;
}

void read_all(std::string_view file) {
  const auto bytes = std::as_bytes(std::span(file));
  read_or_reject([&] { diorama::decode_png(bytes, "fuzz"); });
  read_or_reject([&] { diorama::read_recipe(diorama::read_png_texts(bytes, "fuzz"), "fuzz"); });
}

}  // namespace

// A picture, or a text of one as its keyword, a zero byte and what follows: compressed texts are hard to
// mutate.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  for (const std::string_view keyword : diorama::kRecipeKeywords) {
    if (!file.starts_with(std::string(keyword) + '\0')) continue;
    const diorama::PngText text{std::string(keyword), file.substr(keyword.size() + 1)};
    read_or_reject([&] { diorama::read_recipe(std::span(&text, 1), "fuzz"); });
    return 0;
  }
  read_all(file);
  read_all(with_checksums(file));
  return 0;
}
