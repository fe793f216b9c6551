#include "nn/weights.h"

#include <algorithm>
#include <vector>

#include "formats/hadamard.h"
#include "formats/w8a8.h"

namespace diorama::nn {
namespace {

// Weight of a matrix or convolution without its memory.
Weight describe(const Entry& entry, const Device& device, const RoleFormats& formats) {
  Weight weight;
  weight.name = entry.path;
  weight.format = &formats.of(entry.role);
  weight.n = entry.n();
  weight.k = entry.k();
  if (entry.kind == Entry::Kind::convolution) {
    weight.kernel_h = static_cast<int>(entry.weights.front().shape[2]);
    weight.kernel_w = static_cast<int>(entry.weights.front().shape[3]);
  }
  weight.input = device.product_input(*weight.format);
  return weight;
}

// A row [I, kh, kw] of the checkpoint as [kh, kw, I].
void channels_last(int64_t channels, int64_t taps, const float* from, float* to) {
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t t = 0; t < taps; ++t) to[t * channels + c] = from[c * taps + t];
}

// Calls read(part, first row, rows, row of the whole) for the parts of a joined matrix that hold its rows.
template <typename Read>
void for_each_part(const Entry& entry, int64_t first, int64_t count, Read read) {
  int64_t base = 0;
  for (const TensorSpec& part : entry.weights) {
    const int64_t begin = std::max(first, base);
    const int64_t end = std::min(first + count, base + part.shape[0]);
    if (begin < end) read(part, begin - base, end - begin, begin - first);
    base += part.shape[0];
  }
}

// Convolutions with the channel fastest.
void read_entry_rows(const Entry& entry, const TensorSource& source, int64_t first, int64_t count,
                     float* out) {
  const int64_t k = entry.k();
  for_each_part(entry, first, count, [&](const TensorSpec& part, int64_t row, int64_t rows, int64_t to) {
    source.read_rows(part, row, rows, out + to * k);
  });
  if (entry.kind != Entry::Kind::convolution) return;
  const Shape& shape = entry.weights.front().shape;
  std::vector<float> row(static_cast<size_t>(k));
  for (int64_t r = 0; r < count; ++r) {
    std::copy_n(out + r * k, k, row.begin());
    channels_last(shape[1], shape[2] * shape[3], row.data(), out + r * k);
  }
}

Tensor resident(Device& device, const Shape& shape, const std::vector<float>& values) {
  Tensor tensor({device.allocate(values.size() * sizeof(float)), 0, nullptr}, shape, DType::f32);
  device.upload(tensor, values.data());
  return tensor;
}

Tensor load_tensor(const TensorSpec& spec, const TensorSource& source, Device& device) {
  std::vector<float> values(static_cast<size_t>(spec.shape.num_elements()));
  source.read_rows(spec, 0, spec.shape[0], values.data());
  return resident(device, spec.shape, values);
}

Tensor load_bias(const Entry& entry, const TensorSource& source, Device& device) {
  if (entry.biases.empty()) return {};
  std::vector<float> values(static_cast<size_t>(entry.n()));
  int64_t base = 0;
  for (const TensorSpec& bias : entry.biases) {
    source.read_rows(bias, 0, bias.shape[0], values.data() + base);
    base += bias.shape[0];
  }
  return resident(device, {entry.n()}, values);
}

void for_each_spec(const TensorTable& table, const std::function<void(const TensorSpec&)>& visit) {
  for (const Entry& entry : table.entries()) {
    std::for_each(entry.weights.begin(), entry.weights.end(), visit);
    std::for_each(entry.biases.begin(), entry.biases.end(), visit);
  }
}

// The format of a matrix whose parts are quantised, all in the same. Convolutions have no integer kernels.
const Format* stored_format(const Entry& entry, const TensorSource& source) {
  const Format* format = source.stored_format(entry.weights.front());
  if (format != nullptr && entry.kind != Entry::Kind::matrix)
    fail(Fault::model_file, "{}: is a convolution, which cannot be stored in {}", entry.weights.front().name,
         format->name);
  for (const TensorSpec& part : entry.weights)
    if (source.stored_format(part) != format)
      fail(Fault::model_file, "{} and {}: are read as one matrix, but not stored in one format",
           entry.weights.front().name, part.name);
  return format;
}

void condition(Weight& weight, const TensorSource& source, Device& device) {
  if (!weight.format->integer()) return;
  const auto how = source.conditioning(weight.name, weight.k);
  weight.input.conditioning.rotation = how.rotation;
  if (how.multiplier.empty()) return;
  weight.input.conditioning.multiplier = resident(device, {weight.k}, how.multiplier);
}

RowReader reader_of(const Entry& entry, const TensorSource& source, const Format* stored) {
  if (stored != nullptr)
    return {.values = nullptr,
            .encoded = [&entry, &source, stored](int64_t first, int64_t count, std::byte* out) {
              const auto row_bytes = static_cast<int64_t>(stored->row_bytes(entry.k()));
              for_each_part(entry, first, count,
                            [&](const TensorSpec& part, int64_t row, int64_t rows, int64_t to) {
                              source.read_stored_rows(part, row, rows, out + to * row_bytes);
                            });
            }};
  return {.values = [&entry, &source](int64_t first, int64_t count,
                                      float* out) { read_entry_rows(entry, source, first, count, out); },
          .encoded = nullptr};
}

size_t bias_bytes(const Entry& entry) {
  return entry.biases.empty() ? 0 : static_cast<size_t>(entry.n()) * sizeof(float);
}

}  // namespace

const Format& RoleFormats::of(Role role) const {
  const bool integer = precision->integer();
  switch (role) {
    case Role::linear:
      return *precision;
    case Role::modulation:
      if (modulation != nullptr) return *modulation;
      return integer ? w8a8::kFormat : *precision;
    case Role::conv:
      return integer ? format_f16() : *precision;
    case Role::embedding:
    case Role::final:
      return integer ? format_f16() : format_f32();
    default:
      return format_f32();
  }
}

Weights Weights::plan(const TensorTable& table, const Device& device, const RoleFormats& formats) {
  Weights weights;
  for (const Entry& entry : table.entries()) {
    if (entry.kind == Entry::Kind::tensor) {
      const Shape& shape = entry.weights.front().shape;
      weights.tensors_.emplace(entry.path, Tensor({}, shape, DType::f32));
      weights.byte_size_ += static_cast<size_t>(shape.num_elements()) * sizeof(float);
      continue;
    }
    Weight weight = describe(entry, device, formats);
    if (!entry.biases.empty()) weight.bias = Tensor({}, {weight.n}, DType::f32);
    weights.byte_size_ +=
        static_cast<size_t>(weight.n) * weight.format->row_bytes(weight.k) + bias_bytes(entry);
    weights.matrices_.emplace(entry.path, std::move(weight));
  }
  return weights;
}

Weights Weights::load(const TensorTable& table, const TensorSource& source, Device& device,
                      const RoleFormats& formats) {
  for_each_spec(table, [&](const TensorSpec& spec) { source.check(spec); });
  Weights weights;
  for (const Entry& entry : table.entries()) {
    device.poll();
    if (entry.kind == Entry::Kind::tensor) {
      weights.byte_size_ += static_cast<size_t>(entry.weights.front().shape.num_elements()) * sizeof(float);
      weights.tensors_.emplace(entry.path, load_tensor(entry.weights.front(), source, device));
    } else {
      Weight weight = describe(entry, device, formats);
      weight.bias = load_bias(entry, source, device);
      const Format* stored = stored_format(entry, source);
      if (stored != nullptr) weight.format = stored;
      weight.input = device.product_input(*weight.format);
      condition(weight, source, device);
      device.pack(weight, reader_of(entry, source, stored));
      weights.byte_size_ += weight.packed->byte_size() + bias_bytes(entry);
      weights.matrices_.emplace(entry.path, std::move(weight));
    }
    for (const TensorSpec& spec : entry.weights) source.release(spec);
  }
  return weights;
}

const Weight& Weights::matrix(const std::string& path) const {
  const auto it = matrices_.find(path);
  require(it != matrices_.end(), "[weights] the tensor table has no matrix '{}'", path);
  return it->second;
}

const Tensor& Weights::tensor(const std::string& path) const {
  const auto it = tensors_.find(path);
  require(it != tensors_.end(), "[weights] the tensor table has no tensor '{}'", path);
  return it->second;
}

}  // namespace diorama::nn
