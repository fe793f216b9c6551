#include "accelerate/token_matching.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace diorama::accelerate {
namespace {

constexpr int64_t kMostReceived = 7;
constexpr int64_t kNearest = 4;

double dot(const float* a, const float* b, int64_t width) {
  double sum = 0;
  for (int64_t c = 0; c < width; ++c) sum += static_cast<double>(a[c]) * b[c];
  return sum;
}

// Rows of length 1.
std::vector<float> directions(const HostTensor& x) {
  std::vector<float> rows(x.values);
  const int64_t width = x.shape[2];
  for (int64_t i = 0; i < x.shape[1]; ++i) {
    float* row = rows.data() + i * width;
    const double length = std::sqrt(dot(row, row, width));
    for (int64_t c = 0; c < width; ++c) row[c] = static_cast<float>(row[c] / std::max(length, 1e-12));
  }
  return rows;
}

struct Match {
  int32_t giver, receiver;
  double likeness;
};

// The most alike first; a receiver that is full is passed over, until `count` are matched.
std::vector<int32_t> matched(std::vector<Match> matches, int64_t num_tokens, int64_t count) {
  std::ranges::stable_sort(matches, std::ranges::greater(), &Match::likeness);
  std::vector<int32_t> into(static_cast<size_t>(num_tokens));
  std::iota(into.begin(), into.end(), 0);
  std::vector<int64_t> received(into.size(), 0);
  for (const Match& match : matches) {
    if (count == 0) break;
    int32_t& receiver = into[static_cast<size_t>(match.giver)];
    int64_t& taken = received[static_cast<size_t>(match.receiver)];
    if (receiver != match.giver || taken == kMostReceived) continue;
    receiver = match.receiver;
    ++taken;
    --count;
  }
  require(count == 0, "[acceleration] more tokens to merge than the rule can give");
  return into;
}

// `into`: the token that each one is merged into, itself where it stays.
Merging merging_of(const std::vector<int32_t>& into) {
  Merging merging;
  merging.merged.each = kMostReceived + 1;
  merging.back.resize(into.size());
  std::vector<std::vector<int32_t>> groups;
  for (size_t token = 0; token < into.size(); ++token)
    if (into[token] == static_cast<int32_t>(token)) {
      merging.back[token] = static_cast<int32_t>(groups.size());
      groups.push_back({into[token]});
    }
  for (size_t token = 0; token < into.size(); ++token)
    if (into[token] != static_cast<int32_t>(token)) {
      merging.back[token] = merging.back[static_cast<size_t>(into[token])];
      groups[static_cast<size_t>(merging.back[token])].push_back(static_cast<int32_t>(token));
    }
  for (auto& group : groups) {
    const auto size = static_cast<float>(group.size());
    for (int64_t j = 0; j < merging.merged.each; ++j) {
      const bool is_there = j < static_cast<int64_t>(group.size());
      merging.merged.ids.push_back(is_there ? group[static_cast<size_t>(j)] : group.front());
      merging.merged.weights.push_back(is_there ? 1 / size : 0);
    }
  }
  return merging;
}

// All pairs of a giver and a receiver.
std::vector<Match> matches_of(const HostTensor& x, const std::vector<int32_t>& givers,
                              const std::vector<int32_t>& receivers) {
  const int64_t width = x.shape[2];
  const auto rows = directions(x);
  std::vector<Match> matches;
  matches.reserve(givers.size() * receivers.size());
  for (const int32_t giver : givers)
    for (const int32_t receiver : receivers)
      matches.push_back(
          {giver, receiver, dot(rows.data() + giver * width, rows.data() + receiver * width, width)});
  return matches;
}

std::vector<double> energies(const HostTensor& x, double margin) {
  const int64_t width = x.shape[2];
  const int64_t tokens = x.shape[1];
  const auto rows = directions(x);
  std::vector<double> energy(static_cast<size_t>(tokens), 0);
  for (int64_t i = 0; i < tokens; ++i)
    for (int64_t j = 0; j < tokens; ++j) {
      const double above = dot(rows.data() + i * width, rows.data() + j * width, width) - margin;
      energy[static_cast<size_t>(i)] += above >= 0 ? above : std::expm1(above);
    }
  return energy;
}

double distance_squared(const float* a, const float* b, int64_t width) {
  double sum = 0;
  for (int64_t c = 0; c < width; ++c)
    sum += (static_cast<double>(a[c]) - b[c]) * (static_cast<double>(a[c]) - b[c]);
  return sum;
}

struct Grid {
  int64_t wide, high;  // tokens
  int64_t stride;      // of a cell
  int64_t cells_wide() const { return (wide + stride - 1) / stride; }
  int64_t cells_high() const { return (high + stride - 1) / stride; }
  int64_t cell_of(int64_t token) const {
    return token / wide / stride * cells_wide() + token % wide / stride;
  }
  // Those around the token's own, which is among them.
  std::vector<int32_t> cells_around(int64_t token) const {
    std::vector<int32_t> cells;
    const int64_t row = token / wide / stride;
    const int64_t column = token % wide / stride;
    for (int64_t r = std::max<int64_t>(0, row - 1); r <= std::min(cells_high() - 1, row + 1); ++r)
      for (int64_t c = std::max<int64_t>(0, column - 1); c <= std::min(cells_wide() - 1, column + 1); ++c)
        cells.push_back(static_cast<int32_t>(r * cells_wide() + c));
    return cells;
  }
};

// The nearest centres first.
std::vector<std::pair<double, int32_t>> nearest(const HostTensor& x, const HostTensor& centres,
                                                const Grid& grid, int64_t token) {
  const int64_t width = x.shape[2];
  std::vector<std::pair<double, int32_t>> found;
  for (const int32_t cell : grid.cells_around(token))
    found.emplace_back(
        distance_squared(x.values.data() + token * width, centres.values.data() + cell * width, width), cell);
  std::ranges::sort(found);
  return found;
}

}  // namespace

Merging merge_by_cells(const HostTensor& x, int64_t tokens_wide, int64_t count, uint64_t draw) {
  const Grid grid{tokens_wide, x.shape[1] / tokens_wide, 2};
  std::vector<std::vector<int32_t>> cells(static_cast<size_t>(grid.cells_wide() * grid.cells_high()));
  for (int64_t token = 0; token < x.shape[1]; ++token)
    cells[static_cast<size_t>(grid.cell_of(token))].push_back(static_cast<int32_t>(token));
  std::vector<int32_t> givers;
  std::vector<int32_t> receivers;
  for (const auto& cell : cells) {
    draw = draw * 6364136223846793005u + 1442695040888963407u;
    const size_t chosen = (draw >> 33) % cell.size();
    for (size_t i = 0; i < cell.size(); ++i) (i == chosen ? receivers : givers).push_back(cell[i]);
  }
  return merging_of(matched(matches_of(x, givers, receivers), x.shape[1], count));
}

Merging merge_by_energy(const HostTensor& x, int64_t count, double margin) {
  const auto energy = energies(x, margin);
  std::vector<int32_t> order(energy.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](int32_t token) { return energy[static_cast<size_t>(token)]; });
  std::vector<int32_t> givers;
  std::vector<int32_t> receivers;
  for (int64_t i = 0; i < 2 * count; ++i)
    (i % 2 == 0 ? givers : receivers).push_back(order[static_cast<size_t>(i)]);
  return merging_of(matched(matches_of(x, givers, receivers), x.shape[1], count));
}

Merging merge_nothing(int64_t num_tokens) {
  std::vector<int32_t> into(static_cast<size_t>(num_tokens));
  std::iota(into.begin(), into.end(), 0);
  return merging_of(into);
}

int64_t most_merged_by_cells(int64_t num_tokens, int64_t tokens_wide) {
  const Grid grid{tokens_wide, num_tokens / tokens_wide, 2};
  return num_tokens - grid.cells_wide() * grid.cells_high();
}

int64_t most_merged_by_energy(int64_t num_tokens) {
  return num_tokens / 2;
}

HostTensor means_of(const HostTensor& x, const std::vector<int32_t>& owner, int64_t num_clusters) {
  const int64_t width = x.shape[2];
  HostTensor means({1, num_clusters, width});
  std::vector<float> sizes(static_cast<size_t>(num_clusters), 0);
  for (size_t token = 0; token < owner.size(); ++token) {
    sizes[static_cast<size_t>(owner[token])] += 1;
    for (int64_t c = 0; c < width; ++c)
      means.values[static_cast<size_t>(owner[token] * width + c)] +=
          x.values[token * static_cast<size_t>(width) + static_cast<size_t>(c)];
  }
  for (size_t i = 0; i < means.values.size(); ++i)
    means.values[i] /= std::max(1.0f, sizes[i / static_cast<size_t>(width)]);
  return means;
}

Clusters cluster(const HostTensor& x, int64_t tokens_wide, int stride, int rounds) {
  const Grid grid{tokens_wide, x.shape[1] / tokens_wide, stride};
  const int64_t num_clusters = grid.cells_wide() * grid.cells_high();
  Clusters clusters;
  for (int64_t token = 0; token < x.shape[1]; ++token)
    clusters.owner.push_back(static_cast<int32_t>(grid.cell_of(token)));
  clusters.centres = means_of(x, clusters.owner, num_clusters);
  for (int round = 0; round < rounds; ++round) {
    for (int64_t token = 0; token < x.shape[1]; ++token)
      clusters.owner[static_cast<size_t>(token)] = nearest(x, clusters.centres, grid, token).front().second;
    clusters.centres = means_of(x, clusters.owner, num_clusters);
  }
  std::vector<std::vector<std::pair<double, int32_t>>> found;
  double mean = 0;
  for (int64_t token = 0; token < x.shape[1]; ++token) {
    found.push_back(nearest(x, clusters.centres, grid, token));
    mean += found.back().front().first / static_cast<double>(x.shape[1]);
  }
  clusters.near.each = kNearest;
  for (auto& candidates : found) {
    candidates.resize(kNearest, {HUGE_VAL, 0});
    double total = 0;
    for (const auto& [distance, cell] : candidates)
      total += std::exp((candidates[0].first - distance) / std::max(mean, 1e-12));
    for (const auto& [distance, cell] : candidates) {
      clusters.near.ids.push_back(cell);
      clusters.near.weights.push_back(
          static_cast<float>(std::exp((candidates[0].first - distance) / std::max(mean, 1e-12)) / total));
    }
  }
  return clusters;
}

}  // namespace diorama::accelerate
