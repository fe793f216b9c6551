#pragma once

#include <QList>
#include <QString>

namespace diorama::gui {

struct DeviceFacts {
  QString id;      // as settings name it
  QString name;    // for people
  QString reason;  // why it cannot be used, or why it is what Automatic takes; may be empty
  bool usable = true;
  bool automatic = false;
};

// Looks at the drivers: takes a moment.
QList<DeviceFacts> devicesOfMachine();

}  // namespace diorama::gui
