#include "study/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace diorama::test {
namespace {

TEST(Plot, a_front_is_what_no_other_point_beats) {
  const auto front = front_of({{1, 5}, {2, 4}, {1.5, 3}, {2, 2}, {3, 1}, {1, 5}});
  ASSERT_EQ(front.size(), 3u);
  EXPECT_EQ(front[0].x, 1);
  EXPECT_EQ(front[1].y, 4);
  EXPECT_EQ(front[2].x, 3);
  EXPECT_TRUE(front_of({}).empty());
}

TEST(Plot, every_panel_has_every_dot_and_the_legend_each_name_once) {
  const PlotPanel panel{
      .x_name = "x", .y_name = "y", .series = {{.name = "a<b", .points = {{1, 2}, {2, 1}}}}};
  const std::string svg = plot_svg("t", {panel, panel});
  size_t dots = 0;
  for (size_t at = svg.find("r=\"2.5\""); at != std::string::npos; at = svg.find("r=\"2.5\"", at + 1)) ++dots;
  EXPECT_EQ(dots, 4u);
  EXPECT_EQ(svg.find("a&lt;b"), svg.rfind("a&lt;b"));
  EXPECT_NE(plot_svg("nothing", {}).find("</svg>"), std::string::npos);
}

// What XML has no place for makes the whole picture unreadable.
TEST(Plot, names_of_strangers_leave_it_an_xml_file) {
  const std::string odd = "a\x01\x1b[2J\x07 & <b> \xff \xef\xbf\xbf \xc2\x85 \xe2\x80\xae 猫";
  const std::string svg =
      plot_svg(odd, {{.x_name = odd, .y_name = odd, .series = {{.name = odd, .points = {}}}}});
  for (const char c : svg) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  for (const char* none : {"\xff", "\xef\xbf\xbf", "\xc2\x85", "\xe2\x80\xae", "<b>"})
    EXPECT_EQ(svg.find(none), std::string::npos);
  EXPECT_NE(svg.find("猫"), std::string::npos);
  EXPECT_LT(plot_svg(std::string(1'000'000, 'x'), {}).size(), 2000u);
}

TEST(Plot, points_that_no_axis_holds_are_left_out) {
  const double infinity = std::numeric_limits<double>::infinity();
  const PlotPanel panel{
      .x_name = "x",
      .y_name = "y",
      .series = {
          {.name = "a", .points = {{1, 2}, {infinity, 1}, {1, -infinity}, {std::nan(""), 1}, {1e300, 3}}}}};
  const std::string svg = plot_svg("t", {panel});
  size_t dots = 0;
  for (size_t at = svg.find("r=\"2.5\""); at != std::string::npos; at = svg.find("r=\"2.5\"", at + 1)) ++dots;
  EXPECT_EQ(dots, 1u);
  EXPECT_LT(svg.size(), 10'000u);
}

}  // namespace
}  // namespace diorama::test
