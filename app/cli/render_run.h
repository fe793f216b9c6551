// Makes the pictures that a `render` command line asks for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/compute_options.h"
#include "cli/job.h"
#include "cli/progress.h"

namespace diorama::cli {

struct RenderOptions {
  std::string model;                  // empty: a repeated picture's own, else diorama-mini
  std::optional<std::string> prompt;  // as given: "-", "@FILE" or text
  std::optional<std::string> batch;   // a file of prompts instead
  std::optional<std::string> replay;  // a picture to make again
  std::optional<std::string> exact;   // likewise, without acceleration
  bool compare_exact = false;
  Job job;  // the rest of the request
  Seed seed;
  int count = 1;
  ComputeOptions compute;
  std::string output = "out-%04d.png";
  bool overwrite = false;
  bool allow_large = false;          // sizes that a file asks for may be many times the model's own
  std::filesystem::path save_steps;  // a folder, or empty
  bool save_steps_decoded = false;
  ProgressMode progress = ProgressMode::automatic;
};

// Everything is reported through the progress; returns the exit code.
int render(const RenderOptions& options);

}  // namespace diorama::cli
