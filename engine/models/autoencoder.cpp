#include "models/autoencoder.h"

namespace diorama::models {

void read_latent_statistics(const Config& json, Autoencoder::Geometry& geometry) {
  for (const char* key : {"latents_mean", "latents_std"}) {
    if (!json.has(key)) continue;
    auto& values = key == std::string("latents_mean") ? geometry.latents_mean : geometry.latents_std;
    values = json.get<std::vector<float>>(key);
    if (values.size() != static_cast<size_t>(geometry.latent_channels))
      json.reject(key, "a number for each latent channel");
  }
  for (const float deviation : geometry.latents_std)
    if (!(deviation > 0)) json.reject("latents_std", "positive numbers");
  if (geometry.latents_mean.empty() != geometry.latents_std.empty())
    json.reject("latents_mean", "latents_mean and latents_std together");
}

}  // namespace diorama::models
