#include "study/trials.h"

#include <algorithm>

namespace diorama {
namespace {

void fill(TuneRow& row, const Score& score, const Score& exact) {
  row.macs_ratio = score.macs_ratio(exact);
  row.psnr = score.fidelity.psnr();
  row.ssim = score.fidelity.ssim();
  row.pictures = score.pictures;
}

bool read(const nlohmann::json* measured, TuneRow& row) {
  if (measured == nullptr) return false;
  try {
    row.read_measured(*measured);
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  return true;
}

}  // namespace

const TuneRow* Trials::try_way(const Way& way, const std::string& what, const std::string& series) {
  const auto tried = std::ranges::find(rows_, what, &TuneRow::what);
  if (tried != rows_.end()) return &*tried;
  TuneRow row{.what = what, .series = series, .plan = way.plan, .psnr = {}, .ssim = {}};
  // What was left at the first pictures may be of interest now.
  const bool known_enough =
      read(notebook_.find(what), row) && (is_complete(row) || is_under_floor(row) || is_beaten(row));
  if (!known_enough) {
    if (out_of_time()) {
      stopped_ = true;
      return nullptr;
    }
    say(what);
    measure(row, way);
    notebook_.write(what, row.measured());
  }
  rows_.push_back(std::move(row));
  return &rows_.back();
}

void Trials::measure(TuneRow& row, const Way& way) {
  Score score;
  contest_.extend(score, way, std::min(kFirstPictures, contest_.num_pictures()));
  fill(row, score, contest_.exact());
  row.first_macs_ratio = row.macs_ratio;
  row.first_psnr = row.psnr.mean;
  if (is_under_floor(row) || is_beaten(row)) return;
  contest_.extend(score, way, contest_.num_pictures());
  fill(row, score, contest_.exact());
}

bool Trials::is_beaten(const TuneRow& row) const {
  return std::ranges::any_of(rows_, [&](const TuneRow& other) {
    return other.series == row.series && other.first_macs_ratio >= row.first_macs_ratio &&
           other.first_psnr >= row.first_psnr;
  });
}

std::optional<nlohmann::json> Trials::note(const std::string& what,
                                           const std::function<bool(const nlohmann::json&)>& good,
                                           const std::function<std::optional<nlohmann::json>()>& make) {
  if (const auto* known = notebook_.find(what); known != nullptr && good(*known)) return *known;
  const auto made = out_of_time() ? std::nullopt : make();
  if (made)
    notebook_.write(what, *made);
  else
    stopped_ = true;
  return made;
}

const TuneRow* Trials::best(const TuneGoal& goal) const {
  const TuneRow* best = nullptr;
  for (const TuneRow& row : rows_)
    if (row.is_candidate() && is_complete(row) && goal.met_by(row) &&
        (best == nullptr || goal.prefers(row, *best)))
      best = &row;
  return best;
}

}  // namespace diorama
