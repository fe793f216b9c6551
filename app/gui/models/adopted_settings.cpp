#include "gui/models/adopted_settings.h"

#include <QCoreApplication>
#include <algorithm>

#include "gui/service/request.h"
#include "gui/service/setting_fact.h"

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(AdoptedSettings)
};

bool knowsAcceleration(const ModelFacts* model, const QString& name) {
  if (name == QLatin1String("off") || name == QLatin1String(kCustomAcceleration)) return true;
  return model != nullptr && std::any_of(model->plans.begin(), model->plans.end(),
                                         [&](const PlanFacts& plan) { return plan.name == name; });
}

void fillGaps(PaintSettings& settings, const PaintSettings& now) {
  settings.model = now.model;
  settings.device = now.device;
  if (settings.width == 0) settings.width = now.width;
  if (settings.height == 0) settings.height = now.height;
  if (settings.steps == 0) settings.steps = now.steps;
  if (settings.guidance == 0) settings.guidance = now.guidance;
  if (settings.sampler.isEmpty()) settings.sampler = now.sampler;
}

void dropSampling(AdoptedSettings& adopted, const PaintSettings& now, const ModelFacts& model) {
  PaintSettings& settings = adopted.settings;
  if (!model.samplers.contains(settings.sampler)) {
    adopted.leftOut << Text::tr("Sampler %1").arg(samplerTitle(settings.sampler));
    settings.sampler = now.sampler;
  }
  if (settings.shift && !model.hasShift) {
    adopted.leftOut << Text::tr("Shift");
    settings.shift.reset();
  }
  if (settings.eta && !model.samplersWithEta.contains(settings.sampler)) {
    adopted.leftOut << Text::tr("Eta");
    settings.eta.reset();
  }
}

void dropClass(AdoptedSettings& adopted, const PaintSettings& now, const ModelFacts& model) {
  int& label = adopted.settings.classLabel;
  const auto classes = static_cast<int>(model.classes.size());
  if (label >= classes) adopted.leftOut << Text::tr("Class %1").arg(label);
  if (label >= classes || (classes > 0 && label < 0)) label = classes > 0 ? std::max(now.classLabel, 0) : -1;
}

// A side that the model cannot paint becomes the next one that it can.
void fitSize(AdoptedSettings& adopted, const ModelFacts& model) {
  PaintSettings& s = adopted.settings;
  const int m = model.sizeMultiple;
  const auto fitted = [m](int side) { return std::max(m, (side + m / 2) / m * m); };
  const int width = fitted(s.width), height = fitted(s.height);
  if (width != s.width || height != s.height)
    adopted.leftOut
        << Text::tr("Size %1 × %2 (now %3 × %4)").arg(s.width).arg(s.height).arg(width).arg(height);
  s.width = width;
  s.height = height;
  constexpr double kFar = 4;  // times as many pixels, or a fourth
  const PaintSettings& usual = model.recommended;
  const double ratio = double(width) * height / (double(usual.width) * usual.height);
  if (ratio < kFar && ratio > 1 / kFar) return;
  adopted.warning = Text::tr("The model was made for %1 × %2; at %3 × %4 pictures may fall apart.")
                        .arg(usual.width)
                        .arg(usual.height)
                        .arg(width)
                        .arg(height);
}

// A plan of another model: its methods are in the picture. A file is never read by a name from a picture.
void adoptPlan(AdoptedSettings& adopted, const ModelFacts* model) {
  PaintSettings& settings = adopted.settings;
  if (knowsAcceleration(model, settings.acceleration)) return;
  if (settings.customPlan.isEmpty())
    adopted.leftOut << Text::tr("Acceleration %1").arg(settings.acceleration);
  settings.acceleration = settings.customPlan.isEmpty() ? "off" : kCustomAcceleration;
}

}  // namespace

AdoptedSettings adopt(const PictureFile& file, const PaintSettings& now, const ModelFacts* model) {
  AdoptedSettings adopted{file.settings, file.unmapped, {}};
  fillGaps(adopted.settings, now);
  if (!file.knowsSeed) adopted.settings.seed = now.seed;
  if (exactBranchOf(file.recipe))
    adopted.leftOut << Text::tr("that it is a branch of another picture (it will be painted from the start)");
  if (model != nullptr) {
    dropSampling(adopted, now, *model);
    dropClass(adopted, now, *model);
    fitSize(adopted, *model);
    if (!file.modelTitle.isEmpty() && model->ownTitle != file.modelTitle &&
        adopted.leftOut.filter(file.modelTitle).isEmpty())
      adopted.leftOut << Text::tr("Model %1").arg(file.modelTitle);
  }
  adoptPlan(adopted, model);
  return adopted;
}

}  // namespace diorama::gui
