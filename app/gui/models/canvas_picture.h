// What is on the canvas.
#pragma once

#include <QByteArray>
#include <QString>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

struct CanvasPicture {
  QString path;            // empty: none yet, or it could not be saved
  QByteArray recipe;       // JSON; empty: it still runs, was cancelled, or its file does not say
  PaintSettings settings;  // as painted; of a file without a model's folder
  QString modelTitle;      // as the recipe names it; empty: the one that is set
  double seconds = 0;      // what painting it took; 0: not known
  bool isLive = false;     // it is being painted
  bool wasCancelled = false;
  bool isKnown = false;  // the settings are those of the picture
  bool knowsSeed = true;
};

}  // namespace diorama::gui
