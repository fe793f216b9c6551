#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;

class HostBuffer final : public Buffer {
 public:
  explicit HostBuffer(size_t bytes) : memory_(bytes) {
    host = memory_.data();
    byte_size = bytes;
  }

 private:
  std::vector<std::byte> memory_;
};

// [2, 3, 4] with element i = i.
Tensor counted() {
  Tensor tensor({std::make_shared<HostBuffer>(96), 0, nullptr}, {2, 3, 4}, DType::f32);
  std::iota(tensor.data<float>(), tensor.data<float>() + 24, 0.0f);
  return tensor;
}

TEST(Shape, counts_elements_and_rows) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape.num_elements(), 24);
  EXPECT_EQ(shape.num_rows(), 6);
  EXPECT_EQ(shape[-1], 4);
  EXPECT_EQ(shape[-3], 2);
  EXPECT_EQ(shape.to_string(), "[2, 3, 4]");
  EXPECT_EQ(Shape{}.num_elements(), 1);
  EXPECT_EQ((Shape{3, 0}).num_rows(), 0);
  EXPECT_NE(shape, (Shape{2, 12}));
  EXPECT_EQ(shape, Shape(std::vector<int64_t>{2, 3, 4}));
}

TEST(Shape, rejects_a_fifth_dimension) {
  expect_fault(Fault::internal, {"[shape]"}, [] { Shape{1, 2, 3, 4, 5}; });
}

TEST(Tensor, columns_are_a_view_with_the_parents_stride) {
  const Tensor tensor = counted();
  const Tensor view = tensor.columns(1, 2);
  EXPECT_EQ(view.shape(), (Shape{2, 3, 2}));
  EXPECT_EQ(view.row_stride(), 4);
  EXPECT_FALSE(view.contiguous());
  for (int64_t row = 0; row < 6; ++row)
    for (int64_t c = 0; c < 2; ++c)
      EXPECT_EQ(view.data<float>()[row * view.row_stride() + c], static_cast<float>(row * 4 + 1 + c));
  EXPECT_EQ(view.byte_extent(), (5 * 4 + 2) * sizeof(float));
}

TEST(Tensor, slice_takes_a_range_of_the_first_dimension) {
  const Tensor view = counted().slice(1, 1);
  EXPECT_EQ(view.shape(), (Shape{1, 3, 4}));
  EXPECT_EQ(view.data<float>()[0], 12);
  EXPECT_TRUE(view.contiguous());
}

TEST(Tensor, slice_of_columns_keeps_both_offsets) {
  const Tensor view = counted().columns(2, 2).slice(1, 1);
  EXPECT_EQ(view.data<float>()[0], 14);
  EXPECT_EQ(view.data<float>()[view.row_stride()], 18);
}

TEST(Tensor, reshape_keeps_the_elements) {
  const Tensor view = counted().reshape({4, 6});
  EXPECT_EQ(view.shape(), (Shape{4, 6}));
  EXPECT_EQ(view.data<float>()[6], 6);
}

TEST(Tensor, a_strided_view_may_regroup_rows_only) {
  const Tensor view = counted().columns(0, 2);
  EXPECT_EQ(view.reshape({6, 2}).row_stride(), 4);
  expect_fault(Fault::internal, {}, [&] { view.reshape({3, 4}); });
}

TEST(Tensor, views_outside_are_a_defect) {
  const Tensor tensor = counted();
  expect_fault(Fault::internal, {}, [&] { tensor.columns(3, 2); });
  expect_fault(Fault::internal, {}, [&] { tensor.slice(2, 1); });
  expect_fault(Fault::internal, {}, [&] { tensor.reshape({5, 5}); });
}

}  // namespace
}  // namespace diorama
