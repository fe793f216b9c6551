#include "cli/progress.h"

#include "cli/json_progress.h"
#include "cli/text_progress.h"

namespace diorama::cli {

std::unique_ptr<Progress> make_progress(ProgressMode mode, std::FILE* out, std::FILE* log) {
  if (mode == ProgressMode::json) return std::make_unique<JsonProgress>(out, log);
  const bool bar = mode == ProgressMode::bar || (mode == ProgressMode::automatic && is_terminal(log));
  return std::make_unique<TextProgress>(out, log, bar);
}

}  // namespace diorama::cli
