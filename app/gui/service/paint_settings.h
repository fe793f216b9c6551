// What a picture is asked for, as the window keeps it: a plain value that survives in JSON.
#pragma once

#include <QJsonObject>
#include <QString>
#include <optional>

namespace diorama::gui {

// Acceleration that is neither off nor a plan of the model: customPlan is used.
inline constexpr auto kCustomAcceleration = "custom";

struct PaintSettings {
  QString model;  // its folder, or a name on the search path
  QString prompt;
  QString negativePrompt;
  int classLabel = -1;  // class-conditional models; -1: none
  int width = 0;        // pixels; 0: as the model recommends
  int height = 0;
  int steps = 0;             // 0: as the model recommends
  double guidance = 0;       // 1: none; 0: as the model recommends
  double guidanceBegin = 0;  // shares of the run
  double guidanceEnd = 1;
  QString sampler;  // empty: the model's own
  std::optional<double> shift;
  std::optional<double> eta;
  quint64 seed = 0;
  QString precision = QStringLiteral("auto");
  QString device = QStringLiteral("auto");
  QString acceleration = QStringLiteral("off");
  QJsonObject customPlan;  // as the engine writes plans

  bool operator==(const PaintSettings&) const = default;

  QJsonObject toJson() const;
  // Absent keys keep their defaults.
  static PaintSettings fromJson(const QJsonObject& json);
};

}  // namespace diorama::gui
