#include "study/device_report.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cpu/device.h"
#include "vulkan/devices.h"

namespace diorama {
namespace {

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}
std::string mebibytes(size_t bytes) {
  return fmt::format("{} MiB", bytes >> 20);
}

DeviceReport report_cpu() {
  const cpu::Device device;
  std::string sets;
  for (const cpu::Isa isa : {cpu::Isa::portable, cpu::Isa::avx2, cpu::Isa::avxvnni, cpu::Isa::avx512})
    if (cpu::runs(isa)) sets += (sets.empty() ? "" : ", ") + std::string(cpu::name_of(isa));
  return {.id = "cpu",
          .name = device.description(),
          .facts = {{"threads", std::to_string(device.threads())},
                    {"instruction sets", sets},
                    {"bf16 products", yes_or_no(cpu::has_bf16_products())},
                    {"int8 products", yes_or_no(cpu::has_int8_products(device.isa()))}}};
}

// Runs a product on the device, the first time.
std::string integer_formats(const vulkan::DeviceInfo& info) {
  if (!info.unsuitable.empty()) return "no";
  try {
    const std::string defect = vulkan::find_defects(info.index);
    return defect.empty() ? "yes" : "no: " + defect;
  } catch (const Error& error) {
    return fmt::format("no: {}", error.what());
  }
}

DeviceReport report_vulkan(const vulkan::DeviceInfo& info) {
  const vulkan::Caps& caps = info.caps;
  return {.id = fmt::format("vulkan:{}", info.index),
          .name = info.name,
          .unsuitable = info.unsuitable,
          .facts = {{"type", vulkan::name_of(caps.type)},
                    {"driver", info.driver},
                    {"Vulkan", info.api},
                    {"subgroup size", std::to_string(caps.subgroup_size)},
                    {"subgroup arithmetic", yes_or_no(caps.subgroup_arithmetic)},
                    {"16-bit storage", yes_or_no(caps.storage16)},
                    {"int8 dot products", !caps.dot_product       ? "no"
                                          : caps.dot_product_fast ? "yes"
                                                                  : "yes, not accelerated"},
                    {"w8a8 and w4a8", integer_formats(info)},
                    {"push descriptors", yes_or_no(caps.push_descriptors)},
                    {"mapped memory", yes_or_no(caps.host_visible)},
                    {"timestamps", yes_or_no(caps.timestamp_ns > 0)},
                    {"largest binding", mebibytes(caps.max_binding_bytes)},
                    {"largest allocation", mebibytes(caps.max_allocation_bytes)},
                    {"shared memory", fmt::format("{} KiB", caps.shared_bytes >> 10)},
                    {"threads in a workgroup", std::to_string(caps.max_invocations)}}};
}

}  // namespace

DeviceReports report_devices() {
  const vulkan::DeviceList list = vulkan::list_devices();
  DeviceReports reports{.note = list.reason};
  reports.devices.push_back(report_cpu());
  reports.devices.front().taken_by_auto = list.best_gpu() < 0;
  for (const vulkan::DeviceInfo& info : list.devices) {
    reports.devices.push_back(report_vulkan(info));
    reports.devices.back().taken_by_auto = info.index == list.best_gpu();
  }
  return reports;
}

}  // namespace diorama
