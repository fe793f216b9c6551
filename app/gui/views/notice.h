#pragma once

#include <QString>

namespace diorama::gui {

// A notice of the desktop, where it has a place for them.
void sendNotice(const QString& title, const QString& text);

}  // namespace diorama::gui
