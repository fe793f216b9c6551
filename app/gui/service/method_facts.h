// The engine's methods of acceleration as data, for controls made of their descriptions.
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

namespace diorama::gui {

struct SettingFacts {
  enum class Kind { number, whole, flag };
  QString name;
  Kind kind = Kind::number;
  double fallback = 0, low = 0, high = 1;
  QString help;
};

struct MethodFacts {
  QString name;
  QString title;
  QString source;
  QString help;
  QList<SettingFacts> settings;
};

// In the engine's order.
QList<MethodFacts> accelerationMethods();

// The plan of a model by name, as JSON: what "custom" begins with. Empty where there is none.
QJsonObject planOfModel(const QString& folder, const QString& name);

}  // namespace diorama::gui
