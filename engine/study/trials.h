// Ways to paint, each tried on the tuning prompts and kept in a notebook, until the time is up.
#pragma once

#include <chrono>
#include <deque>
#include <functional>

#include "study/contest.h"
#include "study/notebook.h"
#include "study/tune_row.h"

namespace diorama {

struct TuneProgress {
  std::string what;
  int tried = 0;  // ways to paint so far
};
using TuneObserver = std::function<void(const TuneProgress&)>;

class Trials {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int kFirstPictures = 4;

  // `floor`: a mean PSNR under which a way is of no interest.
  Trials(Contest& contest, Notebook& notebook, double floor, const TuneObserver& progress)
      : contest_(contest), notebook_(notebook), floor_(floor), progress_(progress) {}

  // From now on a deadline for what is not in the notebook.
  void stop_at(Clock::time_point deadline) { deadline_ = deadline; }
  bool out_of_time() const { return Clock::now() >= deadline_; }
  bool was_stopped() const { return stopped_; }

  // Null where the time is up. A way that is under the floor on the first pictures, or beaten there by one of
  // its series, is left at those.
  const TuneRow* try_way(const Way& way, const std::string& what, const std::string& series);
  const TuneRow* try_plan(const accelerate::Plan& plan, const std::string& series) {
    return try_way({.plan = plan, .sampler = "", .steps = {}}, plan.name, series);
  }
  // A result of some search, by its name in the notebook, if that is `good`; none where the time is up before
  // it is found.
  std::optional<nlohmann::json> note(const std::string& what,
                                     const std::function<bool(const nlohmann::json&)>& good,
                                     const std::function<std::optional<nlohmann::json>()>& make);

  bool is_under_floor(const TuneRow& row) const { return row.first_psnr < floor_; }
  bool is_complete(const TuneRow& row) const { return row.pictures == contest_.num_pictures(); }
  // Of the complete rows with a plan; null where none meets the goal.
  const TuneRow* best(const TuneGoal& goal) const;
  const std::deque<TuneRow>& rows() const { return rows_; }  // stay where they are
  void say(const std::string& what) const { progress_({what, static_cast<int>(rows_.size())}); }

 private:
  void measure(TuneRow& row, const Way& way);
  bool is_beaten(const TuneRow& row) const;

  Contest& contest_;
  Notebook& notebook_;
  double floor_;
  const TuneObserver& progress_;
  std::deque<TuneRow> rows_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool stopped_ = false;
};

}  // namespace diorama
