#include "io/quantised_layers.h"

#include "formats/w4a8.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

class QuantisedLayersTest : public testing::Test {
 protected:
  QuantisedLayers read(const std::map<std::string, std::string>& metadata) const {
    const std::vector<std::byte> bytes(4);
    const TensorToWrite tensor{"a.weight", {2, 2}, std::span<const std::byte>(bytes)};
    write_safetensors(folder_ / "model.safetensors", {&tensor, 1}, metadata);
    return QuantisedLayers::read(Checkpoint::open(folder_.path()));
  }

  TestFolder folder_;
};

TEST_F(QuantisedLayersTest, say_which_tensors_are_in_which_format) {
  const auto layers = read({{"diorama.formats", R"({"a.weight": "w4a8"})"}});
  EXPECT_EQ(layers.format_of("a.weight"), &w4a8::kFormat);
  EXPECT_EQ(layers.format_of("b.weight"), nullptr);
  EXPECT_TRUE(layers.rotated());
}

TEST_F(QuantisedLayersTest, a_plain_checkpoint_has_none) {
  EXPECT_EQ(read({}).format_of("a.weight"), nullptr);
}

TEST_F(QuantisedLayersTest, rotation_may_be_off) {
  EXPECT_FALSE(read({{"diorama.formats", "{}"}, {"diorama.rotation", "off"}}).rotated());
}

TEST_F(QuantisedLayersTest, what_is_malformed_is_refused) {
  expect_fault(Fault::model_file, {"model.safetensors"}, [&] { read({{"diorama.formats", "{"}}); });
  expect_fault(Fault::model_file, {"a.weight", "w8a8 or w4a8"}, [&] {
    read({{"diorama.formats", R"({"a.weight": "f16"})"}});
  });
  expect_fault(Fault::model_file, {"a.weight"}, [&] { read({{"diorama.formats", R"({"a.weight": 4})"}}); });
}

}  // namespace
}  // namespace diorama::test
