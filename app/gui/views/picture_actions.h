// What can be done with a picture, in the gallery and beside the canvas.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QMenu>

#include "gui/models/session.h"

namespace diorama::gui {

struct ShownPicture {
  QImage image;
  QString path;       // empty: it could not be saved
  QByteArray recipe;  // of one that has no file

  bool isNull() const { return image.isNull(); }
};

// False, with a message, where it cannot be written.
bool savePicture(Session& session, const ShownPicture& picture, const QString& target);
// By value: while the dialog is open, another may be shown.
void askAndSave(Session& session, ShownPicture picture);
void addPictureActions(QMenu& menu, Session& session, const QString& path);

}  // namespace diorama::gui
