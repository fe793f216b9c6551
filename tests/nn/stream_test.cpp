#include "tensor/stream.h"

#include <limits>

#include "cpu/device.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

TEST(Stream, a_tensor_that_no_memory_can_hold_is_refused) {
  cpu::Device device;
  Stream plan(device, Stream::Mode::plan);
  const Tensor small = plan.make({16, 16}, DType::f32);
  expect_fault(Fault::out_of_memory, {"than any memory"}, [&] {
    plan.make({1 << 20, 1 << 20, 1 << 20, 1 << 3}, DType::f32);
  });
  expect_fault(Fault::out_of_memory, {"than any memory"}, [&] {
    plan.make({1 << 20, 1 << 20, 1 << 20, 1 << 2}, DType::f32);
  });
  expect_fault(Fault::out_of_memory, {"than any memory"}, [&] {
    plan.make({1 << 20, 1 << 20, 1 << 20}, DType::f32);
  });
  EXPECT_LT(plan.arena_peak(), 4096u);
}

TEST(Stream, multiply_adds_stay_at_the_most_that_can_be_counted) {
  cpu::Device device;
  Stream plan(device, Stream::Mode::plan);
  for (int i = 0; i < 3; ++i) plan.count(uint64_t{1} << 63);
  EXPECT_EQ(plan.multiply_adds(), std::numeric_limits<uint64_t>::max());
}

TEST(Stream, remembers_what_ids_were_uploaded) {
  cpu::Device device;
  Stream stream(device, Stream::Mode::run);
  const Tensor ids = stream.upload({2, 2}, std::vector<int32_t>{3, -1, 7, 0});
  ASSERT_TRUE(ids.slice(1, 1).range().has_value());
  EXPECT_EQ(ids.reshape({4}).range()->least, -1);
  EXPECT_EQ(ids.range()->greatest, 7);
  EXPECT_FALSE(stream.upload({1}, std::vector<float>{1}).range().has_value());
}

}  // namespace
}  // namespace diorama::test
