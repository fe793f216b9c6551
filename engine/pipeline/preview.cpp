#include "pipeline/preview.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace diorama {
namespace {

uint8_t to_byte(float value) {
  return static_cast<uint8_t>(std::nearbyint(std::clamp(value * 0.5f + 0.5f, 0.0f, 1.0f) * 255.0f));
}

// Of the height and width of [1, C, h, w].
Image blank(const Shape& shape) {
  return {.width = static_cast<int>(shape[3]),
          .height = static_cast<int>(shape[2]),
          .rgb = std::vector<uint8_t>(static_cast<size_t>(shape[2] * shape[3] * 3))};
}

}  // namespace

std::optional<PreviewMatrix> read_preview_matrix(const Config& diorama_json, int latent_channels) {
  if (!diorama_json.has("preview_rgb")) return std::nullopt;
  const auto json = diorama_json.get<Config>("preview_rgb");
  PreviewMatrix preview{.channels = latent_channels};
  const nlohmann::json rows = json.has("matrix") ? json.json().at("matrix") : nlohmann::json();
  for (const nlohmann::json& row : rows)
    for (const nlohmann::json& value : row) {
      if (row.size() != 3 || !value.is_number()) json.reject("matrix", "rows of three numbers");
      preview.matrix.push_back(value.get<float>());
    }
  preview.bias = json.get<std::vector<float>>("bias");
  if (preview.bias.size() != 3) json.reject("bias", "three numbers");
  if (preview.matrix.size() != static_cast<size_t>(latent_channels) * 3)
    json.reject("matrix", "a row for each latent channel");
  return preview;
}

Image preview(const PreviewMatrix& matrix, const HostTensor& latent) {
  const int64_t pixels = latent.shape[2] * latent.shape[3];
  Image image = blank(latent.shape);
  for (int64_t p = 0; p < pixels; ++p)
    for (size_t rgb = 0; rgb < 3; ++rgb) {
      float value = matrix.bias[rgb];
      for (int c = 0; c < matrix.channels; ++c)
        value += matrix.matrix[static_cast<size_t>(c) * 3 + rgb] *
                 latent.values[static_cast<size_t>(c * pixels + p)];
      image.rgb[static_cast<size_t>(p) * 3 + rgb] = to_byte(value);
    }
  return image;
}

Image to_image(const HostTensor& rgb) {
  const auto pixels = static_cast<size_t>(rgb.shape[2] * rgb.shape[3]);
  Image image = blank(rgb.shape);
  for (size_t p = 0; p < pixels; ++p)
    for (size_t c = 0; c < 3; ++c) image.rgb[p * 3 + c] = to_byte(rgb.values[c * pixels + p]);
  return image;
}

}  // namespace diorama
