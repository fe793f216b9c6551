#include "gui/service/step_frame.h"

#include <QElapsedTimer>

#include "gui/service/pictures.h"
#include "pipeline/preview.h"

namespace diorama::gui {
namespace {

// Null where the step cannot be seen yet: it is flat.
QImage decodedPreview(Pipeline& pipeline, const HostTensor& latent) try {
  return toQImage(pipeline.decode_preview(latent));
} catch (const Error& error) {
  if (error.fault() != Fault::unusable_result) throw;
  return {};
}

void addPreview(StepFrame& frame, const StepReport& report, Pipeline& pipeline, PreviewKind kind) {
  QElapsedTimer timer;
  timer.start();
  if (kind == PreviewKind::decoded) frame.preview = decodedPreview(pipeline, *report.x0);
  frame.decoded = !frame.preview.isNull();
  if (!frame.decoded && pipeline.preview_matrix())
    frame.preview = toQImage(preview(*pipeline.preview_matrix(), *report.x0));
  frame.previewMilliseconds = static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

}  // namespace

StepFrame frameOf(qint64 job, const StepReport& report, Pipeline& pipeline, PreviewKind kind) {
  StepFrame frame{.job = job,
                  .step = report.step,
                  .steps = report.steps,
                  .milliseconds = report.milliseconds,
                  .state = std::make_shared<const SolverState>(*report.state),
                  .sitesReached = report.sites.reached,
                  .sitesComputed = report.sites.computed,
                  .tokensKept = report.tokens_kept,
                  .tokensTotal = report.tokens_total,
                  .executedMacs = report.executed_macs,
                  .fullMacs = report.full_macs,
                  .blocks = report.blocks,
                  .kept = report.kept_tokens};
  addPreview(frame, report, pipeline, kind);
  frame.tokenColumns = static_cast<int>(report.x0->shape[3]) / pipeline.geometry().patch_size;
  return frame;
}

}  // namespace diorama::gui
