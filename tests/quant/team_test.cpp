// Who quantises a matrix keeps to its number of threads, and can be stopped within a piece of the work.
#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <set>
#include <stdexcept>

#include "formats/w4a8.h"
#include "quant/layer.h"
#include "quant/linear_algebra.h"

namespace diorama::quant {
namespace {

constexpr int64_t kN = 512, kK = 1024, kRows = 256;
constexpr double kPiece = 50e6;  // multiply-adds of a thread between looks

std::vector<float> drawn(int64_t count) {
  std::vector<float> values(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525 + 1013904223;
    value = static_cast<float>(state >> 8) / (1 << 23) - 1;
  }
  return values;
}

LayerInputs inputs() {
  return {drawn(kRows * kK), kRows, std::vector<float>(kK, 1.0f)};
}

TEST(Team, each_is_done_once_by_no_more_threads_than_there_are) {
  for (const int threads : {1, 2, 3}) {
    std::vector<std::atomic<int>> times(1000);
    std::atomic<int> largest = 0;
    for_each({.threads = threads, .poll = {}}, 1000, 1'000'000, [&](int64_t i) {
      ++times[static_cast<size_t>(i)];
      largest = std::max(largest.load(), omp_get_num_threads());
    });
    for (const auto& time : times) EXPECT_EQ(time, 1);
    EXPECT_LE(largest, threads);
  }
}

TEST(Team, looks_around_after_every_piece) {
  int looks = 0;
  const Team team{.threads = 2, .poll = [&] { ++looks; }};
  for_each(team, 1000, 10'000'000, [](int64_t) {});
  EXPECT_GE(looks, 10e9 / (2 * kPiece));
  looks = 0;
  for_each(team, 3, int64_t{1} << 40, [](int64_t) {});
  EXPECT_EQ(looks, 2) << "between any two where one is more than a piece";
}

// GPTQ of a layer is minutes of work for large ones: the factor alone takes 2 k^3 multiply-adds and more.
TEST(Team, quantising_a_layer_looks_as_often_as_its_work_asks_for) {
  int looks = 0;
  const Team team{.threads = 1, .poll = [&] { ++looks; }};
  const auto result = quantise(w4a8::kFormat, drawn(kN * kK), kN, kK, inputs(), {}, team);
  const double factor = 1.0 * kK * kK * kRows + 2.0 * kK * kK * kK / 3;
  EXPECT_GT(looks, factor / kPiece);
  const auto others =
      quantise(w4a8::kFormat, drawn(kN * kK), kN, kK, inputs(), {}, {.threads = 3, .poll = {}});
  EXPECT_EQ(result.rows, others.rows) << "whoever does it";
}

TEST(Team, can_be_stopped_at_every_look) {
  int looks = 0;
  static_cast<void>(quantise(w4a8::kFormat, drawn(kN * kK), kN, kK, inputs(), {},
                             {.threads = 2, .poll = [&] { ++looks; }}));
  struct Stopped {};
  for (int stop = 1; stop <= looks; stop += 1 + looks / 8) {
    int left = stop;
    EXPECT_THROW(static_cast<void>(quantise(w4a8::kFormat, drawn(kN * kK), kN, kK, inputs(), {},
                                            {.threads = 2,
                                             .poll =
                                                 [&] {
                                                   if (--left == 0) throw Stopped();
                                                 }})),
                 Stopped);
  }
}

}  // namespace
}  // namespace diorama::quant
