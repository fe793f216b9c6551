// What the gallery's index says of a picture.
#pragma once

#include <QFileInfo>

#include "gui/models/gallery_store.h"
#include "gui/service/engine_events.h"

namespace diorama::gui {

GalleryRow rowOf(const PaintedPicture& picture);
// By what the file itself says.
GalleryRow rowOf(const QFileInfo& file);

}  // namespace diorama::gui
