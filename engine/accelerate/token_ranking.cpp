#include "accelerate/token_ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace diorama::accelerate {
namespace {

// A of one head, rows of softmax, added to `sum`.
void add_attention(const HostTensor& q, const HostTensor& k, int head, int num_heads, float scale,
                   std::vector<double>& sum) {
  const auto tokens = static_cast<size_t>(q.shape[1]);
  const auto width = static_cast<size_t>(q.shape[2]);
  const size_t each = width / static_cast<size_t>(num_heads);
  const size_t first = static_cast<size_t>(head) * each;
  std::vector<double> row(tokens);
  for (size_t i = 0; i < tokens; ++i) {
    double largest = -HUGE_VAL;
    for (size_t j = 0; j < tokens; ++j) {
      double dot = 0;
      for (size_t c = first; c < first + each; ++c)
        dot += static_cast<double>(q.values[i * width + c]) * k.values[j * width + c];
      row[j] = scale * dot;
      largest = std::max(largest, row[j]);
    }
    double total = 0;
    for (double& value : row) total += value = std::exp(value - largest);
    for (size_t j = 0; j < tokens; ++j) sum[i * tokens + j] += row[j] / total / num_heads;
  }
}

}  // namespace

std::vector<double> change_of_tokens(const HostTensor& now, const HostTensor& before, int64_t tokens_wide,
                                     int64_t num_tokens) {
  require(now.shape == before.shape, "[acceleration] outputs of different sizes");
  const int64_t height = now.shape[2];
  const int64_t width = now.shape[3];
  const int64_t patch = width / tokens_wide;
  std::vector<double> change(static_cast<size_t>(num_tokens), 0);
  for (size_t i = 0; i < change.size() * static_cast<size_t>(now.shape[1] * patch * patch); ++i) {
    const auto at = static_cast<int64_t>(i);
    const int64_t row = at / width % height;
    const int64_t column = at % width;
    const double difference = static_cast<double>(now.values[i]) - before.values[i];
    change[static_cast<size_t>(row / patch * tokens_wide + column / patch)] += difference * difference;
  }
  for (double& value : change) value = std::sqrt(value);
  return change;
}

void copy_token(const HostTensor& from, HostTensor& to, int64_t tokens_wide, int32_t token) {
  const int64_t height = from.shape[2];
  const int64_t width = from.shape[3];
  const int64_t patch = width / tokens_wide;
  const int64_t first = token / tokens_wide * patch * width + token % tokens_wide * patch;
  for (int64_t channel = 0; channel < from.shape[1]; ++channel)
    for (int64_t row = 0; row < patch; ++row) {
      const auto at = static_cast<size_t>(channel * height * width + first + row * width);
      std::copy_n(from.values.begin() + static_cast<ptrdiff_t>(at), patch,
                  to.values.begin() + static_cast<ptrdiff_t>(at));
    }
}

std::vector<double> page_rank(const HostTensor& q, const HostTensor& k, int num_heads, float scale) {
  constexpr int kRounds = 30;  // the graph is dense: it settles in a few
  const auto tokens = static_cast<size_t>(q.shape[1]);
  std::vector<double> attention(tokens * tokens, 0);
  for (int head = 0; head < num_heads; ++head) add_attention(q, k, head, num_heads, scale, attention);
  std::vector<double> rank(tokens, 1.0 / static_cast<double>(tokens));
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> next(tokens, 0);
    for (size_t i = 0; i < tokens; ++i)
      for (size_t j = 0; j < tokens; ++j) next[j] += attention[i * tokens + j] * rank[i];
    rank = std::move(next);
  }
  return rank;
}

std::vector<int32_t> TokenOrder::next(std::span<const double> scores, int64_t reserved) const {
  std::vector<int32_t> order(waited_.size());
  std::iota(order.begin(), order.end(), 0);
  const auto by_score = [&](int32_t a, int32_t b) {
    return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
  };
  std::ranges::stable_sort(order, by_score);
  std::ranges::stable_sort(order, std::ranges::greater(), [&](int32_t token) { return waited(token); });
  const auto rest = order.begin() + std::min<int64_t>(reserved, static_cast<int64_t>(order.size()));
  std::stable_sort(rest, order.end(), [&](int32_t a, int32_t b) { return by_score(a, b); });
  return order;
}

void TokenOrder::recomputed(std::span<const int32_t> tokens) {
  for (int& waited : waited_) ++waited;
  for (const int32_t token : tokens) waited_[static_cast<size_t>(token)] = 0;
}

void TokenOrder::all_recomputed() {
  std::ranges::fill(waited_, 0);
}

}  // namespace diorama::accelerate
