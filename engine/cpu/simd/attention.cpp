#include "cpu/simd/math.h"
#include "cpu/simd/table.h"
#include "cpu/simd/tile.h"

// Online softmax over tiles of keys (Milakov and Gimelshein 2018; Dao et al. 2022). Keys are packed
// transposed, tile by tile, so that a head dimension such as 72 needs no padding in q k^T; values keep their
// rows.
namespace diorama::cpu::DIORAMA_ISA {
namespace {

constexpr float kMostNegative = -3.40282347e38f;
constexpr float kInfinity = __builtin_inff();

int64_t vecs_for(int64_t columns) {
  return (columns + kLanes - 1) / kLanes;
}

struct Scratch {
  int64_t width;   // head_dim in whole panels
  float* queries;  // [num_queries][head_dim], scaled
  float* outputs;  // [num_queries][width], not yet divided by the sums
  float* maxima;   // [num_queries]
  float* sums;     // [num_queries]
  float* keys;     // [head_dim][kKeyTile]
  float* values;   // [kKeyTile][width]
  float* bias;     // [kKeyTile]
  float* logits;   // [kTileRows][kKeyTile], then their exponentials

  explicit Scratch(const AttentionTask& t) : width((t.head_dim + kPanel - 1) / kPanel * kPanel) {
    queries = t.scratch;
    outputs = queries + t.num_queries * width;
    keys = outputs + t.num_queries * width;
    values = keys + kKeyTile * width;
    logits = values + kKeyTile * width;
    bias = logits + kTileRows * kKeyTile;
    maxima = bias + kKeyTile;
    sums = maxima + t.num_queries;
  }
};

void begin(const AttentionTask& t, const Scratch& s) {
  for (int64_t i = 0; i < t.num_queries; ++i) {
    for (int64_t c = 0; c < t.head_dim; c += kLanes) {
      const int count = lanes_left(c, t.head_dim);
      const Vec q = load_as(t.q.type, t.q.data, i * t.q.stride + c, count);
      store(s.queries + i * t.head_dim + c, q * t.scale, count);
    }
    for (int64_t c = 0; c < s.width; c += kLanes) store(s.outputs + i * s.width + c, Vec{});
    s.maxima[i] = kMostNegative;
    s.sums[i] = 0;
  }
}

// Keys [first, first + count) and their values; absent keys are 0 with a bias of -infinity.
void pack_tile(const AttentionTask& t, const Scratch& s, int64_t first, int64_t count) {
  for (int64_t j = 0; j < kKeyTile; ++j) {
    const bool present = j < count;
    s.bias[j] = !present ? -kInfinity : t.key_bias == nullptr ? 0.0f : t.key_bias[first + j];
    for (int64_t c = 0; c < t.head_dim; c += kLanes) {
      const int lanes = present ? lanes_left(c, t.head_dim) : 0;
      store(s.values + j * s.width + c, load_as(t.v.type, t.v.data, (first + j) * t.v.stride + c, lanes));
      const Vec key = load_as(t.k.type, t.k.data, (first + j) * t.k.stride + c, lanes);
      for (int i = 0; i < kLanes && c + i < t.head_dim; ++i) s.keys[(c + i) * kKeyTile + j] = key[i];
    }
  }
}

// Logits of one query become exp(logit - maximum); its sum and output are brought to the new maximum.
void soften(const AttentionTask& t, const Scratch& s, int64_t query, float* logits, int64_t first,
            int64_t count) {
  const float* position = t.position_bias == nullptr ? nullptr : t.position_bias + query * t.num_keys + first;
  Vec highest = broadcast(s.maxima[query]);
  for (int64_t j = 0; j < count; j += kLanes) {
    Vec logit = load(logits + j) + load(s.bias + j);
    if (position != nullptr) logit += load(position + j, lanes_left(j, count));
    store(logits + j, logit);
    highest = max(highest, logit);
  }
  const float maximum = max(highest);
  Vec total{};
  for (int64_t j = 0; j < count; j += kLanes) {
    const Vec e = exp(load(logits + j) - maximum);
    store(logits + j, e);
    total += e;
  }
  if (maximum > s.maxima[query]) {
    const Vec correction = exp(broadcast(s.maxima[query] - maximum));
    s.sums[query] *= correction[0];
    float* output = s.outputs + query * s.width;
    for (int64_t c = 0; c < t.head_dim; c += kLanes) store(output + c, load(output + c) * correction);
    s.maxima[query] = maximum;
  }
  s.sums[query] += sum(total);
}

void finish(const AttentionTask& t, const Scratch& s) {
  for (int64_t i = 0; i < t.num_queries; ++i)
    for (int64_t c = 0; c < t.head_dim; c += kLanes)
      store_as(t.y.type, t.y.data, i * t.y.stride + c, load(s.outputs + i * s.width + c) / s.sums[i],
               lanes_left(c, t.head_dim));
}

}  // namespace

void attend(const AttentionTask& t) {
  const Scratch s(t);
  begin(t, s);
  for (int64_t first = 0; first < t.num_keys; first += kKeyTile) {
    const int64_t keys = min_of(kKeyTile, t.num_keys - first);
    pack_tile(t, s, first, keys);
    for (int64_t i = 0; i < t.num_queries; i += kTileRows) {
      const int64_t rows = min_of(kTileRows, t.num_queries - i);
      multiply(
          {s.queries + i * t.head_dim, t.head_dim, s.keys, kKeyTile, t.head_dim, s.logits, kKeyTile, false},
          rows, vecs_for(keys));
      for (int64_t r = 0; r < rows; ++r) soften(t, s, i + r, s.logits + r * kKeyTile, first, keys);
      multiply({s.logits, kKeyTile, s.values, s.width, keys, s.outputs + i * s.width, s.width, true}, rows,
               vecs_for(t.head_dim));
    }
  }
  finish(t, s);
}

}  // namespace diorama::cpu::DIORAMA_ISA
