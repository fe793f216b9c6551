#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/json_config.h"
#include "base/stand_in.h"
#include "base/utf8.h"
#include "io/safetensors.h"

namespace diorama {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are mapped as they are stored");

constexpr uint64_t kMaxHeaderSize = 100'000'000;  // as the format's own library has it
constexpr std::string_view kMetadata = "__metadata__";

struct TypeInfo {
  std::string_view name;
  size_t byte_size;
};

// In the order of StoredType.
constexpr std::array<TypeInfo, 15> kTypes{{
    {"F32", 4},
    {"F16", 2},
    {"BF16", 2},
    {"F64", 8},
    {"F8_E4M3", 1},
    {"F8_E5M2", 1},
    {"I64", 8},
    {"I32", 4},
    {"I16", 2},
    {"I8", 1},
    {"U64", 8},
    {"U32", 4},
    {"U16", 2},
    {"U8", 1},
    {"BOOL", 1},
}};

// A file of the user's own is not to be fetched again.
std::string_view advice(Fault fault) {
  return fault == Fault::model_file ? "fetch the file again" : "it is damaged, or was never whole";
}

const TypeInfo& info(StoredType type) {
  return kTypes[static_cast<size_t>(type)];
}

StoredType parse_type(const Config& entry) {
  const auto name = entry.get<std::string>("dtype");
  const auto it = std::ranges::find(kTypes, name, &TypeInfo::name);
  if (it == kTypes.end()) entry.reject("dtype", "a type of the safetensors format");
  return static_cast<StoredType>(it - kTypes.begin());
}

Shape parse_shape(const Config& entry) {
  const auto extents = entry.get<std::vector<int64_t>>("shape");
  if (extents.size() > 4) entry.reject("shape", "at most four dimensions");
  if (std::ranges::any_of(extents, [](int64_t extent) { return extent < 0; }))
    entry.reject("shape", "extents of 0 or more");
  return Shape(extents);
}

// Bytes of the tensor by its shape, or no value where they exceed 64 bits.
std::optional<size_t> expected_size(const Shape& shape, StoredType type) {
  uint64_t size = byte_size(type);
  for (int i = 0; i < shape.rank(); ++i)
    if (__builtin_mul_overflow(size, static_cast<uint64_t>(shape[i]), &size)) return std::nullopt;
  return size;
}

StoredTensor parse_tensor(const Config& entry, size_t data_begin, size_t data_size) {
  StoredTensor tensor{.type = parse_type(entry), .shape = parse_shape(entry)};
  const auto offsets = entry.get<std::vector<int64_t>>("data_offsets");
  if (offsets.size() != 2 || offsets[0] < 0 || offsets[0] > offsets[1])
    entry.reject("data_offsets", "a beginning and an end");
  if (static_cast<uint64_t>(offsets[1]) > data_size)
    entry.reject("data_offsets",
                 fmt::format("an end within the {} bytes of data; {}", data_size, advice(entry.fault())));
  tensor.offset = data_begin + static_cast<size_t>(offsets[0]);
  tensor.size = static_cast<size_t>(offsets[1] - offsets[0]);
  if (expected_size(tensor.shape, tensor.type) != tensor.size)
    fail(entry.fault(), "{}: {} of shape {} does not take the {} bytes that the file has for it",
         entry.where(), name_of(tensor.type), tensor.shape.to_string(), tensor.size);
  return tensor;
}

// Tensors must cover the data one after another.
void check_layout(const SafetensorsHeader& header, size_t file_size, std::string_view where, Fault fault) {
  std::vector<std::pair<std::string_view, const StoredTensor*>> in_order;
  for (const auto& [name, tensor] : header.tensors) in_order.emplace_back(name, &tensor);
  std::ranges::sort(in_order, {},
                    [](const auto& item) { return std::pair(item.second->offset, item.second->size); });
  size_t end = header.byte_size;
  for (const auto& [name, tensor] : in_order) {
    if (tensor->offset != end)
      fail(fault, "{}: {}: begins at byte {}, {} the tensor before it, which ends at {}", where,
           one_line(name), tensor->offset, tensor->offset < end ? "inside" : "apart from", end);
    end += tensor->size;
  }
  if (end != file_size)
    fail(fault, "{}: the tensors end at byte {}, the file at {}; {}", where, end, file_size, advice(fault));
}

std::string_view header_text(std::span<const std::byte> file, std::string_view where, Fault fault) {
  const std::string_view all(reinterpret_cast<const char*>(file.data()), file.size());
  if (const auto stand_in = describe_stand_in(all); !stand_in.empty())
    fail(fault, "{}: is {}", where, stand_in);
  uint64_t length = 0;
  if (file.size() < sizeof(length))
    fail(fault, "{}: is {} bytes long, no safetensors file; {}", where, file.size(), advice(fault));
  std::memcpy(&length, file.data(), sizeof(length));
  if (length > kMaxHeaderSize)
    fail(fault, "{}: is no safetensors file: its header would be {} bytes, {} are allowed; {}", where, length,
         kMaxHeaderSize, advice(fault));
  if (length > file.size() - sizeof(length))
    fail(fault, "{}: is no safetensors file, or ends within its header of {} bytes; {}", where, length,
         advice(fault));
  const std::string_view text = all.substr(sizeof(length), length);
  if (!text.starts_with('{'))
    fail(fault, "{}: is no safetensors file: no JSON header; {}", where, advice(fault));
  return text;
}

}  // namespace

std::string_view name_of(StoredType type) {
  return info(type).name;
}
size_t byte_size(StoredType type) {
  return info(type).byte_size;
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, std::string_view where,
                                           Fault fault) {
  const std::string_view text = header_text(file, where, fault);
  constexpr size_t kMostBytes = size_t{256} << 20;  // enough for 90,000 tensors with long names
  const Config json = Config::parse(text, std::string(where), {.fault = fault, .most_bytes = kMostBytes});
  SafetensorsHeader header;
  header.byte_size = sizeof(uint64_t) + text.size();
  for (const std::string& name : json.keys()) {
    const auto entry = json.get<Config>(name);
    if (name == kMetadata)
      for (const std::string& key : entry.keys()) header.metadata[key] = entry.get<std::string>(key);
    else
      header.tensors[name] = parse_tensor(entry, header.byte_size, file.size() - header.byte_size);
  }
  check_layout(header, file.size(), where, fault);
  return header;
}

}  // namespace diorama
