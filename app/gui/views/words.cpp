#include "gui/views/words.h"

#include <QCoreApplication>

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(Words)
};

}  // namespace

QString bytesText(double bytes) {
  if (bytes < 1 << 20) return Text::tr("%1 KiB").arg(bytes / (1 << 10), 0, 'f', 0);
  if (bytes < 1 << 30) return Text::tr("%1 MiB").arg(bytes / (1 << 20), 0, 'f', 1);
  return Text::tr("%1 GiB").arg(bytes / (1 << 30), 0, 'f', 2);
}

QString picturesText(int count) {
  return Text::tr("%n picture(s)", nullptr, count);
}

QString sizeText(const QSize& size) {
  return Text::tr("%1 × %2").arg(size.width()).arg(size.height());
}

QString macsText(double macs) {
  return macs < 1e12 ? Text::tr("%1 G").arg(macs / 1e9, 0, 'f', 1)
                     : Text::tr("%1 T").arg(macs / 1e12, 0, 'f', 2);
}

}  // namespace diorama::gui
