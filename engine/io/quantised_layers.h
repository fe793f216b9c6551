// How a quantised checkpoint says so. Its matrices are U8 [N, row_bytes(K)], rows of an integer format
// (formats/); the file's metadata hold "diorama.formats", a JSON text {tensor: format}, and
// "diorama.rotation" ("on" or "off": whether columns were rotated in blocks, formats/hadamard.h).
// "<path>.input_multiplier" F32 [K] is what inputs are multiplied with first.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "formats/format.h"
#include "io/checkpoint.h"

namespace diorama {

class QuantisedLayers {
 public:
  static constexpr const char* kFormatsKey = "diorama.formats";
  static constexpr const char* kRotationKey = "diorama.rotation";

  // None where the metadata do not speak of it. Fault::model_file.
  static QuantisedLayers read(const Checkpoint& checkpoint);
  static std::string multiplier_name(const std::string& path) { return path + ".input_multiplier"; }

  // Null: stored as it is.
  const Format* format_of(std::string_view tensor) const;
  bool rotated() const { return rotated_; }

 private:
  std::map<std::string, const Format*, std::less<>> formats_;
  bool rotated_ = true;
};

}  // namespace diorama
