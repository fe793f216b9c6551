// A picture that is to be painted.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QMetaType>
#include <memory>
#include <optional>

#include "gui/service/paint_settings.h"
#include "sampling/solver.h"

namespace diorama::gui {

// Where a job goes on from, if it is a branch.
struct BranchPoint {
  QByteArray parent;  // its recipe, JSON
  int step = 0;
  std::shared_ptr<const SolverState> state;  // where the parent stood; null: its steps are taken again

  bool operator==(const BranchPoint& other) const { return parent == other.parent && step == other.step; }
};

struct PaintJob {
  qint64 id = 0;
  PaintSettings settings;
  std::optional<BranchPoint> branch;
  QString folder;       // where the picture goes
  QString compareWith;  // a picture to be compared with this one, or empty

  QJsonObject toJson() const;
  static PaintJob fromJson(const QJsonObject& json);
};

}  // namespace diorama::gui

Q_DECLARE_METATYPE(diorama::gui::PaintJob)
