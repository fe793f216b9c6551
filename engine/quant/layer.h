// One matrix on its way to fewer bits: conditioned (smoothing, rotation), encoded (clip search, GPTQ), judged
// on inputs it was not fitted to.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "formats/format.h"
#include "quant/team.h"

namespace diorama::quant {

struct Steps {
  bool smoothing = true;
  bool rotation = true;
  bool clip_search = true;
  bool gptq = true;
};

// What the layer was seen to read: `rows` inputs [rows, k], and the largest magnitude of each channel over
// all.
struct LayerInputs {
  std::vector<float> samples;
  int64_t rows = 0;
  std::vector<float> largest;  // [k]
};

struct QuantisedMatrix {
  std::vector<std::byte> rows;    // as the format stores them
  std::vector<float> multiplier;  // of inputs, [k], or empty
  double weight_error = 0;        // relative L2 of the conditioned matrix
  // Relative L2 of outputs, inputs quantised too, on a quarter of the samples that fitted nothing; 0 without
  // samples.
  double output_error = 0;
  double nearest_error = 0;  // the same of group round-to-nearest with nothing else done
};

// `matrix` [n, k]. Without inputs there is no smoothing and no GPTQ.
QuantisedMatrix quantise(const Format& format, std::vector<float> matrix, int64_t n, int64_t k,
                         const LayerInputs& inputs, const Steps& steps, const Team& team = {});

}  // namespace diorama::quant
