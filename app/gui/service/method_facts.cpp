#include "gui/service/method_facts.h"

#include <nlohmann/json.hpp>

#include "accelerate/registry.h"
#include "gui/service/pictures.h"
#include "io/model_search.h"
#include "pipeline/acceleration.h"

namespace diorama::gui {
namespace {

QString text(std::string_view view) {
  return QString::fromUtf8(view.data(), static_cast<int>(view.size()));
}

SettingFacts::Kind kindOf(accelerate::SettingKind kind) {
  switch (kind) {
    case accelerate::SettingKind::flag:
      return SettingFacts::Kind::flag;
    case accelerate::SettingKind::whole:
    case accelerate::SettingKind::choice:
      return SettingFacts::Kind::whole;
    case accelerate::SettingKind::number:
      break;
  }
  return SettingFacts::Kind::number;
}

SettingFacts factsOf(const accelerate::Setting& setting) {
  return {text(setting.name), kindOf(setting.kind), setting.fallback,
          setting.low,        setting.high,         text(setting.help)};
}

}  // namespace

QList<MethodFacts> accelerationMethods() {
  QList<MethodFacts> all;
  for (const accelerate::Method* method : accelerate::methods()) {
    MethodFacts facts{text(method->name), text(method->title), text(method->source), text(method->help), {}};
    for (const accelerate::Setting& setting : method->settings) facts.settings << factsOf(setting);
    all << facts;
  }
  return all;
}

QJsonObject planOfModel(const QString& folder, const QString& name) try {
  const ChosenPlan chosen =
      choose_acceleration(ModelFolder::open(find_model(folder.toStdString())), name.toStdString());
  return chosen.plan ? toQJson(chosen.plan->to_json()) : QJsonObject();
} catch (const Error&) {
  return {};
}

}  // namespace diorama::gui
