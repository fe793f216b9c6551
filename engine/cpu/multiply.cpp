#include "cpu/multiply.h"

#include <omp.h>

#include <algorithm>

namespace diorama::cpu {
namespace {

int64_t divide_up(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

// How a band of rows is cut into tasks: blocks of rows, each for all panels or a share of them.
struct Split {
  int64_t block_rows;
  int64_t num_blocks;
  int64_t num_shares;
};

Split split(int64_t num_rows, int64_t num_panels, int threads, bool rows_are_built) {
  constexpr int64_t kTasksPerThread = 3;  // evens out what a slower core leaves
  const int64_t wanted = threads == 1 ? 1 : threads * kTasksPerThread;
  Split s{};
  s.num_blocks = divide_up(num_rows, kBlockRows);
  if (rows_are_built)  // more blocks rather than building a block's rows several times
    s.num_blocks = std::min(std::max(s.num_blocks, wanted), divide_up(num_rows, kTileRows));
  s.block_rows = divide_up(divide_up(num_rows, s.num_blocks), kTileRows) * kTileRows;
  s.num_blocks = divide_up(num_rows, s.block_rows);
  s.num_shares = rows_are_built ? 1 : std::min(num_panels, divide_up(wanted, s.num_blocks));
  return s;
}

}  // namespace

void multiply(Device& device, const Weight& weight, int64_t num_rows, const Epilogue& epilogue,
              const ProvideRows& provide, int64_t provide_scratch) {
  const PackedMatrix& matrix = packed_matrix(weight);
  const int64_t num_panels = divide_up(weight.n, kPanel);
  const int64_t floats_each = provide_scratch + kMultiplyScratch;
  float* scratch = device.thread_scratch(floats_each);
  const int64_t band =
      std::max<int64_t>(1, device.segment_work() / (weight.n * weight.k * kBlockRows)) * kBlockRows;

  for (int64_t begin = 0; begin < num_rows; begin += band) {
    device.poll();
    const int64_t end = std::min(num_rows, begin + band);
    const Split s = split(end - begin, num_panels, device.threads(), provide_scratch > 0);
#pragma omp parallel for collapse(2) schedule(dynamic) num_threads(device.threads())
    for (int64_t block = 0; block < s.num_blocks; ++block)
      for (int64_t share = 0; share < s.num_shares; ++share) {
        float* own = scratch + omp_get_thread_num() * floats_each;
        MultiplyTask task;
        task.first_row = begin + block * s.block_rows;
        task.num_rows = std::min(s.block_rows, end - task.first_row);
        const RowBlock x = provide(task.first_row, task.num_rows, own);
        task.x = x.x;
        task.x_stride = x.stride;
        task.weight = matrix.values();
        task.weight_type = matrix.type();
        task.n = weight.n;
        task.k = weight.k;
        task.first_panel = share * num_panels / s.num_shares;
        task.end_panel = (share + 1) * num_panels / s.num_shares;
        task.epilogue = epilogue;
        task.scratch = own + provide_scratch;
        device.kernels().multiply(task);
      }
  }
}

}  // namespace diorama::cpu
