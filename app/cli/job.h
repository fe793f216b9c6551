// What the command line or a line of a batch file asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/model_folder.h"
#include "pipeline/request.h"

namespace diorama::cli {

struct Job {
  RenderRequest request;
  std::string class_name;       // name or number, or empty; becomes request.class_label
  std::string accelerate;       // off, a plan's name or file; becomes request.acceleration
  std::optional<int64_t> seed;  // its own, negative: random; becomes request.seed
  int line = 0;                 // of the batch file, from 1; 0: the command line
  std::string problem;          // why this line cannot run
};

// A prompt a line, or an object of JSON with any of prompt, negative_prompt, class, width, height, steps,
// cfg_scale, guidance_interval, sampler, shift, eta, accelerate, seed; the rest is taken from `defaults`.
// Empty lines count, but are no jobs.
std::vector<Job> read_batch(std::string_view text, const std::string& where, const Job& defaults);

// One job a picture, `count` of each. A job with a seed of its own counts up from there; the i-th picture of
// all takes the common seed + i. Negative seeds are drawn.
std::vector<Job> expand(const std::vector<Job>& jobs, int count, int64_t common_seed);

// "207" or a name in id2label of model_index.json, such as "golden retriever"; Fault::usage.
int find_class(const ModelFolder& folder, const std::string& name_or_id);

// "-" reads standard input, "@FILE" a file; the line breaks at the end go.
std::string read_prompt(const std::string& argument);

// "0.2,0.8": shares of the run, ascending. Fault::usage.
void set_guidance_interval(RenderRequest& request, const std::vector<double>& interval);

}  // namespace diorama::cli
