// Extents of a tensor, outermost first, at most four: [B, N, D], [B, C, H, W].
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "base/error.h"

namespace diorama {

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  explicit Shape(std::span<const int64_t> extents) {
    require(extents.size() <= extents_.size(), "[shape] more than four dimensions");
    for (const int64_t extent : extents) extents_[rank_++] = extent;
  }

  int rank() const { return rank_; }
  // Negative indices count from the end, as in PyTorch.
  int64_t operator[](int i) const { return extents_[static_cast<size_t>(i < 0 ? i + rank_ : i)]; }
  int64_t& operator[](int i) { return extents_[static_cast<size_t>(i < 0 ? i + rank_ : i)]; }
  int64_t last() const { return rank_ == 0 ? 1 : (*this)[-1]; }
  int64_t num_elements() const {
    int64_t count = 1;
    for (int i = 0; i < rank_; ++i)
      if (__builtin_mul_overflow(count, (*this)[i], &count))
        fail(Fault::out_of_memory, "[shape] {} has more elements than any memory", to_string());
    return count;
  }
  // Product of all extents but the last.
  int64_t num_rows() const { return last() == 0 ? 0 : num_elements() / last(); }

  bool operator==(const Shape& other) const = default;

  std::string to_string() const {
    std::string text = "[";
    for (int i = 0; i < rank_; ++i) text += (i > 0 ? ", " : "") + std::to_string((*this)[i]);
    return text + "]";
  }

 private:
  std::array<int64_t, 4> extents_{};
  int rank_ = 0;
};

}  // namespace diorama
