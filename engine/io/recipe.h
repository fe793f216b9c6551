// Everything a picture was made with: enough to make it again.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/png.h"

namespace diorama {

struct Recipe {
  std::string prompt;
  std::string negative_prompt;
  std::optional<int> class_label;
  std::string class_name;
  int width = 0;  // pixels
  int height = 0;
  int steps = 0;
  std::string sampler;
  std::optional<double> shift;
  std::optional<double> eta;
  double cfg_scale = 1;
  double guidance_begin = 0;  // shares of the run
  double guidance_end = 1;
  uint64_t seed = 0;
  std::string model;
  std::string model_hash;
  std::string precision;
  std::string device;                // with driver and instruction set
  std::string acceleration = "off";  // as asked for
  nlohmann::json decisions;          // as taken; null without acceleration
  nlohmann::json branch;             // {"parent", "step", "change"}, or null: goes on from another picture
  std::string program;               // "Diorama 0.1.0", or who else wrote the picture

  bool operator==(const Recipe& other) const = default;
};

nlohmann::json to_json(const Recipe& recipe);
// Fault::file_system where a key has the wrong type; absent keys keep their defaults.
Recipe recipe_from_json(std::string_view text, std::string_view name);

// The layout of AUTOMATIC1111's web UI, which galleries read.
std::string parameters_text(const Recipe& recipe);

// The chunks `parameters` and `diorama`.
std::vector<PngText> recipe_texts(const Recipe& recipe);
// From Diorama's own chunk, else from what A1111, stable-diffusion.cpp or ComfyUI wrote, as far as it goes.
std::optional<Recipe> read_recipe(std::span<const PngText> texts, std::string_view name);

}  // namespace diorama
