#include "gui/views/picture_actions.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QUrl>

#include "gui/models/plain_tip.h"
#include "gui/service/kept_file.h"
#include "gui/service/picture_file.h"
#include "gui/service/pictures.h"
#include "gui/views/icons.h"

namespace diorama::gui {
bool savePicture(Session& session, const ShownPicture& picture, const QString& target) {
  if (target == picture.path) return true;
  const bool fromFile = QFile::exists(picture.path);
  const QString why =
      fromFile ? copyPicture(picture.path, target) : writePictureFile(target, picture.image, picture.recipe);
  if (why.isEmpty())
    emit session.message(Session::tr("Saved as %1.").arg(target), {}, false);
  else
    emit session.message(why, Session::tr("Choose another folder, or check the space on the disk."), true);
  return why.isEmpty();
}

void askAndSave(Session& session, ShownPicture picture) {
  const QString name =
      picture.path.isEmpty() ? Session::tr("picture.png") : QFileInfo(picture.path).fileName();
  const QString target = QFileDialog::getSaveFileName(nullptr, Session::tr("Save picture"), name,
                                                      Session::tr("Pictures (*.png)"));
  if (!target.isEmpty()) savePicture(session, picture, target);
}

void addPictureActions(QMenu& menu, Session& session, const QString& path) {
  QClipboard* clipboard = QGuiApplication::clipboard();
  menu.addAction(icon("copy"), Session::tr("Copy picture"),
                 [clipboard, path] { clipboard->setImage(readPicture(path)); });
  menu.addAction(icon("copy"), Session::tr("Copy settings"),
                 [clipboard, path] { clipboard->setText(parametersOf(readPictureFile(path).recipe)); });
  menu.addAction(icon("reset"), Session::tr("Use these settings"),
                 [&session, path] { session.restore(path); });
  const QString whyNot = session.whyNotExact(path);
  QAction* exact = menu.addAction(icon("compare"), Session::tr("Compare with exact"),
                                  [&session, path] { session.paintExact(path); });
  exact->setEnabled(whyNot.isEmpty());
  exact->setToolTip(plainTip(whyNot));
  menu.setToolTipsVisible(true);
  menu.addSeparator();
  menu.addAction(icon("save"), Session::tr("Save as…"), [&session, path] {
    askAndSave(session, {readPicture(path), path, {}});
  });
  menu.addAction(icon("folder"), Session::tr("Open folder"),
                 [path] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath())); });
  menu.addAction(icon("trash"), Session::tr("Move to trash"),
                 [&session, path] { session.moveToTrash({path}); });
}

}  // namespace diorama::gui
