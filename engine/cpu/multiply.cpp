#include "cpu/multiply.h"

#include <omp.h>

#include <algorithm>

#include "cpu/bf16_matrix.h"
#include "cpu/packed_matrix.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

// How a band of rows is cut into tasks: shares of the panels, each for all blocks of rows.
struct Split {
  int64_t block_rows;
  int64_t num_blocks;
  int64_t num_shares;
};

Split split(int64_t num_rows, int64_t num_panels, int64_t panel_bytes, int threads, bool rows_are_built) {
  constexpr int64_t kTasksPerThread = 3;    // evens out what a slower core leaves
  constexpr int64_t kShareBytes = 1 << 20;  // of weights: in cache while the blocks of rows pass
  const int64_t wanted = threads == 1 ? 1 : threads * kTasksPerThread;
  Split s{};
  s.num_blocks = divide_up(num_rows, kBlockRows);
  if (rows_are_built)  // more blocks rather than building a block's rows several times
    s.num_blocks = std::min(std::max(s.num_blocks, wanted), divide_up(num_rows, kTileRows));
  s.block_rows = divide_up(divide_up(num_rows, s.num_blocks), kTileRows) * kTileRows;
  s.num_blocks = divide_up(num_rows, s.block_rows);
  const int64_t shares =
      std::max(divide_up(wanted, s.num_blocks), divide_up(num_panels * panel_bytes, kShareBytes));
  s.num_shares = rows_are_built ? 1 : std::min(num_panels, shares);
  return s;
}

// Rows [begin, end) with a matrix in panels; `scratch` is one piece of `bytes_each` for every thread.
void multiply_band(Device& device, const Weight& weight, int64_t begin, int64_t end, const Epilogue& epilogue,
                   const RowSource& source, std::byte* scratch, size_t bytes_each) {
  const auto& matrix = static_cast<const PackedMatrix&>(*weight.packed);
  static_assert(Weight::kRowGroup % kPanel == 0);
  const auto* panels = static_cast<const std::byte*>(matrix.values()) +
                       weight.first_row * weight.k * static_cast<int64_t>(byte_size(matrix.type()));
  const int64_t num_panels = divide_up(weight.n, kPanel);
  const int threads = device.threads_for((end - begin) * weight.n * weight.k / kWorkAnElement);
  const int64_t panel_bytes = kPanel * weight.k * static_cast<int64_t>(byte_size(matrix.type()));
  const Split s = split(end - begin, num_panels, panel_bytes, threads, source.built);
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(threads)
  for (int64_t share = 0; share < s.num_shares; ++share)
    for (int64_t block = 0; block < s.num_blocks; ++block) {
      std::byte* own = scratch + static_cast<size_t>(omp_get_thread_num()) * bytes_each;
      MultiplyTask task;
      task.first_row = begin + block * s.block_rows;
      task.num_rows = std::min(s.block_rows, end - task.first_row);
      task.scratch = reinterpret_cast<float*>(own);
      own += kMultiplyScratch * sizeof(float);
      task.x = static_cast<const float*>(source.provide(task.first_row, task.num_rows, own));
      task.x_stride = source.stride;
      task.weight = panels;
      task.weight_type = matrix.type();
      task.n = weight.n;
      task.k = weight.k;
      task.first_panel = share * num_panels / s.num_shares;
      task.end_panel = (share + 1) * num_panels / s.num_shares;
      task.epilogue = epilogue;
      device.kernels().multiply(task);
    }
}

void multiply_panels(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
                     const RowSource& source) {
  const int64_t built = source.built ? kBlockRows * weight.k : 0;
  const size_t bytes_each = static_cast<size_t>(kMultiplyScratch + built) * sizeof(float);
  std::byte* scratch = device.scratch(bytes_each * static_cast<size_t>(device.threads()));
  const int64_t band =
      std::max<int64_t>(1, device.segment_work() / (weight.n * weight.k * kBlockRows)) * kBlockRows;
  for (int64_t begin = 0; begin < num_rows; begin += band) {
    device.poll();
    multiply_band(device, weight, begin, std::min(num_rows, begin + band), epilogue, source, scratch,
                  bytes_each);
  }
}

// Rows [first, first + rows) of x in bf16, built by all threads where they are built.
const void* bf16_rows(Device& device, const RowSource& source, int64_t k, int64_t first, int64_t rows,
                      std::byte* scratch) {
  if (!source.built) return source.provide(first, rows, nullptr);
  constexpr int64_t kRowsEach = 64;
#pragma omp parallel for num_threads(device.threads())
  for (int64_t i = 0; i < rows; i += kRowsEach)
    source.provide(first + i, std::min(kRowsEach, rows - i), scratch + i * k * 2);
  return scratch;
}

// oneDNN adds the bias and activates where that is all there is to do, and fp32 sums pass through memory
// otherwise.
void multiply_bf16(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
                   const RowSource& source) {
  constexpr int64_t kMostScratch = 16 << 20;  // bytes
  const bool direct =
      epilogue.gate == nullptr && epilogue.residual.data == nullptr && epilogue.y.type != DType::f16;
  const int64_t sums_bytes = direct ? 0 : weight.n * 4;
  const int64_t row_bytes = sums_bytes + (source.built ? weight.k * 2 : 0);
  int64_t band = std::max<int64_t>(1, 2 * device.segment_work() / (weight.n * weight.k));
  if (row_bytes > 0) band = std::min(band, kMostScratch / row_bytes);
  band = std::clamp<int64_t>(band / 64 * 64, 64, std::max<int64_t>(64, num_rows));
  std::byte* sums = device.scratch(static_cast<size_t>(band * row_bytes));
  auto& matrix = static_cast<Bf16Matrix&>(*weight.packed);

  for (int64_t begin = 0; begin < num_rows; begin += band) {
    device.poll();
    const int64_t rows = std::min(band, num_rows - begin);
    const void* x = bf16_rows(device, source, weight.k, begin, rows, sums + band * sums_bytes);
    if (direct) {
      matrix.multiply(device, weight, x, source.stride, rows, epilogue.bias, epilogue.activation,
                      from_row(epilogue.y, begin).data, epilogue.y.type);
      continue;
    }
    matrix.multiply(device, weight, x, source.stride, rows, nullptr, Activation::none, sums, DType::f32);
    const int threads = device.threads_for(rows * weight.n);
#pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < rows; ++i)
      device.kernels().finish_row(epilogue, begin + i, reinterpret_cast<const float*>(sums) + i * weight.n,
                                  weight.n);
  }
}

}  // namespace

void multiply(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
              const RowSource& source) {
  if (weight.input.type == DType::bf16)
    multiply_bf16(device, weight, num_rows, epilogue, source);
  else
    multiply_panels(device, weight, num_rows, epilogue, source);
}

}  // namespace diorama::cpu
