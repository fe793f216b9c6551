// What plans are tuned on and what they are judged by: two lists that share nothing, neither prompts nor
// seeds.
#pragma once

#include "pipeline/pipeline.h"

namespace diorama {

enum class PromptSet { tuning, scoring };

// The first `count` of a set (assets/prompts), again and again with other seeds where it is shorter; classes
// of a class-conditional model are spread over all there are.
std::vector<RenderRequest> requests_of(const Pipeline& pipeline, PromptSet set, int count);

}  // namespace diorama
