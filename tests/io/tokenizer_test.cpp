#include "io/tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "golden_file.h"
#include "io/prompt_text.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::GoldenFile;
using test::TestFolder;

const std::string kModel = std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini/";

std::string spiece_model() {
  std::ifstream in(kModel + "tokenizer/spiece.model", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<int32_t> as_integers(const HostTensor& tensor) {
  return {tensor.values.begin(), tensor.values.end()};
}

TEST(Tokenizer, gives_the_ids_that_the_model_was_trained_with) {
  const GoldenFile golden(kModel, "golden.safetensors");
  const auto prompts = nlohmann::json::parse(golden.metadata().at("prompts").get<std::string>());
  const Tokenizer tokenizer(kModel + "tokenizer");
  std::vector<int32_t> ids, mask;
  for (const auto& prompt : prompts) {
    const Tokens tokens = tokenizer.encode(normalise_prompt(prompt.get<std::string>()));
    ids.insert(ids.end(), tokens.ids.begin(), tokens.ids.end());
    mask.insert(mask.end(), tokens.mask.begin(), tokens.mask.end());
  }
  EXPECT_EQ(ids, as_integers(golden.tensor("ids")));
  EXPECT_EQ(mask, as_integers(golden.tensor("mask")));
}

TEST(Tokenizer, the_empty_prompt_is_the_end_token_alone) {
  const Tokens tokens = Tokenizer(kModel + "tokenizer").encode("", 4);
  EXPECT_EQ(tokens.ids, (std::vector{1, 0, 0, 0}));
  EXPECT_EQ(tokens.mask, (std::vector{1, 0, 0, 0}));
  EXPECT_EQ(tokens.num_pieces, 0);
}

TEST(Tokenizer, pads_to_the_length_of_the_model) {
  const Tokenizer tokenizer(kModel + "tokenizer");
  EXPECT_EQ(tokenizer.max_length(), 32);
  EXPECT_EQ(tokenizer.vocabulary_size(), 2048);
  const Tokens tokens = tokenizer.encode("red apple");
  ASSERT_EQ(tokens.ids.size(), 32u);
  EXPECT_EQ(tokens.ids[static_cast<size_t>(tokens.num_pieces)], 1);
  EXPECT_EQ(std::accumulate(tokens.mask.begin(), tokens.mask.end(), 0), tokens.num_pieces + 1);
  EXPECT_TRUE(tokens.dropped.empty());
  EXPECT_TRUE(tokens.unknown.empty());
}

TEST(Tokenizer, a_long_prompt_is_cut_before_the_end_token_and_says_where) {
  const Tokenizer tokenizer(kModel + "tokenizer");
  const std::string prompt = "a red apple on a blue background";
  const Tokens whole = tokenizer.encode(prompt);
  const Tokens cut = tokenizer.encode(prompt, 4);
  EXPECT_EQ(cut.num_pieces, whole.num_pieces);
  EXPECT_EQ(cut.mask, (std::vector{1, 1, 1, 1}));
  EXPECT_TRUE(std::equal(cut.ids.begin(), cut.ids.begin() + 3, whole.ids.begin()));
  EXPECT_EQ(cut.ids.back(), 1);
  ASSERT_FALSE(cut.dropped.empty());
  EXPECT_TRUE(prompt.ends_with(cut.dropped)) << cut.dropped;
  const Tokens kept = tokenizer.encode(prompt.substr(0, prompt.size() - cut.dropped.size()));
  EXPECT_EQ(kept.num_pieces, 3);
}

TEST(Tokenizer, unknown_parts_are_named) {
  const Tokens tokens = Tokenizer(kModel + "tokenizer").encode("red \u4e2d\u6587 apple");
  EXPECT_EQ(tokens.unknown, std::vector<std::string>{"\u4e2d\u6587"});
  EXPECT_NE(std::ranges::find(tokens.ids, 2), tokens.ids.end());
}

TEST(Tokenizer, any_bytes_are_a_prompt) {
  const Tokenizer tokenizer(kModel + "tokenizer");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(tokenizer.encode(all).ids.size(), 32u);
  EXPECT_EQ(tokenizer.encode("red\xff apple").ids, tokenizer.encode("red apple").ids);
  EXPECT_GT(tokenizer.encode(std::string(100000, 'a')).num_pieces, 1000);
}

TEST(Tokenizer, special_tokens_are_not_read_from_the_prompt) {
  const Tokens tokens = Tokenizer(kModel + "tokenizer").encode("</s>", 32);
  EXPECT_EQ(std::ranges::count(tokens.ids, 1), 1);
}

TEST(Tokenizer, special_tokens_come_from_the_config) {
  const TestFolder folder;
  folder.write("spiece.model", spiece_model());
  folder.write("tokenizer_config.json", R"({"model_max_length": 3, "eos_token": {"content": "<pad>"},
                                            "pad_token": "</s>", "extra_ids": 100})");
  const Tokenizer tokenizer(folder.path());
  EXPECT_EQ(tokenizer.encode("").ids, (std::vector{0, 1, 1}));
  EXPECT_EQ(tokenizer.vocabulary_size(), 2148);
}

TEST(Tokenizer, without_a_config_uses_those_of_t5) {
  const TestFolder folder;
  folder.write("spiece.model", spiece_model());
  EXPECT_EQ(Tokenizer(folder.path()).max_length(), 512);
  folder.write("tokenizer_config.json", R"({"model_max_length": 1000000000000000019884624838656})");
  EXPECT_EQ(Tokenizer(folder.path()).max_length(), 512);
}

TEST(Tokenizer, wrong_configs_are_rejected) {
  const TestFolder folder;
  folder.write("spiece.model", spiece_model());
  for (const char* config :
       {R"({"model_max_length": 0})", R"({"model_max_length": "x"})", R"({"eos_token": 3})",
        R"({"eos_token": {}})", R"({"pad_token": "no such piece"})", R"({"extra_ids": -1})",
        R"({"model_max_length": Infinity})", R"({"model_max_length": NaN})"}) {
    folder.write("tokenizer_config.json", config);
    expect_fault(Fault::model_file, {}, [&] { Tokenizer{folder.path()}; });
  }
}

TEST(Tokenizer, broken_models_are_rejected) {
  const TestFolder folder;
  expect_fault(Fault::model_file, {"spiece.model", "missing"}, [&] { Tokenizer{folder.path()}; });
  const std::string good = spiece_model();
  for (const std::string& model : {std::string(), std::string("hello"), good.substr(0, 5000), good.substr(1),
                                   std::string(300000, '\xff'), good.substr(0, good.size() - 100)}) {
    folder.write("spiece.model", model);
    expect_fault(Fault::model_file, {"spiece.model", "no SentencePiece model"},
                 [&] { Tokenizer{folder.path()}; });
  }
}

// Both numbers of pieces are of files that are whole.
TEST(Tokenizer, a_vocabulary_that_is_not_the_text_encoders_is_refused) {
  EXPECT_EQ(Tokenizer(kModel + "tokenizer", 2048).vocabulary_size(), 2048);
  EXPECT_EQ(Tokenizer(kModel + "tokenizer", 2048 + 255).vocabulary_size(), 2048);
  expect_fault(Fault::model_file, {"spiece.model", "more than 2047 pieces"},
               [] { Tokenizer(kModel + "tokenizer", 2047); });
  expect_fault(Fault::model_file, {"spiece.model: has 2048 pieces, and the text encoder knows 2304"},
               [] { Tokenizer(kModel + "tokenizer", 2048 + 256); });
}

TEST(Tokenizer, a_model_that_was_cut_between_two_pieces_is_refused) {
  const TestFolder folder;
  const std::string good = spiece_model();
  size_t end = 0;
  for (int pieces = 0; pieces < 100; ++pieces) end += 2 + static_cast<size_t>(good[end + 1]);
  folder.write("spiece.model", good.substr(0, end));
  expect_fault(Fault::model_file, {"spiece.model", "not all of it"}, [&] { Tokenizer{folder.path()}; });
}

TEST(Tokenizer, large_models_are_refused_unread) {
  const TestFolder folder;
  const auto file = folder.write("spiece.model", "");
  for (const int shift : {27, 31, 40}) {
    std::filesystem::resize_file(file, uintmax_t{1} << shift);
    expect_fault(Fault::model_file, {"spiece.model: is larger than 64 MiB"},
                 [&] { Tokenizer{folder.path()}; });
  }
}

TEST(Tokenizer, the_other_form_of_tokenizer_is_named) {
  const TestFolder folder;
  folder.write("tokenizer.json", "{}");
  expect_fault(Fault::model_file,
               {"spiece.model: is missing", "tokenizer.json alone, a form that is not read"},
               [&] { Tokenizer{folder.path()}; });
}

// The library joins a run of unknown signs one by one.
TEST(Tokenizer, of_a_very_long_prompt_the_beginning_is_read) {
  const Tokenizer tokenizer(kModel + "tokenizer");
  std::string prompt;
  for (int i = 0; i < 1'000'000; ++i) prompt += "\u4e2d";
  const Tokens tokens = tokenizer.encode(prompt);
  EXPECT_LE(tokens.unknown.at(0).size(), size_t{16} << 10);
  EXPECT_EQ(tokens.unknown[0].size() + tokens.dropped.size(), prompt.size());
  std::string words;
  while (words.size() < 100'000) words += "red apple ";
  const Tokens of_words = tokenizer.encode(words);
  EXPECT_EQ(of_words.ids, tokenizer.encode(words.substr(0, 1000)).ids);
  EXPECT_TRUE(words.ends_with(of_words.dropped));
}

// libsentencepiece trusts the normaliser's trie; ours is checked first.
TEST(Tokenizer, a_damaged_character_map_never_reaches_the_library) {
  const TestFolder folder;
  const std::string good = spiece_model();
  const size_t trie = good.find("nmt_nfkc_cf") + 11 + 1 + 3 + 4;  // name, tag, length, size of the trie
  int rejected = 0;
  for (size_t unit = 0; unit < 64; ++unit) {
    std::string bad = good;
    bad.replace(trie + 4 * unit, 4, "\xff\xff\xff\x7f");  // children far outside
    folder.write("spiece.model", bad);
    expect_fault(Fault::model_file, {"spiece.model"}, [&] { Tokenizer{folder.path()}; });
    ++rejected;
  }
  EXPECT_EQ(rejected, 64);
}

}  // namespace
}  // namespace diorama
