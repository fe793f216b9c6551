// What a picture file says of how it was made.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>
#include <QStringList>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

struct PictureFile {
  QByteArray recipe;  // JSON; empty: there is none
  PaintSettings settings;
  bool knowsSeed = false;
  QString program;     // who made it
  QString modelTitle;  // as the recipe names it
  QString modelHash;
  QStringList unmapped;  // what could not be taken over, in words
  QString problem;       // why the file cannot be read, or empty

  bool hasSettings() const { return !recipe.isEmpty(); }
};

// A PNG, a JPEG or a WebP of Diorama or of another program (io/foreign_recipe.h). Never throws.
PictureFile readPictureFile(const QString& path);

// With its recipe inside, whole or not at all; why not, or empty.
QString writePictureFile(const QString& path, const QImage& image, const QByteArray& recipe);

// A sheet of pictures as a new file of the folder, under a name made of the stem; empty where that fails.
QString writeSheet(const QString& folder, const QString& stem, const QImage& sheet);

// The text that A1111's web UI and others read.
QString parametersOf(const QByteArray& recipe);

}  // namespace diorama::gui
