#include "vulkan/pipeline_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "ops/harness.h"
#include "ops/ops.h"
#include "test_folder.h"
#include "vulkan/environment.h"
#include "vulkan/open.h"

namespace diorama::vulkan {
namespace {

using test::Environment;
using test::TestFolder;

std::vector<std::byte> some_data() {
  std::vector<std::byte> data(100);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 7);
  return data;
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PipelineCacheFile, gives_back_what_was_written) {
  const TestFolder folder;
  write_checked(folder / "deep/cache.bin", some_data());
  EXPECT_EQ(read_checked(folder / "deep/cache.bin"), some_data());
}

TEST(PipelineCacheFile, is_ignored_when_any_byte_is_altered_or_the_end_is_cut) {
  const TestFolder folder;
  write_checked(folder / "cache.bin", some_data());
  const std::string whole = content(folder / "cache.bin");
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string altered = whole;
    altered[i] = static_cast<char>(altered[i] ^ 0x10);
    EXPECT_TRUE(read_checked(folder.write("altered.bin", altered)).empty()) << "byte " << i;
    EXPECT_TRUE(read_checked(folder.write("cut.bin", whole.substr(0, i))).empty()) << i << " bytes";
  }
}

TEST(PipelineCacheFile, is_ignored_when_missing) {
  const TestFolder folder;
  EXPECT_TRUE(read_checked(folder / "none.bin").empty());
}

TEST(PipelineCache, lies_in_the_cache_folder_of_the_user) {
  const Environment cache("XDG_CACHE_HOME", "/some/cache");
  EXPECT_EQ(cache_folder(), "/some/cache/diorama");
  const Environment unset("XDG_CACHE_HOME", "");
  const Environment home("HOME", "/some/home");
  EXPECT_EQ(cache_folder(), "/some/home/.cache/diorama");
}

void run_something(Device& device) {
  Stream stream(device, Stream::Mode::run);
  const test::Output y(device, {1, 4});
  ops::unary(stream, {.x = test::input(device, {1, 4}, test::Floats{1, 2, 3, 4}), .y = y.tensor()});
  EXPECT_EQ(y.values(), (test::Floats{1, 2, 3, 4}));
}

TEST(PipelineCache, is_written_when_the_device_goes_and_survives_damage) {
  DIORAMA_NEEDS_VULKAN();
  const TestFolder folder;
  const Environment cache("XDG_CACHE_HOME", folder.path().string());
  const auto open_and_run = [] {
    TestedDevice device;
    run_something(*device);
  };
  open_and_run();
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "diorama")) file = entry.path();
  ASSERT_TRUE(file.filename().string().starts_with("pipelines-")) << file;
  const std::vector<std::byte> kept = read_checked(file);
  EXPECT_FALSE(kept.empty());

  std::ofstream(file, std::ios::binary) << "not a cache";
  open_and_run();
  EXPECT_FALSE(read_checked(file).empty());

  std::vector<std::byte> foreign = kept;
  foreign[8] ^= std::byte{0xff};  // the vendor of VkPipelineCacheHeaderVersionOne
  write_checked(file, foreign);
  open_and_run();
  EXPECT_NE(read_checked(file), foreign);
}

TEST(PipelineCache, a_device_works_where_the_cache_cannot_be_written) {
  DIORAMA_NEEDS_VULKAN();
  const TestFolder folder;
  folder.write("file", "in the way");
  const Environment cache("XDG_CACHE_HOME", (folder / "file").string());
  TestedDevice device;
  run_something(*device);
}

}  // namespace
}  // namespace diorama::vulkan
