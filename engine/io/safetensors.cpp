#include "io/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/half.h"
#include "base/utf8.h"

namespace diorama {
namespace {

template <typename T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));  // tensors may lie at any byte
  return value;
}

// Converts `count` numbers; false where one is a NaN or an infinity.
template <typename T, typename Convert>
bool convert(const std::byte* from, int64_t count, float* out, Convert to_float) {
  constexpr int32_t kInfinity = 0x7f800000;
  int32_t largest = 0;  // as bits, which order as the magnitudes do; NaN above infinity
  for (int64_t i = 0; i < count; ++i) {
    out[i] = to_float(load<T>(from + static_cast<size_t>(i) * sizeof(T)));
    largest = std::max(largest, std::bit_cast<int32_t>(out[i]) & std::numeric_limits<int32_t>::max());
  }
  return largest < kInfinity;
}

template <typename T>
bool narrow(const std::byte* from, std::span<int32_t> out) {
  bool fits = true;
  for (size_t i = 0; i < out.size(); ++i) {
    const T value = load<T>(from + i * sizeof(T));
    fits &= std::in_range<int32_t>(value);
    out[i] = static_cast<int32_t>(value);
  }
  return fits;
}

std::span<const std::byte> value_bytes(const TensorToWrite& tensor) {
  return std::visit([](auto values) { return std::as_bytes(values); }, tensor.values);
}

// Padded to 8 bytes, so that the tensors begin aligned.
std::string header_of(std::span<const TensorToWrite> tensors,
                      const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  size_t end = 0;
  for (const TensorToWrite& tensor : tensors) {
    const size_t size = value_bytes(tensor).size();
    constexpr std::array kTypes{StoredType::f32, StoredType::i32, StoredType::f16, StoredType::u8};
    const StoredType type = kTypes[tensor.values.index()];
    require(size == byte_size(type) * static_cast<size_t>(tensor.shape.num_elements()),
            "[safetensors] {}: {} bytes for shape {}", tensor.name, size, tensor.shape.to_string());
    std::vector<int64_t> extents;
    extents.reserve(static_cast<size_t>(tensor.shape.rank()));
    for (int i = 0; i < tensor.shape.rank(); ++i) extents.push_back(tensor.shape[i]);
    header[tensor.name] = {{"dtype", name_of(type)}, {"shape", extents}, {"data_offsets", {end, end + size}}};
    end += size;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path, Fault fault)
    : file_(path), header_(parse_safetensors_header(file_.bytes(), path.string(), fault)), fault_(fault) {
  check_whole();
}

void SafetensorsFile::check_whole() const {
  if (file_.shrunk())
    fail(fault_, "{}: became shorter while it was read; {}", path().string(),
         fault_ == Fault::model_file ? "fetch it again" : "try again when nothing writes to it");
}

bool SafetensorsFile::contains(std::string_view name) const {
  return header_.tensors.find(name) != header_.tensors.end();
}

const StoredTensor& SafetensorsFile::tensor(std::string_view name) const {
  const auto it = header_.tensors.find(name);
  if (it == header_.tensors.end()) reject(name, "is missing from the file");
  return it->second;
}

void SafetensorsFile::reject(std::string_view name, std::string_view problem) const {
  fail(fault_, "{}: {}: {}", path().string(), one_line(name), problem);
}

void SafetensorsFile::read_rows_f32(std::string_view name, int64_t first_row, int64_t num_rows,
                                    float* out) const {
  const StoredTensor& stored = tensor(name);
  const int64_t rows = stored.shape.rank() == 0 ? 1 : stored.shape[0];
  require(first_row >= 0 && num_rows >= 0 && first_row <= rows - num_rows,
          "[safetensors] {}: rows {} + {} of {}", name, first_row, num_rows, rows);
  const int64_t row_length = rows == 0 ? 0 : stored.shape.num_elements() / rows;
  const int64_t count = num_rows * row_length;
  const std::byte* from =
      bytes().data() + stored.offset + static_cast<size_t>(first_row * row_length) * byte_size(stored.type);
  bool finite = false;
  switch (stored.type) {
    case StoredType::f32:
      finite = convert<float>(from, count, out, [](float value) { return value; });
      break;
    case StoredType::f16:
      finite = convert<uint16_t>(from, count, out, f16_to_f32);
      break;
    case StoredType::bf16:
      finite = convert<uint16_t>(from, count, out, bf16_to_f32);
      break;
    default:
      reject(name, fmt::format("expected F32, F16 or BF16, found {}", name_of(stored.type)));
  }
  check_whole();
  if (!finite)
    reject(name, fault_ == Fault::model_file ? "holds a NaN or an infinity; fetch the file again"
                                             : "holds a NaN or an infinity");
}

void SafetensorsFile::read_rows(std::string_view name, int64_t first_row, int64_t num_rows,
                                std::byte* out) const {
  const StoredTensor& stored = tensor(name);
  const int64_t rows = stored.shape.rank() == 0 ? 1 : stored.shape[0];
  require(first_row >= 0 && num_rows >= 0 && first_row <= rows - num_rows,
          "[safetensors] {}: rows {} + {} of {}", name, first_row, num_rows, rows);
  if (num_rows == 0) return;  // and `out` may be null
  const size_t row_bytes = stored.size / static_cast<size_t>(rows);
  std::memcpy(out, bytes().data() + stored.offset + static_cast<size_t>(first_row) * row_bytes,
              static_cast<size_t>(num_rows) * row_bytes);
  check_whole();
}

HostTensor SafetensorsFile::read_f32(std::string_view name) const {
  HostTensor result(tensor(name).shape);
  read_rows_f32(name, 0, result.shape.rank() == 0 ? 1 : result.shape[0], result.values.data());
  return result;
}

std::vector<int32_t> SafetensorsFile::read_i32(std::string_view name) const {
  const StoredTensor& stored = tensor(name);
  const std::byte* from = bytes().data() + stored.offset;
  std::vector<int32_t> values(static_cast<size_t>(stored.shape.num_elements()));
  bool fits = false;
  switch (stored.type) {
    case StoredType::i32:
      fits = narrow<int32_t>(from, values);
      break;
    case StoredType::i64:
      fits = narrow<int64_t>(from, values);
      break;
    case StoredType::u8:
    case StoredType::boolean:
      fits = narrow<uint8_t>(from, values);
      break;
    default:
      reject(name, fmt::format("expected I32, I64, U8 or BOOL, found {}", name_of(stored.type)));
  }
  check_whole();
  if (!fits) reject(name, "holds a number of more than 32 bits");
  return values;
}

void SafetensorsFile::drop_pages(std::string_view name) const {
  const StoredTensor& stored = tensor(name);
  file_.drop_pages(stored.offset, stored.size);
}

void encode_safetensors(std::span<const TensorToWrite> tensors,
                        const std::map<std::string, std::string>& metadata,
                        const std::function<void(std::span<const std::byte>)>& take) {
  const std::string header = header_of(tensors, metadata);
  const uint64_t length = header.size();
  take(std::as_bytes(std::span(&length, 1)));
  take(std::as_bytes(std::span(header)));
  for (const TensorToWrite& tensor : tensors) take(value_bytes(tensor));
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::string file;
  encode_safetensors(tensors, metadata, [&](std::span<const std::byte> piece) {
    file.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  write_file_atomically(path, file);
}

}  // namespace diorama
