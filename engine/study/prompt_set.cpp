#include "study/prompt_set.h"

#include <sstream>

#include "base/file.h"
#include "base/text_encoding.h"
#include "io/model_search.h"

namespace diorama {

std::vector<RenderRequest> requests_of(const Pipeline& pipeline, PromptSet set, int count) {
  const bool tuning = set == PromptSet::tuning;
  std::vector<std::string> prompts;
  const auto file = find_data(tuning ? "prompts/tuning.txt" : "prompts/scoring.txt");
  constexpr size_t kMost = size_t{1} << 20;
  std::istringstream lines(decode_text(read_text_file(file, kMost), file.string(), Fault::file_system));
  for (std::string line; std::getline(lines, line);) prompts.push_back(line);
  if (prompts.empty()) fail(Fault::file_system, "{}: holds no prompts; install it again", file.string());

  const int classes = pipeline.geometry().num_classes;
  const uint64_t first_seed = tuning ? 1'000'000 : 2'000'000;
  std::vector<RenderRequest> requests;
  for (int i = 0; i < count; ++i) {
    RenderRequest request{.seed = first_seed + static_cast<uint64_t>(i)};
    if (classes > 0)  // odd numbers tune, even ones judge
      request.class_label = static_cast<int>(static_cast<int64_t>(i % count) * (classes / 2) / count * 2) +
                            (tuning && classes > 1 ? 1 : 0);
    else
      request.prompt = prompts.at(static_cast<size_t>(i) % prompts.size());
    requests.push_back(std::move(request));
  }
  return requests;
}

}  // namespace diorama
