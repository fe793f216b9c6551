// Whether a device computes products of 8-bit codes as they are defined. Drivers are known that round wrongly
// on some processors and tell nobody: a picture would be wrong without a word.
#pragma once

#include <filesystem>
#include <string>

namespace diorama::vulkan {

class Device;

// Runs a small product of each integer format. What was wrong, as in "it rounds the levels of w4a8 wrongly";
// empty where all is right.
std::string run_self_test(Device& device);
// As above, but a device that passed is not tested again while device, driver, kernels and the width of the
// software driver's vectors (LP_NATIVE_VECTOR_WIDTH) are the same.
std::string self_test(Device& device);

// The keys of the devices that passed, at most kMostPassed, the latest last. A file that is none, or too
// large, holds no keys; one that cannot be written costs the next start a test.
constexpr size_t kMostPassed = 32;
bool has_passed(const std::filesystem::path& path, uint64_t key);
void note_passed(const std::filesystem::path& path, uint64_t key);

}  // namespace diorama::vulkan
