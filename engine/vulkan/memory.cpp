#include "vulkan/memory.h"

#include <algorithm>
#include <optional>

namespace diorama::vulkan {
namespace {

constexpr size_t kSharedBlockBytes = size_t{32} << 20;
constexpr size_t kLargestShared = size_t{4} << 20;  // bytes; larger buffers get a block of their own

size_t rounded(size_t bytes) {
  return std::max<size_t>(1, (bytes + Arena::kAlignment - 1) / Arena::kAlignment) * Arena::kAlignment;
}

// Wanted properties, best first.
std::vector<VkMemoryPropertyFlags> wishes(Placement placement, bool host_visible) {
  constexpr VkMemoryPropertyFlags kMapped =
      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  if (placement == Placement::upload) return {kMapped};
  if (placement == Placement::download) return {kMapped | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, kMapped};
  if (host_visible)
    return {kMapped | VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0};
  return {VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0};
}

struct MemoryType {
  uint32_t index;
  VkMemoryPropertyFlags flags;
};

std::optional<MemoryType> find_memory_type(const Context& context, uint32_t allowed, Placement placement) {
  VkPhysicalDeviceMemoryProperties properties;
  vkGetPhysicalDeviceMemoryProperties(context.physical(), &properties);
  for (const VkMemoryPropertyFlags wish : wishes(placement, context.caps().host_visible))
    for (uint32_t i = 0; i < properties.memoryTypeCount; ++i) {
      const VkMemoryPropertyFlags flags = properties.memoryTypes[i].propertyFlags;
      if ((allowed & (1u << i)) != 0 && (flags & wish) == wish) return MemoryType{i, flags};
    }
  return std::nullopt;
}

}  // namespace

Block::Block(std::shared_ptr<const Context> context, size_t bytes, Placement placement)
    : context_(std::move(context)), bytes_(rounded(bytes)) {
  if (bytes_ > context_->caps().max_allocation_bytes)
    fail(Fault::out_of_memory,
         "[vulkan] {} MiB in one piece; {} allows {} MiB: choose a smaller picture or batch", bytes_ >> 20,
         context_->info().name, context_->caps().max_allocation_bytes >> 20);
  VkBufferCreateInfo info{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = bytes_;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
               VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  check(vkCreateBuffer(context_->handle(), &info, nullptr, &buffer_), "vkCreateBuffer");
  try {
    allocate_memory(placement);
  } catch (...) {
    vkDestroyBuffer(context_->handle(), buffer_, nullptr);
    vkFreeMemory(context_->handle(), memory_, nullptr);
    throw;
  }
}

Block::~Block() {
  vkDestroyBuffer(context_->handle(), buffer_, nullptr);
  vkFreeMemory(context_->handle(), memory_, nullptr);
}

void Block::allocate_memory(Placement placement) {
  VkMemoryRequirements needs;
  vkGetBufferMemoryRequirements(context_->handle(), buffer_, &needs);
  const auto type = find_memory_type(*context_, needs.memoryTypeBits, placement);
  require(type.has_value(), "[vulkan] no memory type fits a storage buffer");

  VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  info.allocationSize = needs.size;
  info.memoryTypeIndex = type->index;
  const VkResult result = vkAllocateMemory(context_->handle(), &info, nullptr, &memory_);
  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
    fail(Fault::out_of_memory,
         "[vulkan] {} has no {} MiB left; choose a smaller picture or a lower precision",
         context_->info().name, needs.size >> 20);
  check(result, "vkAllocateMemory");
  check(vkBindBufferMemory(context_->handle(), buffer_, memory_, 0), "vkBindBufferMemory");

  const bool wanted = placement != Placement::device || context_->caps().host_visible;
  if (!wanted || (type->flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) == 0) return;
  void* data = nullptr;
  check(vkMapMemory(context_->handle(), memory_, 0, VK_WHOLE_SIZE, 0, &data), "vkMapMemory");
  mapped_ = static_cast<std::byte*>(data);
}

Buffer::Buffer(std::shared_ptr<Block> block, size_t bytes) : block_(std::move(block)) {
  offset_ = block_->ranges.allocate(bytes);
  byte_size = bytes;
}

Buffer::~Buffer() {
  block_->ranges.free(offset_);
}

std::shared_ptr<Buffer> Heap::allocate(size_t bytes) {
  if (bytes > kLargestShared)
    return std::make_shared<Buffer>(std::make_shared<Block>(context_, bytes, Placement::device), bytes);
  for (const std::shared_ptr<Block>& block : shared_blocks_) {
    if (block->ranges.empty()) block->ranges = Arena();
    if (block->ranges.peak() + rounded(bytes) <= block->byte_size())
      return std::make_shared<Buffer>(block, bytes);
  }
  const auto block = std::make_shared<Block>(context_, kSharedBlockBytes, Placement::device);
  shared_blocks_.push_back(block);
  return std::make_shared<Buffer>(block, bytes);
}

std::shared_ptr<Buffer> Heap::allocate_staging(size_t bytes, Placement placement) const {
  return std::make_shared<Buffer>(std::make_shared<Block>(context_, bytes, placement), bytes);
}

}  // namespace diorama::vulkan
