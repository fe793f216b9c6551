#include "cpu/simd/fetch.h"
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
  int64_t width;   // head_dim in whole vectors of any set
  int64_t tile;    // keys
  float* queries;  // [num_queries][head_dim], scaled
  float* outputs;  // [num_queries][width], not yet divided by the sums
  float* keys;     // [head_dim][tile]
  float* values;   // [tile][width]
  float* logits;   // [kTileRows][tile], then their exponentials
  float* bias;     // [tile]
  float* maxima;   // [num_queries]
  float* sums;     // [num_queries]

  explicit Scratch(const AttentionTask& t) : width(padded_head_dim(t.head_dim)), tile(key_tile(t.head_dim)) {
    queries = t.scratch;
    outputs = queries + t.num_queries * width;
    keys = outputs + t.num_queries * width;
    values = keys + tile * width;
    logits = values + tile * width;
    bias = logits + kTileRows * tile;
    maxima = bias + tile;
    sums = maxima + t.num_queries;
  }
};

void begin(const AttentionTask& t, const Scratch& s) {
  for (int64_t i = 0; i < t.num_queries; ++i) {
    fetch_ahead(t.q, i, t.num_queries, t.head_dim);
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

// kLanes keys from `first` on, transposed into columns [j, j + kLanes) of the tile; absent keys are 0.
void pack_keys(const AttentionTask& t, const Scratch& s, int64_t first, int64_t j) {
  for (int64_t i = first; i < first + kLanes; ++i) fetch_ahead(t.k, i, t.num_keys, t.head_dim);
  for (int64_t c = 0; c < t.head_dim; c += kLanes) {
    const int lanes = lanes_left(c, t.head_dim);
    Vec block[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      const bool present = first + i < t.num_keys;
      block[i] = present ? load_as(t.k.type, t.k.data, (first + i) * t.k.stride + c, lanes) : Vec{};
    }
    transpose(block);
    for (int i = 0; i < lanes; ++i) store(s.keys + (c + i) * s.tile + j, block[i]);
  }
}

// Keys [first, first + count) and their values; what fills up the last vector gets the bias -infinity.
void pack_tile(const AttentionTask& t, const Scratch& s, int64_t first, int64_t count) {
  for (int64_t j = 0; j < count; j += kLanes) {
    pack_keys(t, s, first + j, j);
    for (int64_t i = j; i < j + kLanes; ++i)
      s.bias[i] = i >= count ? -kInfinity : t.key_bias == nullptr ? 0.0f : t.key_bias[first + i];
  }
  for (int64_t j = 0; j < count; ++j) {
    fetch_ahead(t.v, first + j, t.num_keys, t.head_dim);
    for (int64_t c = 0; c < t.head_dim; c += kLanes)
      store(s.values + j * s.width + c,
            load_as(t.v.type, t.v.data, (first + j) * t.v.stride + c, lanes_left(c, t.head_dim)));
  }
}

// Adds the biases to one row of logits; returns the largest, or the maximum so far.
float add_biases(const AttentionTask& t, const Scratch& s, int64_t query, float* logits, int64_t first,
                 int64_t count) {
  const float* position =
      t.position_bias == nullptr ? nullptr : t.position_bias + query * t.position_stride + first;
  Vec highest = broadcast(s.maxima[query]);
  for (int64_t j = 0; j < count; j += kLanes) {
    Vec logit = load(logits + j) + load(s.bias + j);
    if (position != nullptr) logit += load(position + j, lanes_left(j, count));
    store(logits + j, logit);
    if (t.window == 0) highest = max(highest, logit);
  }
  if (t.window > 0) {
    hide_unseen(t, query, first, multiple_of(kLanes, count), logits);
    for (int64_t j = 0; j < count; j += kLanes) highest = max(highest, load(logits + j));
  }
  return largest(highest);
}

// Logits become exp(logit - maximum); the query's sum and output are brought to the new maximum.
void exponentiate(const AttentionTask& t, const Scratch& s, int64_t query, float* logits, int64_t count,
                  float maximum) {
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

// Two passes over the rows, so that finding one row's maximum overlaps the next row's work.
void soften(const AttentionTask& t, const Scratch& s, int64_t query, int64_t rows, int64_t first,
            int64_t count) {
  float maxima[kTileRows];
  for (int64_t r = 0; r < rows; ++r)
    maxima[r] = add_biases(t, s, query + r, s.logits + r * s.tile, first, count);
  for (int64_t r = 0; r < rows; ++r) exponentiate(t, s, query + r, s.logits + r * s.tile, count, maxima[r]);
}

void finish(const AttentionTask& t, const Scratch& s) {
  for (int64_t i = 0; i < t.num_queries; ++i) {
    fetch_ahead({t.y.data, t.y.stride, t.y.type}, i, t.num_queries, t.head_dim);
    const float inverse = 1.0f / s.sums[i];
    for (int64_t c = 0; c < t.head_dim; c += kLanes)
      store_as(t.y.type, t.y.data, i * t.y.stride + c, load(s.outputs + i * s.width + c) * inverse,
               lanes_left(c, t.head_dim));
  }
}

}  // namespace

void attend(const AttentionTask& t) {
  const Scratch s(t);
  begin(t, s);
  for (int64_t first = 0; first < t.num_keys; first += s.tile) {
    const int64_t keys = min_of(s.tile, t.num_keys - first);
    pack_tile(t, s, first, keys);
    for (int64_t i = 0; i < t.num_queries; i += kTileRows) {
      const int64_t rows = min_of(kTileRows, t.num_queries - i);
      multiply({s.queries + i * t.head_dim, t.head_dim, s.keys, s.tile, t.head_dim, s.logits, s.tile, false},
               rows, vecs_for(keys));
      soften(t, s, i, rows, first, keys);
      multiply({s.logits, s.tile, s.values, s.width, keys, s.outputs + i * s.width, s.width, true}, rows,
               vecs_for(t.head_dim));
    }
  }
  finish(t, s);
}

}  // namespace diorama::cpu::DIORAMA_ISA
