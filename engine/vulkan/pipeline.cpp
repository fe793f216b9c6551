#include "vulkan/pipeline.h"

#include "vulkan/layout.h"

namespace diorama::vulkan {
namespace {

class ShaderModule {
 public:
  ShaderModule(VkDevice device, std::span<const uint32_t> code) : device_(device) {
    VkShaderModuleCreateInfo info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
    info.codeSize = code.size_bytes();
    info.pCode = code.data();
    check(vkCreateShaderModule(device, &info, nullptr, &module_), "vkCreateShaderModule");
  }
  ~ShaderModule() { vkDestroyShaderModule(device_, module_, nullptr); }
  ShaderModule(const ShaderModule&) = delete;
  ShaderModule& operator=(const ShaderModule&) = delete;
  VkShaderModule handle() const { return module_; }

 private:
  VkDevice device_;
  VkShaderModule module_ = VK_NULL_HANDLE;
};

}  // namespace

Pipelines::~Pipelines() {
  for (const auto& [key, pipeline] : pipelines_) vkDestroyPipeline(context_->handle(), pipeline, nullptr);
}

VkPipeline Pipelines::get(const PipelineKey& key) {
  const auto found = pipelines_.find(key);
  if (found != pipelines_.end()) return found->second;
  const VkPipeline pipeline = create(key);
  pipelines_.emplace(key, pipeline);
  return pipeline;
}

VkPipeline Pipelines::create(const PipelineKey& key) {
  const KernelCode& code = code_of(key.kernel);
  const ShaderModule module(context_->handle(), context_->caps().storage16 ? code.storage16 : code.plain);

  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t i = 0; i < key.constants.size(); ++i) entries.push_back({i, i * 4, 4});
  VkSpecializationInfo constants{};
  constants.mapEntryCount = static_cast<uint32_t>(entries.size());
  constants.pMapEntries = entries.data();
  constants.dataSize = key.constants.size() * 4;
  constants.pData = key.constants.data();

  VkComputePipelineCreateInfo info{VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  info.flags = flags_;
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module.handle();
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = &constants;
  info.layout = context_->pipeline_layout();
  VkPipeline pipeline = VK_NULL_HANDLE;
  check(vkCreateComputePipelines(context_->handle(), cache_.handle(), 1, &info, nullptr, &pipeline),
        code.name);
  return pipeline;
}

}  // namespace diorama::vulkan
