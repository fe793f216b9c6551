// The processor as a device: plain memory, one OpenMP team, kernels chosen by instruction set at run time.
#pragma once

#include <utility>

#include "cpu/isa.h"
#include "cpu/simd/kernels.h"
#include "tensor/device.h"

namespace diorama::cpu {

struct DeviceOptions {
  int threads = 0;        // 0: all processors this process may use
  Isa isa = Isa::avx512;  // at most; the machine may have less
  // Products of bf16 pairs even where the processor lacks them, slowly; for tests.
  bool emulate_bf16 = false;
};

// Multiply-adds that take about as long as touching one element does.
constexpr int64_t kWorkAnElement = 32;

class Device final : public diorama::Device {
 public:
  explicit Device(const DeviceOptions& options = {});

  DeviceKind kind() const override { return DeviceKind::cpu; }
  std::string description() const override;
  size_t memory_budget() const override;
  std::shared_ptr<Buffer> allocate(size_t bytes) override;
  void upload(const Tensor& to, const void* from) override;
  void download(const Tensor& from, void* to) override;
  void finish() override {}
  DType product_input(const Format& format) const override;
  void pack(Weight& weight, const RowReader& rows) override;
  void unpack(const Weight& weight, float* rows) override;

  Isa isa() const { return isa_; }
  // Threads that ops really get: where the system, its limits or the environment allow fewer than were asked
  // for, those.
  int threads() const override { return threads_; }
  const Kernels& kernels() const { return *kernels_; }
  // One, where waking the others would take longer than touching so many elements.
  int threads_for(int64_t num_elements) const { return num_elements < kSmallWork ? 1 : threads_; }
  // Multiply-adds that all threads together do in about 50 ms, at least: the longest work without a poll.
  int64_t segment_work() const;
  // Memory of one op, valid until the next call.
  std::byte* scratch(size_t bytes);
  // Milliseconds of passes over rows that an op was given to quantise, since they were last asked for.
  void add_quantising(double milliseconds) { quantising_ += milliseconds; }
  double take_quantising() { return std::exchange(quantising_, 0); }

 private:
  static constexpr int64_t kSmallWork = 32768;  // about 30 us

  int threads_;
  Isa isa_;
  bool multiplies_bf16_;  // by oneDNN, and not expanded to fp32
  const Kernels* kernels_;
  std::shared_ptr<Buffer> scratch_;
  double quantising_ = 0;
};

}  // namespace diorama::cpu
