// Quantities in words.
#pragma once

#include <QSize>
#include <QString>

namespace diorama::gui {

QString bytesText(double bytes);      // "38.2 MiB"
QString macsText(double macs);        // "1.8 G"
QString picturesText(int count);      // "1 picture"
QString sizeText(const QSize& size);  // "96 × 160"

}  // namespace diorama::gui
