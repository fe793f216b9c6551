// The devices of this machine in words, for people and for bug reports.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace diorama {

struct DeviceReport {
  std::string id;  // as --device takes it
  std::string name;
  std::string unsuitable;                                  // why it cannot be used, or empty
  bool taken_by_auto = false;                              // --device auto
  std::vector<std::pair<std::string, std::string>> facts;  // "subgroup size", "32"
};

// The processor first. Never fails for want of Vulkan: `note` then says why there are none.
struct DeviceReports {
  std::vector<DeviceReport> devices;
  std::string note;
};
DeviceReports report_devices();

}  // namespace diorama
