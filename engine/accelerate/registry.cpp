#include "accelerate/registry.h"

#include <algorithm>
#include <array>

#include "accelerate/attention_sharing.h"
#include "accelerate/block_caching.h"
#include "accelerate/evaluation_caching.h"
#include "accelerate/guidance_reuse.h"
#include "accelerate/increment_caching.h"
#include "accelerate/key_downsampling.h"
#include "accelerate/tangential_guidance.h"
#include "accelerate/token_clustering.h"
#include "accelerate/token_merging.h"
#include "accelerate/token_pruning.h"

namespace diorama::accelerate {
namespace {

constexpr std::array kMethods{
    &kTangentialGuidance, &kEvaluationCaching, &kGuidanceReuse,    &kTokenClustering, &kBlockCaching,
    &kTokenMerging,       &kTokenPruning,      &kAttentionSharing, &kKeyDownsampling, &kIncrementCaching,
};

}  // namespace

std::span<const Method* const> methods() {
  return kMethods;
}

const Method* find_method(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name, [](const Method* method) { return method->name; });
  return found == kMethods.end() ? nullptr : *found;
}

}  // namespace diorama::accelerate
