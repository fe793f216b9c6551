#include "gui/views/words.h"

#include <QCoreApplication>

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

QString durationText(double seconds) {
  if (seconds < 1) return Text::tr("%1 ms").arg(seconds * 1000, 0, 'f', 0);
  if (seconds < 10) return Text::tr("%1 s").arg(seconds, 0, 'f', 1);
  if (seconds < 60) return Text::tr("%1 s").arg(seconds, 0, 'f', 0);
  const int whole = static_cast<int>(seconds + 0.5);
  if (whole < 3600) return Text::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return Text::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString bytesText(double bytes) {
  if (bytes < 1 << 20) return Text::tr("%1 KiB").arg(bytes / (1 << 10), 0, 'f', 0);
  if (bytes < 1 << 30) return Text::tr("%1 MiB").arg(bytes / (1 << 20), 0, 'f', 1);
  return Text::tr("%1 GiB").arg(bytes / (1 << 30), 0, 'f', 2);
}

QString picturesText(int count) {
  return count == 1 ? Text::tr("1 picture") : Text::tr("%1 pictures").arg(count);
}

QString macsText(double macs) {
  return macs < 1e12 ? Text::tr("%1 G").arg(macs / 1e9, 0, 'f', 1)
                     : Text::tr("%1 T").arg(macs / 1e12, 0, 'f', 2);
}

}  // namespace diorama::gui
