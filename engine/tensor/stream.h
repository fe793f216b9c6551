// Ordered work on one device. A stream that plans allocates offsets and counts, but holds no memory and runs
// nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "tensor/arena.h"
#include "tensor/device.h"
#include "tensor/host_tensor.h"
#include "tensor/tensor.h"

namespace diorama {

class Stream {
 public:
  enum class Mode { plan, run };

  // In a run, `arena_bytes` (a plan's peak) are taken from the device at once; what does not fit gets memory
  // of its own.
  Stream(Device& device, Mode mode, size_t arena_bytes = 0);

  Device& device() const { return *device_; }
  bool planning() const { return mode_ == Mode::plan; }

  // A temporary; its memory returns to the arena when the last copy goes. The stream must outlive it.
  Tensor make(const Shape& shape, DType type);
  Tensor upload(const Shape& shape, std::span<const float> values);
  Tensor upload(const Shape& shape, std::span<const int32_t> values);
  // Zeros in a plan.
  HostTensor download(const Tensor& tensor);

  // Told the milliseconds of each op as it ends; every op then waits for itself. For measuring only.
  using OpObserver = std::function<void(std::string_view op, double milliseconds)>;
  void observe(OpObserver observer) { observer_ = std::move(observer); }
  const OpObserver& observer() const { return observer_; }

  size_t arena_peak() const { return arena_->peak(); }

  // Multiply-adds of the ops as they ran (or would run).
  void count(uint64_t multiply_adds) {
    if (__builtin_add_overflow(multiply_adds_, multiply_adds, &multiply_adds_))
      multiply_adds_ = std::numeric_limits<uint64_t>::max();
  }
  uint64_t multiply_adds() const { return multiply_adds_; }

 private:
  Device* device_;
  Mode mode_;
  std::shared_ptr<Arena> arena_;
  std::shared_ptr<Buffer> memory_;
  uint64_t multiply_adds_ = 0;
  OpObserver observer_;
};

}  // namespace diorama
