#include "ops/harness.h"
#include "ops/ops.h"
#include "ops/reference.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

class Rows : public testing::TestWithParam<TestDevice> {};

Floats gathered(const Floats& x, const std::vector<int32_t>& ids, int64_t width) {
  Floats y;
  for (const int32_t id : ids) y.insert(y.end(), x.begin() + id * width, x.begin() + (id + 1) * width);
  return y;
}

TEST_P(Rows, gather_takes_the_named_rows_in_order) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const std::vector<int32_t> ids{4, 0, 0, 8, 3, 7};
  for (const DType type : {DType::f32, DType::f16})
    for (const int64_t width : {1, 7, 40}) {
      const Floats x = rounded(random_values(9 * width, 1), type);
      const Output y(device, {6, width}, type);
      ops::gather_rows(stream, {.x = strided_input(device, {9, width}, x, width + 3, 2, type),
                                .ids = input(device, {6}, ids),
                                .y = y.tensor()});
      EXPECT_EQ(y.values(), gathered(x, ids, width))
          << GetParam().name << " " << name_of(type) << " " << width;
    }
}

TEST_P(Rows, scatter_overwrites_the_named_rows_only) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  constexpr int64_t kWidth = 13;
  const std::vector<int32_t> ids{5, 1, 2};
  const Floats before = random_values(7 * kWidth, 1), x = random_values(3 * kWidth, 2);
  const Output y(device, {7, kWidth});
  device.upload(y.tensor(), before.data());
  ops::scatter_rows(stream,
                    {.x = input(device, {3, kWidth}, x), .ids = input(device, {3}, ids), .y = y.tensor()});
  Floats expected = before;
  for (size_t i = 0; i < ids.size(); ++i)
    std::copy_n(x.begin() + static_cast<int64_t>(i) * kWidth, kWidth, expected.begin() + ids[i] * kWidth);
  EXPECT_EQ(y.values(), expected);
}

TEST_P(Rows, scatter_of_a_gather_restores_every_row) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const Floats x = random_values(5 * 24, 1);
  const Tensor ids = input(device, {5}, std::vector<int32_t>{3, 1, 4, 0, 2});
  const Output gathered_rows(device, {5, 24}), restored(device, {5, 24});
  ops::gather_rows(stream, {.x = input(device, {5, 24}, x), .ids = ids, .y = gathered_rows.tensor()});
  ops::scatter_rows(stream, {.x = gathered_rows.tensor(), .ids = ids, .y = restored.tensor()});
  EXPECT_EQ(restored.values(), x);
}

TEST_P(Rows, rows_are_mixed_with_their_weights_in_every_batch_row) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const std::vector<int32_t> ids{4, 0, 1, 1, 1, 3, 2, 0, 4};
  const Floats weights{0.5f, 0.25f, -1, 2, 0, 1, 0.125f, 3, -0.5f};
  for (const int64_t width : {1, 7, 40, 300}) {
    const Floats x = random_values(2 * 5 * width, 1);
    const Output y(device, {2, 3, width});
    ops::mix_rows(stream, {.x = input(device, {2, 5, width}, x),
                           .ids = input(device, {3, 3}, ids),
                           .weights = input(device, {3, 3}, weights),
                           .y = y.tensor()});
    Floats expected;
    for (int64_t batch = 0; batch < 2; ++batch)
      for (size_t i = 0; i < 3; ++i)
        for (int64_t c = 0; c < width; ++c) {
          double sum = 0;
          for (size_t j = 0; j < 3; ++j)
            sum += weights[i * 3 + j] * x[static_cast<size_t>((batch * 5 + ids[i * 3 + j]) * width + c)];
          expected.push_back(static_cast<float>(sum));
        }
    const Floats got = y.values();
    ASSERT_EQ(got.size(), expected.size());
    for (size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 2e-6) << width << " at " << i;
  }
  EXPECT_EQ(stream.multiply_adds(), static_cast<uint64_t>(2 * 3 * 3 * (1 + 7 + 40 + 300)));
}

// Every id leads a kernel to memory.
TEST_P(Rows, an_id_of_a_row_that_is_not_there_is_refused) {
  Device& device = *GetParam().device;
  Stream stream(device, Stream::Mode::run);
  const Tensor rows = input(device, {4, 8}, random_values(32, 1));
  const Tensor batch = rows.reshape({1, 4, 8});
  const Tensor weights = input(device, {2, 1}, Floats{1, 1});
  const auto expect_all_refused = [&](const Tensor& ids) {
    const Output y(device, {2, 8}), batch_y(device, {1, 2, 8});
    expect_fault(Fault::internal, {"gather rows", "ids"},
                 [&] { ops::gather_rows(stream, {.x = rows, .ids = ids, .y = y.tensor()}); });
    expect_fault(Fault::internal, {"scatter rows", "ids"},
                 [&] { ops::scatter_rows(stream, {.x = rows.slice(0, 2), .ids = ids, .y = rows}); });
    expect_fault(Fault::internal, {"mix rows", "ids"}, [&] {
      ops::mix_rows(stream,
                    {.x = batch, .ids = ids.reshape({2, 1}), .weights = weights, .y = batch_y.tensor()});
    });
  };
  for (const std::vector<int32_t>& ids :
       {std::vector<int32_t>{0, 4}, {-1, 0}, {INT32_MIN, INT32_MAX}, {1 << 30, 2}}) {
    expect_all_refused(input(device, {2}, ids));
    expect_all_refused(stream.upload({2}, ids));
  }
  Tensor unknown = stream.make({2}, DType::i32);  // nobody has looked at these
  device.upload(unknown, std::vector<int32_t>{0, 1}.data());
  expect_all_refused(unknown);
}

INSTANTIATE_TEST_SUITE_P(On, Rows, testing::ValuesIn(test_devices()), name_of_device);

struct PatchCase {
  std::string name;
  int64_t images = 1, channels = 4, height = 8, width = 8, patch = 2;
  PatchOrder order = PatchOrder::channel_slowest;
  DType type = DType::f32;
};

const std::vector<PatchCase> kPatchCases = {
    {.name = "channel_slowest"},
    {.name = "channel_fastest", .order = PatchOrder::channel_fastest},
    {.name = "not_square", .images = 2, .channels = 3, .height = 6, .width = 10},
    {.name = "not_square_channel_fastest",
     .images = 2,
     .channels = 8,
     .height = 6,
     .width = 4,
     .order = PatchOrder::channel_fastest},
    {.name = "patch_of_one", .channels = 5, .height = 3, .width = 7, .patch = 1},
    {.name = "patch_of_four", .height = 8, .width = 12, .patch = 4},
    {.name = "f16", .type = DType::f16},
    {.name = "bf16", .order = PatchOrder::channel_fastest, .type = DType::bf16},
};

class Patch : public testing::TestWithParam<DeviceCase<PatchCase>> {};

TEST_P(Patch, tokens_are_in_order_and_turn_back_into_the_image) {
  const auto& [variant, c] = GetParam();
  Device& device = *variant.device;
  Stream stream(device, Stream::Mode::run);
  const Shape image_shape{c.images, c.channels, c.height, c.width};
  const Shape token_shape{c.images, c.height / c.patch * (c.width / c.patch), c.patch * c.patch * c.channels};
  const Floats image = rounded(random_values(image_shape.num_elements(), 1), c.type);
  const Output tokens(device, token_shape, c.type), restored(device, image_shape);
  PatchArgs args{.image = input(device, image_shape, image),
                 .tokens = tokens.tensor(),
                 .patch = static_cast<int>(c.patch),
                 .order = c.order};
  ops::patchify(stream, args);
  EXPECT_EQ(tokens.values(),
            reference::patchify(image, c.images, c.channels, c.height, c.width, c.patch, c.order));
  args.image = restored.tensor();
  ops::unpatchify(stream, args);
  EXPECT_EQ(restored.values(), image);
}

INSTANTIATE_TEST_SUITE_P(On, Patch, on_every_device(kPatchCases), name_of_device_case<PatchCase>);

}  // namespace
}  // namespace diorama::test
