#include "gui/service/picture_name.h"

#include <QDir>
#include <QRegularExpression>

#include "base/error.h"

namespace diorama::gui {
namespace {

constexpr int kWordsLength = 40;

int highestNumber(const QDir& folder) {
  int highest = 0;
  for (const QString& name : folder.entryList({"*.png"}, QDir::Files)) {
    bool isNumber = false;
    const int number = name.section('-', 0, 0).toInt(&isNumber);
    if (isNumber) highest = std::max(highest, number);
  }
  return highest;
}

QString slug(const QString& words) {
  static const QRegularExpression others("[^\\p{L}\\p{N}]+");
  QString text = words.toLower();
  text.replace(others, "-");
  while (text.startsWith('-')) text.remove(0, 1);
  text.truncate(kWordsLength);
  while (text.endsWith('-')) text.chop(1);
  return text.isEmpty() ? QStringLiteral("picture") : text;
}

}  // namespace

QString nextPicturePath(const QString& folder, const QString& words, quint64 seed) {
  const QDir directory(folder);
  if (!directory.mkpath(".")) fail(Fault::file_system, "{}: the folder cannot be made", folder.toStdString());
  return directory.filePath(QStringLiteral("%1-%2-%3.png")
                                .arg(highestNumber(directory) + 1, 4, 10, QLatin1Char('0'))
                                .arg(slug(words))
                                .arg(seed));
}

}  // namespace diorama::gui
