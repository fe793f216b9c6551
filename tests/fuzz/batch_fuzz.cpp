#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "cli/job.h"

// Every line becomes a job or says why it cannot; the others are read whatever one holds.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    diorama::cli::JobList jobs(std::string(reinterpret_cast<const char*>(data), size), "fuzz", {}, 1, 0);
    for (int i = 0; i < jobs.size(); ++i) {
      const diorama::cli::Job job = jobs.picture(i);
      if (job.line <= 0) std::abort();
      if (!job.problem.empty() && !job.problem.starts_with("fuzz:")) std::abort();
    }
  } catch (const diorama::Error&) {  // no prompts at all
  }
  return 0;
}
