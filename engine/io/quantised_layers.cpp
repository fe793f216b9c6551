#include "io/quantised_layers.h"

#include "base/json_config.h"

namespace diorama {
QuantisedLayers QuantisedLayers::read(const Checkpoint& checkpoint) {
  QuantisedLayers layers;
  for (const auto& file : checkpoint.files()) {
    const auto& metadata = file->header().metadata;
    if (const auto rotation = metadata.find(kRotationKey); rotation != metadata.end())
      layers.rotated_ = rotation->second != "off";
    const auto text = metadata.find(kFormatsKey);
    if (text == metadata.end()) continue;
    const Config formats = Config::parse(text->second, file->path().string());
    for (const std::string& tensor : formats.keys()) {
      const Format* format = find_integer_format(formats.get<std::string>(tensor));
      if (format == nullptr) formats.reject(tensor, "w8a8 or w4a8");
      layers.formats_[tensor] = format;
    }
  }
  return layers;
}

const Format* QuantisedLayers::format_of(std::string_view tensor) const {
  const auto found = formats_.find(tensor);
  return found == formats_.end() ? nullptr : found->second;
}

}  // namespace diorama
