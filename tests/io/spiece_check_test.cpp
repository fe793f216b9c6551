#include "io/spiece_check.h"

#include <sentencepiece_processor.h>

#include <cmath>
#include <fstream>

#include "io/character_map.h"
#include "io/raw_spiece.h"
#include "test_folder.h"

namespace diorama {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the parts of a model

std::string shipped_model() {
  std::ifstream in(std::string(DIORAMA_SOURCE_DIR) + "/assets/models/diorama-mini/tokenizer/spiece.model",
                   std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_refused(const std::string& model, std::initializer_list<std::string_view> parts) {
  expect_fault(Fault::model_file, {"spiece.model: ", "fetch it again"},
               [&] { checked_spiece_model(model, "spiece.model"); });
  expect_fault(Fault::model_file, parts, [&] { checked_spiece_model(model, "spiece.model"); });
}

std::vector<int> ids(const std::string& model, const std::string& text) {
  sentencepiece::SentencePieceProcessor pieces;
  EXPECT_TRUE(pieces.LoadFromSerializedProto(model).ok());
  return pieces.EncodeAsIds(text);
}

TEST(SpieceCheck, what_is_left_of_a_model_tokenises_as_the_whole) {
  const std::string model = shipped_model();
  const std::string checked = checked_spiece_model(model, "spiece.model");
  for (const char* text :
       {"a red apple on a blue background", "  CAPITALS,\n\ttabs  ", "\u00bd \uff21 \ufb01 \u4e2d", "x"})
    EXPECT_EQ(ids(checked, text), ids(model, text)) << text;
}

TEST(SpieceCheck, what_tokenising_does_not_use_never_reaches_the_library) {
  const std::string model = raw_spiece(raw_piece("a"));
  const std::string test_of_itself =
      bytes_field(4, bytes_field(1, bytes_field(1, "input") + bytes_field(2, "?")));
  const std::string extension = bytes_field(4711, "anything") + number_field(200, 1) + float_field(201, 2);
  EXPECT_EQ(checked_spiece_model(model + test_of_itself + extension, "x"), checked_spiece_model(model, "x"));
}

TEST(SpieceCheck, a_model_cut_anywhere_is_refused) {
  const std::string model = raw_spiece(raw_piece("a") + raw_piece("b"));
  const size_t settings = bytes_field(3, "").size();
  for (size_t length = 0; length < model.size(); ++length)
    expect_refused(model.substr(0, length), {"is no SentencePiece model, or not all of it"});
  expect_refused(model.substr(0, model.size() - settings), {"not all of it"});  // between two fields
  EXPECT_FALSE(checked_spiece_model(model, "x").empty());
}

TEST(SpieceCheck, long_pieces_are_refused) {
  EXPECT_FALSE(checked_spiece_model(raw_spiece(raw_piece(std::string(256, 'a'))), "x").empty());
  expect_refused(raw_spiece(raw_piece(std::string(257, 'a'))), {"piece 3 has 257 bytes"});
  expect_refused(raw_spiece(raw_piece(std::string(300'000, 'a'))), {"piece 3 has 300000 bytes"});
  expect_refused(raw_spiece(raw_piece("a") + raw_piece("")), {"piece 4 has 0 bytes"});
}

TEST(SpieceCheck, more_pieces_than_the_text_encoder_knows_are_refused) {
  const std::string model = raw_spiece(raw_piece("a") + raw_piece("b"));
  EXPECT_FALSE(checked_spiece_model(model, "x", 5).empty());
  expect_fault(Fault::model_file, {"more than 4 pieces"}, [&] { checked_spiece_model(model, "x", 4); });
  expect_fault(Fault::model_file, {"more than 4 pieces"},
               [&] { checked_spiece_model(model + std::string(1 << 20, '\n') /* empty pieces */, "x", 4); });
}

TEST(SpieceCheck, pieces_that_are_no_text_are_refused) {
  using namespace std::string_view_literals;
  for (const auto bad : {"\xff"sv, "a\0b"sv, "\0"sv, "\xed\xa0\x80"sv, "a\xc3"sv})
    expect_refused(raw_spiece(raw_piece(bad)), {"piece 3 is no text"});
  expect_refused(raw_spiece(raw_piece("a") + raw_piece("b") + raw_piece("a")),
                 {"the piece 'a' stands twice"});
  expect_refused(raw_spiece(raw_piece("\x1b[2J") + raw_piece("\x1b[2J")),
                 {"the piece '\uFFFD[2J' stands twice"});
}

TEST(SpieceCheck, scores_and_kinds_that_there_are_not_are_refused) {
  for (const float score : {NAN, INFINITY, -INFINITY})
    expect_refused(raw_spiece(raw_piece("a", kNormalPiece, score)),
                   {"piece 3 has a score that is no number"});
  for (const uint64_t kind : {uint64_t{0}, uint64_t{7}, ~uint64_t{0}})
    expect_refused(raw_spiece(raw_piece("a", kind)), {"piece 3 is of an unknown kind"});
  expect_refused(raw_spiece(raw_piece("a") + raw_piece("?", kUnknownPiece)), {"2 for what is unknown"});
  expect_refused(raw_spiece(""), {"0 pieces of text"});
  const std::string pieces = raw_piece("a") + bytes_field(2, "") + bytes_field(3, "");
  expect_refused(pieces, {"0 for what is unknown"});
}

TEST(SpieceCheck, fields_of_another_type_are_refused) {
  const std::string good = raw_spiece(raw_piece("a"));
  for (const std::string& bad :
       {number_field(1, 3), float_field(2, 1), number_field(3, 1), bytes_field(1, number_field(1, 5)),
        bytes_field(1, bytes_field(1, "b") + number_field(2, 5)), bytes_field(3, number_field(2, 1)),
        bytes_field(1, bytes_field(1, "b") + bytes_field(3, "x")), bytes_field(2, bytes_field(35, "x")),
        std::string("\x0b\x0c") /* a group */, std::string("\x02\x00", 2) /* field 0 */,
        std::string("\x8a\x80\x80\x80\x80\x01\x00", 7) /* a tag of 36 bits */,
        std::string("\x08") + std::string(10, '\xff'), bytes_field(1, std::string(1, '\x0a'))})
    expect_refused(good + bad, {"is no SentencePiece model, or not all of it"});
}

TEST(SpieceCheck, only_the_kind_that_t5_uses_is_taken) {
  for (const uint64_t kind : {2, 3, 4, 9})
    expect_refused(raw_spiece(raw_piece("a")) + bytes_field(2, number_field(3, kind)), {"'unigram'"});
}

// The library has room for 64 symbols that begin at one place of the text, and looks beyond.
TEST(SpieceCheck, symbols_that_nest_deeper_than_the_library_can_are_refused) {
  const auto nested = [](size_t count) {
    std::string pieces = raw_piece("x");
    for (size_t i = 1; i <= count; ++i)
      pieces += raw_piece(std::string(i, 'a'), kUserPiece) + raw_piece("b" + std::to_string(i), kUserPiece);
    return raw_spiece(pieces);
  };
  EXPECT_EQ(ids(checked_spiece_model(nested(64), "x"), std::string(64, 'a')).size(), 2u);
  expect_refused(nested(65), {"more than 64 of its symbols"});
}

TEST(CharacterMap, a_text_that_matches_more_rules_than_the_library_has_room_for_is_refused) {
  EXPECT_TRUE(character_map_is_safe(""));
  EXPECT_TRUE(character_map_is_safe(nested_map(1)));
  EXPECT_TRUE(character_map_is_safe(nested_map(32)));
  EXPECT_FALSE(character_map_is_safe(nested_map(33)));
  EXPECT_FALSE(character_map_is_safe(nested_map(2, true)));
  EXPECT_FALSE(character_map_is_safe(nested_map(1000)));
  expect_refused(raw_spiece(raw_piece("a"), nested_map(33)), {"its table of characters is damaged"});
}

TEST(CharacterMap, long_replacements_are_refused) {
  const std::string map = nested_map(1);
  EXPECT_TRUE(character_map_is_safe(map + std::string(128, 'c') + '\0'));
  EXPECT_FALSE(character_map_is_safe(map + std::string(129, 'c') + '\0'));
  EXPECT_FALSE(character_map_is_safe(map + "c"));  // no end
}

TEST(CharacterMap, a_map_cut_anywhere_is_refused) {
  const std::string map = nested_map(3);
  for (size_t length = 1; length < map.size(); ++length)
    EXPECT_FALSE(character_map_is_safe(map.substr(0, length)));
}

TEST(CharacterMap, a_map_without_a_trie_is_refused) {
  EXPECT_FALSE(character_map_is_safe(std::string("\0\0\0\0a\0b", 8)));
}

TEST(CharacterMap, large_maps_are_refused) {
  EXPECT_FALSE(character_map_is_safe(std::string(size_t{5} << 20, '\0')));
}

}  // namespace
}  // namespace diorama
