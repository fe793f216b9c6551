// Speed against fidelity as SVG: panels side by side, a colour for each series, its front joined by a line.
#pragma once

#include <string>
#include <vector>

namespace diorama {

struct PlotSeries {
  std::string name;
  struct Point {
    double x = 0, y = 0;
  };
  std::vector<Point> points;
  bool dashed = false;
};

// Series of the same place have the same colour in every panel, and one entry in the legend.
struct PlotPanel {
  std::string x_name, y_name;
  std::vector<PlotSeries> series;
};

// The points that no other has at least as far to the right and at least as high, from left to right.
std::vector<PlotSeries::Point> front_of(std::vector<PlotSeries::Point> points);

// `title` and all names are shown as they are, as far as a line of text goes.
std::string plot_svg(const std::string& title, const std::vector<PlotPanel>& panels);

}  // namespace diorama
