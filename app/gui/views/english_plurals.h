// English plurals: "%n picture(s)" becomes "1 picture" and "2 pictures". Qt takes them from a translation,
// which English needs as well.
#pragma once

#include <QTranslator>

namespace diorama::gui {

class EnglishPlurals : public QTranslator {
 public:
  using QTranslator::QTranslator;
  bool isEmpty() const override { return false; }
  QString translate(const char*, const char* source, const char*, int n) const override {
    const QString text = QString::fromUtf8(source);
    if (n < 0 || !text.contains(QLatin1String("(s)"))) return {};  // the source stands as it is
    return QString(text).replace(QLatin1String("(s)"), QLatin1String(n == 1 ? "" : "s"));
  }
};

}  // namespace diorama::gui
