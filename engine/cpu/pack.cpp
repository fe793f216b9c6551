#include <omp.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "cpu/bf16_matrix.h"
#include "cpu/integer_matrix.h"
#include "cpu/packed_matrix.h"
#include "cpu/views.h"
#include "formats/format.h"

namespace diorama::cpu {
namespace {

DType held_type(const Format& format) {
  if (&format == &format_f32()) return DType::f32;
  if (&format == &format_f16()) return DType::f16;
  if (&format == &format_bf16()) return DType::bf16;
  fail(Fault::unsupported_device, "[cpu] weights in {} are not supported; choose another --precision",
       format.name);
}

constexpr int64_t kSlice = 16;  // rows packed together: a cache line of fp32 in a panel

// A slice of rows, side by side, becomes columns of a panel [K][64].
template <typename T>
void fill_columns(const std::byte* rows, int64_t k, T* columns) {
  const T* values = reinterpret_cast<const T*>(rows);
  for (int64_t first = 0; first < k; first += kSlice)
    for (int64_t n = 0; n < kSlice; ++n)
      for (int64_t i = first; i < std::min(k, first + kSlice); ++i)
        columns[i * kPanel + n] = values[n * k + i];
}

// Rows [0, count) of `values` and zeros beyond, as the format holds them.
void encode_slice(const Format& format, const float* values, int64_t count, int64_t k, std::byte* out) {
  const size_t row_bytes = format.row_bytes(k);
  for (int64_t n = 0; n < kSlice; ++n, out += row_bytes) {
    if (n < count)
      format.encode_row(values + n * k, k, out);
    else
      std::memset(out, 0, row_bytes);
  }
}

}  // namespace

DType Device::product_input(const Format& format) const {
  if (format.integer()) return DType::q8;
  return multiplies_bf16_ && &format == &format_bf16() ? DType::bf16 : DType::f32;
}

void Device::pack(Weight& weight, const RowReader& reader) {
  const Format& format = *weight.format;
  if (format.integer()) {
    weight.packed = std::make_shared<IntegerMatrix>(*this, weight, reader);
    return;
  }
  const ReadRows& read_rows = reader.values;
  if (product_input(format) == DType::bf16) {
    weight.packed = std::make_shared<Bf16Matrix>(*this, weight, read_rows);
    return;
  }
  const DType type = held_type(format);
  const int64_t k = weight.k;
  const int64_t num_rows = divide_up(weight.n, kPanel) * kPanel;
  auto values = allocate(static_cast<size_t>(num_rows * k) * byte_size(type));

  const int64_t rows_at_once = kPanel * threads_;
  const size_t slice_bytes = kSlice * format.row_bytes(k);
  const auto rows_bytes = static_cast<size_t>(rows_at_once * k) * sizeof(float);
  std::byte* memory = scratch(rows_bytes + static_cast<size_t>(threads_) * slice_bytes);
  auto* rows = reinterpret_cast<float*>(memory);
  for (int64_t begin = 0; begin < num_rows; begin += rows_at_once) {
    const int64_t count = std::min(rows_at_once, weight.n - begin);
    read_rows(begin, count, rows);
#pragma omp parallel for num_threads(threads_)
    for (int64_t row = 0; row < std::min(rows_at_once, num_rows - begin); row += kSlice) {
      std::byte* slice = memory + rows_bytes + static_cast<size_t>(omp_get_thread_num()) * slice_bytes;
      encode_slice(format, rows + row * k, count - row, k, slice);
      const int64_t first = (begin + row) / kPanel * kPanel * k + row % kPanel;
      if (type == DType::f32)
        fill_columns(slice, k, reinterpret_cast<float*>(values->host) + first);
      else
        fill_columns(slice, k, reinterpret_cast<uint16_t*>(values->host) + first);
    }
  }
  weight.packed = std::make_shared<PackedMatrix>(std::move(values), type);
}

void Device::unpack(const Weight& weight, float* rows) {
  if (weight.format->integer())
    return static_cast<const IntegerMatrix&>(*weight.packed).unpack(*this, weight, rows);
  if (product_input(*weight.format) == DType::bf16)
    return static_cast<const Bf16Matrix&>(*weight.packed).unpack(weight, rows);
  const auto& matrix = static_cast<const PackedMatrix&>(*weight.packed);
  const size_t size = byte_size(matrix.type());
  const size_t row_bytes = weight.format->row_bytes(weight.k);
  std::vector<std::byte> row(row_bytes);
  for (int64_t n = 0; n < weight.n; ++n) {
    const int64_t from = weight.first_row + n;
    const auto* column = static_cast<const std::byte*>(matrix.values()) +
                         static_cast<size_t>(from / kPanel * kPanel * weight.k + from % kPanel) * size;
    for (int64_t k = 0; k < weight.k; ++k)
      std::memcpy(row.data() + static_cast<size_t>(k) * size, column + static_cast<size_t>(k * kPanel) * size,
                  size);
    weight.format->decode_row(row.data(), weight.k, rows + n * weight.k);
  }
}

}  // namespace diorama::cpu
