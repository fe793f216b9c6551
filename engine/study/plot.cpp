#include "study/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace diorama {
namespace {

constexpr double kWidth = 860, kHeight = 520;                        // of the picture
constexpr double kLeft = 64, kTop = 44, kRight = 230, kBottom = 52;  // margins; the names are on the right
// Told apart by eyes of every kind (Okabe and Ito 2008).
constexpr std::array kColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
                              "#56b4e9", "#999999", "#222222", "#b0a000"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

struct Axis {
  double low, high, step;  // of the values
  double begin, end;       // in the picture

  double at(double value) const { return begin + (value - low) / (high - low) * (end - begin); }
};

// Round numbers around all values.
Axis axis_over(const std::vector<double>& values, double begin, double end) {
  const auto [low, high] = std::ranges::minmax(values);
  const double rough = std::max(high - low, 1e-9) / 6;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {2.0, 5.0, 10.0})
    if (step < rough) step = factor * power;
  return {std::floor(low / step) * step, std::ceil(high / step) * step + (low == high ? step : 0), step,
          begin, end};
}

}  // namespace

std::string scatter_svg(const std::string& title, const std::string& x_name, const std::string& y_name,
                        const std::vector<PlotSeries>& series) {
  std::vector<double> xs, ys;
  for (const PlotSeries& one : series)
    for (const auto& point : one.points) {
      xs.push_back(point.x);
      ys.push_back(point.y);
    }
  if (xs.empty()) xs = ys = {0};
  const Axis x = axis_over(xs, kLeft, kWidth - kRight);
  const Axis y = axis_over(ys, kHeight - kBottom, kTop);

  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" font-family="sans-serif" font-size="13">
<rect width="{0:g}" height="{1:g}" fill="white"/>
<text x="{2:g}" y="26" font-size="16">{3}</text>
)",
      kWidth, kHeight, kLeft, escaped(title));
  const auto out = std::back_inserter(svg);
  for (double value = x.low; value <= x.high + x.step / 2; value += x.step)
    fmt::format_to(out,
                   "<line x1=\"{0:.1f}\" y1=\"{1:g}\" x2=\"{0:.1f}\" y2=\"{2:g}\" stroke=\"#ddd\"/>"
                   "<text x=\"{0:.1f}\" y=\"{3:g}\" text-anchor=\"middle\">{4:g}</text>\n",
                   x.at(value), kTop, kHeight - kBottom, kHeight - kBottom + 18, value);
  for (double value = y.low; value <= y.high + y.step / 2; value += y.step)
    fmt::format_to(out,
                   "<line x1=\"{0:g}\" y1=\"{1:.1f}\" x2=\"{2:g}\" y2=\"{1:.1f}\" stroke=\"#ddd\"/>"
                   "<text x=\"{3:g}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
                   kLeft, y.at(value), kWidth - kRight, kLeft - 8, y.at(value) + 4, value);
  fmt::format_to(out, "<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"middle\">{}</text>\n", (x.begin + x.end) / 2,
                 kHeight - 12, escaped(x_name));
  fmt::format_to(out, "<text transform=\"translate(18 {:g}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
                 (y.begin + y.end) / 2, escaped(y_name));
  for (size_t i = 0; i < series.size(); ++i) {
    const char* colour = kColours[i % kColours.size()];
    std::vector<PlotSeries::Point> points = series[i].points;
    std::ranges::sort(points, {}, &PlotSeries::Point::x);
    if (series[i].joined && !points.empty()) {
      std::string path;
      for (const auto& point : points) path += fmt::format("{:.1f},{:.1f} ", x.at(point.x), y.at(point.y));
      fmt::format_to(out, "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\"/>\n", path, colour);
    }
    for (const auto& point : points)
      fmt::format_to(out, "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x.at(point.x),
                     y.at(point.y), colour);
    const double line = kTop + 12 + 22 * static_cast<double>(i);
    fmt::format_to(
        out, "<circle cx=\"{:g}\" cy=\"{:g}\" r=\"5\" fill=\"{}\"/><text x=\"{:g}\" y=\"{:g}\">{}</text>\n",
        kWidth - kRight + 20, line - 4, colour, kWidth - kRight + 32, line, escaped(series[i].name));
  }
  return svg + "</svg>\n";
}

}  // namespace diorama
