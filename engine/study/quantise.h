// A model folder with fewer bits: the network's own denoising says what its layers read, each matrix is
// quantised, the result is written as a folder of the same layout and judged by the pictures it paints.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/model_folder.h"
#include "quant/layer.h"
#include "study/fidelity.h"
#include "tensor/device.h"

namespace diorama {

struct QuantiseOptions {
  const Format* format = nullptr;      // of attention and feed-forward matrices
  const Format* modulation = nullptr;  // of adaLN; null: w8a8
  quant::Steps steps;
  int prompts = 8;      // prompts or classes of the calibration
  int num_steps = 0;    // denoising steps of each; 0: the model's own, at most 20
  int64_t rows = 1024;  // inputs kept of each layer, at most
  int pictures = 8;     // painted at f32 and quantised, for the report
};

struct LayerReport {
  std::string path;
  std::string format;
  double weight_error = 0;
  double output_error = 0;   // 0: not calibrated
  double nearest_error = 0;  // of group round-to-nearest
  double bits = 0;           // a weight, scales included
  size_t bytes = 0;
};

struct QuantiseReport {
  std::vector<LayerReport> layers;
  size_t bytes_before = 0, bytes_after = 0;  // of the weight files
  int pictures = 0;
  Fidelity psnr, ssim;  // against f32
  Fidelity ceiling_psnr,
      ceiling_ssim;                   // of bf16 weights against f32: what less than that cannot be told from
  std::vector<std::string> left_out;  // sentences: what stands in the model's folder and was not copied
};

struct QuantiseProgress {
  std::string what;
  int done = 0, total = 0;
};

// Whatever stands in the way of the new folder, or of reading the old one, is found before the work. Nothing
// is left where this fails or is cancelled, but for a failure that says what is kept.
QuantiseReport quantise_model(const ModelFolder& source, const std::filesystem::path& destination,
                              Device& device, const QuantiseOptions& options,
                              const std::function<void(const QuantiseProgress&)>& progress);

std::string to_json(const QuantiseReport& report);

}  // namespace diorama
