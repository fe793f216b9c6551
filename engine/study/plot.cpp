#include "study/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>

#include "base/utf8.h"

namespace diorama {
namespace {

using Point = PlotSeries::Point;

constexpr double kPanelWidth = 520, kPanelHeight = 400;             // with their margins
constexpr double kLeft = 62, kRight = 14, kTop = 44, kBottom = 50;  // of a panel
constexpr double kLegendColumn = 250, kLegendLine = 20;
// Told apart by eyes of every kind (Okabe and Ito 2008, and others between them); dashed series are grey.
constexpr std::array kColours{"#222222", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00",
                              "#56b4e9", "#8c564b", "#7f7f00", "#5b3794", "#b22222"};
constexpr std::array kGreys{"#8a8a8a", "#5a5a5a", "#b4b4b4"};

const char* colour_of(const std::vector<PlotSeries>& all, size_t series) {
  const bool dashed = all[series].dashed;
  const auto alike = std::ranges::count(all.begin(), all.begin() + static_cast<ptrdiff_t>(series), dashed,
                                        &PlotSeries::dashed);
  const auto place = static_cast<size_t>(alike);
  return dashed ? kGreys[place % kGreys.size()] : kColours[place % kColours.size()];
}

// As XML takes it: names come from models, and not every character may stand there.
std::string escaped(std::string_view text) {
  constexpr size_t kMost = 200;  // bytes
  const std::string line = one_line(text, kMost);
  std::string out;
  for (std::string_view rest = line; !rest.empty();) {
    const char32_t c = take_code_point(rest);
    if (c == U'<')
      out += "&lt;";
    else if (c == U'>')
      out += "&gt;";
    else if (c == U'&')
      out += "&amp;";
    else
      append_utf8(out, c == 0xFFFE || c == 0xFFFF ? 0xFFFD : c);
  }
  return out;
}

// Those that an axis can hold; a notebook that was tampered with has others.
std::vector<Point> drawn(std::vector<Point> points) {
  constexpr double kFarthest = 1e9;
  std::erase_if(points, [](const Point& point) {
    return !(std::abs(point.x) <= kFarthest && std::abs(point.y) <= kFarthest);
  });
  return points;
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

// A panel is drawn in a frame of its own, from 0, 0.
class Drawing {
 public:
  explicit Drawing(const PlotPanel& panel) : panel_(panel) {
    std::vector<double> xs, ys;
    for (const PlotSeries& one : panel.series)
      for (const Point& point : drawn(one.points)) {
        xs.push_back(point.x);
        ys.push_back(point.y);
      }
    if (xs.empty()) xs = ys = {0};
    x_ = axis_over(xs, kLeft, kPanelWidth - kRight);
    y_ = axis_over(ys, kPanelHeight - kBottom, kTop);
  }

  std::string svg() {
    draw_axes();
    // Lines above all dots, so that no cloud hides one.
    for (size_t i = 0; i < panel_.series.size(); ++i) draw_dots(i);
    for (size_t i = 0; i < panel_.series.size(); ++i) draw_front(i);
    return svg_;
  }

 private:
  template <typename... T>
  void put(fmt::format_string<T...> text, T&&... values) {
    fmt::format_to(std::back_inserter(svg_), text, std::forward<T>(values)...);
  }

  void draw_axes() {
    const double bottom = kPanelHeight - kBottom;
    const double right = kPanelWidth - kRight;
    const auto count = [](const Axis& axis) { return std::lround((axis.high - axis.low) / axis.step); };
    for (long i = 0; i <= count(x_); ++i) {
      const double value = x_.low + static_cast<double>(i) * x_.step;
      put("<path d=\"M{0:.1f} {1:g}V{2:g}\" stroke=\"#e4e4e4\"/><text x=\"{0:.1f}\" y=\"{3:g}\" "
          "text-anchor=\"middle\">{4:g}</text>\n",
          x_.at(value), kTop, bottom, bottom + 18, value);
    }
    for (long i = 0; i <= count(y_); ++i) {
      const double value = y_.low + static_cast<double>(i) * y_.step;
      put("<path d=\"M{0:g} {1:.1f}H{2:g}\" stroke=\"#e4e4e4\"/><text x=\"{3:g}\" y=\"{4:.1f}\" "
          "text-anchor=\"end\">{5:g}</text>\n",
          kLeft, y_.at(value), right, kLeft - 8, y_.at(value) + 4, value);
    }
    put("<path d=\"M{:g} {:g}V{:g}H{:g}\" fill=\"none\" stroke=\"#666\"/>\n", kLeft, kTop, bottom, right);
    put("<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"middle\">{}</text>\n", (kLeft + right) / 2,
        kPanelHeight - 12, escaped(panel_.x_name));
    put("<text transform=\"translate(16 {:g}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n",
        (kTop + bottom) / 2, escaped(panel_.y_name));
  }

  void draw_dots(size_t series) {
    for (const Point& point : drawn(panel_.series[series].points))
      put("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\" fill-opacity=\"0.45\"/>\n",
          x_.at(point.x), y_.at(point.y), colour_of(panel_.series, series));
  }

  void draw_front(size_t series) {
    const PlotSeries& one = panel_.series[series];
    const auto front = front_of(drawn(one.points));
    std::string path;
    for (const Point& point : front) path += fmt::format("{:.1f},{:.1f} ", x_.at(point.x), y_.at(point.y));
    put("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\"{}/>\n", path,
        colour_of(panel_.series, series), one.dashed ? " stroke-dasharray=\"6 4\"" : "");
    for (const Point& point : front)
      put("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\" stroke=\"white\" "
          "stroke-width=\"0.7\"/>\n",
          x_.at(point.x), y_.at(point.y), colour_of(panel_.series, series));
  }

  const PlotPanel& panel_;
  Axis x_{}, y_{};
  std::string svg_;
};

std::string legend(const std::vector<PlotSeries>& series, double top, size_t columns) {
  std::string svg;
  const size_t lines = (series.size() + columns - 1) / columns;
  for (size_t i = 0; i < series.size(); ++i) {
    const double x = kLeft + kLegendColumn * static_cast<double>(i / lines);
    const double y = top + kLegendLine * static_cast<double>(i % lines);
    svg += fmt::format(
        "<path d=\"M{:g} {:g}h30\" stroke=\"{}\" stroke-width=\"1.8\"{}/><circle cx=\"{:g}\" cy=\"{:g}\" "
        "r=\"3.5\" fill=\"{}\"/><text x=\"{:g}\" y=\"{:g}\">{}</text>\n",
        x, y, colour_of(series, i), series[i].dashed ? " stroke-dasharray=\"6 4\"" : "", x + 15, y,
        colour_of(series, i), x + 38, y + 4, escaped(series[i].name));
  }
  return svg;
}

}  // namespace

std::vector<Point> front_of(std::vector<Point> points) {
  std::ranges::sort(points,
                    [](const Point& a, const Point& b) { return a.x != b.x ? a.x > b.x : a.y > b.y; });
  std::vector<Point> front;
  for (const Point& point : points)
    if (front.empty() || point.y > front.back().y) front.push_back(point);
  std::ranges::reverse(front);
  return front;
}

std::string plot_svg(const std::string& title, const std::vector<PlotPanel>& panels) {
  const double width = kPanelWidth * static_cast<double>(panels.size());
  const auto columns = std::max<size_t>(1, static_cast<size_t>((width - kLeft) / kLegendColumn));
  const std::vector<PlotSeries> series = panels.empty() ? std::vector<PlotSeries>() : panels.front().series;
  const size_t lines = (series.size() + columns - 1) / columns;
  std::string svg = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" font-family="sans-serif" font-size="13">
<rect width="{0:g}" height="{1:g}" fill="white"/>
<text x="{2:g}" y="26" font-size="16">{3}</text>
)",
      width, kPanelHeight + 22 + kLegendLine * static_cast<double>(lines), kLeft, escaped(title));
  for (size_t i = 0; i < panels.size(); ++i)
    svg += fmt::format("<g transform=\"translate({:g} 0)\">\n{}</g>\n", kPanelWidth * static_cast<double>(i),
                       Drawing(panels[i]).svg());
  return svg + legend(series, kPanelHeight + 14, columns) + "</svg>\n";
}

}  // namespace diorama
