#include "vulkan/device.h"

#include <algorithm>
#include <cstring>

#include "base/say.h"
#include "formats/format.h"
#include "vulkan/packed_matrix.h"
#include "vulkan/recorder.h"
#include "vulkan/self_test.h"

namespace diorama::vulkan {

namespace {

// A device that gives up during its first product cannot be used at all.
std::string tested(Device& device) {
  try {
    return self_test(device);
  } catch (const Error& error) {
    if (error.fault() != Fault::device_lost) throw;
    fail(Fault::unsupported_device, "{}", error.what());
  }
}

}  // namespace

std::unique_ptr<diorama::Device> open_device(const DeviceOptions& options) {
  auto device = std::make_unique<Device>(options);
  std::string defect = tested(*device);
  if (!defect.empty()) {
    say(stderr, "[vulkan] {}: {}; w8a8 and w4a8 are refused on it\n", device->description(), defect);
    device->refuse_integers(std::move(defect));
  }
  return device;
}

std::string find_defects(int index) {
  Device device({.index = index});
  return tested(device);
}

Device::Device(const DeviceOptions& options)
    : context_(std::make_shared<Context>(options)),
      heap_(std::make_unique<Heap>(context_)),
      recorder_(std::make_unique<Recorder>(context_, [this] { poll(); })),
      variants_(options.variants) {
  if (!context_->caps().storage16)
    say(stderr, "[vulkan] {} has no 16-bit storage: activations stay f32\n", context_->info().name);
}

Device::~Device() = default;

std::string Device::description() const {
  return fmt::format("vulkan: {}, {}", context_->info().name, context_->info().driver);
}

const Caps& Device::caps() const {
  return context_->caps();
}

bool Device::prefers(std::string_view variant) const {
  return std::find(variants_.begin(), variants_.end(), variant) != variants_.end();
}

const std::set<std::string_view>& Device::kernels() const {
  return recorder_->kernels();
}

int Device::validation_messages() const {
  return context_->validation_messages();
}

std::shared_ptr<diorama::Buffer> Device::allocate(size_t bytes) {
  return allocate_device_memory(bytes);
}

std::shared_ptr<Buffer> Device::allocate_device_memory(size_t bytes) {
  try {
    return heap_->allocate(bytes);
  } catch (const Error& error) {
    if (error.fault() != Fault::out_of_memory) throw;
  }
  finish();  // recorded work may hold on to memory that nobody else wants
  return heap_->allocate(bytes);
}

void Device::upload(const Tensor& to, const void* from) {
  require(to.contiguous(), "[vulkan] upload to a strided tensor");
  const size_t bytes = to.byte_extent();
  if (bytes == 0) return;
  const auto staging = heap_->allocate_staging(bytes, Placement::upload);
  std::memcpy(staging->mapped(), from, bytes);
  recorder_->copy(*staging, 0, buffer_of(to), to.byte_offset(), bytes);
}

void Device::download(const Tensor& from, void* to) {
  require(from.contiguous(), "[vulkan] download of a strided tensor");
  const size_t bytes = from.byte_extent();
  if (bytes == 0) return;
  if (const std::byte* mapped = buffer_of(from).mapped(); mapped != nullptr) {
    finish();
    std::memcpy(to, mapped + from.byte_offset(), bytes);
    return;
  }
  const auto staging = heap_->allocate_staging(bytes, Placement::download);
  recorder_->copy(buffer_of(from), from.byte_offset(), *staging, 0, bytes);
  finish();
  std::memcpy(to, staging->mapped(), bytes);
}

void Device::finish() {
  recorder_->finish();
}

// Half precision pays where it halves the traffic of a GPU; a CPU converts each value it touches.
DType Device::product_input(const Format& format) const {
  if (format.integer() && !integers_refused_.empty())
    fail(Fault::unsupported_device,
         "[vulkan] {}: {}; update the driver, or use --device cpu or another model", description(),
         integers_refused_);
  if (format.integer()) return DType::q8;
  const bool pays = !caps().is_cpu() || prefers("linear_tiled_f16");
  return &format == &format_f16() && caps().storage16 && pays ? DType::f16 : DType::f32;
}

void Device::pack(Weight& weight, const RowReader& reader) {
  constexpr size_t kStagingBytes = size_t{16} << 20;
  const size_t bytes = packed_bytes(*weight.format, weight.n, weight.k);
  const size_t panel_bytes = packed_bytes(*weight.format, kPanelColumns, weight.k);
  const auto packed = std::make_shared<PackedMatrix>(allocate_device_memory(bytes));
  std::byte* mapped = packed->buffer->mapped();
  const size_t chunk =
      mapped != nullptr ? bytes : std::max<size_t>(1, kStagingBytes / panel_bytes) * panel_bytes;
  const auto staging = mapped != nullptr ? nullptr : heap_->allocate_staging(chunk, Placement::upload);
  for (size_t begin = 0; begin < bytes; begin += chunk) {
    const size_t end = std::min(begin + chunk, bytes);
    std::byte* out = mapped != nullptr ? mapped : staging->mapped();
    for (size_t at = begin; at < end; at += panel_bytes, out += panel_bytes)
      pack_panel(weight, reader, static_cast<int64_t>(at / panel_bytes) * kPanelColumns, out);
    if (staging == nullptr) continue;
    recorder_->copy(*staging, 0, *packed->buffer, begin, end - begin);
    finish();
  }
  weight.packed = packed;
}

void Device::unpack(const Weight& weight, float* rows) {
  static_assert(Weight::kRowGroup % kPanelColumns == 0);
  const size_t panel_bytes = packed_bytes(*weight.format, kPanelColumns, weight.k);
  const auto begin = static_cast<size_t>(weight.first_row / kPanelColumns) * panel_bytes;
  std::vector<std::byte> panels(packed_bytes(*weight.format, weight.n, weight.k));
  const auto& packed = static_cast<const PackedMatrix&>(*weight.packed);
  download(Tensor({packed.buffer, begin, nullptr}, {static_cast<int64_t>(panels.size())}, DType::u8),
           panels.data());
  for (int64_t row = 0; row < weight.n; row += kPanelColumns)
    unpack_panel(weight, panels.data() + static_cast<size_t>(row / kPanelColumns) * panel_bytes, row,
                 rows + row * weight.k);
}

}  // namespace diorama::vulkan
