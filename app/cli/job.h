// What the command line or a line of a batch file asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/seed.h"
#include "io/model_folder.h"
#include "pipeline/request.h"

namespace diorama::cli {

struct Job {
  RenderRequest request;
  std::string class_name;      // name or number, or empty; becomes request.class_label
  std::string accelerate;      // off, a plan's name or file; becomes request.acceleration
  std::optional<Seed> seed;    // its own; becomes request.seed
  int line = 0;                // of the batch file, from 1; 0: the command line
  std::string problem;         // why it cannot run, or empty
  Fault fault = Fault::usage;  // of the problem
};

// What a command line asks for, picture by picture: a job is made when its turn comes, so that a million of
// them cost no more memory than their text.
class JobList {
 public:
  // `count` pictures of one job. Fault::usage where the last of them would have a seed of more than 64 bits.
  JobList(Job job, int count, uint64_t seed);
  // `count` pictures of each line of a batch: a prompt a line, or an object of JSON with any of prompt,
  // negative_prompt, class, width, height, steps, cfg_scale, guidance_interval, sampler, shift, eta,
  // accelerate, seed; the rest is taken from `defaults`. Empty lines count, but are no jobs. `where` names
  // the file in messages.
  JobList(std::string text, std::string where, Job defaults, int count, uint64_t seed);

  int size() const { return static_cast<int>(num_jobs() * static_cast<size_t>(count_)); }
  // In order, from 0. A job with a seed of its own counts up from there; else the i-th picture of all takes
  // the common seed + i.
  Job picture(int index);

 private:
  struct Line {
    size_t begin = 0, size = 0;
    int number = 0;  // from 1
  };
  size_t num_jobs() const { return lines_.empty() ? 1 : lines_.size(); }
  Job read(const Line& line) const;

  std::string text_;  // of a batch
  std::string where_;
  std::vector<Line> lines_;  // none: there is one job
  Job defaults_;
  int count_;
  uint64_t common_seed_;
  uint64_t drawn_seed_ = 0;  // of the job that is being painted
};

// "207" or a name in id2label of model_index.json, such as "golden retriever"; Fault::usage.
int find_class(const ModelFolder& folder, const std::string& name_or_id);

// "-" reads standard input, "@FILE" a file (base/text_encoding.h); the line breaks at the end go.
// Fault::usage where what was read is no text, holds nothing, or is longer than kMostText bytes.
inline constexpr size_t kMostText = size_t{1} << 20;
std::string read_prompt(const std::string& argument);

// "0.2,0.8": shares of the run, ascending. Fault::usage.
void set_guidance_interval(RenderRequest& request, const std::vector<double>& interval);

}  // namespace diorama::cli
