#include "gui/models/model_shelf.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace diorama::gui {

ModelShelf::ModelShelf(ModelsModel& models, const QString& folder, QObject* parent)
    : QObject(parent), models_(models), folder_(folder) {}

bool ModelShelf::isOwn(const QString& path) const {
  return QDir::cleanPath(QFileInfo(path).absolutePath()) ==
         QDir::cleanPath(QFileInfo(folder_).absoluteFilePath());
}

QString ModelShelf::whyNotRemove(const QString& path) const {
  if (isOwn(path) || models_.extraFolders().contains(path)) return {};
  return tr("It came with Diorama or is found through DIORAMA_MODELS. Remove it where it lies.");
}

bool ModelShelf::remove(const QString& path) {
  if (!whyNotRemove(path).isEmpty()) return false;
  Removed removed{path, {}, {}};
  if (isOwn(path)) {
    const QFileInfo info(path);
    if (info.isSymLink()) {
      removed.linkTarget = info.symLinkTarget();
      if (!QFile::remove(path)) return false;
    } else if (removed.trash = moveToTrash(path); !removed.trash) {
      return false;
    }
  }
  removed_ << removed;
  models_.forgetFolder(path);
  return true;
}

bool ModelShelf::restore() {
  if (removed_.isEmpty()) return false;
  const Removed removed = removed_.takeLast();
  if (!removed.linkTarget.isEmpty() && !QFile::link(removed.linkTarget, removed.path)) return false;
  if (removed.trash && !takeFromTrash(*removed.trash)) return false;
  models_.addFolder(removed.path);
  return true;
}

QString ModelShelf::newFolder(const ModelFacts& model, const QString& format) const {
  const QString stem =
      QDir(folder_).filePath(QStringLiteral("%1-%2").arg(QDir(model.path).dirName(), format));
  QString path = stem;
  for (int i = 2; QFileInfo::exists(path) || QFileInfo(path).isSymLink(); ++i)
    path = QStringLiteral("%1-%2").arg(stem).arg(i);
  return path;
}

}  // namespace diorama::gui
