#include "cpu/quantise.h"

#include <omp.h>

#include <chrono>

#include "cpu/views.h"

namespace diorama::cpu {

QuantiseTask quantise_task(const Conditioning& conditioning, int64_t width, float* scratch) {
  return {.width = width,
          .multiplier = floats_of(conditioning.multiplier),
          .rotation = conditioning.rotation,
          .scratch = scratch};
}

void quantise_rows(Device& device, const Conditioning& conditioning, Activation activation, float* values,
                   int64_t num_rows, int64_t width, std::byte* y, int64_t y_stride) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
#pragma omp parallel for num_threads(device.threads_for(num_rows* width))
  for (int64_t row = 0; row < num_rows; ++row) {
    float* x = values + row * width;
    QuantiseTask task = quantise_task(conditioning, width, x);
    task.activation = activation;
    device.kernels().quantise_row(task, x, y + row * y_stride);
  }
  device.add_quantising(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
}

RowBuffers::RowBuffers(Device& device, int64_t width)
    : memory_(reinterpret_cast<float*>(
          device.scratch(static_cast<size_t>(padded_codes(width) * device.threads()) * sizeof(float)))),
      stride_(padded_codes(width)) {}

float* RowBuffers::mine() const {
  return memory_ + omp_get_thread_num() * stride_;
}

}  // namespace diorama::cpu
