// The built-ins of the shading language, as this driver computes them, against what the kernels rely on.
// Drivers differ here by processor and vector width, and a wrong one shows in pictures before it shows in an
// error.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "base/half.h"
#include "builtins_plain.h"
#include "builtins_storage16.h"
#include "test_folder.h"
#include "vulkan/context.h"
#include "vulkan/memory.h"
#include "vulkan/open.h"

namespace diorama::vulkan {
namespace {

using Words = std::vector<uint32_t>;

float as_float(uint32_t bits) {
  return std::bit_cast<float>(bits);
}

// Devices may read and write these as zero.
bool is_subnormal(uint32_t bits) {
  return std::fpclassify(as_float(bits)) == FP_SUBNORMAL;
}
bool is_ordinary(uint32_t bits) {
  return std::isfinite(as_float(bits)) && !is_subnormal(bits);
}

bool same(float got, float expected) {
  return std::bit_cast<uint32_t>(got) == std::bit_cast<uint32_t>(expected);
}
bool near(float got, double expected, double relative) {
  return std::abs(got - expected) <= relative * std::abs(expected) + 1e-37;
}

// `got` is the half below or above the value, the value itself where it is one.
bool is_neighbour(uint16_t got, float value) {
  const float half = f16_to_f32(got);
  if (std::abs(value) >= 65504) return std::abs(half) >= 65504 && std::signbit(half) == std::signbit(value);
  const double spacing = std::max(std::exp2(std::floor(std::log2(std::abs(double{value}))) - 10), 0x1p-24);
  const bool flushed = std::abs(value) < 0x1p-14 && half == 0;
  return flushed || (std::isfinite(half) && std::abs(static_cast<double>(half) - value) < spacing);
}

bool is_half(uint32_t got, uint16_t half) {
  const float expected = f16_to_f32(half);
  if (std::isnan(expected)) return std::isnan(as_float(got));
  const bool flushed = std::abs(expected) < 0x1p-14 && as_float(got) == 0;
  return flushed || same(as_float(got), expected);
}

struct Builtin {
  const char* name;
  // Whether it may give `got` for these bits; true also for what no kernel asks it.
  bool (*right)(uint32_t bits, uint32_t got);
  bool used = true;
};

// In the order of builtins.comp.
const Builtin kBuiltins[] = {
    {"nearest_code",
     [](uint32_t x, uint32_t got) {
       const float value = as_float(x);
       return !(std::abs(value) <= 127.5f) ||
              static_cast<int8_t>(got) == static_cast<int8_t>(std::nearbyint(value));
     }},
    {"roundEven",  // known to be wrong where llvmpipe's vectors are wider than the processor's
     [](uint32_t x, uint32_t got) { return !is_ordinary(x) || as_float(got) == std::nearbyint(as_float(x)); },
     false},
    {"int(float)",
     [](uint32_t x, uint32_t got) {
       const float value = as_float(x);
       return !(std::abs(value) < 0x1p31f) || static_cast<int32_t>(got) == static_cast<int32_t>(value);
     }},
    {"uint(float)",
     [](uint32_t x, uint32_t got) {
       const float value = as_float(x);
       return !(value >= 0 && value < 0x1p31f) || got == static_cast<uint32_t>(value);
     }},
    {"float(int)",
     [](uint32_t x, uint32_t got) {
       const auto value = static_cast<int32_t>(x);
       return near(as_float(got), value, 0x1p-23) &&
              (std::abs(static_cast<double>(value)) > 0x1p24 || as_float(got) == static_cast<float>(value));
     }},
    {"float(uint)",
     [](uint32_t x, uint32_t got) {
       return near(as_float(got), x, 0x1p-23) && (x > 0x1000000u || as_float(got) == static_cast<float>(x));
     }},
    {"isnan", [](uint32_t x, uint32_t got) { return got == (std::isnan(as_float(x)) ? 1u : 0u); }},
    {"isinf", [](uint32_t x, uint32_t got) { return got == (std::isinf(as_float(x)) ? 1u : 0u); }},
    {"sign",
     [](uint32_t x, uint32_t got) {
       const float value = as_float(x);
       return !is_ordinary(x) || as_float(got) == static_cast<float>((value > 0) - (value < 0));
     }},
    {"abs",
     [](uint32_t x, uint32_t got) {
       return std::isnan(as_float(x)) || is_subnormal(x) || got == (x & 0x7fffffffu);
     }},
    {"min",
     [](uint32_t x, uint32_t got) {
       return std::isnan(as_float(x)) || is_subnormal(x) || same(as_float(got), std::min(as_float(x), 0.75f));
     }},
    {"max",
     [](uint32_t x, uint32_t got) {
       return std::isnan(as_float(x)) || is_subnormal(x) || same(as_float(got), std::max(as_float(x), 0.75f));
     }},
    {"exp",
     [](uint32_t x, uint32_t got) {
       const float value = as_float(x);
       if (!(value < 88)) return true;
       return value < -80 ? as_float(got) >= 0 && as_float(got) < 2e-35f
                          : near(as_float(got), std::exp(double{value}), 1e-6 * (1 + std::abs(value)));
     }},
    {"sqrt",
     [](uint32_t x, uint32_t got) {
       return !is_ordinary(x) || as_float(x) < 0 || near(as_float(got), std::sqrt(double{as_float(x)}), 4e-7);
     }},
    {"inversesqrt",
     [](uint32_t x, uint32_t got) {
       return !is_ordinary(x) || as_float(x) <= 0 ||
              near(as_float(got), 1 / std::sqrt(double{as_float(x)}), 4e-7);
     }},
    {"division",
     [](uint32_t x, uint32_t got) {
       const double size = std::abs(double{as_float(x)});
       return !(size > 1e-30 && size < 1e30) || near(as_float(got), 127 / double{as_float(x)}, 4e-7);
     }},
    {"fma",
     [](uint32_t x, uint32_t got) {
       const double value = as_float(x);
       return !(std::abs(value) < 1e30) ||
              std::abs(as_float(got) - (value * 3 + double{0.7f})) <= 3e-7 * (std::abs(value * 3) + 0.7);
     }},
    {"bitfieldExtract, signed",
     [](uint32_t x, uint32_t got) {
       return static_cast<int32_t>(got) == static_cast<int8_t>(static_cast<uint8_t>(x >> 8));
     }},
    {"bitfieldExtract", [](uint32_t x, uint32_t got) { return got == (x >> 4 & 15u); }},
    {"bitfieldInsert", [](uint32_t x, uint32_t got) { return got == (0x01010001u | (x & 255u) << 8); }},
    {"unpackHalf2x16, low", [](uint32_t x, uint32_t got) { return is_half(got, static_cast<uint16_t>(x)); }},
    {"unpackHalf2x16, high",
     [](uint32_t x, uint32_t got) { return is_half(got, static_cast<uint16_t>(x >> 16)); }},
    {"packHalf2x16",
     [](uint32_t x, uint32_t got) {
       return !is_ordinary(x) || !std::isfinite(2 * as_float(x)) ||
              (is_neighbour(static_cast<uint16_t>(got), as_float(x)) &&
               is_neighbour(static_cast<uint16_t>(got >> 16), 2 * as_float(x)));
     }},
    // With 16-bit storage only.
    {"float16_t read, low", [](uint32_t x, uint32_t got) { return is_half(got, static_cast<uint16_t>(x)); }},
    {"float16_t read, high",
     [](uint32_t x, uint32_t got) { return is_half(got, static_cast<uint16_t>(x >> 16)); }},
};
constexpr size_t kOfStorage16 = 2;

// Every half twice, halves between codes and their neighbours, and numbers of all sizes.
Words inputs() {
  Words bits;
  for (uint32_t half = 0; half < 0x10000u; ++half) bits.push_back(half | (half * 40503u & 0xffffu) << 16);
  for (int i = -260; i <= 260; ++i) {
    const float value = static_cast<float>(i) / 2;
    for (const float near_it :
         {std::nextafter(value, -1e9f), value, std::nextafter(value, 1e9f), value * 0.999f, value + 0.3f})
      bits.push_back(std::bit_cast<uint32_t>(near_it));
  }
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) bits.push_back(static_cast<uint32_t>(random()));
  for (int i = -9000; i <= 9000; ++i) bits.push_back(std::bit_cast<uint32_t>(static_cast<float>(i) / 100));
  bits.insert(bits.end(), {0x00000000u, 0x80000000u, 0x7f800000u, 0xff800000u, 0x7fc00000u, 0xffc00001u});
  return bits;
}

// A shader that the program does not have, run once: a pipeline of the program's layout, bound by hand.
class Probe {
 public:
  Probe(Device& device, std::span<const uint32_t> code) : device_(device), context_(device.context()) {
    VkShaderModuleCreateInfo module{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
    module.codeSize = code.size_bytes();
    module.pCode = code.data();
    check(vkCreateShaderModule(context_.handle(), &module, nullptr, &module_), "vkCreateShaderModule");
    VkComputePipelineCreateInfo info{VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
    info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
    info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
    info.stage.module = module_;
    info.stage.pName = "main";
    info.layout = context_.pipeline_layout();
    check(vkCreateComputePipelines(context_.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline_),
          "probe");
    VkCommandPoolCreateInfo pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
    pool.queueFamilyIndex = context_.queue_family();
    check(vkCreateCommandPool(context_.handle(), &pool, nullptr, &pool_), "vkCreateCommandPool");
  }
  ~Probe() {
    vkDestroyCommandPool(context_.handle(), pool_, nullptr);
    vkDestroyPipeline(context_.handle(), pipeline_, nullptr);
    vkDestroyShaderModule(context_.handle(), module_, nullptr);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  void run(const std::vector<Tensor>& tensors, uint32_t count) {
    VkCommandBufferAllocateInfo allocation{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
    allocation.commandPool = pool_;
    allocation.commandBufferCount = 1;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    check(vkAllocateCommandBuffers(context_.handle(), &allocation, &commands), "vkAllocateCommandBuffers");
    VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    check(vkBeginCommandBuffer(commands, &begin), "vkBeginCommandBuffer");
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_);
    std::vector<VkDescriptorBufferInfo> buffers;
    std::vector<VkWriteDescriptorSet> writes;
    buffers.reserve(tensors.size());
    for (const Tensor& tensor : tensors) {
      const Buffer& buffer = buffer_of(tensor);
      buffers.push_back({buffer.handle(), buffer.byte_offset() + tensor.byte_offset(), tensor.byte_extent()});
      VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
      write.dstBinding = static_cast<uint32_t>(writes.size());
      write.descriptorCount = 1;
      write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
      write.pBufferInfo = &buffers.back();
      writes.push_back(write);
    }
    vkCmdPushDescriptorSetKHR(commands, VK_PIPELINE_BIND_POINT_COMPUTE, context_.pipeline_layout(), 0,
                              static_cast<uint32_t>(writes.size()), writes.data());
    vkCmdPushConstants(commands, context_.pipeline_layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof count,
                       &count);
    vkCmdDispatch(commands, (count + 63) / 64, 1, 1);
    check(vkEndCommandBuffer(commands), "vkEndCommandBuffer");
    VkSubmitInfo submission{VK_STRUCTURE_TYPE_SUBMIT_INFO};
    submission.commandBufferCount = 1;
    submission.pCommandBuffers = &commands;
    device_.finish();
    check(vkQueueSubmit(context_.queue(), 1, &submission, VK_NULL_HANDLE), "vkQueueSubmit");
    check(vkQueueWaitIdle(context_.queue()), "vkQueueWaitIdle");
  }

 private:
  Device& device_;
  const Context& context_;
  VkShaderModule module_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
  VkCommandPool pool_ = VK_NULL_HANDLE;
};

Tensor bytes_of(Device& device, size_t size, const void* content = nullptr) {
  const std::vector<std::byte> zeros(size);
  Tensor tensor(Allocation{device.allocate(size), 0, {}}, {static_cast<int64_t>(size)}, DType::u8);
  device.upload(tensor, content == nullptr ? zeros.data() : content);
  return tensor;
}

void judge(const Builtin& builtin, const Words& x, std::span<const uint32_t> got) {
  size_t wrong = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    if (builtin.right(x[i], got[i])) continue;
    if (wrong++ == 0 && builtin.used)
      ADD_FAILURE() << fmt::format("{} of {} ({:#x}): {} ({:#x})", builtin.name, as_float(x[i]), x[i],
                                   as_float(got[i]), got[i]);
  }
  if (wrong > 0) fmt::print("{}: {} of {} are wrong\n", builtin.name, wrong, x.size());
}

TEST(Builtins, give_what_the_kernels_rely_on) {
  DIORAMA_NEEDS_VULKAN();
  TestedDevice device;
  if (!device->caps().push_descriptors) GTEST_SKIP() << "the device has no push descriptors";
  const bool halves = device->caps().storage16;
  const size_t rows = std::size(kBuiltins) - (halves ? 0 : kOfStorage16);
  const Words x = inputs();
  const Tensor in = bytes_of(*device, x.size() * 4, x.data());
  const Tensor out = bytes_of(*device, rows * x.size() * 4);
  const Tensor stored = bytes_of(*device, x.size() * 4);
  std::vector<Tensor> tensors{in, out};
  if (halves) tensors.insert(tensors.end(), {in, stored});
  Probe probe(*device, halves ? std::span<const uint32_t>(builtins_storage16) : builtins_plain);
  probe.run(tensors, static_cast<uint32_t>(x.size()));

  Words got(rows * x.size());
  device->download(out, got.data());
  for (size_t row = 0; row < rows; ++row)
    judge(kBuiltins[row], x, std::span(got).subspan(row * x.size(), x.size()));
  if (!halves) return;
  std::vector<uint16_t> written(2 * x.size());
  device->download(stored, written.data());
  for (size_t i = 0; i < x.size(); ++i) {
    const bool right = !is_ordinary(x[i]) || is_neighbour(written[i], as_float(x[i]));
    ASSERT_TRUE(right) << as_float(x[i]) << " became the half " << written[i];
  }
}

// What the test above finds wrong on some driver must not come back into a kernel.
TEST(Builtins, that_round_are_in_no_kernel) {
  const std::filesystem::path shaders = DIORAMA_SOURCE_DIR "/shaders";
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(shaders)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".comp" && extension != ".glsl") continue;
    ++files;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      const std::string code = line.substr(0, line.find("//"));
      for (const char* call : {"round(", "roundEven(", "trunc(", "floor(", "ceil(", "fract(", "mod("})
        EXPECT_EQ(code.find(call), std::string::npos) << entry.path() << ": " << line;
    }
  }
  EXPECT_GT(files, 20u);
}

}  // namespace
}  // namespace diorama::vulkan
