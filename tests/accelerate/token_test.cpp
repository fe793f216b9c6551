// Which tokens are chosen, matched and grouped, on grids small enough to follow.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "accelerate/decisions.h"
#include "accelerate/method.h"
#include "accelerate/registry.h"
#include "accelerate/token_matching.h"
#include "accelerate/token_pruning.h"
#include "accelerate/token_ranking.h"
#include "accelerate/token_sets.h"
#include "base/deflate.h"
#include "base/error.h"
#include "test_folder.h"

namespace diorama::test {
namespace {

using namespace accelerate;

std::vector<int32_t> first_of(std::vector<int32_t> tokens, size_t count) {
  tokens.resize(count);
  return tokens;
}

TEST(TokenOrder, goes_by_score) {
  const TokenOrder order(4);
  EXPECT_EQ(order.next(std::vector<double>{0.1, 0.4, 0.3, 0.2}, 0), (std::vector<int32_t>{1, 2, 3, 0}));
}

TEST(TokenOrder, those_that_waited_longest_come_first_as_far_as_places_are_reserved) {
  TokenOrder order(4);
  const std::vector<double> scores{0.1, 0.4, 0.3, 0.2};
  order.recomputed(std::vector<int32_t>{1, 2});
  order.recomputed(std::vector<int32_t>{1, 3});
  EXPECT_EQ(order.next(scores, 1), (std::vector<int32_t>{0, 1, 2, 3}));
  EXPECT_EQ(order.next(scores, 2), (std::vector<int32_t>{0, 2, 1, 3}));
}

// Whatever the scores: the bound that the setting `most_waits` promises.
TEST(TokenOrder, no_token_starves) {
  constexpr int64_t kTokens = 64;
  constexpr int64_t kReserved = 13;  // of 32 recomputed each time
  TokenOrder order(kTokens);
  uint32_t state = 1;
  int longest = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> scores;
    for (int64_t i = 0; i < kTokens; ++i)
      scores.push_back(round % 3 == 0 ? static_cast<double>(i) : (state = state * 1664525 + 1013904223) >> 8);
    order.recomputed(first_of(order.next(scores, kReserved), 32));
    for (int32_t token = 0; token < kTokens; ++token) longest = std::max(longest, order.waited(token));
  }
  EXPECT_LE(longest, (kTokens + kReserved - 1) / kReserved);
  EXPECT_GT(longest, 1);
}

TEST(ChangeOfTokens, is_that_of_its_patch_over_all_channels) {
  HostTensor before({1, 2, 4, 4});
  HostTensor now = before;
  now.values[0 * 16 + 1 * 4 + 2] = 3;  // channel 0, row 1, column 2
  now.values[1 * 16 + 0 * 4 + 3] = 4;
  EXPECT_EQ(change_of_tokens(now, before, 2, 4), (std::vector<double>{0, 5, 0, 0}));
}

TEST(CopyToken, overwrites_one_patch_of_every_channel) {
  HostTensor from({1, 2, 4, 4});
  std::iota(from.values.begin(), from.values.end(), 1.0f);
  HostTensor to({1, 2, 4, 4});
  copy_token(from, to, 2, 3);
  EXPECT_EQ(change_of_tokens(to, from, 2, 4)[3], 0);
  EXPECT_EQ(to.values[10], from.values[10]);
  EXPECT_EQ(to.values[16 + 15], from.values[16 + 15]);
  EXPECT_EQ(std::ranges::count(to.values, 0.0f), 24);
}

TEST(PageRank, tokens_that_others_attend_to_are_important) {
  // Keys along the first axis draw all queries to token 2.
  const HostTensor q({1, 4, 2}, {1, 0, 1, 0, 1, 0, 1, 0});
  const HostTensor k({1, 4, 2}, {0, 1, 0, 1, 5, 0, 0, 1});
  const auto rank = page_rank(q, k, 1, 1);
  EXPECT_NEAR(std::accumulate(rank.begin(), rank.end(), 0.0), 1, 1e-9);
  EXPECT_EQ(std::ranges::max_element(rank) - rank.begin(), 2);
  EXPECT_NEAR(rank[0], std::exp(0.0) / (3 + std::exp(5.0)), 1e-9);  // every row of A is the same
}

TEST(KeptTokens, are_multiples_of_sixteen) {
  EXPECT_EQ(num_kept_tokens(64, 5), 32);
  EXPECT_EQ(num_kept_tokens(64, 9), 16);
  EXPECT_EQ(num_kept_tokens(1024, 3), 720);
  EXPECT_EQ(num_kept_tokens(20, 1), 20);
}

TokenSets read_sets(const nlohmann::json& json) {
  return TokenSets::read(Config::parse(json.dump(), "sets"));
}

TEST(TokenSets, are_the_same_after_they_were_written) {
  TokenSets sets;
  sets.set(3, 5, 21, {0, 7, 20});
  sets.set(3, 8, 21, {7});
  sets.set(4, 5, 21, {});
  TokenSets read = read_sets(sets.to_json());
  EXPECT_TRUE(read.fit(5, 9, 21));
  EXPECT_EQ(read.to_json(), sets.to_json());
  EXPECT_EQ(read.find(3, 5), (std::vector<int32_t>{0, 7, 20}));
  EXPECT_EQ(read.find(4, 5), (std::vector<int32_t>{}));
  EXPECT_EQ(read.find(4, 8), std::nullopt);
  const auto smallest = read.smallest(3);
  EXPECT_EQ(std::accumulate(smallest.begin(), smallest.end(), 0), 1);
  EXPECT_EQ(smallest[7], 1);
  EXPECT_TRUE(read.smallest(0).empty());
  EXPECT_TRUE(read.fit(5, 9, 21));  // once more: they are unpacked already
  EXPECT_EQ(read.to_json(), sets.to_json());
}

TEST(TokenSets, damaged_ones_are_refused) {
  TokenSets sets;
  sets.set(0, 5, 64, {1, 2, 3});
  const auto refuse = [](nlohmann::json json, const char* key, const nlohmann::json& value) {
    json[key] = value;
    expect_fault(Fault::model_file, {"sets"}, [&] { read_sets(json); });
  };
  const nlohmann::json sound = sets.to_json();
  refuse(sound, "tokens", 0);
  refuse(sound, "tokens", 1 << 30);
  refuse(sound, "places", {0, 5, 1});
  TokenSets twice = sets;
  twice.set(1, 5, 64, {4});
  refuse(twice.to_json(), "places", {0, 5, 0, 5});
  refuse(sound, "masks", 5);
}

// Which only shows when they are unpacked, that is once they fit the run.
TEST(TokenSets, damaged_masks_are_refused_once_they_are_needed) {
  TokenSets sets;
  sets.set(0, 5, 64, {1, 2, 3});
  for (const auto& [key, value] : std::vector<std::pair<std::string, nlohmann::json>>{
           {"masks", "00zz"}, {"masks", ""}, {"masks", "ab"}, {"places", {0, 5, 1, 5}}, {"tokens", 4096}}) {
    nlohmann::json json = sets.to_json();
    json[key] = value;
    TokenSets damaged = read_sets(json);
    expect_fault(Fault::usage, {"[acceleration]", "damaged"},
                 [&] { damaged.fit(2, 9, damaged.num_tokens()); });
  }
}

TEST(TokenSets, of_another_run_do_not_fit) {
  TokenSets sets;
  sets.set(3, 5, 64, {1});
  for (TokenSets read : {sets, read_sets(sets.to_json())}) {
    EXPECT_FALSE(read.fit(3, 9, 64));
    EXPECT_FALSE(read.fit(4, 4, 64));
    EXPECT_FALSE(read.fit(4, 9, 63));
    EXPECT_TRUE(read.fit(4, 5, 64));
  }
  for (const auto& place : {std::pair{-1, 5}, {3, 0}, {3, -1}, {1 << 30, 5}}) {
    nlohmann::json json = sets.to_json();
    json["places"] = {place.first, place.second};
    EXPECT_FALSE(read_sets(json).fit(4, 9, 64)) << place.first << ", " << place.second;
  }
}

// A picture of some hundred bytes.
nlohmann::json bomb() {
  std::vector<int> places;
  for (int i = 0; i < 64; ++i) places.insert(places.end(), {i, 1});
  std::string masks;
  for (const char c : deflate(std::string(size_t{1} << 23, '\xff')))
    masks += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return {{"tokens", 1 << 20}, {"places", places}, {"masks", masks}};
}

MethodUse use_of(const char* method) {
  return MethodUse(*find_method(method));
}

RunShape run_of(int num_evaluations, int num_blocks, int64_t num_tokens) {
  RunShape run{.num_blocks = num_blocks, .num_tokens = num_tokens};
  run.evaluations.resize(static_cast<size_t>(num_evaluations));
  return run;
}

void expect_refused(const nlohmann::json& made, std::string_view why) {
  expect_fault(Fault::usage, {"[acceleration]", why}, [&] {
    Decisions::read(Config::parse(made.dump(), "made")).expect({use_of("token_pruning")}, run_of(4, 2, 64));
  });
}

TEST(DecisionsOfAPicture, are_those_of_the_methods_of_its_plan) {
  const nlohmann::json sound{{"token_pruning", {"00", "05"}}};
  EXPECT_NO_THROW(Decisions::read(Config::parse(sound.dump(), "made"))
                      .expect({use_of("token_pruning")}, run_of(4, 2, 64)));
  for (const char* key : {"block_caching", "block_caching.tokens", "attention_sharing.kept"}) {
    nlohmann::json more = sound;
    more[key] = std::string_view(key).ends_with("tokens") ? bomb() : nlohmann::json{"0"};
    expect_refused(more, "which the plan does not use");
  }
  for (const char* key :
       {"x", "x.tokens", "", ".tokens", ".kept", "token_pruning.other", "token_pruning.tokens.tokens"}) {
    nlohmann::json more = sound;
    more[key] = std::string_view(key).ends_with("tokens") ? bomb() : nlohmann::json{"0"};
    expect_fault(Fault::model_file, {"made", "the name of a method"},
                 [&] { Decisions::read(Config::parse(more.dump(), "made")); });
  }
}

TEST(DecisionsOfAPicture, are_those_of_the_run) {
  expect_refused({{"token_pruning", {"00"}}, {"token_pruning.tokens", bomb()}}, "of another run");
  expect_refused({{"token_pruning", {"00", "00", "00", "00", "00"}}}, "of another run");
  expect_refused({{"token_pruning", {"000"}}}, "of another run");
  expect_refused(nlohmann::json::object(), "are not there");
}

// Six tokens of three kinds, two of each.
HostTensor pairs() {
  return {{1, 6, 2}, {1, 0, 0, 1, 0.9f, 0.1f, 0.1f, 0.9f, -1, -1, -0.9f, -1}};
}

void expect_means(const Merging& merging, const HostTensor& x, const std::vector<int32_t>& together) {
  for (const int32_t token : together)
    EXPECT_EQ(merging.back[static_cast<size_t>(token)], merging.back[static_cast<size_t>(together[0])]);
  const auto row = static_cast<size_t>(merging.back[static_cast<size_t>(together[0])]);
  for (size_t c = 0; c < 2; ++c) {
    double mean = 0, mixed = 0;
    for (const int32_t token : together)
      mean += x.values[static_cast<size_t>(token) * 2 + c] / static_cast<double>(together.size());
    for (size_t j = 0; j < static_cast<size_t>(merging.merged.each); ++j) {
      const size_t at = row * static_cast<size_t>(merging.merged.each) + j;
      mixed += merging.merged.weights[at] *
               static_cast<double>(x.values[static_cast<size_t>(merging.merged.ids[at]) * 2 + c]);
    }
    EXPECT_NEAR(mixed, mean, 1e-6);
  }
}

TEST(Merging, tokens_that_look_alike_become_their_mean) {
  const HostTensor x = pairs();
  const Merging by_energy = merge_by_energy(x, 2, 0.5);
  EXPECT_EQ(by_energy.merged.num_rows(), 4);
  const HostTensor grid({1, 4, 2}, {1, 0, 1, 0.01f, 0, 1, -1, -1});
  const Merging by_cells = merge_by_cells(grid, 2, 3, 7);  // one cell: all into its receiver
  EXPECT_EQ(by_cells.merged.num_rows(), 1);
  expect_means(by_cells, grid, {0, 1, 2, 3});
}

TEST(Merging, nothing_merged_is_the_tokens_themselves) {
  const Merging merging = merge_nothing(5);
  EXPECT_EQ(merging.merged.num_rows(), 5);
  EXPECT_EQ(merging.back, (std::vector<int32_t>{0, 1, 2, 3, 4}));
}

TEST(Merging, no_receiver_takes_more_than_it_can) {
  HostTensor alike({1, 256, 2});
  for (float& value : alike.values) value = 1;
  const Merging merging = merge_by_cells(alike, 16, most_merged_by_cells(256, 16), 1);
  EXPECT_EQ(merging.merged.num_rows(), 64);
  std::vector<int> sizes(64, 0);
  for (const int32_t row : merging.back) ++sizes[static_cast<size_t>(row)];
  EXPECT_LE(*std::ranges::max_element(sizes), 8);
}

TEST(Clusters, follow_what_tokens_are_not_where) {
  // 4 x 2 tokens in two cells; the one at the border looks like the other cell.
  HostTensor x({1, 8, 1}, {0, 0, 10, 10, 0, 10, 10, 10});
  const Clusters clusters = cluster(x, 4, 2, 3);
  EXPECT_EQ(clusters.owner, (std::vector<int32_t>{0, 0, 1, 1, 0, 1, 1, 1}));
  EXPECT_EQ(clusters.centres.values, (std::vector<float>{0, 10}));
  for (size_t token = 0; token < 8; ++token) {
    double sum = 0;
    for (size_t j = 0; j < static_cast<size_t>(clusters.near.each); ++j)
      sum += clusters.near.weights[token * static_cast<size_t>(clusters.near.each) + j];
    EXPECT_NEAR(sum, 1, 1e-6);
    EXPECT_EQ(clusters.near.ids[token * static_cast<size_t>(clusters.near.each)], clusters.owner[token]);
  }
}

}  // namespace
}  // namespace diorama::test
