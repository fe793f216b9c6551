#include "vulkan/segment.h"

#include <cstring>

#include "vulkan/layout.h"

namespace diorama::vulkan {
namespace {

constexpr uint32_t kSetsPerPool = 256;

}  // namespace

Segment::Segment(std::shared_ptr<const Context> context) : context_(std::move(context)) {
  const VkDevice device = context_->handle();
  VkCommandPoolCreateInfo pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  pool.queueFamilyIndex = context_->queue_family();
  check(vkCreateCommandPool(device, &pool, nullptr, &pool_), "vkCreateCommandPool");
  VkCommandBufferAllocateInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  info.commandPool = pool_;
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  check(vkAllocateCommandBuffers(device, &info, &commands_), "vkAllocateCommandBuffers");
  if (context_->caps().timestamp_ns == 0) return;
  VkQueryPoolCreateInfo query{VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
  query.queryType = VK_QUERY_TYPE_TIMESTAMP;
  query.queryCount = 2;
  check(vkCreateQueryPool(device, &query, nullptr, &timestamps_), "vkCreateQueryPool");
  ticks_ = Heap(context_).allocate_staging(2 * sizeof(uint64_t), Placement::download);
}

Segment::~Segment() {
  const VkDevice device = context_->handle();
  for (VkDescriptorPool pool : descriptor_pools_) vkDestroyDescriptorPool(device, pool, nullptr);
  vkDestroyQueryPool(device, timestamps_, nullptr);
  vkDestroyCommandPool(device, pool_, nullptr);
}

void Segment::reset() {
  check(vkResetCommandPool(context_->handle(), pool_, 0), "vkResetCommandPool");
  for (VkDescriptorPool pool : descriptor_pools_) vkResetDescriptorPool(context_->handle(), pool, 0);
  sets_ = 0;
  kept_.clear();
  amounts = {};
  value = 0;
  recording_ = false;
}

VkCommandBuffer Segment::begin() {
  VkCommandBufferBeginInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  check(vkBeginCommandBuffer(commands_, &info), "vkBeginCommandBuffer");
  if (timestamps_ != VK_NULL_HANDLE) {
    vkCmdResetQueryPool(commands_, timestamps_, 0, 2);
    vkCmdWriteTimestamp2(commands_, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, timestamps_, 0);
  }
  recording_ = true;
  return commands_;
}

// The ticks are copied, because asking for them makes some drivers wait for all that is under way.
void Segment::end() {
  if (timestamps_ != VK_NULL_HANDLE) {
    vkCmdWriteTimestamp2(commands_, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, timestamps_, 1);
    vkCmdCopyQueryPoolResults(commands_, timestamps_, 0, 2, ticks_->handle(), ticks_->byte_offset(),
                              sizeof(uint64_t), VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
  }
  VkMemoryBarrier2 to_host{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
  to_host.srcStageMask = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_COPY_BIT;
  to_host.srcAccessMask = VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT;
  to_host.dstStageMask = VK_PIPELINE_STAGE_2_HOST_BIT;
  to_host.dstAccessMask = VK_ACCESS_2_HOST_READ_BIT;
  VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
  dependency.memoryBarrierCount = 1;
  dependency.pMemoryBarriers = &to_host;
  vkCmdPipelineBarrier2(commands_, &dependency);
  check(vkEndCommandBuffer(commands_), "vkEndCommandBuffer");
  recording_ = false;
}

VkDescriptorSet Segment::allocate_set() {
  const size_t pool_index = sets_ / kSetsPerPool;
  if (pool_index == descriptor_pools_.size()) descriptor_pools_.push_back(add_pool());
  ++sets_;
  const VkDescriptorSetLayout layout = context_->set_layout();
  VkDescriptorSetAllocateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
  info.descriptorPool = descriptor_pools_[pool_index];
  info.descriptorSetCount = 1;
  info.pSetLayouts = &layout;
  VkDescriptorSet set = VK_NULL_HANDLE;
  check(vkAllocateDescriptorSets(context_->handle(), &info, &set), "vkAllocateDescriptorSets");
  return set;
}

VkDescriptorPool Segment::add_pool() {
  const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kSetsPerPool * kMaxBindings};
  VkDescriptorPoolCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
  info.maxSets = kSetsPerPool;
  info.poolSizeCount = 1;
  info.pPoolSizes = &size;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  check(vkCreateDescriptorPool(context_->handle(), &info, nullptr, &pool), "vkCreateDescriptorPool");
  return pool;
}

double Segment::measured_seconds() const {
  if (timestamps_ == VK_NULL_HANDLE) return 0;
  uint64_t ticks[2] = {};
  std::memcpy(ticks, ticks_->mapped(), sizeof ticks);
  return static_cast<double>(ticks[1] - ticks[0]) * context_->caps().timestamp_ns * 1e-9;
}

}  // namespace diorama::vulkan
