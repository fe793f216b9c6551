// A device: memory, transfers, ordered work. Ops reach the two kinds by name; everybody else sees this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/cancel.h"
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace diorama {

enum class DeviceKind { cpu, vulkan };

class Device {
 public:
  virtual ~Device() = default;

  virtual DeviceKind kind() const = 0;
  // As it stands in a recipe: name, driver, instruction set.
  virtual std::string description() const = 0;

  // Threads of the processor that compute for it; 0: as many as the thread library takes.
  virtual int threads() const { return 0; }
  // Bytes that can be allocated at present, as far as the device can tell; SIZE_MAX where it cannot.
  virtual size_t memory_budget() const { return SIZE_MAX; }
  // Throws Fault::out_of_memory. The memory is not cleared.
  virtual std::shared_ptr<Buffer> allocate(size_t bytes) = 0;

  // Transfers of whole, contiguous tensors. `upload` takes the data before it returns; `download` waits for
  // the work recorded so far.
  virtual void upload(const Tensor& to, const void* from) = 0;
  virtual void download(const Tensor& from, void* to) = 0;
  // Submits what is recorded and waits for it.
  virtual void finish() = 0;

  // The type of x that a product with weights of this format wants on this device.
  virtual DType product_input(const Format& format) const = 0;
  // Packs rows of a matrix; fills weight.packed. Peak extra memory: one such matrix in fp32.
  virtual void pack(Weight& weight, const RowReader& rows) = 0;
  // The other way round: the rows [N, K] as products see them, rounded and conditioned.
  virtual void unpack(const Weight& weight, float* rows) = 0;

  // Looked at between segments of work (at most about 50 ms); work then throws Fault::cancelled.
  void set_cancel_token(const CancelToken* token) { cancel_ = token; }
  void poll() const {
    if (cancel_ != nullptr) cancel_->throw_if_requested();
  }

 private:
  const CancelToken* cancel_ = nullptr;
};

}  // namespace diorama
