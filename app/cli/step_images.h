#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "pipeline/pipeline.h"

namespace diorama::cli {

// --save-steps: each step's prediction of the finished picture as FOLDER/<picture>-step-0001.png, ... Where
// such files are there already, of another picture or an earlier run, <picture>-2-step-0001.png, ... unless
// they are to be overwritten.
class StepImages {
 public:
  // Makes the folder. Fault::usage where the model has no preview and `decoded` is not set.
  StepImages(const std::filesystem::path& folder, bool decoded, bool overwrite, Pipeline& pipeline);
  // The steps that follow are of this picture.
  void begin(const std::string& picture);
  void save(const StepReport& report);

  static constexpr std::string_view kLongestSuffix = "-99-step-0000";

 private:
  std::filesystem::path folder_;
  bool decoded_;
  bool overwrite_;
  Pipeline& pipeline_;
  std::string stem_;
};

}  // namespace diorama::cli
