#include "study/tune_plot.h"

#include <algorithm>

#include "study/plot.h"

namespace diorama {
namespace {

// What is combined first, then each method, then plainly fewer steps.
int place_of(const TuneRow& row) {
  return row.series == "combined" ? 0 : row.plan ? 1 : 2;
}

PlotPanel panel_of(const TuneReport& report, const std::string& y_name, double (*y_of)(const TuneRow&)) {
  PlotPanel panel{
      .x_name = "multiply-adds of the exact run per executed one", .y_name = y_name, .series = {}};
  for (int place = 0; place < 3; ++place)
    for (const TuneRow& row : report.tried) {
      if (place_of(row) != place) continue;
      auto found = std::ranges::find(panel.series, row.series, &PlotSeries::name);
      if (found == panel.series.end())
        found = panel.series.insert(found, {.name = row.series, .points = {}, .dashed = !row.plan});
      found->points.push_back({row.macs_ratio, y_of(row)});
    }
  return panel;
}

}  // namespace

std::string plot_of(const TuneReport& report, const std::string& title) {
  return plot_svg(
      title,
      {panel_of(report, "PSNR against exact, dB (mean)", [](const TuneRow& row) { return row.psnr.mean; }),
       panel_of(report, "SSIM against exact (mean)", [](const TuneRow& row) { return row.ssim.mean; })});
}

}  // namespace diorama
