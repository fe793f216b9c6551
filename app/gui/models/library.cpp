#include "gui/models/library.h"

#include <QJsonDocument>
#include <QStandardPaths>

#include "gui/service/kept_file.h"

namespace diorama::gui {

Library Library::standard() {
  const auto place = [](QStandardPaths::StandardLocation where) {
    return QStandardPaths::writableLocation(where);
  };
  return {place(QStandardPaths::GenericDataLocation) + "/diorama/library",
          place(QStandardPaths::PicturesLocation) + "/Diorama",
          place(QStandardPaths::GenericDataLocation) + "/diorama/models"};
}

bool writeJson(const QString& path, const QJsonObject& json) {
  return replaceFile(path, QJsonDocument(json).toJson()).isEmpty();
}

}  // namespace diorama::gui
