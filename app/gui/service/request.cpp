#include "gui/service/request.h"

#include <QJsonArray>
#include <QJsonDocument>

#include "gui/service/pictures.h"
#include "io/recipe.h"
#include "pipeline/acceleration.h"

namespace diorama::gui {
namespace {

template <typename T>
std::optional<T> unlessZero(T value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

ChosenPlan planOf(const PaintSettings& settings, const ModelFolder& folder) {
  if (settings.acceleration != QLatin1String(kCustomAcceleration))
    return choose_acceleration(folder, settings.acceleration.toStdString());
  if (settings.customPlan[QLatin1String("methods")].toArray().isEmpty()) return {};
  auto plan =
      accelerate::Plan::read(Config::parse(toText(settings.customPlan), "custom acceleration", Fault::usage));
  plan.name = kCustomAcceleration;
  return {std::move(plan), ""};
}

std::optional<Branch> branchOf(const PaintJob& job) {
  if (!job.branch) return std::nullopt;
  Branch branch{.parent = recipe_from_json(job.branch->parent.toStdString(), "branch"),
                .step = job.branch->step};
  if (job.branch->state) branch.state = *job.branch->state;
  return branch;
}

}  // namespace

ChosenRequest requestOf(const PaintJob& job, const ModelFolder& folder) {
  const PaintSettings& s = job.settings;
  ChosenPlan plan = planOf(s, folder);
  ChosenRequest chosen;
  chosen.request = {.prompt = s.prompt.toStdString(),
                    .negative_prompt = s.negativePrompt.toStdString(),
                    .width = unlessZero(s.width),
                    .height = unlessZero(s.height),
                    .steps = unlessZero(s.steps),
                    .cfg_scale = unlessZero(s.guidance),
                    .guidance_begin = s.guidanceBegin,
                    .guidance_end = s.guidanceEnd,
                    .sampler = s.sampler.toStdString(),
                    .shift = s.shift,
                    .eta = s.eta,
                    .seed = s.seed,
                    .acceleration = std::move(plan.plan),
                    .branch = branchOf(job)};
  if (s.classLabel >= 0) chosen.request.class_label = s.classLabel;
  chosen.note = std::move(plan.note);
  return chosen;
}

std::optional<BranchPoint> exactBranchOf(const QByteArray& recipe) try {
  const auto branch = request_of(recipe_from_json(recipe.toStdString(), "picture"), true, "picture").branch;
  if (!branch) return std::nullopt;
  return BranchPoint{QByteArray::fromStdString(to_json(branch->parent).dump()), branch->step, nullptr};
} catch (const Error&) {
  return std::nullopt;
}

bool isExact(const QByteArray& recipe) {
  for (QJsonObject json = QJsonDocument::fromJson(recipe).object(); !json.isEmpty();
       json = json["branch"].toObject()["parent"].toObject())
    if (json["acceleration"].toString("off") != QLatin1String("off")) return false;
  return true;
}

QString precisionOf(const QByteArray& recipe) {
  return QJsonDocument::fromJson(recipe)["precision"].toString();
}

PaintSettings settingsOf(const Recipe& recipe, const PaintSettings& asked) {
  PaintSettings s = asked;
  s.prompt = QString::fromStdString(recipe.prompt);
  s.negativePrompt = QString::fromStdString(recipe.negative_prompt);
  s.classLabel = recipe.class_label.value_or(-1);
  s.width = recipe.width;
  s.height = recipe.height;
  s.steps = recipe.steps;
  s.guidance = recipe.cfg_scale.value_or(0);
  s.guidanceBegin = recipe.guidance_begin;
  s.guidanceEnd = recipe.guidance_end;
  s.sampler = QString::fromStdString(recipe.sampler);
  s.shift = recipe.shift;
  s.eta = recipe.eta;
  s.seed = recipe.seed.value_or(0);
  return s;
}

}  // namespace diorama::gui
