// The mathematics of quantising against its definitions, and each step against leaving it out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "quant/gptq.h"
#include "quant/layer.h"
#include "quant/linear_algebra.h"
#include "quant/low_rank.h"
#include "quant/smoothing.h"

namespace diorama::quant {
namespace {

std::vector<float> normal(int64_t count, uint32_t seed, float spread = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> distribution(0, spread);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = distribution(engine);
  return values;
}

TEST(LinearAlgebra, subtracts_a_product) {
  for (const auto& [m, k, n] : {std::array<int64_t, 3>{1, 1, 1}, {5, 7, 3}, {9, 64, 130}, {4, 200, 600}}) {
    const auto a = normal(m * k, 1);
    const auto b = normal(k * n, 2);
    const auto before = normal(m * n, 3);
    auto c = before;
    subtract_product(c.data(), n, a.data(), k, b.data(), n, m, k, n);
    for (int64_t r = 0; r < m; ++r)
      for (int64_t j = 0; j < n; ++j) {
        double expected = before[static_cast<size_t>(r * n + j)];
        for (int64_t i = 0; i < k; ++i)
          expected -= static_cast<double>(a[static_cast<size_t>(r * k + i)]) *
                      static_cast<double>(b[static_cast<size_t>(i * n + j)]);
        EXPECT_NEAR(c[static_cast<size_t>(r * n + j)], expected, 1e-4) << m << " " << k << " " << n;
      }
  }
}

TEST(LinearAlgebra, the_factor_gives_the_inverse) {
  for (const int64_t k : {1, 5, 64, 65, 150}) {
    const auto x = normal(2 * k * k, 4);
    auto h = gram(x, 2 * k, k);
    for (int64_t i = 0; i < k; ++i) h[static_cast<size_t>(i * k + i)] += 0.1f * static_cast<float>(k);
    auto u = h;
    ASSERT_TRUE(inverse_cholesky(u, k));
    for (int64_t r = 0; r < k; ++r)
      for (int64_t c = 0; c < k; ++c) {
        if (c < r) {
          EXPECT_EQ(u[static_cast<size_t>(r * k + c)], 0.0f);
        }
        double identity = 0;  // (U^T U H)[r, c]
        for (int64_t i = 0; i < k; ++i) {
          double inverse = 0;
          for (int64_t j = 0; j <= std::min(r, i); ++j)
            inverse += static_cast<double>(u[static_cast<size_t>(j * k + r)]) *
                       static_cast<double>(u[static_cast<size_t>(j * k + i)]);
          identity += inverse * static_cast<double>(h[static_cast<size_t>(i * k + c)]);
        }
        EXPECT_NEAR(identity, r == c ? 1 : 0, 2e-3) << k;
      }
  }
}

TEST(LinearAlgebra, what_is_not_positive_definite_is_said_to_be_so) {
  std::vector<float> h = {1, 2, 2, 1};
  EXPECT_FALSE(inverse_cholesky(h, 2));
}

double relative_error(const std::vector<float>& w, const Factors& factors, int64_t n, int64_t k,
                      int64_t rank) {
  auto left = w;
  subtract_product(left.data(), k, factors.a.data(), rank, factors.b.data(), k, n, rank, k);
  double error = 0;
  double whole = 0;
  for (size_t i = 0; i < w.size(); ++i) {
    error += static_cast<double>(left[i]) * static_cast<double>(left[i]);
    whole += static_cast<double>(w[i]) * static_cast<double>(w[i]);
  }
  return std::sqrt(error / whole);
}

TEST(LowRank, all_directions_give_the_matrix_and_fewer_less_of_it) {
  for (const auto& [n, k] : {std::pair<int64_t, int64_t>{60, 100}, {100, 60}, {1, 9}, {9, 1}, {64, 64}}) {
    const auto w = normal(n * k, 1);
    const auto rows = channel_weights(normal(20 * n, 2), n);
    const auto columns = channel_weights(normal(20 * k, 3), k);
    const int64_t all = std::min(n, k);
    EXPECT_LT(relative_error(w, low_rank(w, n, k, all, rows, columns), n, k, all), 1e-5) << n << " x " << k;
    double before = 1;
    for (int64_t rank = 8; rank < all; rank += 16) {
      const double error = relative_error(w, low_rank(w, n, k, rank, rows, columns), n, k, rank);
      EXPECT_LT(error, before) << rank;
      before = error;
    }
  }
}

TEST(LowRank, a_matrix_of_that_rank_is_found) {
  constexpr int64_t kRows = 70, kColumns = 90, kRank = 5;
  const Factors known{normal(kRows * kRank, 1), normal(kRank * kColumns, 2)};
  std::vector<float> w(kRows * kColumns, 0.0f);
  subtract_product(w.data(), kColumns, known.a.data(), kRank, known.b.data(), kColumns, kRows, kRank,
                   kColumns);
  const std::vector<float> ones(kColumns, 1.0f);
  for (const int64_t rank : {kRank, 2 * kRank, kRows})
    EXPECT_LT(relative_error(w, low_rank(w, kRows, kColumns, rank, ones, ones), kRows, kColumns, rank), 1e-5);
}

// Singular values 1, 1/2, 1/3, ...: the best matrix of rank r leaves the root of the sum of the others'
// squares.
TEST(LowRank, comes_near_to_the_best_there_is) {
  constexpr int64_t kSize = 128, kRank = 16;
  Factors turns = low_rank(normal(kSize * kSize, 1), kSize, kSize, kSize, std::vector<float>(kSize, 1.0f),
                           std::vector<float>(kSize, 1.0f));  // a: orthonormal
  std::vector<float> w(kSize * kSize);
  for (int64_t r = 0; r < kSize; ++r)
    for (int64_t c = 0; c < kSize; ++c)
      w[static_cast<size_t>(r * kSize + c)] =
          turns.a[static_cast<size_t>(r * kSize + c)] / static_cast<float>(c + 1);
  double left = 0;
  double whole = 0;
  for (int64_t i = 1; i <= kSize; ++i) {
    whole += 1 / static_cast<double>(i * i);
    if (i > kRank) left += 1 / static_cast<double>(i * i);
  }
  const std::vector<float> ones(kSize, 1.0f);
  const double best = std::sqrt(left / whole);
  const double error = relative_error(w, low_rank(w, kSize, kSize, kRank, ones, ones), kSize, kSize, kRank);
  EXPECT_GT(error, 0.999 * best);
  EXPECT_LT(error, 1.1 * best);
}

TEST(LowRank, channels_that_count_are_kept_and_small_ones_bounded) {
  const auto weights = channel_weights(std::vector<float>{4, 0, -1, 4, 0, 1}, 3);
  EXPECT_FLOAT_EQ(weights[0], 2);
  EXPECT_FLOAT_EQ(weights[1], 0.002f);
  EXPECT_FLOAT_EQ(weights[2], 1);
  EXPECT_EQ(channel_weights(std::vector<float>(6, 0.0f), 3), std::vector<float>(3, 1.0f));

  constexpr int64_t kSize = 40, kRank = 8;
  const auto w = normal(kSize * kSize, 4);
  const std::vector<float> ones(kSize, 1.0f);
  std::vector<float> few = ones;
  std::fill_n(few.begin(), kRank, 100.0f);
  const auto error_of_few = [&](const std::vector<float>& columns) {
    const Factors factors = low_rank(w, kSize, kSize, kRank, ones, columns);
    auto left = w;
    subtract_product(left.data(), kSize, factors.a.data(), kRank, factors.b.data(), kSize, kSize, kRank,
                     kSize);
    double error = 0;
    for (int64_t r = 0; r < kSize; ++r)
      for (int64_t c = 0; c < kRank; ++c)
        error += std::abs(static_cast<double>(left[static_cast<size_t>(r * kSize + c)]));
    return error;
  };
  EXPECT_LT(error_of_few(few), 0.05 * error_of_few(ones));
}

TEST(Smoothing, makes_channels_alike_and_keeps_the_mean) {
  const std::vector<float> x_max = {1, 100, 1, 1};
  const std::vector<float> w_max = {1, 1, 1, 1};
  const auto m = multiplier(x_max, w_max, 0.5f);
  EXPECT_NEAR(m[1] / m[0], 0.1f, 1e-5f);
  EXPECT_NEAR(m[0] * m[1] * m[2] * m[3], 1, 1e-4f);
  const auto whole = multiplier(x_max, w_max, 1.0f);
  EXPECT_NEAR(whole[1] * x_max[1], whole[0] * x_max[0], 1e-5f);
}

// Inputs with common directions, as layers have them.
LayerInputs correlated_inputs(int64_t rows, int64_t k, uint32_t seed) {
  constexpr int64_t kDirections = 24;
  const auto directions = normal(kDirections * k, 77);
  const auto amounts = normal(rows * kDirections, seed);
  const auto noise = normal(rows * k, seed + 1, 0.3f);
  LayerInputs inputs{std::vector<float>(static_cast<size_t>(rows * k)), rows,
                     std::vector<float>(static_cast<size_t>(k), 0.0f)};
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t i = 0; i < k; ++i) {
      float value = noise[static_cast<size_t>(r * k + i)];
      for (int64_t d = 0; d < kDirections; ++d)
        value += amounts[static_cast<size_t>(r * kDirections + d)] *
                 directions[static_cast<size_t>(d * k + i)] * 0.2f;
      inputs.samples[static_cast<size_t>(r * k + i)] = value;
      inputs.largest[static_cast<size_t>(i)] =
          std::max(inputs.largest[static_cast<size_t>(i)], std::abs(value));
    }
  return inputs;
}

constexpr int64_t kN = 96;
constexpr int64_t kK = 256;
constexpr Steps kNothing{.smoothing = false, .rotation = false, .clip_search = false, .gptq = false};

TEST(Quantise, without_any_step_is_group_round_to_nearest) {
  const auto matrix = normal(kN * kK, 5);
  const auto result = quantise(w4a8::kFormat, matrix, kN, kK, correlated_inputs(256, kK, 6), kNothing);
  EXPECT_TRUE(result.multiplier.empty());
  EXPECT_DOUBLE_EQ(result.output_error, result.nearest_error);
  EXPECT_EQ(result.rows.size(), static_cast<size_t>(kN) * w4a8::kFormat.row_bytes(kK));
}

TEST(Quantise, error_feedback_halves_the_error_of_outputs_at_the_cost_of_the_weights) {
  const auto matrix = normal(kN * kK, 5);
  const auto inputs = correlated_inputs(512, kK, 6);
  Steps steps = kNothing;
  const auto nearest = quantise(w4a8::kFormat, matrix, kN, kK, inputs, steps);
  steps.gptq = true;
  const auto fed_back = quantise(w4a8::kFormat, matrix, kN, kK, inputs, steps);
  EXPECT_LT(fed_back.output_error, 0.5 * nearest.output_error);
  EXPECT_GT(fed_back.weight_error, nearest.weight_error);
}

TEST(Quantise, outliers_of_one_channel_in_a_hundred_do_not_ruin_the_layer) {
  for (const Format* format : {&w4a8::kFormat, &w8a8::kFormat}) {
    auto matrix = normal(kN * kK, 7);
    auto inputs = correlated_inputs(512, kK, 8);
    for (const int64_t channel : {17, 101}) {
      for (int64_t r = 0; r < inputs.rows; ++r) inputs.samples[static_cast<size_t>(r * kK + channel)] *= 100;
      inputs.largest[static_cast<size_t>(channel)] *= 100;
      for (int64_t n = 0; n < kN; ++n) matrix[static_cast<size_t>(n * kK + channel)] /= 100;
    }
    const auto result = quantise(*format, matrix, kN, kK, inputs, {});
    EXPECT_LT(5 * result.output_error, result.nearest_error) << format->name;
    EXPECT_FALSE(result.multiplier.empty());
  }
}

TEST(Quantise, works_without_inputs_and_with_inputs_that_say_nothing) {
  const auto matrix = normal(kN * kK, 9);
  const auto blind = quantise(w4a8::kFormat, matrix, kN, kK, {}, {});
  EXPECT_EQ(blind.output_error, 0);
  EXPECT_GT(blind.weight_error, 0.05);
  EXPECT_LT(blind.weight_error, 0.12);
  const LayerInputs zeros{std::vector<float>(static_cast<size_t>(64 * kK), 0.0f), 64,
                          std::vector<float>(static_cast<size_t>(kK), 0.0f)};
  const auto silent = quantise(w4a8::kFormat, matrix, kN, kK, zeros, {});
  EXPECT_TRUE(std::isfinite(silent.weight_error));
  EXPECT_LT(silent.weight_error, 0.12);
}

}  // namespace
}  // namespace diorama::quant
