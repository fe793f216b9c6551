#include "io/model_folder.h"

#include <nlohmann/json.hpp>

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

// Also where only the hash is asked for: that comes first when a picture is painted.
TEST(ModelFolder, a_tokenizer_in_another_form_is_told_as_such) {
  const TestFolder folder;
  write_model(folder, "small");
  std::filesystem::remove(folder / "small/tokenizer/spiece.model");
  const ModelFolder model = ModelFolder::open(folder / "small");
  expect_fault(Fault::model_file, {"tokenizer/spiece.model: is missing", "fetch"},
               [&] { model.content_hash(); });
  folder.write("small/tokenizer/vocab.json", "{}");
  expect_fault(Fault::model_file, {"byte-pair", "vocab.json"}, [&] { model.content_hash(); });
  folder.write("small/tokenizer/tokenizer.json", "{}");
  for (const auto& hash : {&ModelFolder::content_hash, &ModelFolder::sampled_hash})
    expect_fault(Fault::model_file, {"tokenizer.json alone", "SentencePiece", "google/t5-v1_1-xxl"},
                 [&] { (model.*hash)(); });
}

TEST(ModelFolder, other_kinds_of_folder_are_told_as_such) {
  const TestFolder folder;
  folder.write("hub/snapshots/1/model_index.json", "{}");
  folder.write("part/config.json", "{}");
  folder.write("single/model.safetensors", one_tensor({1}));
  folder.write("unet/model_index.json", R"({"_class_name": "StableDiffusionPipeline"})");
  folder.write("unet/unet/config.json", "{}");
  expect_fault(Fault::model_file, {"hub", "snapshots/"}, [&] { ModelFolder::open(folder / "hub"); });
  expect_fault(Fault::model_file, {"part", "one part"}, [&] { ModelFolder::open(folder / "part"); });
  expect_fault(Fault::model_file, {"single", "diffusers layout"},
               [&] { ModelFolder::open(folder / "single"); });
  expect_fault(Fault::model_file, {"U-Net", "transformers"},
               [&] { ModelFolder::open(folder / "unet").component("transformer"); });
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

TEST(ModelFolder, what_strangers_wrote_comes_as_one_line) {
  const TestFolder folder;
  write_model(folder, "small");
  folder.write("small/diorama.json", R"({"name": "\u001b]0;owned\u0007\nSeed 1"})");
  folder.write("small/model_index.json", R"({"id2label": {"0": "a\u009bb"}, "vae": ["x", "V\u001b[2J"]})");
  folder.write("small/scheduler/scheduler_config.json", R"({"_class_name": "D\u202e"})");
  folder.write("small/text_encoder/config.json", R"({"architectures": ["T\r5"]})");
  const ModelFolder model = ModelFolder::open(folder / "small");
  EXPECT_EQ(model.title(), "\xef\xbf\xbd]0;owned\xef\xbf\xbd\xef\xbf\xbdSeed 1");
  EXPECT_EQ(model.class_names().at(0),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(model.class_of("vae"), "V\xef\xbf\xbd[2J");
  EXPECT_EQ(model.class_of("scheduler"), "D\xef\xbf\xbd");
  EXPECT_EQ(model.class_of("text_encoder"),
            "T\xef\xbf\xbd"
            "5");
  folder.write("small/diorama.json", R"({"name": ")" + std::string(1'000'000, 'n') + "\"}");
  EXPECT_LE(ModelFolder::open(folder / "small").title().size(), 80u);
}

TEST(ModelFolder, a_name_that_is_no_utf8_is_found_and_shown) {
  const TestFolder folder;
  write_model(folder, "no\xff");
  std::filesystem::remove(folder / "no\xff/diorama.json");
  const ModelFolder model = ModelFolder::open(folder / "no\xff");
  EXPECT_EQ(model.name(), "no\xff");
  EXPECT_EQ(model.title(), "no\xef\xbf\xbd");
}

// The samples of a tensor of 4000 bytes that were taken before left all of these out.
TEST(ContentHash, changes_with_every_byte_of_the_weights) {
  std::vector<float> weights(1000, 1.0f);
  const auto hashes_with = [&](size_t changed) {
    const TestFolder folder;
    write_model(folder, "m");
    auto other = weights;
    other[changed] = 2;
    folder.write("m/vae/diffusion_pytorch_model.safetensors", one_tensor(other));
    const ModelFolder model = ModelFolder::open(folder / "m");
    return std::pair(model.content_hash(), model.sampled_hash());
  };
  const auto one = hashes_with(100), other = hashes_with(101);
  EXPECT_NE(one.first, other.first);
  EXPECT_EQ(one.second, other.second);
}

TEST(ContentHash, is_taken_once_for_a_folder_and_its_copies) {
  const TestFolder folder;
  write_model(folder, "m");
  const ModelFolder model = ModelFolder::open(folder / "m");
  const ModelFolder copy = model;
  const std::string hash = model.content_hash();
  std::filesystem::remove_all(folder / "m/vae");
  EXPECT_EQ(copy.content_hash(), hash);
}

TEST(ContentHash, tells_what_a_picture_knows_of_a_model) {
  const TestFolder folder;
  write_model(folder, "m");
  const ModelFolder model = ModelFolder::open(folder / "m");
  EXPECT_EQ(model.match(model.content_hash()), HashMatch::bytes);
  EXPECT_EQ(model.match(model.sampled_hash()), HashMatch::samples);
  for (const char* hash : {"", "0123456789abcdef", "x"}) EXPECT_EQ(model.match(hash), HashMatch::none);
}

// What was painted with the model that ships before the hash was one of all bytes can be painted again.
TEST(ContentHash, the_hash_of_before_is_still_that_of_the_model_that_ships) {
  const ModelFolder model =
      ModelFolder::open(std::filesystem::path(DIORAMA_SOURCE_DIR) / "assets/models/diorama-mini");
  EXPECT_EQ(model.match("6c4febbcc0d9d142"), HashMatch::samples);
  for (const auto& [name, plan] : model.diorama().json().at("acceleration").items())
    if (plan.contains("tuned")) {
      EXPECT_EQ(model.match(plan.at("tuned").at("model_hash").get<std::string>()), HashMatch::bytes) << name;
    }
}

// A model of which the configurations differ is told apart before its weights are read; this would take
// hours.
TEST(ContentHash, another_model_is_told_apart_without_reading_its_weights) {
  const TestFolder folder;
  write_model(folder, "m");
  const auto weights = folder / "m/text_encoder/model.safetensors";
  const std::string header =
      R"({"w":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}})";
  folder.write("m/text_encoder/model.safetensors", test::raw_safetensors(header, ""));
  std::filesystem::resize_file(weights, std::filesystem::file_size(weights) + (uintmax_t{1} << 40));
  EXPECT_EQ(ModelFolder::open(folder / "m").match("0123456789abcdef"), HashMatch::none);
}

TEST(ContentHash, does_not_read_configurations_that_are_none) {
  const TestFolder folder;
  write_model(folder, "m");
  std::filesystem::resize_file(folder / "m/tokenizer/tokenizer_config.json", uintmax_t{1} << 40);
  expect_fault(Fault::model_file, {"tokenizer_config.json: is larger than 16 MiB"},
               [&] { ModelFolder::open(folder / "m").content_hash(); });
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
