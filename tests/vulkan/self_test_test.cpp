#include "vulkan/self_test.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "formats/w4a8.h"
#include "formats/w8a8.h"
#include "test_folder.h"
#include "vulkan/api.h"
#include "vulkan/environment.h"
#include "vulkan/open.h"

namespace diorama::vulkan {
namespace {

using test::Environment;
using test::expect_fault;
using test::TestFolder;

// A driver whose nearest integer is one too large: the constant that shaders/include/nearest.glsl adds is
// changed in every shader that is handed to it.
class WrongDriver {
 public:
  WrongDriver() {
    list_devices();  // loads the functions, the real ones
    real_ = vkCreateShaderModule;
    vkCreateShaderModule = create;
  }
  ~WrongDriver() { vkCreateShaderModule = real_; }
  WrongDriver(const WrongDriver&) = delete;
  WrongDriver& operator=(const WrongDriver&) = delete;

 private:
  static VKAPI_ATTR VkResult VKAPI_CALL create(VkDevice device, const VkShaderModuleCreateInfo* info,
                                               const VkAllocationCallbacks* callbacks,
                                               VkShaderModule* module) {
    constexpr uint32_t kAdded = 0x4b400000;  // 12582912.0f
    std::vector<uint32_t> code(info->pCode, info->pCode + info->codeSize / 4);
    std::replace(code.begin(), code.end(), kAdded, kAdded + 1);
    VkShaderModuleCreateInfo changed = *info;
    changed.pCode = code.data();
    return real_(device, &changed, callbacks, module);
  }

  static inline PFN_vkCreateShaderModule real_ = nullptr;
};

TEST(SelfTest, every_variant_of_this_device_passes) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  EXPECT_EQ(run_self_test(*device), "");
  TestedDevice without_dots({.storage16 = false, .dot_product = false});
  EXPECT_EQ(run_self_test(*without_dots), "");
}

TEST(SelfTest, a_device_that_rounds_wrongly_is_named_and_keeps_what_it_can_do) {
  DIORAMA_NEEDS_VULKAN();
  const TestFolder folder;
  const Environment cache("XDG_CACHE_HOME", folder.path().string());
  const WrongDriver wrong;
  testing::internal::CaptureStderr();
  const std::unique_ptr<diorama::Device> device = open_device({});
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(device->description()), std::string::npos) << said;
  EXPECT_NE(said.find("wrongly"), std::string::npos) << said;
  for (const Format* format : {&w8a8::kFormat, &w4a8::kFormat})
    expect_fault(Fault::unsupported_device, {"wrongly", "--device cpu"},
                 [&] { device->product_input(*format); });
  EXPECT_NO_THROW(device->product_input(format_f16()));
  EXPECT_NE(find_defects(list_devices().best()), "");
  EXPECT_FALSE(path_exists(folder / "diorama/self-tests")) << "only success is remembered";
}

TEST(SelfTest, success_is_remembered_for_this_width_of_vectors) {
  DIORAMA_NEEDS_VULKAN();
  const TestFolder folder;
  const Environment cache("XDG_CACHE_HOME", folder.path().string());
  const int best = list_devices().best();
  EXPECT_EQ(find_defects(best), "");
  const std::string kept = read_text_file(folder / "diorama/self-tests");
  EXPECT_EQ(kept.size(), 17u) << kept;

  const WrongDriver wrong;
  EXPECT_EQ(find_defects(best), "") << "tested again";
  {
    const char* now = std::getenv("LP_NATIVE_VECTOR_WIDTH");
    const Environment uncached("MESA_SHADER_CACHE_DISABLE", "true");
    const Environment width("LP_NATIVE_VECTOR_WIDTH",
                            now != nullptr && std::string(now) == "128" ? "256" : "128");
    EXPECT_NE(find_defects(best), "");
  }
  folder.write("diorama/self-tests", "not a list of keys");
  EXPECT_NE(find_defects(best), "");
}

TEST(SelfTest, the_list_of_what_passed_is_bounded_and_damage_makes_it_empty) {
  const TestFolder folder;
  const std::filesystem::path file = folder / "deep/self-tests";
  EXPECT_FALSE(has_passed(file, 1));
  for (uint64_t key = 1; key <= kMostPassed + 5; ++key) note_passed(file, key);
  EXPECT_TRUE(has_passed(file, kMostPassed + 5));
  EXPECT_TRUE(has_passed(file, 6));
  EXPECT_FALSE(has_passed(file, 5));
  EXPECT_EQ(std::filesystem::file_size(file), kMostPassed * 17);

  const std::string whole = read_text_file(file);
  for (const std::string& damaged : {whole + whole, whole.substr(0, 100) + "x" + whole.substr(101),
                                     std::string(17, '\0'), std::string()}) {
    folder.write("deep/self-tests", damaged);
    EXPECT_FALSE(has_passed(file, kMostPassed)) << damaged.size();
  }
  note_passed(file, 7);
  EXPECT_TRUE(has_passed(file, 7));
  note_passed(folder / "deep/self-tests/below a file", 8);  // cannot be written: nothing happens
}

}  // namespace
}  // namespace diorama::vulkan
