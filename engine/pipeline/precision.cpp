#include "pipeline/precision.h"

#include "base/error.h"

namespace diorama {
namespace {

const Format& automatic(const Device& device) {
  const Format& half = device.kind() == DeviceKind::cpu ? format_bf16() : format_f16();
  return device.product_input(half) == DType::f32 ? format_f32() : half;
}

}  // namespace

Precision choose_precision(std::string_view name, const Device& device) {
  const Format& format = name == "auto" ? automatic(device) : find_format(name);
  return {&format, &format, &format, std::string(format.name)};
}

}  // namespace diorama
