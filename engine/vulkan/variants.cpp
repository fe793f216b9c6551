#include "vulkan/variants.h"

#include "formats/w4a8.h"
#include "vulkan/attention.h"
#include "vulkan/product.h"
#include "vulkan/recorder.h"

namespace diorama::vulkan {
namespace {

struct NamedPipeline {
  std::string name;
  PipelineKey key;
};

void append_products(const Caps& caps, std::vector<NamedPipeline>& pipelines) {
  for (const Format* format : formats())
    for (const bool conv : {false, true}) {
      if (conv && format->integer()) continue;
      const bool half = format == &format_f16();
      const ProductShape shape{.rows = 8,
                               .columns = 1152,
                               .conv = conv,
                               .vectors = true,
                               .half = half,
                               .wide_x = true,
                               .integer = format->integer(),
                               .group = format == &w4a8::kFormat ? 32u : 0u};
      const ProductTraits traits{.x = half ? DType::f16 : DType::f32,
                                 .weight = format,
                                 .bias = true,
                                 .gate = !conv,
                                 .residual = true,
                                 .conv = conv};
      for (const ProductVariant& variant : product_variants(caps, shape))
        pipelines.push_back({fmt::format("{} {}{}", variant.name, format->name, conv ? " conv" : ""),
                             product_pipeline(variant, traits)});
    }
}

std::vector<NamedPipeline> gpu_pipelines(const Caps& caps) {
  std::vector<NamedPipeline> pipelines;
  append_products(caps, pipelines);
  for (const DType type : {DType::f32, DType::f16})
    for (const uint32_t head_dim : {40u, 64u, 72u, 96u, 128u, 512u})
      pipelines.push_back({fmt::format("attention_tiled {} {}", name_of(type), head_dim),
                           tiled_attention_pipeline({type, type, true, true, head_dim})});
  for (const KernelId norm : {KernelId::norm_subgroups, KernelId::norm_shared})
    pipelines.push_back({code_of(norm).name, {norm, {128, 0, 0, 1, 1, 1}}});
  for (const KernelId rest :
       {KernelId::group_norm_chunks, KernelId::group_norm_join, KernelId::group_norm_apply, KernelId::unary,
        KernelId::binary, KernelId::quantise, KernelId::dequantise, KernelId::gate_add, KernelId::soft_clamp,
        KernelId::rows, KernelId::patch})
    pipelines.push_back({code_of(rest).name, {rest, {}}});
  return pipelines;
}

double value_of(const VkPipelineExecutableStatisticKHR& statistic) {
  switch (statistic.format) {
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR:
      return statistic.value.b32;
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR:
      return static_cast<double>(statistic.value.i64);
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR:
      return static_cast<double>(statistic.value.u64);
    default:
      return statistic.value.f64;
  }
}

std::string assembly_of(const Context& context, VkPipeline pipeline) {
  VkPipelineExecutableInfoKHR info{VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR};
  info.pipeline = pipeline;
  const auto get = [&](std::vector<VkPipelineExecutableInternalRepresentationKHR>& texts) {
    auto count = static_cast<uint32_t>(texts.size());
    check(vkGetPipelineExecutableInternalRepresentationsKHR(context.handle(), &info, &count,
                                                            texts.empty() ? nullptr : texts.data()),
          "vkGetPipelineExecutableInternalRepresentations");
    texts.resize(count, {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR});
  };
  std::vector<VkPipelineExecutableInternalRepresentationKHR> texts;
  get(texts);  // how many
  get(texts);  // how long
  std::vector<std::string> contents(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    contents[i].resize(texts[i].dataSize);
    texts[i].pData = contents[i].data();
  }
  get(texts);
  for (size_t i = 0; i < texts.size(); ++i)
    if (std::string_view(texts[i].name) == "Assembly") return contents[i];
  return "";
}

PipelineReport report(const Context& context, const std::string& name, VkPipeline pipeline) {
  VkPipelineExecutableInfoKHR info{VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR};
  info.pipeline = pipeline;
  const auto statistics = enumerate<VkPipelineExecutableStatisticKHR>(
      [&](uint32_t* count, VkPipelineExecutableStatisticKHR* values) {
        return vkGetPipelineExecutableStatisticsKHR(context.handle(), &info, count, values);
      },
      {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR});
  PipelineReport result{name, {}, assembly_of(context, pipeline)};
  for (const VkPipelineExecutableStatisticKHR& statistic : statistics)
    result.statistics.emplace_back(statistic.name, value_of(statistic));
  return result;
}

}  // namespace

std::vector<VariantSet> variant_sets() {
  return {{"lanes", {"linear_lanes_16", "norm_subgroups"}},
          {"few_lanes", {"linear_lanes_4"}},
          {"vectors", {"linear_vector"}},
          {"tiled_32", {"linear_tiled_32x32x16", "attention_tiled", "norm_shared"}},
          {"tiled_64", {"linear_tiled_64x64x16"}},
          {"tiled_128", {"linear_tiled_128x128x16"}},
          {"half", {"linear_tiled_f16", "linear_tiled_32x32x16"}},
          {"integer_32", {"linear_integer_32x32"}},
          {"integer_64", {"linear_integer_64x64"}},
          {"integer_128", {"linear_integer_128x128"}},
          {"integer_dot_32", {"linear_integer_dot_32x32"}},
          {"integer_dot_64", {"linear_integer_dot_64x64"}},
          {"integer_dot_128", {"linear_integer_dot_128x128"}}};
}

std::vector<PipelineReport> compile_gpu_pipelines(const DeviceOptions& options) {
  const auto context = std::make_shared<Context>(options);
  if (!context->caps().pipeline_statistics)
    fail(Fault::unsupported_device, "[vulkan] {} has no pipeline statistics", context->info().name);
  Pipelines pipelines(context);
  pipelines.set_flags(VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR |
                      VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR);
  std::vector<PipelineReport> reports;
  for (const NamedPipeline& pipeline : gpu_pipelines(context->caps()))
    reports.push_back(report(*context, pipeline.name, pipelines.get(pipeline.key)));
  return reports;
}

}  // namespace diorama::vulkan
