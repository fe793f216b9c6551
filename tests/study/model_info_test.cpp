#include "study/model_info.h"

#include <sys/resource.h>

#include <nlohmann/json.hpp>

#include "cpu/device.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

// A copy of the model that ships, without weights.
class ModelInfoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path shipped = fs::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini";
    for (const char* part : {"text_encoder", "tokenizer", "transformer", "vae"}) {
      fs::create_directories(folder_ / part);
      for (const auto& entry : fs::directory_iterator(shipped / part))
        if (entry.path().extension() != ".safetensors")
          fs::copy_file(entry.path(), folder_ / part / entry.path().filename());
    }
  }

  void change(const std::string& file, const Json& changes) {
    Json json = Json::parse(std::ifstream(folder_ / file));
    json.merge_patch(changes);
    folder_.write(file, json.dump());
  }

  std::vector<PartInfo> describe() { return describe_parts(ModelFolder::open(folder_.path()), device_); }

  TestFolder folder_;
  cpu::Device device_;
};

TEST_F(ModelInfoTest, counts_what_the_model_is_made_of) {
  const auto parts = describe();
  ASSERT_EQ(parts.size(), 4u);
  for (const PartInfo& part : parts) {
    EXPECT_GT(part.num_parameters, 0) << part.part;
    EXPECT_GT(part.multiply_adds, 0u) << part.part;
  }
}

long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss >> 10;
}

// Every pair of its tokens has a bias: four thousand million numbers, which a plan has no use for.
TEST_F(ModelInfoTest, a_plan_of_a_long_text_takes_no_memory) {
  change("tokenizer/tokenizer_config.json", {{"model_max_length", 65536}});
  const long before = peak_mib();
  const auto parts = describe();
  EXPECT_EQ(parts[0].evaluation, "65536 tokens");
  EXPECT_LT(peak_mib() - before, 100);
}

TEST_F(ModelInfoTest, sizes_that_do_not_fit_are_the_models_fault) {
  for (const Json& changes : {Json{{"patch_size", 3}}, Json{{"patch_size", 64}}, Json{{"sample_size", 1}},
                              Json{{"sample_size", 3}}}) {
    change("transformer/config.json", changes);
    expect_fault(Fault::model_file, {"transformer/config.json: sample_size"}, [&] { describe(); });
    change("transformer/config.json", {{"patch_size", 2}, {"sample_size", 16}});
  }
}

// The largest that may be asked for: what is counted does not leave 64 bits.
TEST_F(ModelInfoTest, the_largest_model_is_counted) {
  change("transformer/config.json", {{"num_attention_heads", 64},
                                     {"attention_head_dim", 1024},
                                     {"cross_attention_dim", 65536},
                                     {"num_layers", 8},
                                     {"sample_size", 1024},
                                     {"patch_size", 1}});
  const std::vector<int> widths(8, 4096);
  folder_.write("vae/config.json",
                Json{{"_class_name", "AutoencoderKL"}, {"block_out_channels", widths}}.dump());
  for (const PartInfo& part : describe()) {
    EXPECT_GT(part.multiply_adds, 0u) << part.part;
    if (part.part == "transformer" || part.part == "vae_decoder") {
      EXPECT_GT(part.multiply_adds, uint64_t{1} << 60) << part.part;
    }
    for (const PartCost& cost : part.costs) EXPECT_LT(cost.work_bytes, size_t{1} << 60) << part.part;
  }
}

TEST_F(ModelInfoTest, a_tokenizer_of_another_vocabulary_is_the_models_fault) {
  change("text_encoder/config.json", {{"vocab_size", 2000}});
  expect_fault(Fault::model_file, {"spiece.model", "more than 2000 pieces"}, [&] { describe(); });
}

}  // namespace
}  // namespace diorama::test
