// AMD's compiler needs no AMD hardware: its null device judges the code of every GPU kernel.
#include <gtest/gtest.h>

#include <filesystem>

#include "requirements.h"
#include "vulkan/environment.h"
#include "vulkan/inner_loop.h"
#include "vulkan/variants.h"

namespace diorama::vulkan {
namespace {

using test::Environment;

std::string radv_driver() {
  const std::filesystem::path folder = "/usr/share/vulkan/icd.d";
  if (!std::filesystem::is_directory(folder)) return "";
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename().string().starts_with("radeon_icd")) return entry.path().string();
  return "";
}

void print(const std::string& family, const PipelineReport& report) {
  fmt::print("{:8} {:40}", family, report.name);
  for (const auto& [name, value] : report.statistics)
    for (const char* column :
         {"VGPRs", "SGPRs", "LDS size", "Subgroups per SIMD", "Instructions", "Inverse Throughput"})
      if (name == column) fmt::print("  {} {:5}", name, value);
  fmt::print("\n");
}

class Radv : public testing::TestWithParam<const char*> {};

TEST_P(Radv, spills_no_register) {
  const std::string driver = radv_driver();
  if (driver.empty()) DIORAMA_SKIP_WITHOUT("radv", "no radeon_icd*.json (Debian: mesa-vulkan-drivers)");
  const Environment family("RADV_FORCE_FAMILY", GetParam());
  const Environment icd("VK_ICD_FILENAMES", driver);
  const std::vector<PipelineReport> reports = compile_gpu_pipelines({.index = 0});
  EXPECT_GT(reports.size(), 20u);
  for (const PipelineReport& report : reports) {
    print(GetParam(), report);
    int spill_counts = 0;
    for (const auto& [name, value] : report.statistics)
      if (name.starts_with("Spilled")) {
        ++spill_counts;
        EXPECT_EQ(value, 0) << GetParam() << " " << report.name << ": " << name;
      }
    if (report.name.starts_with("linear_integer_dot")) {
      const InstructionMix mix = inner_loop(report.assembly);
      EXPECT_GT(mix.dot4, 100) << report.name;
      EXPECT_GE(mix.dot4, 0.9 * mix.vector)
          << report.name << ": something but products in the innermost loop";
    }
    EXPECT_EQ(spill_counts, 2) << report.name << ": vector and scalar registers";
  }
}

INSTANTIATE_TEST_SUITE_P(Family, Radv, testing::Values("navi21", "gfx1100"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace diorama::vulkan
