#include "gui/service/trash.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace diorama::gui {

std::optional<TrashedFile> moveToTrash(const QString& path) {
  TrashedFile file{path, {}};
  if (!QFile::moveToTrash(path, &file.place)) return std::nullopt;
  return file;
}

// The trash keeps files in files/NAME, and what it knows of them in info/NAME.trashinfo.
bool takeFromTrash(const TrashedFile& file) {
  QDir().mkpath(QFileInfo(file.path).path());
  if (file.place.isEmpty() || !QFile::rename(file.place, file.path)) return false;
  const QFileInfo place(file.place);
  QFile::remove(place.dir().filePath(QStringLiteral("../info/%1.trashinfo").arg(place.fileName())));
  return true;
}

}  // namespace diorama::gui
