// From the window's settings to the engine's request and back.
#pragma once

#include "gui/service/paint_job.h"
#include "io/model_folder.h"
#include "pipeline/request.h"

namespace diorama::gui {

struct ChosenRequest {
  RenderRequest request;
  std::string note;  // what is to be said of the acceleration, or empty
};

// Throws what the engine throws.
ChosenRequest requestOf(const PaintJob& job, const ModelFolder& folder);

// The branch that a picture's recipe (JSON) is, with all that it comes from painted exactly; none where it is
// no branch, or not Diorama's.
std::optional<BranchPoint> exactBranchOf(const QByteArray& recipe);

// Nothing in it was left out: neither in the picture nor in those that it branches from.
bool isExact(const QByteArray& recipe);
// What "auto" turned out to be for a picture; empty where its recipe does not say.
QString precisionOf(const QByteArray& recipe);

// What was painted, as settings; model and device stay as they were asked for.
PaintSettings settingsOf(const Recipe& recipe, const PaintSettings& asked);

}  // namespace diorama::gui
