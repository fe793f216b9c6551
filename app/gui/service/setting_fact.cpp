#include "gui/service/setting_fact.h"

#include <QCoreApplication>

#include "gui/service/pictures.h"
#include "io/sampler_names.h"

namespace diorama::gui {
namespace {

class Text {
  Q_DECLARE_TR_FUNCTIONS(SettingFact)
};

// Empty where it is not known, like the others.
QString sizeText(const PaintSettings& s) {
  return s.width == 0 ? QString() : QStringLiteral("%1 × %2").arg(s.width).arg(s.height);
}

QString stepsText(const PaintSettings& s) {
  return s.steps == 0 ? QString() : Text::tr("%1 steps").arg(s.steps);
}

QString guidanceText(const PaintSettings& s) {
  if (s.guidance == 0) return {};
  const bool isWhole = s.guidanceBegin == 0 && s.guidanceEnd == 1;
  const QString guidance = Text::tr("guidance %1").arg(s.guidance);
  if (isWhole) return guidance;
  return Text::tr("%1 from %2% to %3%")
      .arg(guidance)
      .arg(100 * s.guidanceBegin, 0, 'f', 0)
      .arg(100 * s.guidanceEnd, 0, 'f', 0);
}

QString orNone(const std::optional<double>& value) {
  return value ? QString::number(*value) : Text::tr("as usual");
}

// In the order of a caption. `always`: told of every picture.
class Facts {
 public:
  void add(const char* setting, const QString& text, bool differs, bool always) {
    if (!text.isEmpty() && (differs || always)) list_ << SettingFact{QLatin1String(setting), text, differs};
  }
  QList<SettingFact> take() { return std::move(list_); }

 private:
  QList<SettingFact> list_;
};

QList<SettingFact> facts(const PaintSettings& p, const PaintSettings& o, bool all) {
  Facts f;
  f.add("prompt", p.prompt.simplified(), p.prompt != o.prompt, all);
  f.add("class", p.classLabel < 0 ? QString() : Text::tr("class %1").arg(p.classLabel),
        p.classLabel != o.classLabel, all);
  f.add("negative_prompt", Text::tr("without “%1”").arg(p.negativePrompt.simplified()),
        p.negativePrompt != o.negativePrompt, false);
  f.add("seed", Text::tr("seed %1").arg(p.seed), p.seed != o.seed, all);
  f.add("size", sizeText(p), p.width != o.width || p.height != o.height, all);
  f.add("sampler", samplerTitle(p.sampler), p.sampler != o.sampler, all);
  f.add("steps", stepsText(p), p.steps != o.steps, all);
  f.add("guidance", guidanceText(p),
        p.guidance != o.guidance || p.guidanceBegin != o.guidanceBegin || p.guidanceEnd != o.guidanceEnd,
        false);
  f.add("shift", Text::tr("shift %1").arg(orNone(p.shift)), p.shift != o.shift, false);
  f.add("eta", Text::tr("eta %1").arg(orNone(p.eta)), p.eta != o.eta, false);
  const bool otherPlan = p.acceleration == QLatin1String(kCustomAcceleration) && p.customPlan != o.customPlan;
  f.add("acceleration", accelerationTitle(p.acceleration), p.acceleration != o.acceleration || otherPlan,
        all);
  f.add("precision", p.precision, p.precision != o.precision, false);
  return f.take();
}

}  // namespace

QList<SettingFact> factsOf(const PaintSettings& painted, const PaintSettings& other) {
  return facts(painted, other, true);
}

QList<SettingFact> differencesOf(const PaintSettings& painted, const PaintSettings& other) {
  return facts(painted, other, false);
}

QString samplerTitle(const QString& name) {
  if (name.isEmpty()) return {};
  return toLine(foreign_sampler_name(name.toStdString()));
}

QString accelerationTitle(const QString& name) {
  return name.isEmpty() || name == QLatin1String("off") ? Text::tr("exact") : name;
}

}  // namespace diorama::gui
