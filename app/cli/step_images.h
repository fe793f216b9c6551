#pragma once

#include <filesystem>
#include <string>

#include "pipeline/pipeline.h"

namespace diorama::cli {

// --save-steps: each step's prediction of the finished picture as FOLDER/<picture>-step-0001.png, ...
class StepImages {
 public:
  // Makes the folder. Fault::usage where the model has no preview and `decoded` is not set.
  StepImages(const std::filesystem::path& folder, bool decoded, Pipeline& pipeline);
  void save(const std::string& picture, const StepReport& report);

 private:
  std::filesystem::path folder_;
  bool decoded_;
  Pipeline& pipeline_;
};

}  // namespace diorama::cli
