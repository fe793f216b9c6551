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

CheckpointSource::CheckpointSource(const std::filesystem::path& folder)
    : checkpoint_(Checkpoint::open(folder)), quantised_(QuantisedLayers::read(checkpoint_)) {}

const Format* CheckpointSource::stored_format(const nn::TensorSpec& spec) const {
  return quantised_.format_of(spec.name);
}

void CheckpointSource::read_stored_rows(const nn::TensorSpec& spec, int64_t first_row, int64_t num_rows,
                                        std::byte* out) const {
  checkpoint_.file_of(spec.name).read_rows(spec.name, first_row, num_rows, out);
}

nn::TensorSource::InputConditioning CheckpointSource::conditioning(const std::string& path, int64_t k) const {
  InputConditioning how{{}, quantised_.rotated() ? rotation_order(k) : 1};
  const std::string name = QuantisedLayers::multiplier_name(path);
  if (!checkpoint_.contains(name)) return how;
  const HostTensor multiplier = checkpoint_.read_f32(name);
  if (multiplier.shape != Shape{k})
    fail(Fault::model_file, "{}: {}: expected shape [{}], found {}",
         checkpoint_.file_of(name).path().string(), name, k, multiplier.shape.to_string());
  how.multiplier = multiplier.values;
  return how;
}

const std::string& CheckpointSource::stored_name(const nn::TensorSpec& spec) const {
  const bool older =
      !spec.older_name.empty() && !checkpoint_.contains(spec.name) && checkpoint_.contains(spec.older_name);
  return older ? spec.older_name : spec.name;
}

void CheckpointSource::check(const nn::TensorSpec& spec) const {
  const std::string& name = stored_name(spec);
  const StoredTensor& tensor = checkpoint_.tensor(name);
  const std::string file = checkpoint_.file_of(name).path().string();
  if (const Format* format = quantised_.format_of(name)) {
    const int64_t rows = spec.shape[0];
    const Shape expected{rows, static_cast<int64_t>(format->row_bytes(spec.shape.num_elements() / rows))};
    if (tensor.shape != expected || tensor.type != StoredType::u8)
      fail(Fault::model_file, "{}: {}: expected U8 of shape {} for {}, found {} of shape {}", file, name,
           expected.to_string(), format->name, name_of(tensor.type), tensor.shape.to_string());
    return;
  }
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
