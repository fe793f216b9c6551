#include "study/tune.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "accelerate/registry.h"
#include "base/file.h"
#include "base/hash.h"
#include "study/plot.h"

namespace diorama {
namespace {

using accelerate::MethodUse;
using accelerate::Plan;
using Json = nlohmann::json;

constexpr double kTenthBelow = 6;  // dB that the 10th percentile may be below the mean's bound

// The settings of a method that are tried, every combination.
struct Ladder {
  std::string_view method;
  std::vector<std::pair<std::string_view, std::vector<double>>> settings;
};

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all{
      {"block_caching", {{"interval", {2, 3, 4, 6, 8}}, {"start", {0.1, 0.2, 0.3}}, {"hermite", {1}}}},
      {"evaluation_caching", {{"threshold", {0.05, 0.1, 0.2, 0.3, 0.5}}, {"most_in_a_row", {4, 8}}}},
      {"guidance_reuse", {{"interval", {2, 4, 8}}, {"start", {0.1, 0.3, 0.5}}}},
      {"attention_sharing", {{"interval", {2, 4}}, {"start", {0.1, 0.3}}}},
  };
  return all;
}

std::vector<MethodUse> uses_of(const Ladder& ladder) {
  std::vector<MethodUse> uses{MethodUse(*accelerate::find_method(ladder.method))};
  for (const auto& [name, values] : ladder.settings) {
    std::vector<MethodUse> more;
    for (const MethodUse& use : uses)
      for (const double value : values) {
        more.push_back(use);
        more.back().settings.set(name, value);
      }
    uses = std::move(more);
  }
  return uses;
}

// What differs from the defaults.
std::string describe(const Plan& plan) {
  std::string text;
  for (const MethodUse& use : plan.uses) {
    text += (text.empty() ? "" : " + ") + std::string(use.method->name);
    const accelerate::Settings usual(use.method->settings);
    for (const accelerate::Setting& setting : use.method->settings)
      if (const double value = use.settings.number(setting.name); value != usual.number(setting.name))
        text += fmt::format(" {} {:g}", setting.name, value);
  }
  return text;
}

Plan plan_of(std::vector<MethodUse> uses) {
  Plan plan = Plan::of(std::move(uses));
  plan.name = describe(plan);
  return plan;
}

// One setting of a plan a little further, or back.
std::vector<Plan> neighbours(const Plan& plan) {
  std::vector<Plan> found;
  for (size_t i = 0; i < plan.uses.size(); ++i)
    for (const accelerate::Setting& setting : plan.uses[i].method->settings) {
      const double value = plan.uses[i].settings.number(setting.name);
      std::vector<double> others;
      if (setting.kind == accelerate::SettingKind::flag) continue;
      if (setting.kind == accelerate::SettingKind::whole) others = {value - 1, value + 1};
      if (setting.kind == accelerate::SettingKind::number && value > 0 && value < setting.high)
        others = {value / 1.25, value * 1.25};
      for (const double other : others) {
        if (other < setting.low || other > setting.high) continue;
        Plan changed = plan;
        changed.uses[i].settings.set(setting.name, other);
        changed.name = describe(changed);
        found.push_back(std::move(changed));
      }
    }
  return found;
}

Json to_json(const Fidelity& fidelity) {
  return {fidelity.mean, fidelity.tenth, fidelity.worst};
}
Fidelity fidelity_from(const Json& json) {
  return {json.at(0), json.at(1), json.at(2)};
}

// Rows that were measured, a line each; a line that cannot be read is measured anew.
class Notebook {
 public:
  explicit Notebook(std::filesystem::path file) : file_(std::move(file)) {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      const Json json = Json::parse(line, nullptr, false);
      if (json.is_object() && json.contains("what")) rows_[json["what"].get<std::string>()] = json;
    }
  }

  // False where the row is not there.
  bool read(const std::string& what, TuneRow& row) const {
    const auto found = rows_.find(what);
    if (found == rows_.end()) return false;
    try {
      row.macs_ratio = found->second.at("macs");
      row.psnr = fidelity_from(found->second.at("psnr"));
      row.ssim = fidelity_from(found->second.at("ssim"));
    } catch (const Json::exception&) {
      return false;
    }
    return true;
  }

  void write(const TuneRow& row) {
    std::error_code ignored;  // a search without a notebook cannot be continued, but is one
    std::filesystem::create_directories(file_.parent_path(), ignored);
    std::ofstream out(file_, std::ios::app);
    out << Json{{"what", row.what},
                {"macs", row.macs_ratio},
                {"psnr", to_json(row.psnr)},
                {"ssim", to_json(row.ssim)}}
               .dump()
        << std::endl;
  }

 private:
  std::filesystem::path file_;
  std::map<std::string, Json> rows_;
};

void fill(TuneRow& row, const Score& score, const Score& exact) {
  row.macs_ratio = score.macs_ratio(exact);
  row.psnr = score.fidelity.psnr();
  row.ssim = score.fidelity.ssim();
}

// Of a score whose exact runs were made in turns with it, or soon before.
TuneRow timed_row(const std::string& what, const std::string& series, const Score& score,
                  const Score& exact) {
  TuneRow row{.what = what, .series = series, .speed = score.speed(exact)};
  fill(row, score, exact);
  return row;
}

class Search {
 public:
  Search(const ModelFolder& folder, Device& device, const TuneOptions& options,
         const std::function<void(const TuneProgress&)>& progress)
      : options_(options),
        progress_(progress),
        contest_(device, folder, options.precision, PromptSet::tuning, options.pictures, options.steps),
        notebook_(notebook_file(folder, device)) {}

  void try_everything() {
    std::map<std::string_view, std::vector<MethodUse>> singles;
    for (const Ladder& ladder : ladders()) {
      singles[ladder.method] = uses_of(ladder);
      for (const MethodUse& use : singles[ladder.method])
        try_plan(plan_of({use}), std::string(ladder.method));
    }
    const MethodUse reuse = *std::ranges::find_if(singles["guidance_reuse"], [](const MethodUse& use) {
      return use.settings.whole("interval") == 4 && use.settings.number("start") == 0.3;
    });
    for (const std::string_view method : {"block_caching", "evaluation_caching"})
      for (const MethodUse& use : singles[method]) try_plan(plan_of({use, reuse}), "combined");
  }

  // The fastest plan within a bound, after its neighbours were tried too.
  std::optional<Plan> best(double bound) {
    for (int round = 0; round < 3; ++round) {
      const TuneRow* winner = fastest_within(bound);
      if (winner == nullptr) return std::nullopt;
      const Plan plan = *winner->plan;
      const std::string series = winner->series;
      for (const Plan& neighbour : neighbours(plan)) try_plan(neighbour, series);
      if (fastest_within(bound)->what == plan.name) break;
    }
    return fastest_within(bound)->plan;
  }

  void try_fewer_steps() {
    for (const double share : {0.75, 0.5, 0.4, 0.33, 0.25})
      for (const auto& [sampler, steps] : contest_.alternatives(share * *contest_.first().steps)) {
        TuneRow row{.what = fmt::format("{} steps of {}", steps, sampler),
                    .series = "fewer steps, " + sampler};
        measure(row, [&, sampler = sampler, steps = steps] { return contest_.with(sampler, steps); });
      }
  }

  const std::vector<TuneRow>& rows() const { return rows_; }
  const RenderRequest& request() const { return contest_.first(); }

 private:
  std::filesystem::path notebook_file(const ModelFolder& folder, const Device& device) const {
    const RenderRequest& first = contest_.first();
    Hash64 name;
    for (const std::string& part :
         {folder.content_hash(), device.description(), options_.precision.name, first.sampler,
          fmt::format("{} x {}, {} steps, {}, {} pictures", *first.width, *first.height, *first.steps,
                      *first.cfg_scale, options_.pictures)})
      name.add(part);
    return cache_folder() / "tune" / fmt::format("{:016x}.jsonl", name.value());
  }

  void try_plan(const Plan& plan, const std::string& series) {
    if (std::ranges::find(rows_, plan.name, &TuneRow::what) != rows_.end()) return;
    TuneRow row{.what = plan.name, .series = series, .plan = plan};
    measure(row, [&] { return contest_.with(plan); });
  }

  void measure(TuneRow& row, const std::function<Score()>& score) {
    progress_({row.what, static_cast<int>(rows_.size())});
    if (!notebook_.read(row.what, row)) {
      const Score measured = score();
      fill(row, measured, contest_.exact());
      notebook_.write(row);
    }
    rows_.push_back(row);
  }

  const TuneRow* fastest_within(double bound) const {
    const TuneRow* best = nullptr;
    for (const TuneRow& row : rows_)
      if (row.plan && row.psnr.mean >= bound && row.psnr.tenth >= bound - kTenthBelow &&
          (best == nullptr || row.macs_ratio > best->macs_ratio))
        best = &row;
    return best;
  }

  const TuneOptions& options_;
  const std::function<void(const TuneProgress&)>& progress_;
  Contest contest_;
  Notebook notebook_;
  std::vector<TuneRow> rows_;
};

}  // namespace

TuneReport tune(const ModelFolder& folder, Device& device, const TuneOptions& options,
                const std::function<void(const TuneProgress&)>& progress) {
  Search search(folder, device, options, progress);
  search.try_everything();
  TuneReport report;
  const RenderRequest& request = search.request();
  for (const auto& [name, bound] :
       {std::pair{"balanced", options.balanced_psnr}, {"fast", options.fast_psnr}})
    if (auto plan = search.best(bound)) {
      plan->name = name;
      report.plans.push_back(*plan);
    }
  search.try_fewer_steps();
  report.tried = search.rows();

  Contest contest(device, folder, options.precision, PromptSet::scoring, options.scored, options.steps);
  const int steps = *request.steps;
  for (accelerate::Plan& plan : report.plans) {
    progress({"scoring " + plan.name, static_cast<int>(report.tried.size())});
    const Score score = contest.in_turns_with(plan);
    TuneRow row = timed_row(plan.name, "plans", score, contest.exact());
    plan.tuned = {.model_hash = folder.content_hash(),
                  .width = *request.width,
                  .height = *request.height,
                  .steps = steps,
                  .sampler = std::string(choose_sampler(folder.config("scheduler"), request.sampler).name),
                  .cfg_scale = *request.cfg_scale,
                  .precision = options.precision.name,
                  .device = device.description(),
                  .speed = row.speed,
                  .psnr = row.psnr.mean,
                  .psnr_tenth = row.psnr.tenth,
                  .ssim = row.ssim.mean};
    row.plan = plan;
    report.scored.push_back(row);
    for (const auto& [sampler, fewer] : contest.alternatives(steps / row.speed)) {
      const std::string what = fmt::format("{} steps of {}", fewer, sampler);
      progress({"scoring " + what, static_cast<int>(report.tried.size())});
      report.scored.push_back(timed_row(what, "fewer steps", contest.with(sampler, fewer), contest.exact()));
    }
  }
  return report;
}

std::string plot_of(const TuneReport& report, const std::string& title) {
  std::vector<PlotSeries> series;
  for (const TuneRow& row : report.tried) {
    auto found = std::ranges::find(series, row.series, &PlotSeries::name);
    if (found == series.end()) {
      series.push_back({.name = row.series, .points = {}, .joined = !row.plan});
      found = series.end() - 1;
    }
    found->points.push_back({row.macs_ratio, row.psnr.mean});
  }
  return scatter_svg(title, "multiply-adds of the exact run per executed one",
                     "PSNR against exact, dB (mean)", series);
}

}  // namespace diorama
