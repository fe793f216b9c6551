// The small files in which the window keeps what it must not lose: read with a bound, written whole, and put
// aside where they are damaged.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <functional>

namespace diorama::gui {

// Whole or not at all, also where the program is killed on the way. Why not, or empty.
QString replaceFile(const QString& path, const QByteArray& bytes);

// The same bytes under another name, over what is there. Why not, or empty.
QString copyPicture(const QString& from, const QString& to);

// A name beside the file under which nothing is: FILE.broken, FILE.broken-2, ... Taken by the file, if it can
// be renamed; else empty.
QString putAside(const QString& path);

struct KeptJson {
  QJsonObject json;  // empty where there is none, or a damaged one
  QString aside;     // where a damaged one is kept now
};

// Damaged is whatever is there and cannot be read as an object that `isSound` agrees to.
KeptJson readKeptJson(const QString& path, const std::function<bool(const QJsonObject&)>& isSound);

}  // namespace diorama::gui
