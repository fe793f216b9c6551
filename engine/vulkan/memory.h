// Private: device memory. Small buffers share blocks, so that a model of hundreds of weights needs few
// allocations.
#pragma once

#include <memory>
#include <vector>

#include "tensor/arena.h"
#include "tensor/tensor.h"
#include "vulkan/context.h"

namespace diorama::vulkan {

enum class Placement { device, upload, download };  // upload: written by the host; download: read by it

// One VkBuffer with memory of its own, mapped where the placement asks for it.
class Block {
 public:
  Block(std::shared_ptr<const Context> context, size_t bytes, Placement placement);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  VkBuffer handle() const { return buffer_; }
  std::byte* mapped() const { return mapped_; }
  size_t byte_size() const { return bytes_; }
  Arena ranges;  // what is taken of a shared block

 private:
  void allocate_memory(Placement placement);

  std::shared_ptr<const Context> context_;
  size_t bytes_;
  VkBuffer buffer_ = VK_NULL_HANDLE;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  std::byte* mapped_ = nullptr;
};

// A range of a block. Recorded work holds on to it until it is done.
class Buffer final : public diorama::Buffer, public std::enable_shared_from_this<Buffer> {
 public:
  Buffer(std::shared_ptr<Block> block, size_t bytes);
  ~Buffer() override;

  VkBuffer handle() const { return block_->handle(); }
  size_t byte_offset() const { return offset_; }
  // Null where the host cannot reach it.
  std::byte* mapped() const { return block_->mapped() == nullptr ? nullptr : block_->mapped() + offset_; }

 private:
  std::shared_ptr<Block> block_;
  size_t offset_;
};

class Heap {
 public:
  explicit Heap(std::shared_ptr<const Context> context) : context_(std::move(context)) {}

  std::shared_ptr<Buffer> allocate(size_t bytes);
  std::shared_ptr<Buffer> allocate_staging(size_t bytes, Placement placement) const;

 private:
  std::shared_ptr<const Context> context_;
  std::vector<std::shared_ptr<Block>> shared_blocks_;
};

inline const Buffer& buffer_of(const Tensor& tensor) {
  return static_cast<const Buffer&>(*tensor.buffer());
}

}  // namespace diorama::vulkan
