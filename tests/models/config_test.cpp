// What a configuration may say: files are untrusted, and numbers that are fine alone may not be together.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/registry.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

using Json = nlohmann::json;

const Json kPixArt = {{"_class_name", "PixArtTransformer2DModel"},
                      {"num_attention_heads", 4},
                      {"attention_head_dim", 16},
                      {"num_layers", 2},
                      {"cross_attention_dim", 64},
                      {"sample_size", 16}};
const Json kDiT = {{"_class_name", "DiTTransformer2DModel"}, {"num_layers", 2}};
const Json kT5 = {{"d_model", 64},
                  {"d_kv", 16},
                  {"d_ff", 96},
                  {"num_heads", 4},
                  {"num_layers", 2},
                  {"vocab_size", 100},
                  {"feed_forward_proj", "gated-gelu"}};
const Json kTiny = {{"_class_name", "AutoencoderTiny"}};
const Json kKL = {{"_class_name", "AutoencoderKL"}, {"norm_num_groups", 1}};

Config config(Json json, const Json& changes) {
  json.merge_patch(changes);
  return Config::parse(json.dump(), "config.json");
}

void make(const Config& config) {
  const auto name = config.get_or<std::string>("_class_name", "T5EncoderModel");
  if (name.starts_with("Autoencoder"))
    models::make_autoencoder(config);
  else if (name.starts_with("T5"))
    models::make_text_encoder(config);
  else
    models::make_transformer(config);
}

void expect_refused(const Json& json, const Json& changes, std::initializer_list<std::string_view> parts) {
  expect_fault(Fault::model_file, {"config.json: "}, [&] { make(config(json, changes)); });
  expect_fault(Fault::model_file, parts, [&] { make(config(json, changes)); });
}

TEST(ModelConfig, the_bases_are_sound) {
  for (const Json& json : {kPixArt, kDiT, kT5, kTiny, kKL})
    EXPECT_NO_THROW(make(config(json, Json::object())));
}

// Buckets are made with the logarithm of distance / (buckets / 4): at or below that they lie outside the
// table.
TEST(ModelConfig, buckets_of_distances_need_room) {
  constexpr auto kKey = "relative_attention_max_distance";
  for (const int distance : {2, 7, 8})
    expect_refused(kT5, {{kKey, distance}},
                   {kKey, "more than relative_attention_num_buckets / 4, which is 8"});
  expect_refused(kT5, {{"relative_attention_num_buckets", 4096}}, {kKey, "which is 1024"});
  for (const int buckets : {4, 5, 6, 7, 31, 32, 33, 4096})
    for (const int distance : {buckets / 4 + 1, buckets / 4 + 2, 100'000}) {
      make(config(kT5, {{"relative_attention_num_buckets", buckets}, {kKey, distance}}));
      for (const int64_t relative : {-1'000'000, -5000, -100, -1, 0, 1, 2, 3, 9, 1023, 1024, 1025, 70'000}) {
        const int bucket = models::relative_position_bucket(relative, buckets, distance);
        EXPECT_GE(bucket, 0) << buckets << " " << distance << " " << relative;
        EXPECT_LT(bucket, buckets) << buckets << " " << distance << " " << relative;
      }
    }
}

TEST(ModelConfig, a_divisor_is_never_zero) {
  for (const Json& eps : {Json(0), Json(-1), Json("x")}) {
    expect_refused(kT5, {{"layer_norm_epsilon", eps}}, {"layer_norm_epsilon"});
    expect_refused(kPixArt, {{"norm_eps", eps}}, {"norm_eps"});
    expect_refused(kDiT, {{"norm_eps", eps}}, {"norm_eps"});
  }
  expect_fault(Fault::model_file, {"layer_norm_epsilon: expected a number", "found Infinity"}, [] {
    std::string text = kT5.dump();
    make(Config::parse(text.insert(1, R"("layer_norm_epsilon": Infinity, )"), "config.json"));
  });
}

TEST(ModelConfig, the_models_own_size_is_whole_patches) {
  for (const Json& base : {kPixArt, kDiT}) {
    expect_refused(base, {{"patch_size", 3}}, {"sample_size: expected a multiple of patch_size, which is 3"});
    expect_refused(base, {{"patch_size", 64}},
                   {"sample_size: expected a multiple of patch_size, which is 64"});
    expect_refused(base, {{"sample_size", 1}},
                   {"sample_size: expected a multiple of patch_size, which is 2"});
    expect_refused(base, {{"sample_size", 3}},
                   {"sample_size: expected a multiple of patch_size, which is 2"});
    expect_refused(base, {{"sample_size", 4096}}, {"sample_size: expected an integer from 1 to 1024"});
  }
}

TEST(ModelConfig, channels_out_are_channels_in_or_twice_that) {
  for (const Json& base : {kPixArt, kDiT})
    for (const int out : {1, 3, 5, 9, 2048})
      expect_refused(base, {{"out_channels", out}},
                     {"out_channels: expected as many as in_channels, 4, or twice"});
}

TEST(ModelConfig, the_width_is_bounded) {
  for (const Json& base : {kPixArt, kDiT}) {
    expect_refused(base, {{"num_attention_heads", 1024}, {"attention_head_dim", 1024}},
                   {"num_attention_heads", "at most 65536"});
    expect_refused(base, {{"num_attention_heads", 3}, {"attention_head_dim", 5}}, {"a multiple of 4"});
  }
  expect_refused(kT5, {{"num_heads", 1024}, {"d_kv", 1024}}, {"num_heads", "at most 65536"});
}

TEST(ModelConfig, the_levels_of_the_tiny_autoencoder_are_bounded) {
  const auto levels = [](size_t count, int blocks) {
    const std::vector<int> widths(count, 48), numbers(count, blocks);
    return Json{{"encoder_block_out_channels", widths},
                {"num_encoder_blocks", numbers},
                {"decoder_block_out_channels", widths},
                {"num_decoder_blocks", numbers}};
  };
  for (const size_t count : {1, 8})
    EXPECT_EQ(models::make_autoencoder(config(kTiny, levels(count, 1)))->geometry().downsampling,
              1 << (count - 1));
  for (const size_t count : {0, 9, 31, 32, 33, 20'000})
    expect_refused(kTiny, levels(count, 64), {"encoder_block_out_channels: expected one to 8 levels"});
  for (const char* key : {"num_encoder_blocks", "decoder_block_out_channels", "num_decoder_blocks"})
    expect_refused(kTiny, {{key, std::vector<int>(9, 1)}}, {key, "one to 8 levels"});
  expect_refused(kTiny, levels(4, 65), {"num_encoder_blocks", "from 1 to 64"});
  expect_refused(kTiny, {{"encoder_block_out_channels", {64, 64, 64, 4097}}}, {"from 1 to 4096"});
}

// The published decoder has no layer that leads from one width to another.
TEST(ModelConfig, the_tiny_decoder_has_one_width) {
  expect_refused(kTiny, {{"decoder_block_out_channels", {64, 64, 32, 64}}},
                 {"decoder_block_out_channels: expected the same width at every level, found [64,64,32,64]"});
  EXPECT_NO_THROW(make(config(kTiny, {{"encoder_block_out_channels", {16, 32, 64, 64}}})));
}

TEST(ModelConfig, the_levels_of_the_large_autoencoder_are_bounded) {
  for (const size_t count : {0, 9, 32, 20'000})
    expect_refused(kKL, {{"block_out_channels", std::vector<int>(count, 1)}}, {"one to 8 widths"});
  expect_refused(kKL, {{"block_out_channels", {64, 65536}}}, {"from 1 to 4096"});
  expect_refused(kKL, {{"layers_per_block", 65}}, {"layers_per_block"});
  expect_refused(kKL, {{"block_out_channels", {32, 33}}, {"norm_num_groups", 32}},
                 {"multiples of norm_num_groups"});
}

TEST(ModelConfig, the_scaling_of_latents_counts_in_both_autoencoders) {
  for (const Json& base : {kTiny, kKL}) {
    const auto geometry =
        models::make_autoencoder(config(base, {{"scaling_factor", 0.5}, {"shift_factor", 0.25}}))->geometry();
    EXPECT_EQ(geometry.scaling_factor, 0.5);
    EXPECT_EQ(geometry.shift_factor, 0.25);
    expect_refused(base, {{"scaling_factor", 0}}, {"scaling_factor"});
  }
  EXPECT_EQ(models::make_autoencoder(config(kTiny, Json::object()))->geometry().scaling_factor, 1);
}

}  // namespace
}  // namespace diorama::test
