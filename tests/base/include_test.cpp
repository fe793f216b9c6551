// Includes go one way (docs/architecture.md). Reads every source file; a forbidden edge is a failure that
// names it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace diorama {
namespace {

namespace fs = std::filesystem;

// What each folder of the engine may include besides itself.
const std::map<std::string, std::set<std::string>> kAllowed = {
    {"base", {}},
    {"tensor", {"base"}},
    {"formats", {"tensor", "base"}},
    {"cpu", {"formats", "tensor", "base"}},
    {"vulkan", {"formats", "tensor", "base"}},
    {"ops", {"cpu", "vulkan", "formats", "tensor", "base"}},
    {"nn", {"ops", "formats", "tensor", "base"}},
    {"models", {"nn", "base"}},
    {"sampling", {"tensor", "base", "ops"}},
    {"io", {"formats", "tensor", "base"}},
    {"accelerate", {"nn", "quant", "ops", "formats", "tensor", "base"}},
    {"quant", {"ops", "formats", "tensor", "base"}},
    {"pipeline",
     {"models", "sampling", "accelerate", "quant", "io", "nn", "ops", "cpu", "vulkan", "formats", "tensor",
      "base"}},
    {"study",
     {"pipeline", "models", "sampling", "accelerate", "quant", "io", "nn", "ops", "cpu", "vulkan", "formats",
      "tensor", "base"}},
};

std::vector<std::string> includes_of(const fs::path& file) {
  constexpr std::string_view kInclude = "#include ";
  std::vector<std::string> found;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(kInclude)) continue;
    const size_t begin = kInclude.size() + 1;
    found.push_back(line.substr(begin, line.find_first_of(">\"", begin) - begin));
  }
  return found;
}

std::vector<fs::path> sources_under(const std::string& folder) {
  std::vector<fs::path> files;
  const fs::path root = fs::path(DIORAMA_SOURCE_DIR) / folder;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".h" || entry.path().extension() == ".cpp") files.push_back(entry.path());
  return files;
}

std::string folder_of(const std::string& include) {
  return include.substr(0, include.find('/'));
}

TEST(Includes, go_one_way_through_the_engine) {
  const fs::path engine = fs::path(DIORAMA_SOURCE_DIR) / "engine";
  size_t edges = 0;
  for (const fs::path& file : sources_under("engine")) {
    const std::string folder = fs::relative(file, engine).begin()->string();
    ASSERT_TRUE(kAllowed.contains(folder)) << folder << " is a new folder: say what it may include";
    for (const std::string& include : includes_of(file)) {
      const std::string other = folder_of(include);
      if (!kAllowed.contains(other) || other == folder) continue;
      ++edges;
      EXPECT_TRUE(kAllowed.at(folder).contains(other)) << file << " includes " << include;
    }
  }
  EXPECT_GT(edges, 100u);
}

// The window's layers: views -> models -> service -> the engine's upper end. Views and models see no engine.
TEST(Includes, go_one_way_through_the_window) {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"service", {}}, {"models", {"service"}}, {"views", {"models", "service"}}};
  size_t edges = 0;
  for (const auto& [folder, lower] : allowed)
    for (const fs::path& file : sources_under("app/gui/" + folder))
      for (const std::string& include : includes_of(file)) {
        EXPECT_FALSE(include.starts_with("cli/")) << file << " includes " << include;
        if (folder != "service") {
          EXPECT_FALSE(kAllowed.contains(folder_of(include))) << file << " includes " << include;
        }
        if (!include.starts_with("gui/")) continue;
        const std::string other = folder_of(include.substr(4));
        if (other == folder) continue;
        ++edges;
        EXPECT_TRUE(lower.contains(other)) << file << " includes " << include;
      }
  EXPECT_GT(edges, 20u);
}

TEST(Includes, keep_vulkan_and_qt_in_their_places) {
  for (const fs::path& file : sources_under("engine"))
    for (const std::string& include : includes_of(file)) {
      const bool vulkan_header =
          include.starts_with("vulkan/vulkan") || include == "volk.h" || include == "volk.c";
      const bool in_vulkan = file.string().find("/engine/vulkan/") != std::string::npos;
      EXPECT_TRUE(!vulkan_header || in_vulkan) << file << " includes " << include;
      EXPECT_FALSE(include.size() > 1 && include[0] == 'Q' &&
                   std::isupper(static_cast<unsigned char>(include[1])) != 0)
          << file << " includes " << include;
      EXPECT_FALSE(include.starts_with("app/") || include.starts_with("cli/"))
          << file << " includes " << include;
    }
}

}  // namespace
}  // namespace diorama
