#include "study/plot.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace diorama::test
