#include "gui/service/kept_file.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>

#include "base/file.h"
#include "gui/service/failure.h"
#include "gui/service/pictures.h"

namespace diorama::gui {
namespace {

constexpr size_t kMostBytes = size_t{64} << 20;  // of a queue or of settings

std::span<const std::byte> spanOf(const QByteArray& bytes) {
  return std::as_bytes(std::span(bytes.constData(), static_cast<size_t>(bytes.size())));
}

// Also a link that leads nowhere: it would be written through.
bool isThere(const QString& path) {
  const QFileInfo info(path);
  return info.exists() || info.isSymLink();
}

}  // namespace

QString replaceFile(const QString& path, const QByteArray& bytes) {
  try {
    QDir().mkpath(QFileInfo(path).path());
    write_file_atomically(toPath(path), spanOf(bytes));
    return {};
  } catch (...) {
    return currentFailure().what;
  }
}

QString copyPicture(const QString& from, const QString& to) {
  try {
    write_file_atomically(toPath(to), readPictureBytes(from));
    return {};
  } catch (...) {
    return currentFailure().what;
  }
}

QString putAside(const QString& path) {
  for (int i = 1; i < 1000; ++i) {
    const QString aside = path + (i == 1 ? QStringLiteral(".broken") : QStringLiteral(".broken-%1").arg(i));
    if (isThere(aside)) continue;
    return QFile::rename(path, aside) ? aside : QString();
  }
  return {};
}

KeptJson readKeptJson(const QString& path, const std::function<bool(const QJsonObject&)>& isSound) {
  if (!isThere(path)) return {};
  try {
    const QByteArray bytes = QByteArray::fromStdString(read_text_file(toPath(path), kMostBytes));
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    if (document.isObject() && isSound(document.object())) return {document.object(), {}};
  } catch (...) {  // is put aside, too
    return {{}, putAside(path)};
  }
  return {{}, putAside(path)};
}

}  // namespace diorama::gui
