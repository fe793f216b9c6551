#include "cli/step_images.h"

#include "base/file.h"
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

}  // namespace

StepImages::StepImages(const std::filesystem::path& folder, bool decoded, Pipeline& pipeline)
    : folder_(folder), decoded_(decoded), pipeline_(pipeline) {
  if (!decoded && !pipeline.preview_matrix())
    fail(Fault::usage, "[save-steps] this model has no previews; add --save-steps-decoded");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    fail(Fault::file_system, "{}: cannot be made: {}; choose another folder", folder.string(),
         error.message());
}

void StepImages::save(const std::string& picture, const StepReport& report) {
  const Image image =
      decoded_ ? pipeline_.decode_preview(*report.x0)
               : enlarge(preview(*pipeline_.preview_matrix(), *report.x0), pipeline_.latent().downsampling);
  write_file_atomically(folder_ / fmt::format("{}-step-{:04}.png", picture, report.step), encode_png(image));
}

}  // namespace diorama::cli
