// A scatter plot as SVG: speed against fidelity, a colour for each series.
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
  bool joined = false;  // by a line, in order of x
};

// `title` and the axes' names are shown as they are.
std::string scatter_svg(const std::string& title, const std::string& x_name, const std::string& y_name,
                        const std::vector<PlotSeries>& series);

}  // namespace diorama
