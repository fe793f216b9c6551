#include "io/quantised_layers.h"

#include "base/error.h"
#include "base/json_config.h"

namespace diorama {
namespace {

const Format& integer_format(std::string_view name, const Config& where, std::string_view tensor) {
  for (const Format* format : formats())
    if (format->name == name && format->integer()) return *format;
  where.reject(tensor, "w8a8 or w4a8");
}

}  // namespace

QuantisedLayers QuantisedLayers::read(const Checkpoint& checkpoint) {
  QuantisedLayers layers;
  for (const auto& file : checkpoint.files()) {
    const auto& metadata = file->header().metadata;
    if (const auto rotation = metadata.find(kRotationKey); rotation != metadata.end())
      layers.rotated_ = rotation->second != "off";
    const auto text = metadata.find(kFormatsKey);
    if (text == metadata.end()) continue;
    const Config formats = Config::parse(text->second, file->path().string());
    for (const std::string& tensor : formats.keys())
      layers.formats_[tensor] = &integer_format(formats.get<std::string>(tensor), formats, tensor);
  }
  return layers;
}

const Format* QuantisedLayers::format_of(std::string_view tensor) const {
  const auto found = formats_.find(tensor);
  return found == formats_.end() ? nullptr : found->second;
}

}  // namespace diorama
