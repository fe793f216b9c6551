#include <cstdlib>

#include "base/error.h"
#include "cli/job.h"

// Every line becomes a job or says why it cannot; the others are read whatever one holds.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const diorama::cli::Job& job : diorama::cli::read_batch(text, "fuzz", {})) {
    if (job.line <= 0) std::abort();
    if (!job.problem.empty() && !job.problem.starts_with("fuzz:")) std::abort();
  }
  return 0;
}
