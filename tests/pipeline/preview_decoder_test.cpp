// A small autoencoder of its own for previews, beside the one that makes the pictures.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cpu/device.h"
#include "io/model_folder.h"
#include "pipeline/pipeline.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;

const fs::path kModel = fs::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini";

class PreviewDecoder : public ::testing::Test {
 protected:
  // The model, with its own autoencoder again for previews, some of its weights not what they were.
  PreviewDecoder() {
    fs::copy(kModel, folder_ / "model", fs::copy_options::recursive);
    fs::copy(kModel / "vae", folder_ / "model/vae_preview", fs::copy_options::recursive);
    const fs::path weights = folder_ / "model/vae_preview/diffusion_pytorch_model.safetensors";
    std::string bytes = read_text_file(weights);
    constexpr size_t kChanged = 512;
    bytes.replace(bytes.size() - kChanged, kChanged, kChanged, '\0');
    write_file_atomically(weights, bytes);
  }

  Pipeline open() {
    return Pipeline(ModelFolder::open(folder_ / "model"), device_, choose_precision("f32", device_));
  }

  TestFolder folder_;
  cpu::Device device_;
};

TEST_F(PreviewDecoder, decodes_previews_and_no_pictures) {
  Pipeline pipeline = open();
  const RenderRequest request{.prompt = "a rocket", .steps = 2, .seed = 7};
  const RenderResult result = pipeline.render(request);
  Pipeline plain(ModelFolder::open(kModel), device_, choose_precision("f32", device_));
  EXPECT_EQ(result.image, plain.render(request).image);
  EXPECT_EQ(pipeline.decode(result.latent), result.image);
  EXPECT_NE(pipeline.decode_preview(result.latent), result.image);
  EXPECT_EQ(plain.decode_preview(result.latent), result.image);
  EXPECT_EQ(pipeline.folder().content_hash(), plain.folder().content_hash()) << "no picture depends on it";
}

TEST_F(PreviewDecoder, must_fit_the_latents) {
  const fs::path config = folder_ / "model/vae_preview/config.json";
  auto json = nlohmann::json::parse(read_text_file(config));
  json["latent_channels"] = 4;
  json.erase("latents_mean");
  json.erase("latents_std");
  write_file_atomically(config, json.dump());
  expect_fault(Fault::model_file, {"vae_preview", "belong together"}, [&] { open(); });
}

}  // namespace
}  // namespace diorama::test
