// The papers' compounds, each against its formula written out in double precision.
#include "nn/layers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "cpu/device.h"
#include "models/generated_source.h"

namespace diorama::test {
namespace {

using nn::Scope;

// A matrix of doubles, [rows, columns].
struct Matrix {
  int64_t rows = 0, columns = 0;
  std::vector<double> values = std::vector<double>(static_cast<size_t>(rows * columns));

  double& at(int64_t row, int64_t column) { return values[static_cast<size_t>(row * columns + column)]; }
  double at(int64_t row, int64_t column) const { return values[static_cast<size_t>(row * columns + column)]; }
};

Matrix matrix_of(const HostTensor& tensor) {
  Matrix matrix{tensor.shape.num_rows(), tensor.shape.last()};
  std::copy(tensor.values.begin(), tensor.values.end(), matrix.values.begin());
  return matrix;
}

double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}
double silu(double x) {
  return x / (1 + std::exp(-x));
}

// x W^T + b with the weights that are generated for this name.
Matrix linear(const Matrix& x, const std::string& name, int64_t n, bool bias = true) {
  const Matrix w = matrix_of(weight(name + ".weight", {n, x.columns}));
  const HostTensor b = weight(name + ".bias", {n});
  Matrix y{x.rows, n};
  for (int64_t row = 0; row < x.rows; ++row)
    for (int64_t column = 0; column < n; ++column) {
      double sum = bias ? b.values[static_cast<size_t>(column)] : 0;
      for (int64_t k = 0; k < x.columns; ++k) sum += x.at(row, k) * w.at(column, k);
      y.at(row, column) = sum;
    }
  return y;
}

// Rows [first, first + count).
Matrix rows_of(const Matrix& x, int64_t first, int64_t count) {
  Matrix part{count, x.columns};
  std::copy_n(x.values.begin() + first * x.columns, count * x.columns, part.values.begin());
  return part;
}

// One lane; `hidden`: keys that are not seen.
Matrix attention(const Matrix& q, const Matrix& k, const Matrix& v, int heads,
                 const std::vector<bool>& hidden = {}) {
  const int64_t head = q.columns / heads;
  Matrix y{q.rows, q.columns};
  for (int h = 0; h < heads; ++h)
    for (int64_t i = 0; i < q.rows; ++i) {
      std::vector<double> weights(static_cast<size_t>(k.rows));
      for (int64_t j = 0; j < k.rows; ++j) {
        double logit = 0;
        for (int64_t c = h * head; c < (h + 1) * head; ++c) logit += q.at(i, c) * k.at(j, c);
        const bool seen = hidden.empty() || !hidden[static_cast<size_t>(j)];
        weights[static_cast<size_t>(j)] = seen ? std::exp(logit / std::sqrt(static_cast<double>(head))) : 0;
      }
      const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
      for (int64_t j = 0; j < k.rows; ++j)
        for (int64_t c = h * head; c < (h + 1) * head; ++c)
          y.at(i, c) += weights[static_cast<size_t>(j)] / total * v.at(j, c);
    }
  return y;
}

class Layers : public ::testing::Test {
 protected:
  static constexpr int64_t kLanes = 2, kTokens = 5, kDim = 24;
  static constexpr int kHeads = 3;

  // Runs `body` on the weights of a table.
  void run(const std::function<void(nn::TensorTable&)>& describe,
           const std::function<void(const Scope&)>& body) {
    nn::TensorTable table;
    describe(table);
    const auto weights = nn::Weights::load(table, GeneratedSource(), device_, format_f32());
    nn::Walk walk(stream_, weights);
    walk.set_run_lanes({0, 1});
    body(Scope(walk));
  }

  Tensor upload(const HostTensor& tensor) { return stream_.upload(tensor.shape, tensor.values); }
  static HostTensor values(const std::string& name, const std::vector<int64_t>& shape) {
    return input("layers", name, {{"shape", shape}, {"amplitude", 1.0}});
  }

  void expect_close(const Tensor& got, const Matrix& expected) {
    const Matrix values = matrix_of(stream_.download(got));
    ASSERT_EQ(values.values.size(), expected.values.size());
    for (size_t i = 0; i < expected.values.size(); ++i)
      ASSERT_NEAR(values.values[i], expected.values[i], 1e-5 * (1 + std::abs(expected.values[i])))
          << "element " << i;
  }

  cpu::Device device_;
  Stream stream_{device_, Stream::Mode::run};
};

TEST_F(Layers, self_attention_reads_its_joined_projection) {
  run([](nn::TensorTable& table) { nn::describe_self_attention(table, "attn", kDim, true); },
      [&](const Scope& m) {
        const HostTensor x = values("x", {kLanes, kTokens, kDim});
        const Tensor tokens = upload(x);
        const HostTensor zeros({kLanes, kTokens, kDim});
        const Tensor y =
            nn::add_projection(nn::self_attention(m["attn"], kHeads, tokens, tokens), upload(zeros));
        Matrix expected{kLanes * kTokens, kDim};
        for (int64_t lane = 0; lane < kLanes; ++lane) {
          const Matrix rows = rows_of(matrix_of(x), lane * kTokens, kTokens);
          const Matrix core = attention(linear(rows, "attn.to_q", kDim), linear(rows, "attn.to_k", kDim),
                                        linear(rows, "attn.to_v", kDim), kHeads);
          const Matrix out = linear(core, "attn.to_out.0", kDim);
          std::copy(out.values.begin(), out.values.end(), expected.values.begin() + lane * kTokens * kDim);
        }
        expect_close(y, expected);
      });
}

// The queries of fewer tokens than the keys: what merging and pruning of tokens do.
TEST_F(Layers, self_attention_may_have_other_keys_than_queries) {
  run([](nn::TensorTable& table) { nn::describe_self_attention(table, "attn", 80, true); },
      [&](const Scope& m) {
        const HostTensor x = values("x", {1, 3, 80}), other = values("other", {1, 7, 80});
        const Tensor y = nn::add_projection(nn::self_attention(m["attn"], 2, upload(x), upload(other)),
                                            upload(HostTensor({1, 3, 80})));
        const Matrix core =
            attention(linear(matrix_of(x), "attn.to_q", 80), linear(matrix_of(other), "attn.to_k", 80),
                      linear(matrix_of(other), "attn.to_v", 80), 2);
        expect_close(y, linear(core, "attn.to_out.0", 80));
      });
}

TEST_F(Layers, cross_attention_sees_the_keys_of_its_lane_that_are_not_masked) {
  constexpr int64_t kWords = 4, kContext = 12;
  run([](nn::TensorTable& table) { nn::describe_cross_attention(table, "attn", kDim, kContext, true); },
      [&](const Scope& m) {
        const HostTensor x = values("x", {kLanes, kTokens, kDim}),
                         text = values("text", {kLanes, kWords, kContext});
        HostTensor bias({kLanes, kWords});
        bias.values[3] = bias.values[kWords + 1] = -10000;
        const Tensor keys_values = nn::text_keys_values(m["attn"], upload(text));
        const Tensor y =
            nn::add_projection(nn::cross_attention(m["attn"], kHeads, upload(x), keys_values, upload(bias)),
                               upload(HostTensor({kLanes, kTokens, kDim})));
        Matrix expected{kLanes * kTokens, kDim};
        for (int64_t lane = 0; lane < kLanes; ++lane) {
          const Matrix rows = rows_of(matrix_of(x), lane * kTokens, kTokens);
          const Matrix words = rows_of(matrix_of(text), lane * kWords, kWords);
          std::vector<bool> hidden(kWords, false);
          hidden[lane == 0 ? 3 : 1] = true;
          const Matrix core = attention(linear(rows, "attn.to_q", kDim), linear(words, "attn.to_k", kDim),
                                        linear(words, "attn.to_v", kDim), kHeads, hidden);
          const Matrix out = linear(core, "attn.to_out.0", kDim);
          std::copy(out.values.begin(), out.values.end(), expected.values.begin() + lane * kTokens * kDim);
        }
        expect_close(y, expected);
      });
}

TEST_F(Layers, feed_forward_and_embedding_are_two_linears_around_an_activation) {
  run(
      [](nn::TensorTable& table) {
        nn::describe_feed_forward(table, "ff", kDim, 4 * kDim);
        nn::describe_mlp_embedding(table, "embedder", kDim, 2 * kDim);
      },
      [&](const Scope& m) {
        const HostTensor x = values("x", {1, kTokens, kDim}), wide = values("wide", {kLanes, 2 * kDim});
        Matrix hidden = linear(matrix_of(x), "ff.net.0.proj", 4 * kDim);
        for (double& value : hidden.values) value = gelu_tanh(value);
        Matrix expected = linear(hidden, "ff.net.2", kDim);
        for (size_t i = 0; i < expected.values.size(); ++i) expected.values[i] += x.values[i];
        expect_close(nn::add_projection(nn::feed_forward(m["ff"], upload(x)), upload(x)), expected);

        Matrix embedded = linear(matrix_of(wide), "embedder.linear_1", kDim);
        for (double& value : embedded.values) value = silu(value);
        expect_close(nn::mlp_embedding(m["embedder"], upload(wide), Activation::silu),
                     linear(embedded, "embedder.linear_2", kDim));
      });
}

// x + gate * linear(norm(x) * (1 + scale) + shift), shift, scale and gate of the token's lane.
TEST_F(Layers, a_branch_is_modulated_and_gated_by_lane) {
  run([](nn::TensorTable& table) { table.linear("proj", kDim, kDim); },
      [&](const Scope& m) {
        const HostTensor x = values("x", {kLanes, kTokens, kDim}), shift = values("shift", {kLanes, kDim}),
                         scale = values("scale", {kLanes, kDim}), gate = values("gate", {kLanes, kDim});
        const Tensor y = nn::branch(m, upload(x), nn::Modulation{1e-6f, upload(shift), upload(scale)},
                                    upload(gate), [&](const nn::Input& query, const nn::Input&) {
                                      const Scope proj = m["proj"];
                                      return nn::Projection{proj, query.as(m.walk(), nn::input_form(proj))};
                                    });
        const Matrix rows = matrix_of(x);
        Matrix normed{rows.rows, kDim};
        for (int64_t row = 0; row < rows.rows; ++row) {
          double mean = 0, variance = 0;
          for (int64_t c = 0; c < kDim; ++c) mean += rows.at(row, c) / kDim;
          for (int64_t c = 0; c < kDim; ++c) variance += std::pow(rows.at(row, c) - mean, 2) / kDim;
          for (int64_t c = 0; c < kDim; ++c) {
            const auto of_lane = static_cast<size_t>(row / kTokens * kDim + c);
            normed.at(row, c) =
                (rows.at(row, c) - mean) / std::sqrt(variance + 1e-6) * (1 + double{scale.values[of_lane]}) +
                double{shift.values[of_lane]};
          }
        }
        Matrix expected = linear(normed, "proj", kDim);
        for (int64_t row = 0; row < rows.rows; ++row)
          for (int64_t c = 0; c < kDim; ++c)
            expected.at(row, c) =
                rows.at(row, c) +
                double{gate.values[static_cast<size_t>(row / kTokens * kDim + c)]} * expected.at(row, c);
        expect_close(y, expected);
      });
}

TEST_F(Layers, sinusoid_has_its_cosines_first) {
  const std::vector<float> times{0, 1, 999};
  for (const int shift : {0, 1}) {
    Matrix expected{3, 256};
    for (int64_t row = 0; row < 3; ++row)
      for (int64_t i = 0; i < 128; ++i) {
        // As published: frequencies and arguments are fp32, whose rounding shows at t = 999.
        const float argument =
            times[static_cast<size_t>(row)] *
            std::exp(-std::log(10000.0f) * static_cast<float>(i) / static_cast<float>(128 - shift));
        expected.at(row, i) = std::cos(double{argument});
        expected.at(row, 128 + i) = std::sin(double{argument});
      }
    expect_close(nn::timestep_sinusoid(stream_, times, shift), expected);
  }
}

TEST_F(Layers, positions_have_the_column_first_and_are_stretched_to_the_grid) {
  constexpr int64_t kHeight = 3, kWidth = 5;
  run([](nn::TensorTable&) {},
      [&](const Scope& m) {
        Matrix expected{kHeight * kWidth, 16};
        for (int64_t row = 0; row < kHeight; ++row)
          for (int64_t column = 0; column < kWidth; ++column)
            for (int64_t i = 0; i < 4; ++i) {
              const double omega = std::pow(10000.0, -static_cast<double>(i) / 4);
              const double x = static_cast<double>(column) * 8 / kWidth / 2 * omega;
              const double y = static_cast<double>(row) * 8 / kHeight / 2 * omega;
              const int64_t token = row * kWidth + column;
              expected.at(token, i) = std::sin(x);
              expected.at(token, 4 + i) = std::cos(x);
              expected.at(token, 8 + i) = std::sin(y);
              expected.at(token, 12 + i) = std::cos(y);
            }
        expect_close(nn::sincos_positions(m.walk(), 16, kHeight, kWidth, 8, 2), expected);
      });
}

TEST_F(Layers, columns_are_put_together_lane_by_lane_and_taken_apart_again) {
  const HostTensor a = values("a", {kLanes, 12}), b = values("b", {kLanes, 6});
  const Tensor both = nn::concat_columns(stream_, upload(a), upload(b), 6);
  Matrix expected{kLanes, 18};
  for (int64_t lane = 0; lane < kLanes; ++lane)
    for (int64_t c = 0; c < 18; ++c)
      expected.at(lane, c) = c < 12 ? a.values[static_cast<size_t>(lane * 12 + c)]
                                    : b.values[static_cast<size_t>(lane * 6 + c - 12)];
  expect_close(both, expected);
  const auto parts = nn::chunk<3>(both);
  for (size_t part = 0; part < 3; ++part) {
    EXPECT_EQ(parts[part].shape(), (Shape{kLanes, 6}));
    const Tensor copy = nn::activate(stream_, parts[part], Activation::none);
    Matrix piece{kLanes, 6};
    for (int64_t lane = 0; lane < kLanes; ++lane)
      for (int64_t c = 0; c < 6; ++c)
        piece.at(lane, c) = expected.at(lane, static_cast<int64_t>(part) * 6 + c);
    expect_close(copy, piece);
  }
}

// Patches are read with the channel slowest and written with the channel fastest, as DiT's are.
TEST_F(Layers, patches_are_read_and_written_in_their_two_orders) {
  const HostTensor image = values("image", {1, 3, 4, 6});
  const auto pixel = [&](int64_t channel, int64_t line, int64_t column) {
    return double{image.values[static_cast<size_t>((channel * 4 + line) * 6 + column)]};
  };
  Matrix slowest{6, 12}, fastest{6, 12};
  for (int64_t line = 0; line < 4; ++line)
    for (int64_t column = 0; column < 6; ++column)
      for (int64_t channel = 0; channel < 3; ++channel) {
        const int64_t token = line / 2 * 3 + column / 2, within = line % 2 * 2 + column % 2;
        slowest.at(token, channel * 4 + within) = pixel(channel, line, column);
        fastest.at(token, within * 3 + channel) = pixel(channel, line, column);
      }
  expect_close(nn::patchify(stream_, upload(image), 2), slowest);
  HostTensor tokens({1, 6, 12});
  std::copy(fastest.values.begin(), fastest.values.end(), tokens.values.begin());
  expect_close(nn::unpatchify(stream_, upload(tokens), 3, 2, 3, 2), matrix_of(image));
}

}  // namespace
}  // namespace diorama::test
