#include "gui/service/picture_name.h"

#include <QDir>
#include <QRegularExpression>

#include "base/error.h"
#include "base/file.h"
#include "gui/service/pictures.h"

namespace diorama::gui {
namespace {

constexpr int kWordsLength = 40;
constexpr int kMostNumber = 1'000'000'000;  // of pictures; a greater one is no count
constexpr int kTries = 1000;                // others may take names, too

void makeFolder(const QString& folder) {
  if (!QDir(folder).mkpath("."))
    fail(Fault::file_system, "{}: the folder cannot be made", folder.toStdString());
}

int highestNumber(const QDir& folder) {
  int highest = 0;
  for (const QString& name : folder.entryList({"*.png"}, QDir::Files)) {
    bool isNumber = false;
    const int number = name.section('-', 0, 0).toInt(&isNumber);
    if (isNumber && number < kMostNumber) highest = std::max(highest, number);
  }
  return highest;
}

QString slug(const QString& words) {
  static const QRegularExpression others("[^\\p{L}\\p{N}]+");
  QString text = words.toLower();
  text.replace(others, "-");
  while (text.startsWith('-')) text.remove(0, 1);
  text.truncate(kWordsLength);
  if (!text.isEmpty() && text.back().isHighSurrogate()) text.chop(1);
  while (text.endsWith('-')) text.chop(1);
  return text.isEmpty() ? QStringLiteral("picture") : text;
}

}  // namespace

QString nextPicturePath(const QString& folder, const QString& words, quint64 seed) {
  makeFolder(folder);
  const QDir directory(folder);
  return directory.filePath(QStringLiteral("%1-%2-%3.png")
                                .arg(highestNumber(directory) + 1, 4, 10, QLatin1Char('0'))
                                .arg(slug(words))
                                .arg(seed));
}

QString writeNextPicture(const QString& folder, const QString& words, quint64 seed, const std::string& png) {
  for (int i = 0; i < kTries; ++i) {
    const QString path = nextPicturePath(folder, words, seed);
    if (write_new_file(toPath(path), png)) return path;
  }
  fail(Fault::file_system, "{}: no name for the picture is free; choose another folder",
       folder.toStdString());
}

QString writeNewPicture(const QString& folder, const QString& stem, const std::string& png) {
  makeFolder(folder);
  for (int i = 1; i <= kTries; ++i) {
    const QString number = i == 1 ? QString() : QStringLiteral("-%1").arg(i);
    const QString path = QDir(folder).filePath(stem + number + ".png");
    if (write_new_file(toPath(path), png)) return path;
  }
  fail(Fault::file_system, "{}: no name for the picture is free; choose another folder",
       folder.toStdString());
}

}  // namespace diorama::gui
