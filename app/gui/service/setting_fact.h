// What a picture was painted with, in words, and how that differs from other settings.
#pragma once

#include <QList>
#include <QString>

#include "gui/service/paint_settings.h"

namespace diorama::gui {

struct SettingFact {
  QString setting;  // prompt, class, seed, size, sampler, steps, guidance, acceleration, precision, ...
  QString text;     // "seed 42", "96 × 160", "Heun"
  bool differs = false;

  bool operator==(const SettingFact&) const = default;
};

// For one line under a picture: what matters always, and whatever differs from `other`. Of the models only
// their presence is told: a title is the caller's to add.
QList<SettingFact> factsOf(const PaintSettings& painted, const PaintSettings& other);
// Those that differ alone.
QList<SettingFact> differencesOf(const PaintSettings& painted, const PaintSettings& other);

// "DPM++ 2M" for dpmpp-2m.
QString samplerTitle(const QString& name);
// "exact" for off, "fast" for fast.
QString accelerationTitle(const QString& name);

}  // namespace diorama::gui
