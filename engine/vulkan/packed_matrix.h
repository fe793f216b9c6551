// Weights in device memory: panels of 32 columns (rows of the matrix [N, K]) side by side, the last panel
// padded with zeros. Every kernel reads this layout: a run of four columns is one load. Floats: [K][32].
// Integers, in 32-bit words, with K' = padded_codes(K): levels [K' / 4][32], four of K in a word, or 4-bit
// codes [K' / 8][32], eight of K; then row scales f32 [32]; for codes the group scales, f16 [groups][32].
#pragma once

#include "formats/format.h"
#include "tensor/weight.h"
#include "vulkan/memory.h"

namespace diorama::vulkan {

constexpr int64_t kPanelColumns = 32;

struct PackedMatrix final : PackedWeight {
  explicit PackedMatrix(std::shared_ptr<Buffer> b) : buffer(std::move(b)) {}
  size_t byte_size() const override { return buffer->byte_size; }

  std::shared_ptr<Buffer> buffer;
};

size_t packed_bytes(const Format& format, int64_t n, int64_t k);

// Writes the panel that begins with this row of the matrix.
void pack_panel(const Weight& weight, const RowReader& reader, int64_t first_row, std::byte* out);

// The other way round: its rows, those that the weight has, in fp32.
void unpack_panel(const Weight& weight, const std::byte* panel, int64_t first_row, float* rows);

}  // namespace diorama::vulkan
