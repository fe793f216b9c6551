#include "gui/service/time_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(TimeText)
};

QString wholeSeconds(qint64 seconds) {
  if (seconds < 60) return Text::tr("%1 s").arg(seconds);
  if (seconds < 3600) return Text::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
  return Text::tr("%1 h %2 min").arg(seconds / 3600).arg(seconds % 3600 / 60);
}

}  // namespace

QString timeText(double seconds) {
  if (seconds < 9.95) return Text::tr("%1 s").arg(seconds, 0, 'f', 1);
  return wholeSeconds(std::llround(seconds));
}

QString timeLeftText(double seconds) {
  return wholeSeconds(std::max<qint64>(std::llround(seconds), 1));
}

}  // namespace diorama::gui
