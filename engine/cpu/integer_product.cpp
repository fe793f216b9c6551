#include "cpu/integer_product.h"

#include <omp.h>

#include <algorithm>

#include "cpu/integer_matrix.h"
#include "cpu/quantise.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

// Rows [begin, end): shares of the panels for blocks of rows, so that decoding a panel serves many rows.
void multiply_band(Device& device, const Weight& weight, const Tensor& x, int64_t begin, int64_t end,
                   const Epilogue& epilogue, std::byte* scratch) {
  constexpr int64_t kMostRows = 768;
  constexpr int64_t kTasksPerThread = 3;
  const auto& matrix = static_cast<const IntegerMatrix&>(*weight.packed);
  const int64_t num_rows = end - begin;
  const int64_t blocks = divide_up(num_rows, kMostRows);
  const int64_t block_rows = divide_up(divide_up(num_rows, blocks), kTileRows) * kTileRows;
  const int64_t panels = divide_up(weight.n, kPanel);
  const int threads = device.threads_for(num_rows * weight.n * weight.k / (4 * kWorkAnElement));
  const int64_t shares = threads == 1 ? 1 : std::min(panels, divide_up(threads * kTasksPerThread, blocks));
  const int64_t scratch_each = integer_scratch(padded_codes(weight.k));
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(threads)
  for (int64_t share = 0; share < shares; ++share)
    for (int64_t block = 0; block < blocks; ++block) {
      IntegerTask task = matrix.task(weight.first_row, weight.n);
      task.first_row = begin + block * block_rows;
      task.num_rows = std::min(block_rows, end - task.first_row);
      task.x = x.data<std::byte>() + task.first_row * x.row_stride();
      task.x_stride = x.row_stride();
      task.first_panel = share * panels / shares;
      task.end_panel = (share + 1) * panels / shares;
      task.epilogue = epilogue;
      task.scratch = scratch + omp_get_thread_num() * scratch_each;
      if (task.num_rows > 0) device.kernels().multiply_integer(task);
    }
}

}  // namespace

void multiply_integers(Device& device, const LinearArgs& args, const Epilogue& epilogue) {
  constexpr int64_t kMostValues = 16 << 20;  // bytes of fp32 results that wait to be quantised
  const Weight& weight = *args.weight;
  const int64_t num_rows = args.x.num_rows();
  const bool quantised = args.y.dtype() == DType::q8;
  const int64_t tile_bytes = integer_scratch(padded_codes(weight.k)) * device.threads();
  int64_t band =
      std::max<int64_t>(1, 4 * device.segment_work() / (weight.n * weight.k * kTileRows)) * kTileRows;
  if (quantised) band = std::clamp<int64_t>(kMostValues / (weight.n * 4), kTileRows, band);
  // Bands alike: a short last one would decode every panel for a few rows.
  band = divide_up(divide_up(num_rows, divide_up(num_rows, band)), kTileRows) * kTileRows;
  const int64_t values_bytes = quantised ? band * weight.n * 4 : 0;
  std::byte* scratch = device.scratch(static_cast<size_t>(tile_bytes + values_bytes));
  auto* values = reinterpret_cast<float*>(scratch + tile_bytes);

  for (int64_t begin = 0; begin < num_rows; begin += band) {
    device.poll();
    const int64_t end = std::min(num_rows, begin + band);
    Epilogue of_band = epilogue;
    if (quantised) {
      of_band.y = {values - begin * weight.n, weight.n, DType::f32};
      of_band.activation = Activation::none;  // that of the rows to quantise
    }
    multiply_band(device, weight, args.x, begin, end, of_band, scratch);
    if (quantised)
      quantise_rows(device, args.conditioning, epilogue.activation, values, end - begin, weight.n,
                    args.y.data<std::byte>() + begin * args.y.row_stride(), args.y.row_stride());
  }
}

}  // namespace diorama::cpu
