// Quantities in words.
#pragma once

#include <QString>

namespace diorama::gui {

QString durationText(double seconds);  // "850 ms", "12 s", "3 min 5 s"
QString bytesText(double bytes);       // "38.2 MiB"
QString macsText(double macs);         // "1.8 G"
QString picturesText(int count);       // "1 picture"

}  // namespace diorama::gui
