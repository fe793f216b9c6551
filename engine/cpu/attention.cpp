#include <omp.h>

#include <algorithm>

#include "cpu/device.h"
#include "cpu/kernels.h"
#include "cpu/quantise.h"
#include "cpu/views.h"

namespace diorama::cpu {
namespace {

AttentionTask task_for(const AttentionArgs& args, MutableRows y, int64_t lane, int64_t head,
                       int64_t first_query, int64_t end_query) {
  const int64_t queries = args.q.dim(1);
  const int64_t keys = args.k.dim(1);
  const int64_t head_dim = args.q.dim(2) / args.num_heads;
  const int64_t first_key = args.window == 0 ? 0 : std::max<int64_t>(0, first_query - args.window);
  const int64_t end_key = args.window == 0 ? keys : std::min(keys, end_query + args.window);
  AttentionTask task;
  task.q = from_row(rows_of(args.q), lane * queries + first_query, head * head_dim);
  task.k = from_row(rows_of(args.k), lane * keys + first_key, head * head_dim);
  task.v = from_row(rows_of(args.v), lane * keys + first_key, head * head_dim);
  task.num_queries = end_query - first_query;
  task.num_keys = end_key - first_key;
  task.head_dim = head_dim;
  task.scale = args.scale;
  task.window = args.window;
  task.diagonal = first_query - first_key;
  if (args.key_bias) task.key_bias = floats_of(args.key_bias) + lane * args.key_bias.row_stride() + first_key;
  if (args.position_bias) {
    task.position_stride = args.position_bias.row_stride();
    task.position_bias =
        floats_of(args.position_bias) + (head * queries + first_query) * task.position_stride + first_key;
  }
  task.y = from_row(y, lane * queries + first_query, head * head_dim);
  return task;
}

// Queries a task takes: many, so that packing the keys is cheap, but enough tasks for all threads. In a
// window they decide where the keys begin, hence the order of sums, which threads may not change.
int64_t block_of(int64_t queries, int64_t pairs, int threads, int64_t window) {
  constexpr int64_t kMostQueries = 256;
  constexpr int64_t kWindowQueries = 96;
  if (window > 0) return kWindowQueries;
  const int64_t wanted = std::min(divide_up(2 * threads, pairs), divide_up(queries, kTileRows));
  const int64_t blocks = std::max(divide_up(queries, kMostQueries), wanted);
  return divide_up(divide_up(queries, blocks), kTileRows) * kTileRows;
}

}  // namespace

void attention(Device& device, const AttentionArgs& args) {
  const int64_t queries = args.q.dim(1);
  const int64_t pairs = args.q.dim(0) * args.num_heads;  // of lane and head
  const int64_t head_dim = args.q.dim(2) / args.num_heads;
  const int64_t block = block_of(queries, pairs, device.threads(), args.window);
  const int64_t blocks = divide_up(queries, block);
  const int64_t work = 2 * block * args.k.dim(1) * head_dim;  // multiply-adds of a task
  const int64_t band = std::max<int64_t>(device.threads(), device.segment_work() / (2 * work));

  const bool codes = args.codes && !args.position_bias;
  constexpr int64_t kLine = 16;  // floats: every thread's scratch begins at a cache line
  const int64_t floats_each =
      divide_up(codes ? attention_codes_scratch(block, head_dim) : attention_scratch(block, head_dim),
                kLine) *
      kLine;
  const bool quantised = args.y.dtype() == DType::q8;
  const int64_t values_floats = quantised ? args.y.num_elements() : 0;
  auto* scratch = reinterpret_cast<float*>(
      device.scratch(static_cast<size_t>(floats_each * device.threads() + values_floats) * sizeof(float)));
  float* values = scratch + floats_each * device.threads();
  const MutableRows y = quantised ? MutableRows{values, args.y.dim(2), DType::f32} : mutable_rows_of(args.y);
  for (int64_t begin = 0; begin < pairs * blocks; begin += band) {
    device.poll();
    const int64_t end = std::min(pairs * blocks, begin + band);
#pragma omp parallel for schedule(dynamic) \
    num_threads(device.threads_for((end - begin) * work / kWorkAnElement))
    for (int64_t i = begin; i < end; ++i) {
      const int64_t pair = i / blocks;
      const int64_t first = i % blocks * block;
      AttentionTask task = task_for(args, y, pair / args.num_heads, pair % args.num_heads, first,
                                    std::min(queries, first + block));
      task.scratch = scratch + omp_get_thread_num() * floats_each;
      if (codes)
        device.kernels().attention_codes(task);
      else
        device.kernels().attention(task);
    }
  }
  if (quantised)
    quantise_rows(device, args.conditioning, Activation::none, values, args.y.num_rows(), args.y.dim(2),
                  args.y.data<std::byte>(), args.y.row_stride());
}

}  // namespace diorama::cpu
