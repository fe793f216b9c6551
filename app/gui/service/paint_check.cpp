#include "gui/service/paint_check.h"

#include <QCoreApplication>
#include <algorithm>

namespace diorama::gui {
namespace {

constexpr int kMostPixels = 8192;  // of a side, as the engine has it
constexpr int kMostSteps = 1000;
constexpr double kMostGuidance = 1000;

class Text {
  Q_DECLARE_TR_FUNCTIONS(PaintCheck)
};

std::optional<Refusal> checkPrompt(const QString& field, const QString& prompt) {
  if (!prompt.contains(QChar(0))) return std::nullopt;
  return Refusal{field, Text::tr("The prompt holds a zero character, which no picture can keep. Remove it.")};
}

std::optional<Refusal> checkSize(const PaintSettings& s, const ModelFacts& model) {
  for (const auto& [field, name, pixels] :
       {std::tuple("width", Text::tr("Width"), s.width), std::tuple("height", Text::tr("Height"), s.height)})
    if (const QString problem = pixels == 0 ? QString() : sideProblem(name, pixels, model.sizeMultiple);
        !problem.isEmpty())
      return Refusal{QLatin1String(field), problem};
  return std::nullopt;
}

// 0 stands for what the model recommends.
std::optional<Refusal> checkRun(const PaintSettings& s, const ModelFacts& model) {
  if (s.steps < 0 || s.steps > kMostSteps)
    return Refusal{"steps", Text::tr("Steps must be from 1 to %1.").arg(kMostSteps)};
  if (s.guidance != 0 && !(s.guidance >= 1 && s.guidance <= kMostGuidance))
    return Refusal{"guidance", Text::tr("Guidance must be from 1 (off) to %1.").arg(kMostGuidance)};
  if (!s.sampler.isEmpty() && !model.samplers.contains(s.sampler))
    return Refusal{"sampler", Text::tr("%1 has no sampler %2. Choose one of: %3.")
                                  .arg(model.title, s.sampler, model.samplers.join(", "))};
  return std::nullopt;
}

std::optional<Refusal> checkClass(const PaintSettings& s, const ModelFacts& model) {
  const auto classes = static_cast<int>(model.classes.size());
  if (classes > 0 && (s.classLabel < 0 || s.classLabel >= classes))
    return Refusal{"class", Text::tr("%1 paints classes. Choose one.").arg(model.title)};
  return std::nullopt;
}

}  // namespace

QString sideProblem(const QString& name, int pixels, int multiple) {
  const int below = pixels / multiple * multiple, above = below + multiple;
  if (pixels < multiple || pixels > kMostPixels)
    return Text::tr("%1 must be from %2 to %3 pixels.").arg(name).arg(multiple).arg(kMostPixels);
  if (pixels == below) return {};
  if (above > kMostPixels)
    return Text::tr("%1 must be a multiple of %2: %3.").arg(name).arg(multiple).arg(below);
  return Text::tr("%1 must be a multiple of %2: %3 or %4.").arg(name).arg(multiple).arg(below).arg(above);
}

std::optional<Refusal> refusalOf(const PaintSettings& settings, const ModelFacts& model) {
  if (!model.usable()) return Refusal{"model", model.problem};
  for (const auto& found :
       {checkPrompt("prompt", settings.prompt), checkPrompt("negative_prompt", settings.negativePrompt),
        checkSize(settings, model), checkRun(settings, model), checkClass(settings, model)})
    if (found) return found;
  return std::nullopt;
}

}  // namespace diorama::gui
