// Times in words.
#pragma once

#include <QString>

namespace diorama::gui {

// Of something that is over: "0.4 s", "12 s", "3 min 5 s", "1 h 2 min".
QString timeText(double seconds);
// Of a countdown: whole seconds, at least one.
QString timeLeftText(double seconds);

}  // namespace diorama::gui
