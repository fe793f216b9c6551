// Everything a picture was made with: enough to make it again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/png.h"

namespace diorama {

// Bytes. No model reads more than some thousand of a prompt; what was painted with more could not be read
// back.
inline constexpr size_t kMaxPrompt = size_t{256} << 10;

struct Recipe {
  std::string prompt;
  std::string negative_prompt;
  std::optional<int> class_label;
  std::string class_name;
  int width = 0;  // pixels; 0: not known
  int height = 0;
  int steps = 0;  // 0: not known
  std::string sampler;
  std::optional<double> shift;
  std::optional<double> eta;
  std::optional<double> cfg_scale;  // none: not known
  double guidance_begin = 0;        // shares of the run
  double guidance_end = 1;
  std::optional<uint64_t> seed;  // none: not known
  std::string model;
  std::string model_hash;
  std::string precision;
  std::string device;                 // with driver and instruction set
  std::string acceleration = "off";   // as asked for; empty: of another program
  nlohmann::json decisions;           // as taken; null without acceleration
  nlohmann::json branch;              // {"parent", "step", "change"}, or null: goes on from another picture
  std::string program;                // "Diorama 0.1.0", or who else wrote the picture
  std::vector<std::string> left_out;  // what another program wrote besides, in a few words each

  bool operator==(const Recipe& other) const = default;
};

nlohmann::json to_json(const Recipe& recipe);
// Fault::file_system where a key has the wrong type, a prompt is longer than kMaxPrompt, or the text is out
// of all proportion; absent keys keep their defaults. What is only shown comes as one line that can be shown.
Recipe recipe_from_json(std::string_view text, std::string_view name);

// The layout of AUTOMATIC1111's web UI, which galleries read.
std::string parameters_text(const Recipe& recipe);

// The chunks `parameters` and `diorama`.
std::vector<PngText> recipe_texts(const Recipe& recipe);

// Where recipes stand.
inline constexpr std::array<std::string_view, 5> kRecipeKeywords{"diorama", "parameters", "prompt",
                                                                 "invokeai_metadata", "sd-metadata"};
// From Diorama's own chunk, else from what other programs wrote (io/foreign_recipe.h).
std::optional<Recipe> read_recipe(std::span<const PngText> texts, std::string_view name);

}  // namespace diorama
