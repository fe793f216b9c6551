// Where the window keeps what it must not lose.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace diorama::gui {

struct Library {
  QString folder;    // queue, gallery index, settings
  QString pictures;  // where new pictures go
  QString models;    // where imported models go; empty: within the folder

  QString modelsFolder() const { return models.isEmpty() ? folder + "/models" : models; }
  QString file(const QString& name) const { return folder + '/' + name; }

  // ~/.local/share/diorama/library, ~/Pictures/Diorama and ~/.local/share/diorama/models, by the desktop's
  // own settings.
  static Library standard();
};

// Whole or not at all. False where it cannot be written.
bool writeJson(const QString& path, const QJsonObject& json);

}  // namespace diorama::gui
