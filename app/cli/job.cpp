#include "cli/job.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "base/utf8.h"

namespace diorama::cli {
namespace {

constexpr std::string_view kSpaces = " \t\r";

template <typename T>
void override_with(const Config& line, std::string_view key, std::optional<T>& value) {
  if (line.has(key)) value = line.get<T>(key);
}

void check_keys(const Config& line) {
  static constexpr std::array<std::string_view, 13> kKnown{
      "prompt",    "negative_prompt",   "class",   "width", "height", "steps", "accelerate",
      "cfg_scale", "guidance_interval", "sampler", "shift", "eta",    "seed"};
  for (const std::string& key : line.keys())
    if (std::ranges::find(kKnown, key) == kKnown.end())
      fail(Fault::usage, "{}: '{}' is not known; known are: {}", line.where(), key, fmt::join(kKnown, ", "));
}

void apply(const Config& line, Job& job) {
  check_keys(line);
  RenderRequest& request = job.request;
  request.prompt = line.get_or("prompt", request.prompt);
  request.negative_prompt = line.get_or("negative_prompt", request.negative_prompt);
  request.sampler = line.get_or("sampler", request.sampler);
  override_with(line, "width", request.width);
  override_with(line, "height", request.height);
  override_with(line, "steps", request.steps);
  override_with(line, "cfg_scale", request.cfg_scale);
  override_with(line, "shift", request.shift);
  override_with(line, "eta", request.eta);
  if (line.has("guidance_interval"))
    set_guidance_interval(request, line.get<std::vector<double>>("guidance_interval"));
  if (line.has("class"))
    job.class_name = line.json().find("class")->is_string() ? line.get<std::string>("class")
                                                            : std::to_string(line.get<int>("class"));
  job.accelerate = line.get_or("accelerate", job.accelerate);
  override_with(line, "seed", job.seed);
}

Job read_line(std::string_view line, const std::string& where, const Job& defaults) {
  Job job = defaults;
  try {
    if (line.starts_with('{'))
      apply(Config::parse(line, where, Fault::usage), job);
    else
      job.request.prompt = to_valid_utf8(line);
  } catch (const Error& error) {
    job.problem = error.what();
    if (!job.problem.starts_with(where)) job.problem = fmt::format("{}: {}", where, job.problem);
  }
  return job;
}

uint64_t seed_or_draw(int64_t seed) {
  return seed >= 0 ? static_cast<uint64_t>(seed)
                   : std::random_device()();  // 32 bits: short enough to type again
}

std::optional<int> as_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

}  // namespace

std::vector<Job> read_batch(std::string_view text, const std::string& where, const Job& defaults) {
  std::vector<Job> jobs;
  int number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    jobs.push_back(read_line(line, fmt::format("{}:{}", where, number), defaults));
    jobs.back().line = number;
  }
  return jobs;
}

std::vector<Job> expand(const std::vector<Job>& jobs, int count, int64_t common_seed) {
  const uint64_t common = seed_or_draw(common_seed);
  std::vector<Job> pictures;
  for (const Job& job : jobs) {
    const uint64_t first = job.seed ? seed_or_draw(*job.seed) : common + pictures.size();
    for (int i = 0; i < count; ++i) {
      pictures.push_back(job);
      pictures.back().request.seed = first + static_cast<uint64_t>(i);
    }
  }
  return pictures;
}

int find_class(const ModelFolder& folder, const std::string& name_or_id) {
  if (const auto id = as_number(name_or_id)) return *id;
  if (!folder.index().has("id2label"))
    fail(Fault::usage, "[class] {} has no names for its classes; give a number", folder.title());
  for (const auto& [label, words] : folder.class_names()) {
    std::stringstream names(words);  // "tench, Tinca tinca"
    for (std::string name; std::getline(names, name, ',');)
      if (trim(name) == name_or_id) return label;
  }
  fail(Fault::usage, "[class] {} knows no class '{}'; see id2label in {}", folder.title(), name_or_id,
       folder.index().where());
}

std::string read_prompt(const std::string& argument) {
  std::string text = argument;
  if (argument == "-")
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  else if (argument.starts_with('@'))
    text = read_text_file(argument.substr(1));
  text.resize(text.find_last_not_of("\r\n") + 1);
  return to_valid_utf8(text);
}

void set_guidance_interval(RenderRequest& request, const std::vector<double>& interval) {
  if (interval.size() != 2 || !(0 <= interval[0] && interval[0] <= interval[1] && interval[1] <= 1))
    fail(Fault::usage, "[guidance-interval] expected two shares of the run in order, such as 0.2,0.8");
  request.guidance_begin = interval[0];
  request.guidance_end = interval[1];
}

}  // namespace diorama::cli
