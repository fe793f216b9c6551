#include "quant/gptq.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/half.h"
#include "formats/w4a8.h"
#include "quant/linear_algebra.h"

namespace diorama::quant {
namespace {

// One row on its way through the columns.
struct Row {
  float* values;  // what is left to be quantised
  float row_scale;
  std::vector<float> group_scales;
  std::vector<int8_t> q;
};

// The scale of a group whose weights have taken over errors of the columns before.
float group_scale(const Row& row, int64_t first, int64_t count, bool clip_search) {
  const w4a8::Layout layout(count);
  float step = 0;
  w4a8::choose_steps(row.values + first, count, layout, clip_search, &step);
  constexpr float kMost = 127.0f / 7;
  return row.row_scale > 0 ? f16_to_f32(f32_to_f16(std::min(step / row.row_scale, kMost))) : 0;
}

// Columns [first, first + count), one group, of one row: codes, and `errors` of each column over its pivot.
void quantise_group(Row& row, int64_t k, int64_t group, int64_t first, int64_t count,
                    std::span<const float> factor, float* errors) {
  const float scale = row.group_scales[static_cast<size_t>(group)];
  for (int64_t i = first; i < first + count; ++i) {
    const float wanted = row.row_scale > 0 ? row.values[i] / row.row_scale : 0;
    const int q = w4a8::nearest_code(scale, wanted);
    row.q[static_cast<size_t>(i)] = static_cast<int8_t>(q);
    const float error = row.values[i] - row.row_scale * static_cast<float>(w4a8::level(scale, q));
    if (factor.empty()) continue;
    const float* u = factor.data() + i * k;
    errors[i - first] = error / u[i];
    for (int64_t j = i + 1; j < first + count; ++j) row.values[j] -= errors[i - first] * u[j];
  }
}

}  // namespace

std::vector<float> gptq_factor(std::span<const float> x, int64_t rows, int64_t k, float damping,
                               const Team& team) {
  std::vector<float> h = gram(x, rows, k, team);
  double trace = 0;
  for (int64_t i = 0; i < k; ++i) trace += static_cast<double>(h[static_cast<size_t>(i * k + i)]);
  const auto mean = static_cast<float>(trace / static_cast<double>(k));
  if (!(mean > 0)) return {};
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt, damping *= 10) {
    std::vector<float> u = h;
    for (int64_t i = 0; i < k; ++i) u[static_cast<size_t>(i * k + i)] += damping * mean;
    if (inverse_cholesky(u, k, team)) return u;
  }
  return {};
}

void encode_w4a8(std::span<float> rows, int64_t n, int64_t k, std::span<const float> factor, bool clip_search,
                 std::byte* out, const Team& team) {
  constexpr int64_t kTries = 64;  // of a clip search, about; each looks at every weight
  const w4a8::Layout layout(k);
  std::vector<Row> state(static_cast<size_t>(n));
  for_each(team, n, k * kTries, [&](int64_t r) {
    Row& row = state[static_cast<size_t>(r)];
    row.values = rows.data() + r * k;
    row.group_scales.resize(static_cast<size_t>(layout.num_groups));
    row.q.assign(static_cast<size_t>(layout.num_groups * layout.group), 0);
    std::vector<float> steps(static_cast<size_t>(layout.num_groups));
    w4a8::choose_steps(row.values, k, layout, clip_search, steps.data());
    row.row_scale = w4a8::choose_scales(steps.data(), layout.num_groups, row.group_scales.data());
  });
  std::vector<float> errors(static_cast<size_t>(n * layout.group));
  for (int64_t group = 0; group < layout.num_groups; ++group) {
    const int64_t first = group * layout.group;
    const int64_t count = std::min(layout.group, k - first);
    for_each(team, n, count * kTries, [&](int64_t r) {
      Row& row = state[static_cast<size_t>(r)];
      if (!factor.empty() && group > 0)
        row.group_scales[static_cast<size_t>(group)] = group_scale(row, first, count, clip_search);
      quantise_group(row, k, group, first, count, factor, errors.data() + r * layout.group);
    });
    const int64_t rest = first + count;
    if (!factor.empty())
      subtract_product(rows.data() + rest, k, errors.data(), layout.group, factor.data() + first * k + rest,
                       k, n, count, k - rest, team);
  }
  const size_t row_bytes = w4a8::kFormat.row_bytes(k);
  for_each(team, n, k, [&](int64_t r) {
    const Row& row = state[static_cast<size_t>(r)];
    w4a8::write_row(row.q.data(), row.group_scales.data(), row.row_scale, layout,
                    out + static_cast<size_t>(r) * row_bytes);
  });
}

}  // namespace diorama::quant
