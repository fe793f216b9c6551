#include "gui/service/device_facts.h"

#include <QCoreApplication>

#include "study/device_report.h"

namespace diorama::gui {

QList<DeviceFacts> devicesOfMachine() {
  QList<DeviceFacts> devices;
  const DeviceReports reports = report_devices();
  for (const DeviceReport& report : reports.devices) {
    DeviceFacts facts{QString::fromStdString(report.id), QString::fromStdString(report.name),
                      QString::fromStdString(report.unsuitable), report.unsuitable.empty(),
                      report.taken_by_auto};
    if (facts.automatic && facts.id == "cpu")
      facts.reason = reports.note.empty() ? QCoreApplication::translate("DeviceFacts", "No faster GPU found.")
                                          : QString::fromStdString(reports.note);
    devices << facts;
  }
  return devices;
}

}  // namespace diorama::gui
