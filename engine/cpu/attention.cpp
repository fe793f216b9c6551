#include <omp.h>

#include <algorithm>

#include "cpu/device.h"
#include "cpu/kernels.h"

namespace diorama::cpu {
namespace {

AttentionTask task_for(const AttentionArgs& args, int64_t lane, int64_t head, int64_t first_query,
                       int64_t end_query) {
  const int64_t queries = args.q.dim(1);
  const int64_t keys = args.k.dim(1);
  const int64_t head_dim = args.q.dim(2) / args.num_heads;
  AttentionTask task;
  task.q = from_row(rows_of(args.q), lane * queries + first_query, head * head_dim);
  task.k = from_row(rows_of(args.k), lane * keys, head * head_dim);
  task.v = from_row(rows_of(args.v), lane * keys, head * head_dim);
  task.num_queries = end_query - first_query;
  task.num_keys = keys;
  task.head_dim = head_dim;
  task.scale = args.scale;
  if (args.key_bias) task.key_bias = floats_of(args.key_bias) + lane * args.key_bias.row_stride();
  if (args.position_bias)
    task.position_bias =
        floats_of(args.position_bias) + (head * queries + first_query) * args.position_bias.row_stride();
  task.y = from_row(mutable_rows_of(args.y), lane * queries + first_query, head * head_dim);
  return task;
}

}  // namespace

void attention(Device& device, const AttentionArgs& args) {
  constexpr int64_t kMostQueries = 192;  // enough to make the packing of keys cheap
  const int64_t queries = args.q.dim(1);
  const int64_t pairs = args.q.dim(0) * args.num_heads;
  const int64_t head_dim = args.q.dim(2) / args.num_heads;
  const int64_t wanted = (2 * device.threads() + pairs - 1) / pairs;
  const int64_t blocks = std::max((queries + kMostQueries - 1) / kMostQueries,
                                  std::min(wanted, (queries + kTileRows - 1) / kTileRows));
  const int64_t block = ((queries + blocks - 1) / blocks + kTileRows - 1) / kTileRows * kTileRows;
  const int64_t tasks_per_pair = (queries + block - 1) / block;

  const int64_t floats_each = attention_scratch(block, head_dim);
  float* scratch = device.thread_scratch(floats_each);
  const int64_t work = 2 * block * args.k.dim(1) * head_dim;
  const int64_t band =
      std::max<int64_t>(device.threads(), device.segment_work() / std::max<int64_t>(1, 2 * work));
  const int64_t num_tasks = pairs * tasks_per_pair;
  for (int64_t begin = 0; begin < num_tasks; begin += band) {
    device.poll();
#pragma omp parallel for schedule(dynamic) num_threads(device.threads())
    for (int64_t i = begin; i < std::min(num_tasks, begin + band); ++i) {
      const int64_t pair = i / tasks_per_pair;
      const int64_t first = i % tasks_per_pair * block;
      AttentionTask task = task_for(args, pair / args.num_heads, pair % args.num_heads, first,
                                    std::min(queries, first + block));
      task.scratch = scratch + omp_get_thread_num() * floats_each;
      device.kernels().attention(task);
    }
  }
}

}  // namespace diorama::cpu
