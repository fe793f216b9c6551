// Attention in products of 8-bit codes (SageAttention, arXiv 2410.02367): the keys' mean is taken off, which
// softmax does not see; queries and keys have a scale a row, values one a channel, exponentials 127 levels
// below their row's maximum.
#pragma once

#include "cpu/simd/fetch.h"
#include "cpu/simd/integer.h"

namespace diorama::cpu::DIORAMA_ISA {

constexpr float kExponentialLevels = 127;

static inline IntVec nearest_integers(Vec v) {
  return reinterpret_cast<IntVec>(v + 0x1.8p23f) - 0x4b400000;
}

struct CodesScratch {
  int64_t depth;        // head_dim in whole words of four
  int64_t tile;         // keys
  int64_t panels;       // of channels
  std::byte* keys;      // [tile / 64][depth / 4][64][4] levels
  std::byte* values;    // [panels][tile / 4][64][4] levels
  std::byte* queries;   // [kTileRows][depth] codes
  std::byte* weights;   // [kTileRows][tile] codes of exponentials
  int32_t* sums;        // [kTileRows][64]
  float* logits;        // [kTileRows][tile]
  float* outputs;       // [num_queries][panels * 64]
  float* key_mean;      // [panels * 64]
  float* value_scales;  // [panels * 64]
  float* key_scales;    // [tile]
  float* bias;          // [tile]
  float* maxima;        // [num_queries]
  float* totals;        // [num_queries]

  explicit CodesScratch(const AttentionTask& t)
      : depth(multiple_of(4, t.head_dim)),
        tile(kCodesTile),
        panels(multiple_of(kPanel, t.head_dim) / kPanel) {
    auto* at = reinterpret_cast<std::byte*>(t.scratch);
    const auto take = [&at](int64_t bytes) {
      std::byte* piece = at;
      at += multiple_of(64, bytes);
      return piece;
    };
    const auto floats = [&take](int64_t count) { return reinterpret_cast<float*>(take(count * 4)); };
    keys = take(tile * depth);
    values = take(panels * kPanel * tile);
    queries = take(kTileRows * depth);
    weights = take(kTileRows * tile);
    sums = reinterpret_cast<int32_t*>(take(kTileRows * kPanel * 4));
    logits = floats(kTileRows * tile);
    outputs = floats(t.num_queries * panels * kPanel);
    key_mean = floats(panels * kPanel);
    value_scales = floats(panels * kPanel);
    key_scales = floats(tile);
    bias = floats(tile);
    maxima = floats(t.num_queries);
    totals = floats(t.num_queries);
  }
};

// Means of the keys' channels and extents of the values', over all keys.
static inline void survey(const AttentionTask& t, const CodesScratch& s) {
  for (int64_t c = 0; c < t.head_dim; c += kLanes) {
    store(s.key_mean + c, Vec{});
    store(s.value_scales + c, Vec{});
  }
  for (int64_t j = 0; j < t.num_keys; ++j) {
    fetch_ahead(t.k, j, t.num_keys, t.head_dim);
    fetch_ahead(t.v, j, t.num_keys, t.head_dim);
    for (int64_t c = 0; c < t.head_dim; c += kLanes) {
      const int count = lanes_left(c, t.head_dim);
      const Vec v = load_as(t.v.type, t.v.data, j * t.v.stride + c, count);
      store(s.key_mean + c, load(s.key_mean + c) + load_as(t.k.type, t.k.data, j * t.k.stride + c, count));
      store(s.value_scales + c, max(load(s.value_scales + c), max(v, -v)));
    }
  }
  for (int64_t c = 0; c < t.head_dim; c += kLanes) {
    store(s.key_mean + c, load(s.key_mean + c) / static_cast<float>(t.num_keys));
    store(s.value_scales + c, load(s.value_scales + c) / 127.0f);
  }
}

// Codes of one row of a head to dst[word * step] (a word is four channels); returns the scale, and their sum
// (unsigned here and below: codes of NaN are any numbers).
template <typename Read>
static inline float encode_row(const CodesScratch& s, int64_t head_dim, int offset, Read read, std::byte* dst,
                               int64_t step, uint32_t* sum) {
  Vec extent{};
  for (int64_t c = 0; c < head_dim; c += kLanes) {
    const Vec v = read(c, lanes_left(c, head_dim));
    extent = max(extent, max(v, -v));
  }
  const float largest_value = largest(extent);
  const float inverse = largest_value > 0 ? 127.0f / largest_value : 0.0f;
  BitVec total{};
  for (int64_t c = 0; c < s.depth; c += kLanes) {
    const int count = static_cast<int>(min_of(kLanes, s.depth - c));
    const int present = c < head_dim ? lanes_left(c, head_dim) : 0;
    const IntVec codes = nearest_integers(read(c, present) * inverse);
    total += reinterpret_cast<BitVec>(codes);
    using Bytes = int8_t __attribute__((vector_size(kLanes)));
    const Bytes bytes = __builtin_convertvector(codes + offset, Bytes);
    int8_t row[kLanes];
    __builtin_memcpy(row, &bytes, sizeof bytes);
    for (int i = 0; i < count; i += 4) __builtin_memcpy(dst + (c + i) / 4 * step, row + i, 4);
  }
  if (sum != nullptr) {
    *sum = 0;
    for (int lane = 0; lane < kLanes; ++lane) *sum += total[lane];
  }
  return largest_value / 127.0f;
}

// Keys [first, first + count) and their values as levels; what fills up the last panel is masked.
static inline void pack_codes(const AttentionTask& t, const CodesScratch& s, int64_t first, int64_t count,
                              int offset) {
  const int64_t padded = multiple_of(kPanel, count);
  for (int64_t j = 0; j < padded; ++j) {
    const bool present = j < count;
    s.bias[j] = !present ? -__builtin_inff() : t.key_bias == nullptr ? 0.0f : t.key_bias[first + j];
    const auto read = [&](int64_t c, int lanes) {
      if (!present) return Vec{};
      return load_as(t.k.type, t.k.data, (first + j) * t.k.stride + c, lanes) - load(s.key_mean + c, lanes);
    };
    std::byte* column = s.keys + j / kPanel * kPanel * s.depth + j % kPanel * 4;
    s.key_scales[j] = encode_row(s, t.head_dim, offset, read, column, 4 * kPanel, nullptr);
  }
  for (int64_t j = 0; j < padded; j += 4)
    for (int64_t c = 0; c < t.head_dim; c += kLanes) {
      const int lanes = lanes_left(c, t.head_dim);
      const Vec scale = load(s.value_scales + c);
      const Vec inverse = scale > 0.0f ? 1.0f / scale : Vec{};
      IntVec word{};
      for (int i = 0; i < 4; ++i) {
        Vec v{};
        if (j + i < count) v = load_as(t.v.type, t.v.data, (first + j + i) * t.v.stride + c, lanes);
        word |= ((nearest_integers(v * inverse) + offset) & 255) << (8 * i);
      }
      __builtin_memcpy(s.values + c / kPanel * kPanel * s.tile + c % kPanel * 4 + j * kPanel, &word,
                       sizeof word);
    }
}

// Logits of a tile of rows with all keys of the tile; `row` is the first query.
template <typename TileFunction>
static inline void logits_of(const AttentionTask& t, const CodesScratch& s, int64_t row, int64_t rows,
                             int64_t first, int64_t padded, int offset, TileFunction tile) {
  float scales[kTileRows];
  uint32_t excess[kTileRows];
  for (int64_t r = 0; r < rows; ++r) {
    const auto read = [&](int64_t c, int lanes) {
      return load_as(t.q.type, t.q.data, (row + r) * t.q.stride + c, lanes);
    };
    fetch_ahead(t.q, row + r, t.num_queries, t.head_dim);
    uint32_t sum = 0;
    scales[r] = encode_row(s, t.head_dim, 0, read, s.queries + r * s.depth, 4, &sum) * t.scale;
    excess[r] = static_cast<uint32_t>(offset) * sum;
  }
  for (int64_t j = 0; j < padded; j += kPanel) {
    tile(IntegerTile{s.queries, s.depth, s.keys + j * s.depth, s.depth, rows, kPanel, s.sums});
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t i = 0; i < kPanel; i += kLanes) {
        BitVec v;
        __builtin_memcpy(&v, s.sums + r * kPanel + i, sizeof v);
        const Vec products =
            __builtin_convertvector(reinterpret_cast<IntVec>(v - excess[r]), Vec) * scales[r];
        store(s.logits + r * s.tile + j + i, fma(products, load(s.key_scales + j + i), load(s.bias + j + i)));
      }
  }
  if (t.window > 0)
    for (int64_t r = 0; r < rows; ++r) hide_unseen(t, row + r, first, padded, s.logits + r * s.tile);
}

// Logits of one row to codes of their exponentials; returns the codes' sum. Brings the row's total and output
// to the new maximum.
static inline uint32_t soften_codes(const CodesScratch& s, int64_t query, int64_t r, int64_t padded,
                                    int64_t width) {
  const float* logits = s.logits + r * s.tile;
  Vec highest = broadcast(s.maxima[query]);
  for (int64_t j = 0; j < padded; j += kLanes) highest = max(highest, load(logits + j));
  const float maximum = largest(highest);
  BitVec total{};
  for (int64_t j = 0; j < padded; j += kLanes) {
    const IntVec codes = nearest_integers(exp(load(logits + j) - maximum) * kExponentialLevels);
    total += reinterpret_cast<BitVec>(codes);
    using Bytes = int8_t __attribute__((vector_size(kLanes)));
    const Bytes bytes = __builtin_convertvector(codes, Bytes);
    __builtin_memcpy(s.weights + r * s.tile + j, &bytes, sizeof bytes);
  }
  uint32_t sum = 0;
  for (int lane = 0; lane < kLanes; ++lane) sum += total[lane];
  if (maximum > s.maxima[query]) {
    const float correction = exp(broadcast(s.maxima[query] - maximum))[0];
    s.totals[query] *= correction;
    float* output = s.outputs + query * width;
    for (int64_t c = 0; c < width; c += kLanes) store(output + c, load(output + c) * correction);
    s.maxima[query] = maximum;
  }
  s.totals[query] += static_cast<float>(sum);
  return sum;
}

template <typename TileFunction>
static inline void add_values(const AttentionTask& t, const CodesScratch& s, int64_t row, int64_t rows,
                              int64_t padded, const uint32_t* excess, TileFunction tile) {
  for (int64_t panel = 0; panel < s.panels; ++panel) {
    const int64_t columns = min_of(kPanel, t.head_dim - panel * kPanel);
    tile(IntegerTile{s.weights, s.tile, s.values + panel * kPanel * s.tile, padded, rows, columns, s.sums});
    for (int64_t r = 0; r < rows; ++r) {
      float* output = s.outputs + (row + r) * s.panels * kPanel + panel * kPanel;
      for (int64_t c = 0; c < columns; c += kLanes) {
        BitVec v;
        __builtin_memcpy(&v, s.sums + r * kPanel + c, sizeof v);
        store(output + c,
              load(output + c) + __builtin_convertvector(reinterpret_cast<IntVec>(v - excess[r]), Vec));
      }
    }
  }
}

template <typename TileFunction>
static inline void attend_with_codes(const AttentionTask& t, int offset, TileFunction tile) {
  const CodesScratch s(t);
  const int64_t width = s.panels * kPanel;
  survey(t, s);
  __builtin_memset(s.outputs, 0, static_cast<size_t>(t.num_queries * width) * sizeof(float));
  for (int64_t i = 0; i < t.num_queries; ++i) {
    s.maxima[i] = -3.40282347e38f;
    s.totals[i] = 0;
  }
  for (int64_t first = 0; first < t.num_keys; first += s.tile) {
    const int64_t keys = min_of(s.tile, t.num_keys - first);
    const int64_t padded = multiple_of(kPanel, keys);
    pack_codes(t, s, first, keys, offset);
    for (int64_t i = 0; i < t.num_queries; i += kTileRows) {
      const int64_t rows = min_of(kTileRows, t.num_queries - i);
      logits_of(t, s, i, rows, first, padded, offset, tile);
      uint32_t excess[kTileRows];
      for (int64_t r = 0; r < rows; ++r)
        excess[r] = static_cast<uint32_t>(offset) * soften_codes(s, i + r, r, padded, width);
      add_values(t, s, i, rows, padded, excess, tile);
    }
  }
  for (int64_t i = 0; i < t.num_queries; ++i) {
    const float inverse = 1.0f / s.totals[i];
    for (int64_t c = 0; c < t.head_dim; c += kLanes) {
      const int count = lanes_left(c, t.head_dim);
      const Vec v = load(s.outputs + i * width + c) * inverse * load(s.value_scales + c, count);
      store_as(t.y.type, t.y.data, i * t.y.stride + c, v, count);
    }
  }
}

}  // namespace diorama::cpu::DIORAMA_ISA
