#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/device.h"
#include "vulkan/caps.h"
#include "vulkan/devices.h"

namespace diorama::vulkan {

class Buffer;
class Context;
class Heap;
class Recorder;

class Device final : public diorama::Device {
 public:
  explicit Device(const DeviceOptions& options);
  ~Device() override;

  DeviceKind kind() const override { return DeviceKind::vulkan; }
  std::string description() const override;
  std::shared_ptr<diorama::Buffer> allocate(size_t bytes) override;
  void upload(const Tensor& to, const void* from) override;
  void download(const Tensor& from, void* to) override;
  void finish() override;
  DType product_input(const Format& format) const override;
  void pack(Weight& weight, const RowReader& rows) override;
  void unpack(const Weight& weight, float* rows) override;

  const Caps& caps() const;
  const Context& context() const { return *context_; }
  Recorder& recorder() { return *recorder_; }
  const Recorder& recorder() const { return *recorder_; }

  // Products of 8-bit codes fail from now on, with this reason.
  void refuse_integers(std::string reason) { integers_refused_ = std::move(reason); }

  // Whether this variant is to be taken wherever it can run.
  bool prefers(std::string_view variant) const;
  // Names of the kernels recorded so far.
  const std::set<std::string_view>& kernels() const;
  // Warnings and errors of the validation layer so far.
  int validation_messages() const;

 private:
  std::shared_ptr<Buffer> allocate_device_memory(size_t bytes);

  std::shared_ptr<const Context> context_;
  std::unique_ptr<Heap> heap_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<std::string> variants_;
  std::string integers_refused_;  // why; empty: they are not
};

}  // namespace diorama::vulkan
