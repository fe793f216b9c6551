#include "cli/step_images.h"

#include <set>

#include "cli/output_name.h"
#include "io/png.h"
#include "pipeline/preview.h"

namespace diorama::cli {
namespace {

// Each pixel as a square of `factor` pixels.
Image enlarge(const Image& image, int factor) {
  Image large{image.width * factor, image.height * factor, {}};
  large.rgb.reserve(image.rgb.size() * static_cast<size_t>(factor) * static_cast<size_t>(factor));
  for (int y = 0; y < large.height; ++y)
    for (int x = 0; x < large.width; ++x) {
      const auto pixel = image.rgb.begin() + 3 * (y / factor * image.width + x / factor);
      large.rgb.insert(large.rgb.end(), pixel, pixel + 3);
    }
  return large;
}

// Of no file in the folder yet.
std::string free_stem(const std::filesystem::path& folder, const std::string& picture) {
  std::set<std::string> taken;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    const std::string name = entry.path().filename().string();
    if (const size_t end = name.rfind("-step-"); end != std::string::npos) taken.insert(name.substr(0, end));
  }
  std::string stem = picture;
  for (int i = 2; taken.contains(stem); ++i) stem = fmt::format("{}-{}", picture, i);
  return stem;
}

}  // namespace

StepImages::StepImages(const std::filesystem::path& folder, bool decoded, bool overwrite, Pipeline& pipeline)
    : folder_(folder), decoded_(decoded), overwrite_(overwrite), pipeline_(pipeline) {
  if (!decoded && !pipeline.preview_matrix())
    fail(Fault::usage, "[save-steps] this model has no previews; add --save-steps-decoded");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    fail(Fault::file_system, "{}: cannot be made: {}; choose another folder", folder.string(),
         error.message());
}

void StepImages::begin(const std::string& picture) {
  stem_ = overwrite_ ? picture : free_stem(folder_, picture);
}

void StepImages::save(const StepReport& report) {
  const Image image =
      decoded_ ? pipeline_.decode_preview(*report.x0)
               : enlarge(preview(*pipeline_.preview_matrix(), *report.x0), pipeline_.latent().downsampling);
  save_beside(folder_ / fmt::format("{}-step-{:04}.png", stem_, report.step), encode_png(image), overwrite_);
}

}  // namespace diorama::cli
