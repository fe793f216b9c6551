#include "gui/service/step_frame.h"

#include "gui/service/pictures.h"
#include "pipeline/preview.h"

namespace diorama::gui {

StepFrame frameOf(qint64 job, const StepReport& report, const Pipeline& pipeline) {
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
  if (pipeline.preview_matrix()) frame.preview = toQImage(preview(*pipeline.preview_matrix(), *report.x0));
  frame.tokenColumns = static_cast<int>(report.x0->shape[3]) / pipeline.geometry().patch_size;
  return frame;
}

}  // namespace diorama::gui
