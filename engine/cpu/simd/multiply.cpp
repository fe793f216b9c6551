#include "cpu/simd/epilogue.h"
#include "cpu/simd/table.h"
#include "cpu/simd/tile.h"

namespace diorama::cpu::DIORAMA_ISA {
namespace {

// Rows [k, k + depth) of a panel as they are held.
const std::byte* panel_rows(const MultiplyTask& t, int64_t panel, int64_t k) {
  return static_cast<const std::byte*>(t.weight) + (panel * t.k + k) * kPanel * element_size(t.weight_type);
}

// The same in fp32, expanded into `scratch` if they are held in 16 bits.
const float* panel_values(const MultiplyTask& t, const std::byte* rows, int64_t depth, float* scratch) {
  if (t.weight_type == DType::f32) return reinterpret_cast<const float*>(rows);
  for (int64_t i = 0; i < depth * kPanel; i += kLanes)
    store(scratch + i, load_as(t.weight_type, rows, i, kLanes));
  return scratch;
}

}  // namespace

void finish_row(const Epilogue& epilogue, int64_t row, const float* sums, int64_t n) {
  finish(epilogue, row, 0, n, [sums](int64_t c, int count) { return load(sums + c, count); });
}

void multiply_panels(const MultiplyTask& t) {
  float* expanded = t.scratch;
  float* sums = t.scratch + kDepth * kPanel;  // [num_rows][kPanel]
  for (int64_t panel = t.first_panel; panel < t.end_panel; ++panel) {
    const int64_t column = panel * kPanel;
    const int64_t end_column = min_of(t.n, column + kPanel);
    const int64_t vecs = (end_column - column + kLanes - 1) / kLanes;
    for (int64_t k = 0; k < t.k; k += kDepth) {
      const int64_t depth = min_of(kDepth, t.k - k);
      const bool last = k + depth == t.k;
      const int64_t bytes = depth * kPanel * element_size(t.weight_type);
      const std::byte* held = panel_rows(t, panel, k);
      const float* weights = panel_values(t, held, depth, expanded);
      for (int64_t r = 0; r < t.num_rows; r += kTileRows) {
        const int64_t rows = min_of(kTileRows, t.num_rows - r);
        // The next piece lies behind this one; the first rows' tiles fetch it between them.
        const int64_t fetched = r / kTileRows * depth / 4 * kFetchBytes;
        const std::byte* next = fetched < bytes ? held + bytes + fetched : nullptr;
        multiply({t.x + r * t.x_stride + k, t.x_stride, weights, kPanel, depth, sums + r * kPanel, kPanel,
                  k > 0, next},
                 rows, vecs);
        for (int64_t i = r; i < r + rows && last; ++i)
          finish(t.epilogue, t.first_row + i, column, end_column,
                 [&](int64_t c, int count) { return load(sums + i * kPanel + (c - column), count); });
      }
    }
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
