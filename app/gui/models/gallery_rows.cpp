#include "gui/models/gallery_rows.h"

#include <QDateTime>

#include "gui/service/picture_file.h"

namespace diorama::gui {

GalleryRow rowOf(const PaintedPicture& picture) {
  const PaintSettings& s = picture.settings;
  const double saved = picture.fullMacs == 0 ? 0
                                             : 1 - static_cast<double>(picture.executedMacs) /
                                                       static_cast<double>(picture.fullMacs);
  return {.path = picture.path,
          .prompt = s.prompt,
          .model = QFileInfo(s.model).fileName(),
          .seed = s.seed,
          .width = s.width,
          .height = s.height,
          .steps = s.steps,
          .acceleration = s.acceleration,
          .seconds = picture.seconds,
          .saved = saved,
          .created = QDateTime::currentMSecsSinceEpoch()};
}

GalleryRow rowOf(const QFileInfo& file) {
  const PictureFile read = readPictureFile(file.absoluteFilePath());
  return {.path = file.absoluteFilePath(),
          .prompt = read.settings.prompt,
          .model = read.modelTitle,
          .seed = read.knowsSeed ? std::optional(read.settings.seed) : std::nullopt,
          .width = read.settings.width,
          .height = read.settings.height,
          .steps = read.settings.steps,
          .acceleration = read.settings.acceleration,
          .created = file.lastModified().toMSecsSinceEpoch()};
}

}  // namespace diorama::gui
