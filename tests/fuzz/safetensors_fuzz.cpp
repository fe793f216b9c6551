#include <cstdlib>

#include "base/error.h"
#include "io/safetensors.h"

// Either the header is rejected as a model file, or every tensor lies within the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto file = std::as_bytes(std::span(data, size));
  try {
    const diorama::SafetensorsHeader header = diorama::parse_safetensors_header(file, "fuzz");
    for (const auto& [name, tensor] : header.tensors) {
      const bool inside = tensor.offset >= header.byte_size && tensor.offset + tensor.size <= size;
      const auto elements = static_cast<size_t>(tensor.shape.num_elements());
      if (!inside || elements * byte_size(tensor.type) != tensor.size) std::abort();
    }
  } catch (const diorama::Error& error) {
    if (error.fault() != diorama::Fault::model_file) std::abort();
  }
  return 0;
}
