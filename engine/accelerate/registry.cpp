#include "accelerate/registry.h"

#include <algorithm>
#include <array>

#include "accelerate/attention_sharing.h"

namespace diorama::accelerate {
namespace {

constexpr std::array kMethods{
    &kAttentionSharing,
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
