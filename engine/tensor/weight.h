// Weights as a device holds them: packed once at load, opaque to everyone but that device.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tensor/tensor.h"

namespace diorama {

struct Format;  // formats/format.h

// What is done to a row of an input before it is quantised; its matrix has been given the inverse.
struct Conditioning {
  Tensor multiplier;  // [K] f32: x * multiplier, or none
  int rotation = 1;   // then the block Hadamard rotation of this order (formats/hadamard.h), 1: none
};

// How a product wants its input: the type and, for 8-bit codes, the conditioning.
struct InputForm {
  DType type = DType::f32;
  Conditioning conditioning = {};

  InputForm() = default;
  InputForm(DType plain) : type(plain) {}  // NOLINT(google-explicit-constructor): a type is a form as it is
  InputForm(DType codes, Conditioning how) : type(codes), conditioning(std::move(how)) {}

  bool operator==(const InputForm& other) const {
    return type == other.type && conditioning.rotation == other.conditioning.rotation &&
           conditioning.multiplier.buffer() == other.conditioning.multiplier.buffer() &&
           conditioning.multiplier.byte_offset() == other.conditioning.multiplier.byte_offset();
  }
};

// The device's own layout of one weight.
class PackedWeight {
 public:
  virtual ~PackedWeight() = default;
  virtual size_t byte_size() const = 0;
};

// Where rows of a matrix [N, K] come from while packing (a file, a generator).
using ReadRows = std::function<void(int64_t first_row, int64_t num_rows, float* out)>;
// The same as the weight's own format holds them, one behind the other.
using ReadEncodedRows = std::function<void(int64_t first_row, int64_t num_rows, std::byte* out)>;
struct RowReader {
  ReadRows values;          // as published: not yet conditioned
  ReadEncodedRows encoded;  // where the source has them in this very format, else none
};

// A linear layer's matrix [N, K] (y = W x + b), or a convolution's [O, kernel_h * kernel_w * I], whose K runs
// over (row of the kernel, column of the kernel, input channel), the channel fastest.
struct Weight {
  std::string name;
  const Format* format = nullptr;
  int64_t n = 0;
  int64_t k = 0;
  int64_t first_row = 0;  // of the packed matrix, where this is a view of some of its rows
  int kernel_h = 1;
  int kernel_w = 1;
  InputForm input;                       // the form of x that the product wants
  Tensor bias;                           // [N] f32, or none
  std::shared_ptr<PackedWeight> packed;  // null in a plan

  // Rows [first, first + count) of a joined projection: the same packed memory. `first` is a multiple of
  // kRowGroup.
  static constexpr int64_t kRowGroup = 64;
  Weight rows(int64_t first, int64_t count) const;
};

}  // namespace diorama
