#include "vulkan/recorder.h"

#include <algorithm>

namespace diorama::vulkan {
namespace {

constexpr size_t kMaxUnderWay = 2;                 // segments
constexpr uint64_t kWaitNanoseconds = 20'000'000;  // between two looks at the cancel token

}  // namespace

Recorder::Recorder(std::shared_ptr<const Context> context, std::function<void()> poll)
    : context_(std::move(context)),
      poll_(std::move(poll)),
      pipelines_(context_),
      costs_(context_->caps().is_cpu()) {
  VkSemaphoreTypeCreateInfo type{VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO};
  type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
  VkSemaphoreCreateInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
  info.pNext = &type;
  check_opening(vkCreateSemaphore(context_->handle(), &info, nullptr, &timeline_), "vkCreateSemaphore");
}

Recorder::~Recorder() {
  vkDeviceWaitIdle(context_->handle());
  vkDestroySemaphore(context_->handle(), timeline_, nullptr);
}

void Recorder::dispatch(const Dispatch& dispatch) {
  const VkPipeline pipeline = pipelines_.get(dispatch.pipeline);
  kernels_.insert(code_of(dispatch.pipeline.kernel).name);
  const VkCommandBuffer commands = this->commands();
  barrier();
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
  bind(commands, dispatch.bindings);
  vkCmdPushConstants(commands, context_->pipeline_layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                     static_cast<uint32_t>(dispatch.parameters.size()), dispatch.parameters.data());
  vkCmdDispatch(commands, dispatch.groups[0], dispatch.groups[1], dispatch.groups[2]);
  current_->amounts[static_cast<size_t>(dispatch.work)] += dispatch.units;
  if (costs_.seconds(current_->amounts) >= kSegmentSeconds) submit();
}

void Recorder::copy(const Buffer& from, size_t from_offset, const Buffer& to, size_t to_offset,
                    size_t bytes) {
  const VkCommandBuffer commands = this->commands();
  barrier();
  const VkBufferCopy region{from.byte_offset() + from_offset, to.byte_offset() + to_offset, bytes};
  vkCmdCopyBuffer(commands, from.handle(), to.handle(), 1, &region);
  current_->keep(from);
  current_->keep(to);
}

void Recorder::finish() {
  submit();
  wait(submitted_);
  retire_done();
}

VkCommandBuffer Recorder::commands() {
  if (current_ == nullptr) {
    if (idle_.empty()) idle_.push_back(std::make_unique<Segment>(context_));
    current_ = std::move(idle_.back());
    idle_.pop_back();
    current_->begin();
  }
  return current_->commands();
}

// Everything waits for everything: the ops of a network depend on one another anyway.
void Recorder::barrier() {
  constexpr VkPipelineStageFlags2 kStages =
      VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_2_COPY_BIT;
  VkMemoryBarrier2 memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
  memory.srcStageMask = kStages;
  memory.srcAccessMask = VK_ACCESS_2_SHADER_WRITE_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT;
  memory.dstStageMask = kStages;
  memory.dstAccessMask = VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT |
                         VK_ACCESS_2_TRANSFER_READ_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT;
  VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
  dependency.memoryBarrierCount = 1;
  dependency.pMemoryBarriers = &memory;
  vkCmdPipelineBarrier2(current_->commands(), &dependency);
}

void Recorder::bind(VkCommandBuffer commands, std::span<const Binding> bindings) {
  require(bindings.size() <= kMaxBindings, "[vulkan] {} bindings", bindings.size());
  const bool push = context_->caps().push_descriptors;
  const VkDescriptorSet set = push ? VK_NULL_HANDLE : current_->allocate_set();
  VkDescriptorBufferInfo buffers[kMaxBindings];
  VkWriteDescriptorSet writes[kMaxBindings];
  const auto count = static_cast<uint32_t>(bindings.size());
  for (uint32_t i = 0; i < count; ++i) {
    const Binding& binding = bindings[i];
    current_->keep(*binding.buffer);
    buffers[i] = {binding.buffer->handle(), binding.buffer->byte_offset() + binding.byte_offset,
                  binding.bytes};
    writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    writes[i].dstSet = set;
    writes[i].dstBinding = i;
    writes[i].descriptorCount = 1;
    writes[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    writes[i].pBufferInfo = &buffers[i];
  }
  const VkPipelineLayout layout = context_->pipeline_layout();
  if (push) {
    vkCmdPushDescriptorSetKHR(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, count, writes);
  } else {
    vkUpdateDescriptorSets(context_->handle(), count, writes, 0, nullptr);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &set, 0, nullptr);
  }
}

void Recorder::submit() {
  if (current_ == nullptr) return;
  look_for_cancel();
  if (under_way_.size() >= kMaxUnderWay) wait(under_way_[under_way_.size() - kMaxUnderWay]->value);
  retire_done();
  current_->end();

  VkCommandBufferSubmitInfo commands{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
  commands.commandBuffer = current_->commands();
  VkSemaphoreSubmitInfo signal{VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO};
  signal.semaphore = timeline_;
  signal.value = submitted_ + 1;
  signal.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
  VkSubmitInfo2 info{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
  info.commandBufferInfoCount = 1;
  info.pCommandBufferInfos = &commands;
  info.signalSemaphoreInfoCount = 1;
  info.pSignalSemaphoreInfos = &signal;
  check(vkQueueSubmit2(context_->queue(), 1, &info, VK_NULL_HANDLE), "vkQueueSubmit2");
  current_->value = ++submitted_;
  under_way_.push_back(std::move(current_));
}

void Recorder::wait(uint64_t value) {
  VkSemaphoreWaitInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO};
  info.semaphoreCount = 1;
  info.pSemaphores = &timeline_;
  info.pValues = &value;
  for (;;) {
    const VkResult result = vkWaitSemaphores(context_->handle(), &info, kWaitNanoseconds);
    if (result == VK_SUCCESS) return;
    if (result != VK_TIMEOUT) check(result, "vkWaitSemaphores");
    look_for_cancel();
  }
}

// What is recorded and not yet submitted is forgotten when the work is to stop.
void Recorder::look_for_cancel() {
  try {
    poll_();
  } catch (...) {
    if (current_ != nullptr) {
      current_->reset();
      idle_.push_back(std::move(current_));
    }
    throw;
  }
}

void Recorder::retire_done() {
  uint64_t done = 0;
  check(vkGetSemaphoreCounterValue(context_->handle(), timeline_, &done), "vkGetSemaphoreCounterValue");
  while (!under_way_.empty() && under_way_.front()->value <= done) {
    std::unique_ptr<Segment> segment = std::move(under_way_.front());
    under_way_.pop_front();
    costs_.learn(segment->amounts, segment->measured_seconds());
    segment->reset();
    idle_.push_back(std::move(segment));
  }
}

}  // namespace diorama::vulkan
