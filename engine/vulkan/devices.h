// The Vulkan devices of this machine. No Vulkan header is needed to include this one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tensor/device.h"
#include "vulkan/caps.h"

namespace diorama::vulkan {

struct DeviceInfo {
  int index = 0;
  std::string name;
  std::string driver;  // name and version
  std::string api;     // "1.3.230"
  Caps caps;
  std::string unsuitable;  // why it cannot be used; empty if it can
};

struct DeviceList {
  std::vector<DeviceInfo> devices;
  std::string reason;           // why there are none
  bool has_validation = false;  // the Khronos validation layer is installed

  // The first suitable device: discrete, then integrated, then the rest; -1 if there is none.
  int best() const;
  // As best(), but hardware only: what `--device auto` takes.
  int best_gpu() const;
};

// Never throws for a machine without Vulkan.
DeviceList list_devices();

struct DeviceOptions {
  int index = -1;         // in list_devices(); -1: the best
  bool validate = false;  // Khronos validation (also with DIORAMA_VALIDATE set); messages go to stderr
  std::vector<std::string>
      variants;  // names of kernel variants (shaders/README.md) to prefer wherever they can run

  // Paths that other devices take; false makes this device take them too.
  bool push_descriptors = true;
  bool storage16 = true;
  bool dot_product = true;
  bool host_visible = true;
  size_t max_binding_bytes = SIZE_MAX;  // a lower limit than the device's own cuts tensors into more parts
};

// Throws Fault::unsupported_device with the reason. A device that computes products of 8-bit codes wrongly is
// said to (on stderr) and refuses them; the rest it may do.
std::unique_ptr<diorama::Device> open_device(const DeviceOptions& options);

// What a suitable device of the list computes wrongly, empty if nothing. Tests it, unless it has passed
// before.
std::string find_defects(int index);

}  // namespace diorama::vulkan
