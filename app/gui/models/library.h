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

// Whole or not at all, also where the program is killed on the way. False where it cannot be written.
bool writeAtomically(const QString& path, const QByteArray& bytes);
bool writeJson(const QString& path, const QJsonObject& json);
// Empty where there is none or it is broken.
QJsonObject readJson(const QString& path);

}  // namespace diorama::gui
