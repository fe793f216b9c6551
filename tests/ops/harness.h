// Inputs, guarded outputs and the comparison that the op tests share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "formats/format.h"
#include "ops/devices.h"
#include "tensor/kernel_args.h"
#include "tensor/stream.h"

namespace diorama::test {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

// Normally distributed, the same for the same seed everywhere.
Floats random_values(int64_t count, uint32_t seed, float scale = 1);
// To the nearest value of a float type.
Floats rounded(Floats values, DType type);

// A tensor of `values` in `type`. With a wider row the elements beside the columns are NaN.
Tensor input(Device& device, const Shape& shape, const Floats& values, DType type = DType::f32);
Tensor strided_input(Device& device, const Shape& shape, const Floats& values, int64_t row_width,
                     int64_t first_column, DType type = DType::f32);
Tensor input(Device& device, const Shape& shape, const std::vector<int32_t>& values);
// In the form that a product with the weight wants.
Tensor input_for(Stream& stream, const Weight& weight, const Shape& shape, const Floats& values);

// A packed weight and the values its format kept, [n, k].
struct TestWeight {
  Weight weight;
  Floats values;
};
TestWeight make_weight(Device& device, const Format& format, int64_t n, int64_t k, uint32_t seed,
                       bool bias = true, int kernel = 1);
Floats bias_of(Device& device, const TestWeight& weight);

// An output tensor between two walls of sentinel bytes.
class Output {
 public:
  Output(Device& device, const Shape& shape, DType type = DType::f32);
  const Tensor& tensor() const { return tensor_; }
  // The values as fp32; reports a broken wall as a test failure.
  Floats values() const;
  std::vector<std::byte> bytes() const;

 private:
  Device* device_;
  std::shared_ptr<Buffer> buffer_;
  size_t size_;
  Tensor tensor_;
};

// Normalised mean square error and the largest error in units of the expected values' root mean square.
struct Tolerance {
  double nmse;
  double largest;
};
Tolerance tolerance(DType type);

// Fails with variant, shape, type, worst index, expected and got.
void expect_close(const std::string& variant, const Shape& shape, DType type, const Floats& got,
                  const Doubles& expected);

}  // namespace diorama::test
