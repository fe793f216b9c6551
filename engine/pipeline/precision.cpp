#include "pipeline/precision.h"

#include "base/error.h"
#include "formats/w8a8.h"

namespace diorama {
namespace {

const Format& automatic(const Device& device) {
  const Format& half = device.kind() == DeviceKind::cpu ? format_bf16() : format_f16();
  return device.product_input(half) == DType::f32 ? format_f32() : half;
}

}  // namespace

Precision choose_precision(std::string_view name, const Device& device) {
  const Format& format = name == "auto" ? automatic(device) : find_format(name);
  if (!format.integer()) return {&format, &format, &format, std::string(format.name)};
  const Format& half = device.kind() == DeviceKind::cpu ? format_bf16() : format_f16();
  return {&format, &w8a8::kFormat, &half, std::string(format.name)};
}

}  // namespace diorama
