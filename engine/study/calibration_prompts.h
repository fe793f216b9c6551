// What a model paints while its layers are watched: its own hints where diorama.json has them.
#pragma once

#include "pipeline/pipeline.h"

namespace diorama {

// `count` requests with seeds first_seed, first_seed + 1, ...; classes are spread over all there are.
std::vector<RenderRequest> calibration_requests(const Pipeline& pipeline, int count, uint64_t first_seed);

}  // namespace diorama
