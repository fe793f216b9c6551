// A network with its weights on a device, and runs of it: planned first, so that the arena fits.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "io/checkpoint.h"
#include "io/quantised_layers.h"
#include "models/registry.h"
#include "nn/walk.h"

namespace diorama {

// Checks and reads the tensors of a checkpoint under the names a network's table gives.
class CheckpointSource final : public nn::TensorSource {
 public:
  explicit CheckpointSource(const std::filesystem::path& folder);
  void check(const nn::TensorSpec& spec) const override;
  void read_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows, float* out) const override;
  const Format* stored_format(const nn::TensorSpec& spec) const override;
  void read_stored_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows,
                        std::byte* out) const override;
  InputConditioning conditioning(const std::string& path, int64_t k) const override;
  void release(const nn::TensorSpec& spec) const override;

 private:
  const std::string& stored_name(const nn::TensorSpec& spec) const;

  Checkpoint checkpoint_;
  QuantisedLayers quantised_;
};

// Work on a walk; its result, if it has one, is downloaded.
using WalkBody = std::function<void(nn::Walk& walk)>;

// What a plan of some work says.
struct Plan {
  size_t arena_bytes = 0;
  uint64_t multiply_adds = 0;
};
Plan plan_walk(Device& device, const nn::Weights& weights, const WalkBody& body);

// Plans the work, takes the memory, runs it.
Plan run_walk(Device& device, const nn::Weights& weights, const WalkBody& body);

}  // namespace diorama
