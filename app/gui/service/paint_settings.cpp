#include "gui/service/paint_settings.h"

namespace diorama::gui {
namespace {

std::optional<double> number(const QJsonObject& json, const char* key) {
  const QJsonValue value = json[QLatin1String(key)];
  return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

}  // namespace

QJsonObject PaintSettings::toJson() const {
  QJsonObject json{{"model", model},
                   {"prompt", prompt},
                   {"negative_prompt", negativePrompt},
                   {"class", classLabel},
                   {"width", width},
                   {"height", height},
                   {"steps", steps},
                   {"guidance", guidance},
                   {"guidance_begin", guidanceBegin},
                   {"guidance_end", guidanceEnd},
                   {"sampler", sampler},
                   {"seed", QString::number(seed)},  // 64 bits: more than a JSON number keeps
                   {"precision", precision},
                   {"device", device},
                   {"acceleration", acceleration},
                   {"custom_plan", customPlan}};
  if (shift) json["shift"] = *shift;
  if (eta) json["eta"] = *eta;
  return json;
}

PaintSettings PaintSettings::fromJson(const QJsonObject& json) {
  PaintSettings s;
  s.model = json["model"].toString(s.model);
  s.prompt = json["prompt"].toString(s.prompt);
  s.negativePrompt = json["negative_prompt"].toString(s.negativePrompt);
  s.classLabel = json["class"].toInt(s.classLabel);
  s.width = json["width"].toInt(s.width);
  s.height = json["height"].toInt(s.height);
  s.steps = json["steps"].toInt(s.steps);
  s.guidance = json["guidance"].toDouble(s.guidance);
  s.guidanceBegin = json["guidance_begin"].toDouble(s.guidanceBegin);
  s.guidanceEnd = json["guidance_end"].toDouble(s.guidanceEnd);
  s.sampler = json["sampler"].toString(s.sampler);
  s.shift = number(json, "shift");
  s.eta = number(json, "eta");
  s.seed = json["seed"].toString().toULongLong();
  s.precision = json["precision"].toString(s.precision);
  s.device = json["device"].toString(s.device);
  s.acceleration = json["acceleration"].toString(s.acceleration);
  s.customPlan = json["custom_plan"].toObject();
  return s;
}

}  // namespace diorama::gui
