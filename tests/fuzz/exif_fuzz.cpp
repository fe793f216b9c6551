#include <cstdint>
#include <span>

#include "base/error.h"
#include "io/exif.h"
#include "io/picture_texts.h"
#include "reject.h"

namespace {

template <typename Read>
void read_or_reject(Read read) {
  diorama::read_or_reject(diorama::Fault::file_system, read);
}

}  // namespace

// A JPEG or a WebP, or the EXIF of one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read_or_reject([&] { diorama::recipe_in_picture(bytes, "fuzz"); });
  read_or_reject([&] { diorama::read_recipe(diorama::exif_texts(bytes), "fuzz"); });
  return 0;
}
