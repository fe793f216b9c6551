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

Precision choose_precision(std::string_view name, const Device& device, const ModelFolder& folder) {
  const Format* stored = quantised_format(folder);
  if (stored == nullptr) return choose_precision(name, device);
  if (name != "auto" && name != stored->name)
    fail(Fault::usage,
         "[precision] {} is quantised to {}, which {} cannot undo; choose {} or auto, or the model it was "
         "made from",
         folder.title(), stored->name, name, stored->name);
  return choose_precision(stored->name, device);
}

const Format* quantised_format(const ModelFolder& folder) {
  const Config& description = folder.diorama();
  if (!description.has("quantisation")) return nullptr;
  const auto quantisation = description.get<Config>("quantisation");
  const Format* format = find_integer_format(quantisation.get<std::string>("format"));
  if (format == nullptr) quantisation.reject("format", "w8a8 or w4a8");
  return format;
}

}  // namespace diorama
