#include <memory>

#include "base/say.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "study/device_report.h"

namespace diorama::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostOfLine = 1000;  // bytes of what a driver says

void print_text(const DeviceReports& reports) {
  for (const DeviceReport& device : reports.devices) {
    say(stdout, "{}{}  {}\n", device.id, device.taken_by_auto ? " (auto)" : "", one_line(device.name));
    if (!device.unsuitable.empty())
      say(stdout, "  cannot be used: {}\n", one_line(device.unsuitable, kMostOfLine));
    for (const auto& [name, value] : device.facts)
      say(stdout, "  {:<24}{}\n", name, one_line(value, kMostOfLine));
  }
  if (!reports.note.empty()) say(stdout, "no Vulkan devices: {}\n", one_line(reports.note, kMostOfLine));
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
      say(stdout, "{}\n", json_text(to_json(reports), 2));
    else
      print_text(reports);
  });
}

}  // namespace diorama::cli
