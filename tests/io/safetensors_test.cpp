#include "io/safetensors.h"

#include <fmt/ranges.h>

#include <cmath>
#include <limits>

#include "io/raw_safetensors.h"
#include "test_folder.h"

namespace diorama {
namespace {

using test::expect_fault;
using test::one_tensor;
using test::raw_bytes;
using test::raw_safetensors;
using test::TestFolder;

void expect_rejected(const std::string& file, std::initializer_list<std::string_view> parts) {
  const TestFolder folder;
  const auto path = folder.write("vae/model.safetensors", file);
  expect_fault(Fault::model_file, parts, [&] { SafetensorsFile{path}; });
  expect_fault(Fault::model_file, {"vae/model.safetensors"}, [&] { SafetensorsFile{path}; });
}

std::string entry(std::string_view name, std::string_view dtype, std::string_view shape,
                  std::string_view offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

std::string header_of(std::initializer_list<std::string> entries) {
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

TEST(Safetensors, reads_every_float_type_as_fp32) {
  const TestFolder folder;
  const std::string header =
      header_of({entry("a", "F32", "[2,2]", "[0,16]"), entry("b", "F16", "[3]", "[16,22]"),
                 entry("c", "BF16", "[2]", "[22,26]")});
  const std::string data = raw_bytes<float>({1, -2, 0.5, 3e30f}) +
                           raw_bytes<uint16_t>({0x3c00, 0xc000, 0x0001}) +
                           raw_bytes<uint16_t>({0x3f80, 0xc040});
  const SafetensorsFile file(folder.write("f.safetensors", raw_safetensors(header, data)));
  EXPECT_EQ(file.read_f32("a").values, (std::vector<float>{1, -2, 0.5, 3e30f}));
  EXPECT_EQ(file.read_f32("a").shape, (Shape{2, 2}));
  EXPECT_EQ(file.read_f32("b").values, (std::vector<float>{1, -2, 0x1p-24f}));
  EXPECT_EQ(file.read_f32("c").values, (std::vector<float>{1, -3}));
  EXPECT_TRUE(file.contains("b"));
  EXPECT_FALSE(file.contains("d"));
}

TEST(Safetensors, reads_a_range_of_rows_of_the_first_dimension) {
  const TestFolder folder;
  std::vector<float> values(24);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const SafetensorsFile file(folder.write(
      "f", raw_safetensors(header_of({entry("w", "F32", "[4,3,2]", "[0,96]")}), raw_bytes(values))));
  std::vector<float> rows(12);
  file.read_rows_f32("w", 1, 2, rows.data());
  EXPECT_EQ(rows, std::vector<float>(values.begin() + 6, values.begin() + 18));
  file.drop_pages("w");
  file.read_rows_f32("w", 2, 2, rows.data());
  EXPECT_EQ(rows.back(), 23);
  expect_fault(Fault::internal, {"w", "rows"}, [&] { file.read_rows_f32("w", 3, 2, rows.data()); });
}

TEST(Safetensors, reads_integers_that_fit) {
  const TestFolder folder;
  const std::string header =
      header_of({entry("a", "I64", "[2]", "[0,16]"), entry("b", "I32", "[1]", "[16,20]"),
                 entry("c", "BOOL", "[2]", "[20,22]"), entry("d", "I64", "[1]", "[22,30]")});
  const std::string data = raw_bytes<int64_t>({-5, 7}) + raw_bytes<int32_t>({9}) +
                           raw_bytes<uint8_t>({1, 0}) + raw_bytes<int64_t>({1LL << 40});
  const SafetensorsFile file(folder.write("f", raw_safetensors(header, data)));
  EXPECT_EQ(file.read_i32("a"), (std::vector{-5, 7}));
  EXPECT_EQ(file.read_i32("b"), std::vector{9});
  EXPECT_EQ(file.read_i32("c"), (std::vector{1, 0}));
  expect_fault(Fault::model_file, {"d", "32 bits"}, [&] { file.read_i32("d"); });
  expect_fault(Fault::model_file, {"a", "expected F32, F16 or BF16, found I64"}, [&] { file.read_f32("a"); });
}

TEST(Safetensors, scalars_and_empty_tensors_are_tensors) {
  const TestFolder folder;
  const std::string header =
      header_of({entry("s", "F32", "[]", "[0,4]"), entry("e", "F32", "[0,5]", "[4,4]")}) + "  ";
  const SafetensorsFile file(folder.write("f", raw_safetensors(header, raw_bytes<float>({2.5}))));
  EXPECT_EQ(file.read_f32("s").values, std::vector<float>{2.5});
  EXPECT_TRUE(file.read_f32("e").values.empty());
}

TEST(Safetensors, keeps_the_metadata) {
  const TestFolder folder;
  const SafetensorsFile file(folder.write("f", raw_safetensors(R"({"__metadata__":{"format":"pt"}})", "")));
  EXPECT_EQ(file.header().metadata.at("format"), "pt");
  EXPECT_TRUE(file.header().tensors.empty());
}

TEST(Safetensors, truncated_files_are_rejected_wherever_they_end) {
  const std::string whole = one_tensor({1, 2, 3});
  for (size_t length = 0; length < whole.size(); ++length) expect_rejected(whole.substr(0, length), {});
  expect_rejected(whole.substr(0, whole.size() - 1), {"w", "11 bytes of data", "fetch the file again"});
  expect_rejected(whole + "x", {"fetch the file again"});
}

TEST(Safetensors, an_oversized_header_is_rejected) {
  expect_rejected(raw_safetensors("{}", "", 100'000'001), {"header would be 100000001 bytes"});
  expect_rejected(raw_safetensors("{}", "", ~uint64_t{0}), {"header would be"});
  expect_rejected(raw_safetensors("{}", "", 3), {"ends within its header of 3 bytes"});
}

TEST(Safetensors, a_header_that_is_not_json_is_rejected) {
  expect_rejected(raw_safetensors("hello world", ""), {"no JSON header"});
  expect_rejected(raw_safetensors("{\"a\":", ""), {"not JSON"});
  expect_rejected(raw_safetensors(" {}", ""), {"no JSON header"});
  expect_rejected(std::string("PK\3\4") + std::string(60, '\0'), {"is no safetensors file"});
}

TEST(Safetensors, a_name_given_twice_is_rejected) {
  expect_rejected(
      raw_safetensors(header_of({entry("w", "F32", "[1]", "[0,4]"), entry("w", "F32", "[1]", "[4,8]")}),
                      raw_bytes<float>({1, 2})),
      {"'w' stands twice"});
}

TEST(Safetensors, tensors_must_cover_the_data_one_after_another) {
  const auto two = [](std::string_view first, std::string_view second) {
    return raw_safetensors(header_of({entry("a", "U8", "[4]", first), entry("b", "U8", "[4]", second)}),
                           "12345678");
  };
  const TestFolder folder;
  EXPECT_TRUE(SafetensorsFile(folder.write("f", two("[4,8]", "[0,4]"))).contains("a"));
  expect_rejected(two("[0,4]", "[2,6]"), {"b: begins at byte", "inside"});
  expect_rejected(two("[0,4]", "[0,4]"), {"inside"});
  expect_rejected(two("[0,4]", "[4,9]"), {"b: data_offsets", "8 bytes of data"});
  expect_rejected(raw_safetensors(header_of({entry("a", "U8", "[4]", "[0,4]")}), "123456"),
                  {"tensors end at byte"});
  expect_rejected(raw_safetensors(header_of({entry("a", "U8", "[4]", "[2,6]")}), "123456"),
                  {"a", "apart from"});
}

TEST(Safetensors, sizes_must_agree_with_shape_and_type) {
  const auto one = [](std::string_view dtype, std::string_view shape, std::string_view offsets) {
    return raw_safetensors(header_of({entry("w", dtype, shape, offsets)}), std::string(16, '\0'));
  };
  expect_rejected(one("F32", "[3]", "[0,16]"), {"w", "F32 of shape [3]", "16 bytes"});
  expect_rejected(one("F16", "[4]", "[0,16]"), {"w", "F16"});
  expect_rejected(one("F32", "[4294967296,4294967296,4]", "[0,16]"), {"w", "shape"});
  expect_rejected(one("F32", "[4611686018427387905]", "[0,16]"), {"w", "shape"});
  expect_rejected(one("F32", "[-4,-1]", "[0,16]"), {"w: shape: expected extents of 0 or more"});
  expect_rejected(one("F32", "[1,1,1,1,4]", "[0,16]"), {"w: shape: expected at most four"});
  expect_rejected(one("F32", "[2.0,2]", "[0,16]"), {"w: shape"});
  expect_rejected(one("F32", "4", "[0,16]"), {"w: shape"});
  expect_rejected(one("F33", "[4]", "[0,16]"), {"w: dtype", "\"F33\""});
  expect_rejected(one("F32", "[4]", "[16,0]"), {"w: data_offsets"});
  expect_rejected(one("F32", "[4]", "[-16,0]"), {"w: data_offsets"});
  expect_rejected(one("F32", "[4]", "[0]"), {"w: data_offsets"});
  expect_rejected(one("F32", "[4]", "[0,18446744073709551615]"), {"w: data_offsets"});
}

TEST(Safetensors, entries_of_other_kinds_are_rejected) {
  expect_rejected(raw_safetensors(R"({"w":3})", ""), {"w: expected an object"});
  expect_rejected(raw_safetensors(R"({"w":{"shape":[1],"data_offsets":[0,4]}})", "1234"), {"w: dtype"});
  expect_rejected(raw_safetensors(R"({"__metadata__":{"a":1}})", ""), {"a: expected a string"});
}

TEST(Safetensors, a_nan_or_an_infinity_names_the_tensor) {
  const TestFolder folder;
  const float inf = std::numeric_limits<float>::infinity();
  for (const float bad : {std::nanf(""), inf, -inf}) {
    const SafetensorsFile file(folder.write("f", one_tensor({1, bad, 2}, "blocks.0.weight")));
    expect_fault(Fault::model_file, {"blocks.0.weight", "NaN"}, [&] { file.read_f32("blocks.0.weight"); });
  }
  const SafetensorsFile half(folder.write("h", raw_safetensors(header_of({entry("w", "F16", "[2]", "[0,4]")}),
                                                               raw_bytes<uint16_t>({0x3c00, 0x7c00}))));
  expect_fault(Fault::model_file, {"w", "NaN"}, [&] { half.read_f32("w"); });
}

// Whoever updates a model in place cuts its files first.
TEST(Safetensors, a_file_that_becomes_shorter_while_it_is_read_is_named) {
  constexpr size_t kValues = size_t{1} << 16;
  const auto expect_cut = [](auto read) {
    const TestFolder folder;
    const auto path = folder.write("model.safetensors", one_tensor(std::vector<float>(kValues, 1.0f)));
    const SafetensorsFile file(path);
    std::filesystem::resize_file(path, 200);
    expect_fault(Fault::model_file, {"model.safetensors: became shorter while it was read"},
                 [&] { read(file); });
  };
  expect_cut([](const SafetensorsFile& file) { file.read_f32("w"); });
  expect_cut([](const SafetensorsFile& file) {
    std::vector<std::byte> bytes(kValues * sizeof(float));
    file.read_rows("w", 0, kValues, bytes.data());
  });
  const TestFolder folder;
  const std::string header =
      header_of({entry("i", "I32", fmt::format("[{}]", kValues), fmt::format("[0,{}]", 4 * kValues))});
  const auto path = folder.write("i.safetensors", raw_safetensors(header, std::string(4 * kValues, '\1')));
  const SafetensorsFile file(path);
  std::filesystem::resize_file(path, 200);
  expect_fault(Fault::model_file, {"i.safetensors: became shorter"}, [&] { file.read_i32("i"); });
}

TEST(Safetensors, a_file_of_the_users_own_is_not_to_be_fetched_again) {
  const test::TestFolder folder;
  for (const char* bytes : {"", "no header", "\3\0\0\0"}) try {
      SafetensorsFile(folder.write("own.safetensors", bytes), Fault::usage);
      ADD_FAILURE() << "nothing failed";
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::usage);
      EXPECT_EQ(std::string_view(error.what()).find("fetch"), std::string_view::npos) << error.what();
    }
}

TEST(Safetensors, what_stands_in_for_a_file_is_named) {
  expect_rejected("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 28346648\n",
                  {"Git LFS", "git lfs pull"});
  expect_rejected("<!DOCTYPE html><html><body>Sign in</body></html>", {"is a web page"});
}

// 80,000 more took minutes to read when time grew with the square of their number.
TEST(Safetensors, a_header_of_many_tensors_is_read) {
  constexpr int kTensors = 40'000;
  std::string header = "{";
  for (int i = 0; i < kTensors; ++i)
    header += (i > 0 ? "," : "") + entry(fmt::format("transformer_blocks.{}.weight", i), "U8", "[1]",
                                         fmt::format("[{},{}]", i, i + 1));
  const std::string file = raw_safetensors(header + "}", std::string(kTensors, 'x'));
  EXPECT_EQ(parse_safetensors_header(std::as_bytes(std::span(file)), "f").tensors.size(), size_t{kTensors});
}

TEST(Safetensors, a_header_of_nothing_but_values_is_refused) {
  std::string header = "{\"w\":[";
  for (int i = 0; i < 1'000'000; ++i) header += "[],";
  expect_rejected(raw_safetensors(header + "0]}", ""), {"more than 1000000 values"});
}

// No disk is needed for these.
TEST(Safetensors, sparse_files_are_refused_at_once) {
  const TestFolder folder;
  for (const uint64_t length : {uint64_t{100'000'000}, uint64_t{99'999'992}, ~uint64_t{0}}) {
    const auto path = folder.write("f.safetensors", raw_safetensors("{\"", "", length));
    std::filesystem::resize_file(path, uintmax_t{1} << 40);
    expect_fault(Fault::model_file, {"f.safetensors", "fetch"}, [&] { SafetensorsFile{path}; });
  }
}

TEST(Safetensors, long_names_do_not_flood_the_message) {
  const std::string name(1'000'000, 'n');
  const TestFolder folder;
  const SafetensorsFile file(folder.write("f", one_tensor({NAN}, name)));
  for (const std::string& asked : {name, name + "m"}) try {
      file.read_f32(asked);
      ADD_FAILURE() << "nothing failed";
    } catch (const Error& error) {
      EXPECT_LT(std::string_view(error.what()).size(), 300u);
    }
}

TEST(Safetensors, a_tensor_that_is_missing_is_named) {
  const TestFolder folder;
  const SafetensorsFile file(folder.write("f.safetensors", one_tensor({1})));
  expect_fault(Fault::model_file, {"f.safetensors: v: is missing"}, [&] { file.read_f32("v"); });
}

TEST(Safetensors, what_is_written_reads_the_same) {
  const TestFolder folder;
  const std::vector<float> floats{1, 2, 3, 4, 5, 6};
  const std::vector<int32_t> integers{-1, 7};
  const std::vector<TensorToWrite> tensors{{"z.out", {2, 3}, std::span(floats)},
                                           {"a", {2}, std::span(integers)}};
  write_safetensors(folder / "out.safetensors", tensors, {{"made by", "a \"test\""}});
  const SafetensorsFile file(folder / "out.safetensors");
  EXPECT_EQ(file.read_f32("z.out").values, floats);
  EXPECT_EQ(file.tensor("z.out").shape, (Shape{2, 3}));
  EXPECT_EQ(file.read_i32("a"), integers);
  EXPECT_EQ(file.header().metadata.at("made by"), "a \"test\"");
  EXPECT_EQ(file.header().byte_size % 8, 0u);
  expect_fault(Fault::file_system, {"out.safetensors/x"},
               [&] { write_safetensors(folder / "out.safetensors/x", tensors); });
}

}  // namespace
}  // namespace diorama
