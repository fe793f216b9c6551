#include "pipeline/devices.h"

#include <array>

#include "base/decimal.h"
#include "base/suggestion.h"
#include "cpu/device.h"
#include "vulkan/devices.h"

namespace diorama {
namespace {

std::unique_ptr<Device> open_cpu(const DeviceRequest& request) {
  cpu::DeviceOptions options{.threads = request.threads};
  if (!request.cpu_isa.empty()) options.isa = cpu::find_isa(request.cpu_isa);
  return std::make_unique<cpu::Device>(options);
}

// "vulkan" or "vulkan:N".
int vulkan_index(std::string_view name) {
  if (name == "vulkan") return -1;
  const std::string_view digits = name.substr(std::string_view("vulkan:").size());
  const auto index = parse_decimal<int>(digits);
  if (!index || *index < 0)
    fail(Fault::usage, "[device] '{}': expected vulkan:N with N from `diorama devices`", name);
  return *index;
}

}  // namespace

std::unique_ptr<Device> open_device(const DeviceRequest& request) {
  if (request.name == "cpu") return open_cpu(request);
  if (request.name == "auto") {
    const int gpu = vulkan::list_devices().best_gpu();
    if (gpu < 0) return open_cpu(request);
    return vulkan::open_device({.index = gpu});
  }
  if (request.name == "vulkan" || request.name.starts_with("vulkan:"))
    return vulkan::open_device({.index = vulkan_index(request.name)});
  constexpr std::array<std::string_view, 3> kKnown{"auto", "cpu", "vulkan"};
  fail(Fault::usage, "[device] '{}' is not known; choose auto, cpu, vulkan or vulkan:N{}", request.name,
       did_you_mean(request.name, kKnown));
}

}  // namespace diorama
