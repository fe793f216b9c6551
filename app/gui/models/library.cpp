#include "gui/models/library.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>
#include <QStandardPaths>

namespace diorama::gui {

Library Library::standard() {
  const auto place = [](QStandardPaths::StandardLocation where) {
    return QStandardPaths::writableLocation(where);
  };
  return {place(QStandardPaths::GenericDataLocation) + "/diorama/library",
          place(QStandardPaths::PicturesLocation) + "/Diorama",
          place(QStandardPaths::GenericDataLocation) + "/diorama/models"};
}

bool writeAtomically(const QString& path, const QByteArray& bytes) {
  QDir().mkpath(QFileInfo(path).path());
  QSaveFile file(path);
  return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
}

bool writeJson(const QString& path, const QJsonObject& json) {
  return writeAtomically(path, QJsonDocument(json).toJson());
}

QJsonObject readJson(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

}  // namespace diorama::gui
