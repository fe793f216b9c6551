#include "quant/layer.h"

#include <algorithm>
#include <cmath>

#include "formats/hadamard.h"
#include "formats/w4a8.h"
#include "quant/gptq.h"
#include "quant/linear_algebra.h"
#include "quant/smoothing.h"
#include "tensor/distance.h"

namespace diorama::quant {
namespace {

constexpr float kDamping = 0.01f;  // of the Hessian's mean diagonal, as published

// What a number costs, in multiply-adds, about: to be rotated, to become a code or come from one.
constexpr int64_t kRotation = 16, kCodes = 8;

// Inputs as the product sees them: multiplied, rotated, to 127 levels a row.
std::vector<float> as_codes(std::span<const float> x, int64_t rows, int64_t k,
                            std::span<const float> multiplier, int rotation, const Team& team) {
  std::vector<float> seen(x.begin(), x.begin() + rows * k);
  for_each(team, rows, kRotation * k, [&](int64_t r) {
    float* row = seen.data() + r * k;
    for (int64_t i = 0; i < k && !multiplier.empty(); ++i) row[i] *= multiplier[static_cast<size_t>(i)];
    rotate(row, k, rotation);
    float largest = 0;
    for (int64_t i = 0; i < k; ++i) largest = std::max(largest, std::abs(row[i]));
    const float scale = largest / 127;
    for (int64_t i = 0; i < k && scale > 0; ++i) row[i] = scale * std::nearbyint(row[i] / scale);
  });
  return seen;
}

// The matrix that gives the same outputs for inputs so conditioned.
std::vector<float> conditioned(std::span<const float> matrix, int64_t n, int64_t k,
                               std::span<const float> multiplier, int rotation, const Team& team) {
  std::vector<float> result(matrix.begin(), matrix.end());
  for_each(team, n, kRotation * k, [&](int64_t r) {
    float* row = result.data() + r * k;
    for (int64_t i = 0; i < k && !multiplier.empty(); ++i) row[i] /= multiplier[static_cast<size_t>(i)];
    rotate(row, k, rotation);
  });
  return result;
}

std::vector<float> decoded(const Format& format, std::span<const std::byte> rows, int64_t n, int64_t k,
                           const Team& team) {
  std::vector<float> values(static_cast<size_t>(n * k));
  const size_t row_bytes = format.row_bytes(k);
  for_each(team, n, kCodes * k, [&](int64_t r) {
    format.decode_row(rows.data() + static_cast<size_t>(r) * row_bytes, k, values.data() + r * k);
  });
  return values;
}

// -x w^T: [rows, n]
std::vector<float> minus_product(std::span<const float> x, int64_t rows, std::span<const float> w, int64_t n,
                                 int64_t k, const Team& team) {
  std::vector<float> transposed(static_cast<size_t>(k * n));
  for_each(team, n, kCodes * k, [&](int64_t r) {
    for (int64_t i = 0; i < k; ++i)
      transposed[static_cast<size_t>(i * n + r)] = w[static_cast<size_t>(r * k + i)];
  });
  std::vector<float> y(static_cast<size_t>(rows * n), 0.0f);
  subtract_product(y.data(), n, x.data(), k, transposed.data(), n, rows, k, n, team);
  return y;
}

std::vector<std::byte> encode(const Format& format, std::vector<float> matrix, int64_t n, int64_t k,
                              std::span<const float> factor, bool clip_search, const Team& team) {
  std::vector<std::byte> rows(static_cast<size_t>(n) * format.row_bytes(k));
  if (&format == &w4a8::kFormat) {
    encode_w4a8(matrix, n, k, factor, clip_search, rows.data(), team);
    return rows;
  }
  for_each(team, n, kCodes * k, [&](int64_t r) {
    format.encode_row(matrix.data() + r * k, k, rows.data() + static_cast<size_t>(r) * format.row_bytes(k));
  });
  return rows;
}

// How far outputs are off where inputs are so conditioned and `rows` stand for the matrix.
double output_error(const Format& format, std::span<const std::byte> rows, std::span<const float> expected,
                    int64_t n, int64_t k, std::span<const float> x, int64_t num_x,
                    std::span<const float> multiplier, int rotation, const Team& team) {
  const auto seen = as_codes(x, num_x, k, multiplier, rotation, team);
  return relative_l2(minus_product(seen, num_x, decoded(format, rows, n, k, team), n, k, team), expected);
}

// The multiplier that loses least on some rows of the matrix with nearest codes; none where nothing wins by 2
// %.
std::vector<float> choose_multiplier(const Format& format, std::span<const float> matrix, int64_t n,
                                     int64_t k, const LayerInputs& inputs, int64_t num_x, int rotation,
                                     const Team& team) {
  constexpr int64_t kMostRows = 192;
  constexpr int64_t kMostSamples = 96;
  const int64_t rows = std::min(n, kMostRows);
  num_x = std::min(num_x, kMostSamples);
  std::vector<float> some(static_cast<size_t>(rows * k));
  for (int64_t r = 0; r < rows; ++r) std::copy_n(matrix.begin() + r * n / rows * k, k, some.begin() + r * k);
  std::vector<float> w_max(static_cast<size_t>(k), 0.0f);
  for (int64_t r = 0; r < n; ++r)
    for (int64_t i = 0; i < k; ++i)
      w_max[static_cast<size_t>(i)] =
          std::max(w_max[static_cast<size_t>(i)], std::abs(matrix[static_cast<size_t>(r * k + i)]));

  const auto expected = minus_product(std::span(inputs.samples).first(static_cast<size_t>(num_x * k)), num_x,
                                      some, rows, k, team);
  const auto error_with = [&](std::span<const float> m) {
    const auto encoded =
        encode(format, conditioned(some, rows, k, m, rotation, team), rows, k, {}, false, team);
    return output_error(format, encoded, expected, rows, k, inputs.samples, num_x, m, rotation, team);
  };
  std::vector<float> best;
  double least = 0.98 * error_with({});
  for (const float alpha : {0.2f, 0.35f, 0.5f, 0.65f, 0.8f, 1.0f}) {
    auto candidate = multiplier(inputs.largest, w_max, alpha);
    const double error = error_with(candidate);
    if (error >= least) continue;
    least = error;
    best = std::move(candidate);
  }
  return best;
}

}  // namespace

QuantisedMatrix quantise(const Format& format, std::vector<float> matrix, int64_t n, int64_t k,
                         const LayerInputs& inputs, const Steps& steps, const Team& team) {
  const int rotation = steps.rotation ? rotation_order(k) : 1;
  const int64_t fitted = inputs.rows * 3 / 4;
  QuantisedMatrix result;
  if (steps.smoothing && fitted > 0)
    result.multiplier = choose_multiplier(format, matrix, n, k, inputs, fitted, rotation, team);
  const auto goal = conditioned(matrix, n, k, result.multiplier, rotation, team);
  std::vector<float> factor;
  if (steps.gptq && fitted > 0 && &format == &w4a8::kFormat)
    factor = gptq_factor(as_codes(inputs.samples, fitted, k, result.multiplier, rotation, team), fitted, k,
                         kDamping, team);
  result.rows = encode(format, goal, n, k, factor, steps.clip_search, team);
  result.weight_error = relative_l2(decoded(format, result.rows, n, k, team), goal);

  const int64_t judged = inputs.rows - fitted;
  if (judged == 0) return result;
  const auto x = std::span(inputs.samples).subspan(static_cast<size_t>(fitted * k));
  const auto expected = minus_product(x, judged, matrix, n, k, team);
  result.output_error =
      output_error(format, result.rows, expected, n, k, x, judged, result.multiplier, rotation, team);
  const auto nearest = encode(format, std::move(matrix), n, k, {}, false, team);
  result.nearest_error = output_error(format, nearest, expected, n, k, x, judged, {}, 1, team);
  return result;
}

}  // namespace diorama::quant
