// Private: a command buffer on its way: recorded, submitted, done, used again.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "vulkan/cost_model.h"
#include "vulkan/memory.h"

namespace diorama::vulkan {

class Segment {
 public:
  explicit Segment(std::shared_ptr<const Context> context);
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  // Forgets what was recorded and what it held on to.
  void reset();
  VkCommandBuffer begin();
  void end();

  VkCommandBuffer commands() const { return commands_; }
  bool recording() const { return recording_; }
  // Where push descriptors are missing.
  VkDescriptorSet allocate_set();
  void keep(const Buffer& buffer) { kept_.insert(buffer.shared_from_this()); }

  // Seconds between the two ends, once done; 0 where the device cannot tell.
  double measured_seconds() const;

  Amounts amounts{};   // recorded work
  uint64_t value = 0;  // of the timeline when it is done

 private:
  VkDescriptorPool add_pool();

  std::shared_ptr<const Context> context_;
  VkCommandPool pool_ = VK_NULL_HANDLE;
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  VkQueryPool timestamps_ = VK_NULL_HANDLE;
  std::shared_ptr<Buffer> ticks_;  // of the timestamps
  std::vector<VkDescriptorPool> descriptor_pools_;
  size_t sets_ = 0;
  std::set<std::shared_ptr<const Buffer>> kept_;
  bool recording_ = false;
};

}  // namespace diorama::vulkan
