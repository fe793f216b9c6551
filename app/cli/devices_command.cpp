#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "study/device_report.h"

namespace diorama::cli {
namespace {

using Json = nlohmann::ordered_json;

void print_text(const DeviceReports& reports) {
  for (const DeviceReport& device : reports.devices) {
    fmt::print("{}{}  {}\n", device.id, device.taken_by_auto ? " (auto)" : "", device.name);
    if (!device.unsuitable.empty()) fmt::print("  cannot be used: {}\n", device.unsuitable);
    for (const auto& [name, value] : device.facts) fmt::print("  {:<24}{}\n", name, value);
  }
  if (!reports.note.empty()) fmt::print("no Vulkan devices: {}\n", reports.note);
}

Json to_json(const DeviceReports& reports) {
  Json devices = Json::array();
  for (const DeviceReport& device : reports.devices) {
    Json facts = Json::object();
    for (const auto& [name, value] : device.facts) facts[name] = value;
    devices.push_back({{"id", device.id},
                       {"name", device.name},
                       {"auto", device.taken_by_auto},
                       {"unsuitable", device.unsuitable},
                       {"facts", facts}});
  }
  return {{"devices", devices}, {"note", reports.note}};
}

}  // namespace

void add_devices_command(CLI::App& program, int&) {
  auto* const command = program.add_subcommand("devices", "List what can do the work, and what it can do");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "As JSON");
  command->callback([json] {
    const DeviceReports reports = report_devices();
    if (*json)
      fmt::print("{}\n", to_json(reports).dump(2));
    else
      print_text(reports);
  });
}

}  // namespace diorama::cli
