// --device, --precision, --threads and --cpu-isa, as every command that computes has them.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "pipeline/devices.h"
#include "pipeline/precision.h"

namespace diorama::cli {

struct ComputeOptions {
  DeviceRequest device;
  std::string precision = "auto";
};

void add_compute_options(CLI::App& command, ComputeOptions& options);
// The same without --precision.
void add_device_options(CLI::App& command, DeviceRequest& device);

// Ctrl+C stops its work.
std::unique_ptr<Device> open_compute_device(const ComputeOptions& options);

}  // namespace diorama::cli
