// What is copied of a model's folder, and where links may lead.
#include "io/model_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>

#include "test_folder.h"

namespace diorama::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const ModelFiles& files) {
  std::vector<std::string> names;
  for (const ModelFile& file : files.files) names.push_back(file.name.string());
  return names;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void copy_model(const fs::path& from, const fs::path& to) {
  NewFolder folder(to);
  copy_files(files_of_model(from), folder, [](uint64_t) {});
  folder.finish();
}

TEST(ModelFiles, a_hubs_cache_is_copied_under_the_names_of_its_links) {
  const TestFolder folder;
  folder.write("hub/blobs/1a2b", "{}");
  folder.write("hub/blobs/3c4d", "weights");
  folder.write("hub/snapshots/rev/README.md", "read");
  fs::create_symlink("../../blobs/1a2b", folder / "hub/snapshots/rev/model_index.json");
  fs::create_directory(folder / "hub/snapshots/rev/vae");
  fs::create_symlink("../../../blobs/3c4d", folder / "hub/snapshots/rev/vae/model.safetensors");
  copy_model(folder / "hub/snapshots/rev", folder / "copy");
  EXPECT_EQ(content(folder / "copy/model_index.json"), "{}");
  EXPECT_EQ(content(folder / "copy/vae/model.safetensors"), "weights");
  EXPECT_EQ(content(folder / "copy/README.md"), "read");
  EXPECT_FALSE(fs::is_symlink(folder / "copy/model_index.json"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "hub/blobs"), fs::directory_iterator()), 2);
}

TEST(ModelFiles, links_that_lead_out_are_left_out_or_refused) {
  const TestFolder folder;
  folder.write("evil", "planted");
  folder.write("model/model_index.json", "{}");
  folder.write("model/vae/config.json", "{}");
  fs::create_symlink("../evil", folder / "model/NOTICE");
  fs::create_symlink("../../evil", folder / "model/docs");
  const ModelFiles files = files_of_model(folder / "model");
  EXPECT_THAT(names(files), ElementsAre("model_index.json", "vae/config.json"));
  ASSERT_EQ(files.left_out.size(), 2u);
  for (const char* name : {"NOTICE", "docs"})
    EXPECT_TRUE(std::ranges::any_of(files.left_out, [&](const std::string& sentence) {
      return sentence.find(name) != std::string::npos && sentence.find("left out") != std::string::npos;
    })) << name;
  copy_model(folder / "model", folder / "home/copy");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "home"), fs::directory_iterator()), 1);

  fs::create_symlink("/etc/passwd", folder / "model/vae/passwd.json");
  expect_fault(Fault::model_file, {"vae/passwd.json", "leads out of the model"},
               [&] { files_of_model(folder / "model"); });
  fs::remove(folder / "model/vae/passwd.json");
  fs::create_symlink("/etc", folder / "model/tokenizer");
  expect_fault(Fault::model_file, {"model/tokenizer", "leads out"},
               [&] { files_of_model(folder / "model"); });
}

// A hub's blobs that are themselves a link lead anywhere.
TEST(ModelFiles, blobs_are_a_folder_or_nothing) {
  const TestFolder folder;
  folder.write("secrets/key", "private");
  folder.write("hub/snapshots/rev/model_index.json", "{}");
  fs::create_symlink("../secrets", folder / "hub/blobs");
  fs::create_symlink("../../blobs/key", folder / "hub/snapshots/rev/NOTICE");
  EXPECT_EQ(files_of_model(folder / "hub/snapshots/rev").left_out.size(), 1u);
}

TEST(ModelFiles, links_within_are_what_they_lead_to) {
  const TestFolder folder;
  folder.write("model/model_index.json", "{}");
  folder.write("model/vae/config.json", "small");
  fs::create_symlink("vae", folder / "model/vae_preview");
  fs::create_symlink("vae/config.json", folder / "model/copy.json");
  EXPECT_THAT(names(files_of_model(folder / "model")),
              ElementsAre("copy.json", "model_index.json", "vae/config.json", "vae_preview/config.json"));
  fs::create_symlink("model", folder / "by-another-name");
  copy_model(folder / "by-another-name", folder / "copy");
  EXPECT_EQ(content(folder / "copy/vae_preview/config.json"), "small");
  EXPECT_EQ(content(folder / "copy/copy.json"), "small");
}

TEST(ModelFiles, circles_dead_ends_pipes_and_devices_end_in_a_sentence) {
  const TestFolder folder;
  folder.write("model/model_index.json", "{}");
  folder.write("model/docs/a.txt", "a");
  fs::create_symlink("self", folder / "model/self");
  fs::create_symlink("nowhere", folder / "model/dead");
  fs::create_symlink("..", folder / "model/docs/up");
  fs::create_symlink(".", folder / "model/docs/here");
  ASSERT_EQ(::mkfifo((folder / "model/pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", folder / "model/zero");
  const ModelFiles files = files_of_model(folder / "model");
  EXPECT_THAT(names(files), ElementsAre("docs/a.txt", "model_index.json"));
  EXPECT_THAT(files.left_out,
              testing::UnorderedElementsAre(
                  HasSubstr("model/self: is a link that leads in a circle"),
                  HasSubstr("model/dead: is a link that leads nowhere"),
                  HasSubstr("model/docs/up: is a link that leads in a circle"),
                  HasSubstr("model/docs/here: is a link that leads in a circle"),
                  HasSubstr("model/pipe: is neither a file nor a folder"),
                  HasSubstr("model/zero: is a link that leads out of the model, to /dev/zero")));
}

// Two folders that hold links to each other, and folders that double with each level.
TEST(ModelFiles, no_web_of_links_takes_for_ever) {
  const TestFolder folder;
  folder.write("model/model_index.json", "{}");
  for (const char* name : {"a", "b"}) fs::create_directory(folder.path() / "model" / name);
  fs::create_symlink("../b", folder / "model/a/b");
  fs::create_symlink("../a", folder / "model/b/a");
  EXPECT_EQ(files_of_model(folder / "model").left_out.size(), 2u);
  for (int i = 0; i < 30; ++i) {
    const std::string level = fmt::format("model/level{}", i);
    fs::create_directory(folder / level);
    for (const char* side : {"left", "right"})
      fs::create_symlink(fmt::format("../level{}", i + 1), folder.path() / level / side);
  }
  expect_fault(Fault::model_file, {"this is no model"}, [&] { files_of_model(folder / "model"); });
}

TEST(ModelFiles, leftovers_caches_and_pickles_stay_behind) {
  const TestFolder folder;
  for (const char* name :
       {"model_index.json", "README.md", "vae/config.json", "vae/diffusion_pytorch_model.safetensors"})
    folder.write(std::string("model/") + name, "kept");
  for (const char* name : {".git/objects/pack", ".diorama-0011223344556677.tmp", ".diorama-AbCdEf",
                           ".cache/huggingface/download", "vae/diffusion_pytorch_model.bin", "model.ckpt",
                           "weights.pth", "__pycache__/x.py", "flax_model.msgpack", "vae/x.incomplete"})
    folder.write(std::string("model/") + name, "left behind");
  const ModelFiles files = files_of_model(folder / "model");
  EXPECT_THAT(names(files), ElementsAre("README.md", "model_index.json", "vae/config.json",
                                        "vae/diffusion_pytorch_model.safetensors"));
  EXPECT_TRUE(files.left_out.empty());
  EXPECT_EQ(files.bytes(), 16u);
  EXPECT_THAT(
      names(files_of_model(folder / "model", [](const fs::path& name) { return name != "README.md"; })),
      testing::Not(testing::Contains("README.md")));
}

TEST(ModelFiles, a_file_that_changes_while_it_is_copied_is_said) {
  const TestFolder folder;
  folder.write("model/a.json", std::string(1000, 'a'));
  const ModelFiles files = files_of_model(folder / "model");
  fs::resize_file(folder / "model/a.json", 10);
  expect_fault(Fault::file_system, {"a.json", "shorter"},
               [&] { copy_files(files, NewFolder(folder / "copy"), [](uint64_t) {}); });
  fs::remove(folder / "model/a.json");
  fs::create_symlink("/etc/passwd", folder / "model/a.json");
  expect_fault(Fault::file_system, {"a.json"},
               [&] { copy_files(files, NewFolder(folder / "copy"), [](uint64_t) {}); });
  EXPECT_FALSE(fs::exists(folder / "copy"));
}

TEST(ModelFiles, copying_can_be_ended) {
  const TestFolder folder;
  folder.write("model/large.safetensors", std::string(size_t{9} << 20, 'x'));
  uint64_t seen = 0;
  expect_fault(Fault::cancelled, {}, [&] {
    copy_files(files_of_model(folder / "model"), NewFolder(folder / "copy"), [&](uint64_t bytes) {
      EXPECT_LE(bytes, uint64_t{4} << 20);
      if ((seen += bytes) > uint64_t{4} << 20) fail(Fault::cancelled, "enough");
    });
  });
  EXPECT_LT(seen, uint64_t{9} << 20);
  EXPECT_FALSE(fs::exists(folder / "copy.partial"));
}

}  // namespace
}  // namespace diorama::test
