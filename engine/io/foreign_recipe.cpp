#include "io/foreign_recipe.h"

#include <exception>

#include "base/error.h"
#include "base/json_reader.h"
#include "io/a1111_text.h"
#include "io/comfyui_graph.h"
#include "io/comfyui_recipe.h"
#include "io/settings_json.h"

namespace diorama {
namespace {

using Json = nlohmann::json;

// Begins as an object of JSON does. A prompt, too, may begin with a brace: "{red|blue} bird".
bool is_json(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t brace = text.find_first_not_of(kSpace);
  if (brace == std::string_view::npos || text[brace] != '{') return false;
  const size_t next = text.find_first_not_of(kSpace, brace + 1);
  return next != std::string_view::npos && text[next] == '"';
}

Recipe read_settings(std::string_view text, std::string_view name) {
  if (!is_json(text)) return recipe_from_parameters(text);
  const Json json = parse_json(text, fmt::format("{}: settings", name),
                               {.fault = Fault::file_system, .keys_may_repeat = true});
  if (ComfyGraph::is_graph(json)) return recipe_from_comfyui(text, name);
  if (auto recipe = recipe_from_settings(json)) return std::move(*recipe);
  fail(Fault::file_system, "{}: holds settings of a program that is not known", name);
}

Recipe read(const PngText& text, std::string_view name) {
  if (!text.problem.empty()) fail(Fault::file_system, "{}: {}", name, text.problem);
  return text.keyword == "prompt" ? recipe_from_comfyui(text.text, name) : read_settings(text.text, name);
}

}  // namespace

std::optional<Recipe> read_foreign_recipe(std::span<const PngText> texts, std::string_view name) {
  std::exception_ptr problem;
  for (const std::string_view keyword : kForeignKeywords)
    for (const PngText& text : texts) try {
        if (text.keyword == keyword) return read(text, name);
      } catch (const Error&) {
        if (!problem) problem = std::current_exception();
      }
  if (problem) std::rethrow_exception(problem);
  return std::nullopt;
}

}  // namespace diorama
