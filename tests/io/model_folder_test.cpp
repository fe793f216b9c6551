#include "io/model_folder.h"

#include "io/raw_safetensors.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::one_tensor;
using test::TestFolder;

// A whole model, small; `at` names the folder.
void write_model(const TestFolder& folder, const std::string& at) {
  folder.write(at + "/model_index.json", R"({"_class_name": "PixArtSigmaPipeline",
                                             "vae": ["diffusers", "AutoencoderKL"]})");
  folder.write(at + "/diorama.json", R"({"name": "Small", "unknown": {"kept": 3}})");
  folder.write(at + "/scheduler/scheduler_config.json", R"({"_class_name": "DDIMScheduler"})");
  folder.write(at + "/text_encoder/config.json", R"({"architectures": ["T5EncoderModel"]})");
  folder.write(at + "/text_encoder/model.safetensors", one_tensor({1, 2}));
  folder.write(at + "/tokenizer/tokenizer_config.json", R"({"tokenizer_class": "T5Tokenizer"})");
  folder.write(at + "/tokenizer/spiece.model", "pieces");
  folder.write(at + "/vae/config.json", "{}");
  folder.write(at + "/vae/diffusion_pytorch_model.safetensors", one_tensor(std::vector<float>(1000, 1.0f)));
}

TEST(ModelFolder, knows_its_components_and_their_classes) {
  const TestFolder folder;
  write_model(folder, "small");
  const ModelFolder model = ModelFolder::open(folder / "small");
  EXPECT_EQ(model.components(), (std::vector<std::string>{"scheduler", "text_encoder", "tokenizer", "vae"}));
  EXPECT_EQ(model.class_of("scheduler"), "DDIMScheduler");
  EXPECT_EQ(model.class_of("text_encoder"), "T5EncoderModel");
  EXPECT_EQ(model.class_of("tokenizer"), "T5Tokenizer");
  EXPECT_EQ(model.class_of("vae"), "AutoencoderKL");
  EXPECT_EQ(model.index().get<std::string>("_class_name"), "PixArtSigmaPipeline");
}

TEST(ModelFolder, has_a_name_and_a_title) {
  const TestFolder folder;
  write_model(folder, "small");
  const ModelFolder model = ModelFolder::open(folder / "small/vae/..");
  EXPECT_EQ(model.name(), "small");
  EXPECT_EQ(model.title(), "Small");
  EXPECT_EQ(model.diorama().get<Config>("unknown").get<int>("kept"), 3);
  std::filesystem::remove(folder / "small/diorama.json");
  EXPECT_EQ(ModelFolder::open(folder / "small").title(), "small");
}

TEST(ModelFolder, needs_no_index_for_a_part) {
  const TestFolder folder;
  folder.write("m/transformer/config.json", R"({"_class_name": "DiTTransformer2DModel"})");
  EXPECT_EQ(ModelFolder::open(folder / "m").class_of("transformer"), "DiTTransformer2DModel");
}

TEST(ModelFolder, says_what_is_missing) {
  const TestFolder folder;
  write_model(folder, "small");
  const ModelFolder model = ModelFolder::open(folder / "small");
  EXPECT_FALSE(model.has("transformer"));
  expect_fault(Fault::model_file, {"small", "transformer/ is missing", "fetch"},
               [&] { model.component("transformer"); });
  std::filesystem::remove(folder / "small/vae/config.json");
  expect_fault(Fault::model_file, {"vae/config.json: is missing"}, [&] { model.config("vae"); });
}

TEST(ModelFolder, what_is_no_model_is_rejected) {
  const TestFolder folder;
  folder.write("file", "x");
  folder.write("empty/readme", "x");
  folder.write("broken/model_index.json", "{");
  folder.write("list/model_index.json", "[]");
  expect_fault(Fault::model_file, {"nothing", "not a folder"},
               [&] { ModelFolder::open(folder / "nothing"); });
  expect_fault(Fault::model_file, {"file", "not a folder"}, [&] { ModelFolder::open(folder / "file"); });
  expect_fault(Fault::model_file, {"empty", "model_index.json"},
               [&] { ModelFolder::open(folder / "empty"); });
  expect_fault(Fault::model_file, {"model_index.json", "JSON"},
               [&] { ModelFolder::open(folder / "broken"); });
  expect_fault(Fault::model_file, {"model_index.json", "object"},
               [&] { ModelFolder::open(folder / "list"); });
}

TEST(ModelFolder, an_index_with_odd_entries_is_rejected_where_it_matters) {
  const TestFolder folder;
  folder.write("m/vae/config.json", "{}");
  for (const char* entry : {R"("AutoencoderKL")", "[]", "[1, 2]", R"(["a", "b", "c"])", "null"}) {
    folder.write("m/model_index.json", std::string(R"({"vae": )") + entry + "}");
    expect_fault(Fault::model_file, {"model_index.json: vae: expected"},
                 [&] { ModelFolder::open(folder / "m").class_of("vae"); });
  }
}

TEST(ContentHash, depends_on_content_and_not_on_place_or_title) {
  const TestFolder folder;
  write_model(folder, "one");
  write_model(folder, "other");
  folder.write("other/diorama.json", R"({"name": "Renamed"})");
  const std::string hash = ModelFolder::open(folder / "one").content_hash();
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(ModelFolder::open(folder / "other").content_hash(), hash);
}

TEST(ContentHash, changes_with_every_file_that_pictures_depend_on) {
  const TestFolder original;
  write_model(original, "m");
  const std::string hash = ModelFolder::open(original / "m").content_hash();
  std::vector<float> weights(1000, 1.0f);
  weights[500] = 2;
  const std::vector<std::pair<std::string, std::string>> changes{
      {"scheduler/scheduler_config.json", R"({"_class_name": "DDIMScheduler", "x": 1})"},
      {"text_encoder/config.json", "{}"},
      {"text_encoder/model.safetensors", one_tensor({1, 3})},
      {"tokenizer/spiece.model", "other pieces"},
      {"tokenizer/tokenizer_config.json", "{}"},
      {"vae/config.json", R"({"a": 1})"},
      {"vae/diffusion_pytorch_model.safetensors", one_tensor(weights)},
  };
  for (const auto& [file, content] : changes) {
    const TestFolder changed;
    write_model(changed, "m");
    changed.write("m/" + file, content);
    EXPECT_NE(ModelFolder::open(changed / "m").content_hash(), hash) << file;
  }
}

TEST(ContentHash, of_a_model_without_its_weights_says_so) {
  const TestFolder folder;
  write_model(folder, "m");
  std::filesystem::remove(folder / "m/text_encoder/model.safetensors");
  expect_fault(Fault::model_file, {"text_encoder", "no weights"},
               [&] { ModelFolder::open(folder / "m").content_hash(); });
}

}  // namespace
}  // namespace diorama
