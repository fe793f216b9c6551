#include "cli/compute_options.h"

#include "base/say.h"
#include "cli/option_checks.h"
#include "cli/signals.h"

namespace diorama::cli {

void add_compute_options(CLI::App& command, ComputeOptions& options) {
  add_device_options(command, options.device);
  command.add_option("--precision", options.precision, "auto, f32, f16, bf16, w8a8 or w4a8")
      ->capture_default_str()
      ->group("Device");
}

void add_device_options(CLI::App& command, DeviceRequest& device) {
  command.add_option("--device", device.name, "auto, cpu, vulkan or vulkan:N (see `diorama devices`)")
      ->capture_default_str()
      ->group("Device");
  command.add_option("--threads", device.threads, "Threads of the cpu device; 0: all processors")
      ->transform(whole_number(0, 1024))
      ->capture_default_str()
      ->group("Device");
  command.add_option("--cpu-isa", device.cpu_isa, "At most avx512, avxvnni, avx2 or portable")
      ->group("Device");
}

std::unique_ptr<Device> open_compute_device(const ComputeOptions& options) {
  auto device = open_device(options.device);
  device->set_cancel_token(&stop_token());
  const bool of_processor = options.device.threads != 0 || !options.device.cpu_isa.empty();
  if (of_processor && device->kind() != DeviceKind::cpu)
    say(stderr, "diorama: warning: --threads and --cpu-isa do nothing on {}\n", device->description());
  return device;
}

}  // namespace diorama::cli
