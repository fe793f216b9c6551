#include "gui/service/seed_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <limits>

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(SeedText)
};

bool isDecimal(const QString& text) {
  return std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
}

}  // namespace

SeedText readSeed(const QString& text) {
  const QString typed = text.trimmed();
  if (typed.isEmpty() || typed == QLatin1String("-1")) return {};
  if (!isDecimal(typed)) return {{}, Text::tr("“%1” is not a seed. Use a whole number.").arg(typed.left(40))};
  bool fits = false;
  const quint64 seed = typed.toULongLong(&fits);
  if (fits) return {seed, {}};
  return {{}, Text::tr("The largest seed is %1.").arg(std::numeric_limits<quint64>::max())};
}

}  // namespace diorama::gui
