// Private: ordered work on the queue. What is recorded is submitted in segments of about 50 ms, at most two
// of which are under way, so that a cancelled run stops soon.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "vulkan/cost_model.h"
#include "vulkan/layout.h"
#include "vulkan/pipeline.h"
#include "vulkan/segment.h"

namespace diorama::vulkan {

struct Binding {
  const Buffer* buffer = nullptr;
  size_t byte_offset = 0;  // in the buffer, aligned as the device wants it
  size_t bytes = 0;
};

struct Dispatch {
  PipelineKey pipeline;
  std::span<const Binding> bindings;
  std::span<const std::byte> parameters;
  uint32_t groups[3] = {1, 1, 1};
  Work work = Work::elements;
  double units = 0;
};

class Recorder {
 public:
  // `poll` throws when the work is to stop; it is asked while waiting.
  Recorder(std::shared_ptr<const Context> context, std::function<void()> poll);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Each runs after all that was recorded before.
  void dispatch(const Dispatch& dispatch);
  void copy(const Buffer& from, size_t from_offset, const Buffer& to, size_t to_offset, size_t bytes);

  // Submits what is recorded and waits for everything.
  void finish();

  const CostModel& costs() const { return costs_; }
  Pipelines& pipelines() { return pipelines_; }
  // Names of the kernels recorded so far.
  const std::set<std::string_view>& kernels() const { return kernels_; }

 private:
  VkCommandBuffer commands();
  void barrier();
  void bind(VkCommandBuffer commands, std::span<const Binding> bindings);
  void submit();
  void wait(uint64_t value);
  void look_for_cancel();
  void retire_done();

  std::shared_ptr<const Context> context_;
  std::function<void()> poll_;
  Pipelines pipelines_;
  CostModel costs_;
  VkSemaphore timeline_ = VK_NULL_HANDLE;
  uint64_t submitted_ = 0;  // value of the timeline
  std::unique_ptr<Segment> current_;
  std::deque<std::unique_ptr<Segment>> under_way_;
  std::vector<std::unique_ptr<Segment>> idle_;
  std::set<std::string_view> kernels_;
};

}  // namespace diorama::vulkan
