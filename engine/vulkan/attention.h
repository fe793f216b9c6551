// Private: the pipeline of attention on a GPU, for who compiles it without running it.
#pragma once

#include "tensor/dtype.h"
#include "vulkan/kernel.h"

namespace diorama::vulkan {

struct TiledAttention {
  DType x = DType::f32, y = DType::f32;
  bool key_bias = false, position_bias = false;
  uint32_t head_dim = 64;
};

PipelineKey tiled_attention_pipeline(const TiledAttention& traits);

}  // namespace diorama::vulkan
