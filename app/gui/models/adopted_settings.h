// What becomes of the settings of a picture file in a window with another model.
#pragma once

#include <QStringList>

#include "gui/service/model_facts.h"
#include "gui/service/picture_file.h"

namespace diorama::gui {

struct AdoptedSettings {
  PaintSettings settings;
  QStringList leftOut;  // what the file asks for and the window cannot do, in words
  QString warning;      // what is taken over and may disappoint, or empty
};

// `now` gives what the file does not say. `model` may be null: it is not known yet.
AdoptedSettings adopt(const PictureFile& file, const PaintSettings& now, const ModelFacts* model);

}  // namespace diorama::gui
