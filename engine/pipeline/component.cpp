#include "pipeline/component.h"

namespace diorama {
namespace {

// Older files keep 1 x 1 convolutions where newer ones have matrices.
bool same_elements(const Shape& stored, const Shape& wanted) {
  int rank = stored.rank();
  while (rank > wanted.rank() && stored[rank - 1] == 1) --rank;
  if (rank != wanted.rank()) return false;
  for (int i = 0; i < rank; ++i)
    if (stored[i] != wanted[i]) return false;
  return true;
}

}  // namespace

const std::string& CheckpointSource::stored_name(const nn::TensorSpec& spec) const {
  const bool older =
      !spec.older_name.empty() && !checkpoint_.contains(spec.name) && checkpoint_.contains(spec.older_name);
  return older ? spec.older_name : spec.name;
}

void CheckpointSource::check(const nn::TensorSpec& spec) const {
  const std::string& name = stored_name(spec);
  const StoredTensor& tensor = checkpoint_.tensor(name);
  const std::string file = checkpoint_.file_of(name).path().string();
  if (!same_elements(tensor.shape, spec.shape))
    fail(Fault::model_file,
         "{}: {}: expected shape {} by config.json, found {}; weights and config do not belong together",
         file, name, spec.shape.to_string(), tensor.shape.to_string());
  if (tensor.type != StoredType::f32 && tensor.type != StoredType::f16 && tensor.type != StoredType::bf16)
    fail(Fault::model_file, "{}: {}: expected F32, F16 or BF16, found {}", file, name, name_of(tensor.type));
}

void CheckpointSource::read_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows,
                                 float* out) const {
  checkpoint_.read_rows_f32(stored_name(spec), first_row, num_rows, out);
}

void CheckpointSource::release(const nn::TensorSpec& spec) const {
  checkpoint_.drop_pages(stored_name(spec));
}

Plan plan_walk(Device& device, const nn::Weights& weights, const WalkBody& body) {
  Stream stream(device, Stream::Mode::plan);
  nn::Walk walk(stream, weights);
  body(walk);
  return {stream.arena_peak(), stream.multiply_adds()};
}

Plan run_walk(Device& device, const nn::Weights& weights, const WalkBody& body) {
  Plan plan = plan_walk(device, weights, body);
  Stream stream(device, Stream::Mode::run, plan.arena_bytes);
  nn::Walk walk(stream, weights);
  body(walk);
  plan.multiply_adds = stream.multiply_adds();
  return plan;
}

}  // namespace diorama
