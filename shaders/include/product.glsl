// What the kernels of linear and conv share: x and its gathering, packed weights, the end of a product.
#include "common.glsl"

layout(constant_id = 0) const uint X_TYPE = 0;
layout(constant_id = 1) const uint WEIGHT_FORMAT = 0;
layout(constant_id = 2) const uint Y_TYPE = 0;
layout(constant_id = 3) const uint ACTIVATION = 0;
layout(constant_id = 4) const bool HAS_BIAS = false;
layout(constant_id = 5) const bool HAS_GATE = false;
layout(constant_id = 6) const bool HAS_RESIDUAL = false;
layout(constant_id = 7) const bool CONV = false;
layout(constant_id = 8) const uint RESIDUAL_TYPE = 0;

layout(push_constant) uniform Push { ProductParams p; };

READS(0, read_x, X_TYPE)
READS4(1, read_weight, WEIGHT_FORMAT)
layout(binding = 2) readonly buffer Bias { float bias[]; };
layout(binding = 3) readonly buffer Gate { float gate[]; };
READS(4, read_residual, RESIDUAL_TYPE)
WRITES(5, write_y, Y_TYPE)

// Where a column begins in the panels [N / 32][K][32] (vulkan/packed_matrix.h); beyond the last panel: in the last.
uint weight_column(uint column) {
  const uint safe = min(column, ((p.columns + 31) / 32) * 32 - 4);
  return (safe / 32) * p.k * 32 + safe % 32;
}

// Where the values of a row begin: for a convolution the window's corner, in the upsampled input.
struct Row {
  uint begin;
  int line, column;
};

Row row_at(uint r) {
  if (!CONV) return Row(p.x + r * p.x_stride, 0, 0);
  const uint line = divide(r, 1.0 / float(p.width)), image = divide(line, 1.0 / float(p.lines));
  return Row(p.x + image * p.image_size, (p.first_line + int(line - image * p.lines)) * int(p.stride) - p.pad_top,
             int((r - line * p.width) * p.stride) - p.pad_left);
}

// Position k within a row's window.
struct Tap {
  int line, column;
  uint channel;
};

Tap tap_at(uint k) {
  if (!CONV) return Tap(0, 0, k);
  const uint tap = divide(k, 1.0 / float(p.channels));
  const uint line = divide(tap, 1.0 / float(p.kernel_width));
  return Tap(int(line), int(tap - line * p.kernel_width), k - tap * p.channels);
}

// Whether x[row, k] lies in the input (not in the padding), and where.
bool x_index(Row row, Tap tap, bool valid, out uint index) {
  index = row.begin + tap.channel;
  if (!CONV) return valid;
  const int line = row.line + tap.line, column = row.column + tap.column;
  const int in_line = (line >> p.upsample_shift) - p.first_in_line;
  index += uint(in_line * int(p.in_width) + (column >> p.upsample_shift)) * p.channels;
  return valid && line >= 0 && column >= 0 && line < int(p.in_height << p.upsample_shift) &&
         column < int(p.in_width << p.upsample_shift);
}

float x_value(Row row, Tap tap, bool valid) {
  uint index;
  return x_index(row, tap, valid, index) ? read_x(index) : 0.0;
}

// The end of a product, for one element.
void finish(uint r, uint column, float sum) {
  if (r >= p.rows || column >= p.columns) return;
  precise float value = sum;
  if (HAS_BIAS) value += bias[p.bias + column];
  const uint at = r * p.y_stride + column;
  if (HAS_RESIDUAL) {
    const float residual = read_residual(p.residual + at);
    if (HAS_GATE) {
      const uint batch = (p.first_row + r) / p.rows_per_batch;
      value = gated(residual, gate[p.gate + batch * p.gate_stride + column], value);
    } else {
      value = residual + value;
    }
  }
  write_y(p.y + at, activate(value, ACTIVATION));
}
