// Private: pipelines made on demand, from the cache on disk where it knows them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "vulkan/context.h"
#include "vulkan/kernel.h"
#include "vulkan/pipeline_cache.h"

namespace diorama::vulkan {

class Pipelines {
 public:
  explicit Pipelines(std::shared_ptr<const Context> context)
      : context_(std::move(context)), cache_(context_) {}
  ~Pipelines();
  Pipelines(const Pipelines&) = delete;
  Pipelines& operator=(const Pipelines&) = delete;

  VkPipeline get(const PipelineKey& key);
  // Adds VkPipelineCreateFlagBits to what is made from now on.
  void set_flags(VkPipelineCreateFlags flags) { flags_ = flags; }

 private:
  VkPipeline create(const PipelineKey& key);

  std::shared_ptr<const Context> context_;
  PipelineCache cache_;
  VkPipelineCreateFlags flags_ = 0;
  std::map<PipelineKey, VkPipeline> pipelines_;
};

}  // namespace diorama::vulkan
