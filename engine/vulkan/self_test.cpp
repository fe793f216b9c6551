#include "vulkan/self_test.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/hash.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "vulkan/context.h"
#include "vulkan/device.h"
#include "vulkan/kernel.h"
#include "vulkan/kernels.h"

namespace diorama::vulkan {
namespace {

constexpr int64_t kRows = 3, kColumns = 34, kDepth = 128;

Tensor new_tensor(Device& device, const Shape& shape, DType type) {
  const Tensor shaped({}, shape, type);
  return {Allocation{device.allocate(shaped.byte_extent()), 0, {}}, shape, type};
}

// A number that looks random, in [-most, most].
int scattered(int64_t i, int most) {
  return static_cast<int>(static_cast<uint64_t>(i) * 2654435761u % 4093u) % (2 * most + 1) - most;
}

// Codes of an input: the first of a row is the largest there is, which makes the row's scale 1.
int code_at(int64_t row, int64_t i) {
  return i == 0 ? 127 : scattered(row * kDepth + i, 100);
}

// Off by up to 0.4, which only a wrong rounding turns into another code.
std::vector<float> inputs() {
  std::vector<float> values;
  for (int64_t row = 0; row < kRows; ++row)
    for (int64_t i = 0; i < kDepth; ++i)
      values.push_back(static_cast<float>(code_at(row, i)) +
                       (i == 0 ? 0.0f : static_cast<float>(i % 3 - 1) * 0.4f));
  return values;
}

std::vector<std::byte> encoded_row(const Format& format, int64_t column) {
  std::vector<std::byte> row(format.row_bytes(kDepth));
  if (&format == &w8a8::kFormat) {
    for (int64_t i = 0; i < kDepth; ++i)
      row[static_cast<size_t>(i)] = static_cast<std::byte>(scattered(column + 7 * i, 127));
    const float scale = 1;
    std::memcpy(row.data() + kDepth, &scale, sizeof scale);
    return row;
  }
  // Steps of quarters: many levels lie half-way between two integers.
  const w4a8::Layout layout(kDepth);
  std::vector<int8_t> codes(static_cast<size_t>(layout.num_groups * layout.group));
  std::vector<float> scales(static_cast<size_t>(layout.num_groups), static_cast<float>(2 * column + 1) / 4);
  for (int64_t i = 0; i < kDepth; ++i)
    codes[static_cast<size_t>(i)] = static_cast<int8_t>(scattered(column + 5 * i, 7));
  w4a8::write_row(codes.data(), scales.data(), 1, layout, row.data());
  return row;
}

std::vector<float> product_on(Device& device, const Format& format) {
  Weight weight{.name = "self-test", .format = &format, .n = kColumns, .k = kDepth, .input = DType::q8};
  device.pack(weight, {.values = nullptr, .encoded = [&](int64_t first, int64_t count, std::byte* out) {
                         for (int64_t column = first; column < first + count; ++column) {
                           const std::vector<std::byte> row = encoded_row(format, column);
                           out = std::copy(row.begin(), row.end(), out);
                         }
                       }});
  const Tensor x = new_tensor(device, {kRows, kDepth}, DType::f32);
  const Tensor codes = new_tensor(device, {kRows, kDepth}, DType::q8);
  const Tensor y = new_tensor(device, {kRows, kColumns}, DType::f32);
  device.upload(x, inputs().data());
  unary(device, {.x = x, .y = codes});
  linear(device, {.x = codes, .weight = &weight, .y = y});
  device.finish();
  std::vector<float> values(static_cast<size_t>(y.num_elements()));
  device.download(y, values.data());
  return values;
}

bool is_right(const Format& format, const std::vector<float>& product) {
  std::vector<int8_t> levels(kDepth);
  for (int64_t column = 0; column < kColumns; ++column) {
    format.decode_levels(encoded_row(format, column).data(), kDepth, levels.data());
    for (int64_t row = 0; row < kRows; ++row) {
      int32_t sum = 0;
      for (int64_t i = 0; i < kDepth; ++i) sum += code_at(row, i) * levels[static_cast<size_t>(i)];
      // One level wrong changes it by more than this; scales may be divided a bit off.
      const float allowed = 0.25f + 1e-6f * static_cast<float>(std::abs(sum));
      if (!(std::abs(product[static_cast<size_t>(row * kColumns + column)] - static_cast<float>(sum)) <=
            allowed))
        return false;
    }
  }
  return true;
}

std::vector<uint64_t> read_passed(const std::filesystem::path& path) {
  constexpr size_t kDigits = 16;
  std::vector<uint64_t> keys;
  try {
    const std::string text = read_text_file(path, kMostPassed * (kDigits + 1));
    for (size_t at = 0; at + kDigits < text.size(); at += kDigits + 1) {
      uint64_t key = 0;
      const char* end = text.data() + at + kDigits;
      const auto [parsed, error] = std::from_chars(text.data() + at, end, key, 16);
      if (error != std::errc() || parsed != end || *end != '\n') return {};
      keys.push_back(key);
    }
  } catch (const Error&) {  // there is none yet, or something else lies there
    return {};
  }
  return keys;
}

uint64_t key_of(const Device& device) {
  const Context& context = device.context();
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(context.physical(), &properties);
  const char* width = std::getenv("LP_NATIVE_VECTOR_WIDTH");
  Hash64 hash;
  hash.add(context.info().name);
  hash.add(context.info().driver);
  hash.add(fmt::format("{:x}:{:x}:{:x}", properties.vendorID, properties.deviceID, properties.driverVersion));
  hash.add(std::as_bytes(std::span(properties.pipelineCacheUUID)));
  hash.add(std::string_view(width == nullptr ? "" : width));
  for (const KernelId kernel : {KernelId::quantise, KernelId::linear_integer, KernelId::linear_integer_dot})
    hash.add(std::as_bytes(context.caps().storage16 ? code_of(kernel).storage16 : code_of(kernel).plain));
  return hash.value();
}

}  // namespace

bool has_passed(const std::filesystem::path& path, uint64_t key) {
  const std::vector<uint64_t> keys = read_passed(path);
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

void note_passed(const std::filesystem::path& path, uint64_t key) {
  std::vector<uint64_t> keys = read_passed(path);
  keys.push_back(key);
  std::string text;
  for (size_t i = keys.size() - std::min(keys.size(), kMostPassed); i < keys.size(); ++i)
    text += fmt::format("{:016x}\n", keys[i]);
  try {
    std::filesystem::create_directories(path.parent_path());
    write_file_atomically(path, text);
  } catch (const std::exception&) {  // the next start tests again
    return;
  }
}

std::string run_self_test(Device& device) {
  if (!is_right(w8a8::kFormat, product_on(device, w8a8::kFormat))) return "it multiplies 8-bit codes wrongly";
  if (!is_right(w4a8::kFormat, product_on(device, w4a8::kFormat))) return "it rounds 4-bit weights wrongly";
  return "";
}

std::string self_test(Device& device) {
  const std::filesystem::path folder = cache_folder();
  const uint64_t key = key_of(device);
  if (!folder.empty() && has_passed(folder / "self-tests", key)) return "";
  std::string wrong = run_self_test(device);
  if (wrong.empty() && !folder.empty()) note_passed(folder / "self-tests", key);
  return wrong;
}

}  // namespace diorama::vulkan
