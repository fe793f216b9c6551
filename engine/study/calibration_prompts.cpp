#include "study/calibration_prompts.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace diorama {
namespace {

constexpr std::array kSubjects{"a cat on a windowsill",  "a lighthouse by the sea at dusk", "an old bicycle",
                               "a bowl of fruit",        "a portrait of a woman",           "a mountain lake",
                               "a busy street at night", "a red flower, close up"};

std::vector<std::string> words(const Config& hints, std::string_view key) {
  return hints.get_or<std::vector<std::string>>(key, {});
}

void replace(std::string& text, std::string_view name, const std::vector<std::string>& choices, size_t i) {
  const size_t at = text.find(name);
  if (at != std::string::npos && !choices.empty()) text.replace(at, name.size(), choices[i % choices.size()]);
}

std::string prompt(const ModelFolder& folder, size_t i) {
  const Config hints =
      folder.diorama().get_or<Config>("prompt_hints", Config::parse("{}", folder.diorama().where()));
  const auto subjects = words(hints, "subjects");
  auto text = hints.get_or<std::string>("pattern", "");
  if (subjects.empty() || text.empty()) return kSubjects[i % kSubjects.size()];
  replace(text, "{subject}", subjects, i);
  replace(text, "{style}", words(hints, "styles"), i / 2);
  replace(text, "{background}", words(hints, "backgrounds"), 3 * i + i / subjects.size());
  constexpr size_t kMost = 4000;  // bytes; what a description says may be of any length
  return one_line(text, kMost);
}

}  // namespace

std::vector<RenderRequest> calibration_requests(const Pipeline& pipeline, int count, uint64_t first_seed) {
  std::vector<RenderRequest> requests;
  const int classes = pipeline.geometry().num_classes;
  for (int i = 0; i < count; ++i) {
    RenderRequest request;
    request.seed = first_seed + static_cast<uint64_t>(i);
    if (classes > 0)
      request.class_label = static_cast<int>(static_cast<int64_t>(i) * classes / count);
    else
      request.prompt = prompt(pipeline.folder(), static_cast<size_t>(i));
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace diorama
