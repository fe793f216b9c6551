#include "io/checkpoint.h"

#include "io/raw_safetensors.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::one_tensor;
using test::TestFolder;

constexpr const char* kIndex = "model.safetensors.index.json";

std::string index_of(const std::string& shard) {
  return fmt::format(R"({{"weight_map": {{"a": "{}"}}}})", shard);
}

TEST(Checkpoint, finds_a_single_file_under_every_usual_name) {
  for (const char* name : {"diffusion_pytorch_model.safetensors", "model.safetensors",
                           "diffusion_pytorch_model.fp16.safetensors", "model.fp16.safetensors",
                           "diffusion_pytorch_model.bf16.safetensors", "model.bf16.safetensors",
                           "diffusion_pytorch_model.fp32.safetensors", "model.fp32.safetensors"}) {
    const TestFolder folder;
    folder.write(name, one_tensor({3}));
    EXPECT_EQ(Checkpoint::open(folder.path()).read_f32("w").values, std::vector<float>{3}) << name;
  }
}

TEST(Checkpoint, prefers_full_precision_to_a_variant) {
  const TestFolder folder;
  folder.write("model.fp16.safetensors", one_tensor({1}));
  folder.write("model.safetensors", one_tensor({2}));
  EXPECT_EQ(Checkpoint::open(folder.path()).read_f32("w").values, std::vector<float>{2});
}

TEST(Checkpoint, finds_tensors_across_shards) {
  for (const char* index : {kIndex, "diffusion_pytorch_model.safetensors.index.json",
                            "model.safetensors.index.fp16.json", "model.fp16.safetensors.index.json",
                            "model.safetensors.index.bf16.json", "model.bf16.safetensors.index.json"}) {
    const TestFolder folder;
    folder.write("one.safetensors", one_tensor({1, 2}, "a"));
    folder.write("two.safetensors", one_tensor({3}, "b"));
    folder.write(index, R"({"metadata": {"total_size": 12},
                            "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}})");
    const Checkpoint checkpoint = Checkpoint::open(folder.path());
    EXPECT_EQ(checkpoint.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(checkpoint.files().size(), 2u);
    EXPECT_EQ(checkpoint.tensor("a").shape, Shape{2});
    std::vector<float> row(1);
    checkpoint.read_rows_f32("a", 1, 1, row.data());
    EXPECT_EQ(row[0], 2);
    EXPECT_EQ(checkpoint.read_f32("b").values, std::vector<float>{3});
    EXPECT_TRUE(checkpoint.contains("b"));
    expect_fault(Fault::model_file, {"c: no file holds this tensor"}, [&] { checkpoint.read_f32("c"); });
  }
}

TEST(Checkpoint, a_missing_shard_is_named) {
  const TestFolder folder;
  folder.write(kIndex, R"({"weight_map": {"a": "model-00001-of-00002.safetensors"}})");
  expect_fault(Fault::model_file, {"model-00001-of-00002.safetensors is missing"},
               [&] { Checkpoint::open(folder.path()); });
}

TEST(Checkpoint, an_index_that_promises_too_much_is_rejected) {
  const TestFolder folder;
  folder.write("one.safetensors", one_tensor({1}, "a"));
  folder.write(kIndex, R"({"weight_map": {"a": "one.safetensors", "b": "one.safetensors"}})");
  expect_fault(Fault::model_file, {"one.safetensors: b: is missing"},
               [&] { Checkpoint::open(folder.path()); });
}

TEST(Checkpoint, shards_outside_the_folder_are_rejected) {
  const TestFolder folder;
  folder.write("secret.safetensors", one_tensor({1}, "a"));
  for (const std::string shard :
       {"../secret.safetensors", "/etc/passwd", "sub/../../secret.safetensors", "..", ".", "", "sub/",
        "sub/x.safetensors", "secret.safetensors\\u0000x", "\\u0000"}) {
    folder.write(std::string("part/") + kIndex, index_of(shard));
    expect_fault(Fault::model_file, {kIndex, "a: expected the name of a file"},
                 [&] { Checkpoint::open(folder / "part"); });
  }
}

TEST(Checkpoint, shard_names_that_no_file_can_have_are_missing) {
  const TestFolder folder;
  folder.write(kIndex, index_of(std::string(5000, 'x')));
  expect_fault(Fault::model_file, {"is missing"}, [&] { Checkpoint::open(folder.path()); });
}

// A name that ends in a zero leads to the file without it.
TEST(Checkpoint, a_zero_in_a_shards_name_is_rejected) {
  const TestFolder folder;
  folder.write("one.safetensors", one_tensor({1}, "a"));
  folder.write(kIndex, index_of("one.safetensors\\u0000x"));
  expect_fault(Fault::model_file, {kIndex, "a: expected the name of a file"},
               [&] { Checkpoint::open(folder.path()); });
}

TEST(Checkpoint, the_number_of_shards_is_bounded) {
  const TestFolder folder;
  std::string map;
  for (int i = 0; i <= 1000; ++i) {
    folder.write(fmt::format("{}.safetensors", i), one_tensor({1}, fmt::format("w{}", i)));
    map += fmt::format("{}\"w{}\": \"{}.safetensors\"", i > 0 ? "," : "", i, i);
  }
  folder.write(kIndex, fmt::format(R"({{"weight_map": {{{}}}}})", map));
  expect_fault(Fault::model_file, {kIndex, "more than 1000 shards"},
               [&] { Checkpoint::open(folder.path()); });
}

// 100,000 tensors in one shard that has one of them.
TEST(Checkpoint, an_index_of_many_names_is_read) {
  const TestFolder folder;
  folder.write("one.safetensors", one_tensor({1}, "w0"));
  std::string map;
  for (int i = 0; i < 100'000; ++i) map += fmt::format("{}\"w{}\": \"one.safetensors\"", i > 0 ? "," : "", i);
  folder.write(kIndex, fmt::format(R"({{"weight_map": {{{}}}}})", map));
  expect_fault(Fault::model_file, {"one.safetensors: w1: is missing"},
               [&] { Checkpoint::open(folder.path()); });
}

TEST(Checkpoint, broken_indices_are_rejected) {
  const TestFolder folder;
  for (const char* index : {"{}", "[]", R"({"weight_map": []})", R"({"weight_map": {"a": 3}})", "{"}) {
    folder.write(kIndex, index);
    expect_fault(Fault::model_file, {kIndex}, [&] { Checkpoint::open(folder.path()); });
  }
}

TEST(Checkpoint, says_what_to_do_without_weights) {
  const TestFolder folder;
  expect_fault(Fault::model_file, {"none", "missing"}, [&] { Checkpoint::open(folder / "none"); });
  folder.write("vae/config.json", "{}");
  expect_fault(Fault::model_file, {"vae", "put diffusion_pytorch_model.safetensors"},
               [&] { Checkpoint::open(folder / "vae"); });
  folder.write("other/my_weights.safetensors", one_tensor({1}));
  expect_fault(Fault::model_file,
               {"other", "holds my_weights.safetensors", "name the right ones diffusion_py"},
               [&] { Checkpoint::open(folder / "other"); });
  folder.write("training/model.non_ema.safetensors", one_tensor({1}));
  expect_fault(Fault::model_file, {"training", "holds model.non_ema.safetensors alone", "training on"},
               [&] { Checkpoint::open(folder / "training"); });
  for (const char* name : {"model", "diffusion_pytorch_model.fp16"}) {
    const std::string at = std::string("shards-") + name;
    folder.write(at + "/" + name + "-00001-of-00002.safetensors", one_tensor({1}));
    expect_fault(Fault::model_file,
                 {"00001-of-00002", std::string(name) + ".safetensors.index.json", "fetch that"},
                 [&] { Checkpoint::open(folder / at); });
  }
  folder.write("gguf/model-Q4_K.gguf", "GGUF");
  expect_fault(Fault::model_file, {"gguf", "model-Q4_K.gguf", "not read", "safetensors"},
               [&] { Checkpoint::open(folder / "gguf"); });
  folder.write("vae/diffusion_pytorch_model.bin", "x");
  expect_fault(Fault::model_file, {"pickle diffusion_pytorch_model.bin", "fetch"},
               [&] { Checkpoint::open(folder / "vae"); });
}

}  // namespace
}  // namespace diorama
