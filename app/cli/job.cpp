#include "cli/job.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/decimal.h"
#include "base/error.h"
#include "base/file.h"
#include "base/suggestion.h"
#include "base/text_encoding.h"
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
      fail(Fault::usage, "{}: '{}' is not known{}; known are: {}", line.where(), key,
           did_you_mean(key, kKnown), fmt::join(kKnown, ", "));
}

// Programs whose numbers have 53 bits write large seeds as text.
Seed read_seed(const Config& line) {
  const nlohmann::json& seed = line.json()["seed"];
  if (seed.is_string()) return parse_seed(seed.get<std::string>());
  if (seed.is_number_unsigned()) return {seed.get<uint64_t>()};
  if (!seed.is_number_integer()) line.reject("seed", "a whole number of 64 bits, or -1 for any");
  return {};
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
  if (line.has("seed")) job.seed = read_seed(line);
}

void check_last_seed(uint64_t first, size_t pictures) {
  if (pictures - 1 > std::numeric_limits<uint64_t>::max() - first)
    fail(Fault::usage,
         "[seed] {} and the {} seeds after it do not all fit into 64 bits; give a smaller seed or --count",
         first, pictures - 1);
}

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string read_standard_input() {
  std::string text(kMostText + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::cin.gcount()));
  if (text.size() > kMostText)
    fail(Fault::usage, "[prompt] standard input holds more than {} KiB; shorten it", kMostText >> 10);
  return text;
}

}  // namespace

JobList::JobList(Job job, int count, uint64_t seed)
    : defaults_(std::move(job)), count_(count), common_seed_(seed) {
  check_last_seed(seed, static_cast<size_t>(count));
}

JobList::JobList(std::string text, std::string where, Job defaults, int count, uint64_t seed)
    : text_(std::move(text)),
      where_(std::move(where)),
      defaults_(std::move(defaults)),
      count_(count),
      common_seed_(seed) {
  int number = 0;
  for (size_t begin = 0; begin < text_.size();) {
    const size_t end = std::min(text_.find('\n', begin), text_.size());
    const std::string_view line = trim(std::string_view(text_).substr(begin, end - begin));
    ++number;
    if (!line.empty())
      lines_.push_back({static_cast<size_t>(line.data() - text_.data()), line.size(), number});
    begin = end + 1;
  }
  if (lines_.empty()) fail(Fault::usage, "{}: holds no prompts; write one a line", where_);
  constexpr size_t kMostPictures = std::numeric_limits<int>::max();
  if (lines_.size() > kMostPictures / static_cast<size_t>(count_))
    fail(Fault::usage, "{}: {} lines of {} pictures each are more than {} pictures; give a smaller --count",
         where_, lines_.size(), count_, kMostPictures);
  check_last_seed(seed, lines_.size() * static_cast<size_t>(count_));
}

Job JobList::read(const Line& line) const {
  Job job = defaults_;
  job.line = line.number;
  const std::string where = fmt::format("{}:{}", where_, line.number);
  const std::string_view text = std::string_view(text_).substr(line.begin, line.size);
  try {
    if (text.size() > kMostText)
      fail(Fault::usage, "{}: is longer than {} KiB; shorten it", where, kMostText >> 10);
    if (text.starts_with('{'))
      apply(Config::parse(text, where, Fault::usage), job);
    else
      job.request.prompt = to_valid_utf8(text);
    if (job.seed && job.seed->number) check_last_seed(*job.seed->number, static_cast<size_t>(count_));
  } catch (const Error& error) {
    job.problem = error.what();
    job.fault = error.fault();
    if (!job.problem.starts_with(where)) job.problem = fmt::format("{}: {}", where, job.problem);
  }
  return job;
}

Job JobList::picture(int index) {
  const int which = index / count_;
  const int of_job = index % count_;
  Job job = lines_.empty() ? defaults_ : read(lines_[static_cast<size_t>(which)]);
  if (of_job == 0 && job.seed) drawn_seed_ = job.seed->draw();
  job.request.seed =
      job.seed ? drawn_seed_ + static_cast<uint64_t>(of_job) : common_seed_ + static_cast<uint64_t>(index);
  return job;
}

int find_class(const ModelFolder& folder, const std::string& name_or_id) {
  if (const auto id = parse_decimal<int>(name_or_id)) return *id;
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
  const bool from_file = argument.starts_with('@'), from_input = argument == "-";
  if (!from_file && !from_input) return decode_text(argument, "[prompt] the text");
  const std::string where = from_file ? argument.substr(1) : "standard input";
  std::string text =
      decode_text(from_file ? read_text_file(where, kMostText) : read_standard_input(), "[prompt] " + where);
  text.resize(text.find_last_not_of('\n') + 1);
  if (text.empty()) fail(Fault::usage, "[prompt] {}: holds no text; write what to paint into it", where);
  return text;
}

void set_guidance_interval(RenderRequest& request, const std::vector<double>& interval) {
  if (interval.size() != 2 || !(0 <= interval[0] && interval[0] <= interval[1] && interval[1] <= 1))
    fail(Fault::usage, "[guidance-interval] expected two shares of the run in order, such as 0.2,0.8");
  request.guidance_begin = interval[0];
  request.guidance_end = interval[1];
}

}  // namespace diorama::cli
