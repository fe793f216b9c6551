#include "vulkan/pipeline_cache.h"

#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/hash.h"
#include "base/say.h"

namespace diorama::vulkan {
namespace {

uint64_t checksum(std::span<const std::byte> bytes) {
  Hash64 hash;
  hash.add(bytes);
  return hash.value();
}

VkPhysicalDeviceProperties properties_of(const Context& context) {
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(context.physical(), &properties);
  return properties;
}

std::filesystem::path path_for(const Context& context) {
  const std::filesystem::path folder = cache_folder();
  if (folder.empty()) return {};
  std::string uuid;
  for (const uint8_t byte : properties_of(context).pipelineCacheUUID) uuid += fmt::format("{:02x}", byte);
  return folder / fmt::format("pipelines-{}.bin", uuid);
}

bool made_for(const Context& context, std::span<const std::byte> data) {
  VkPipelineCacheHeaderVersionOne header;
  if (data.size() < sizeof header) return false;
  std::memcpy(&header, data.data(), sizeof header);
  const VkPhysicalDeviceProperties properties = properties_of(context);
  return header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
         header.vendorID == properties.vendorID && header.deviceID == properties.deviceID &&
         std::memcmp(header.pipelineCacheUUID, properties.pipelineCacheUUID, VK_UUID_SIZE) == 0;
}

}  // namespace

std::vector<std::byte> read_checked(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  try {
    const MappedFile file(path);
    uint64_t expected = 0;
    if (file.bytes().size() < sizeof expected) return {};
    std::memcpy(&expected, file.bytes().data(), sizeof expected);
    const auto data = file.bytes().subspan(sizeof expected);
    if (checksum(data) != expected) return {};
    return {data.begin(), data.end()};
  } catch (const Error&) {
    return {};
  }
}

void write_checked(const std::filesystem::path& path, const std::vector<std::byte>& data) {
  const uint64_t sum = checksum(data);
  std::vector<std::byte> bytes(sizeof sum + data.size());
  std::memcpy(bytes.data(), &sum, sizeof sum);
  std::memcpy(bytes.data() + sizeof sum, data.data(), data.size());
  std::filesystem::create_directories(path.parent_path());
  write_file_atomically(path, bytes);
}

PipelineCache::PipelineCache(std::shared_ptr<const Context> context)
    : context_(std::move(context)), path_(path_for(*context_)) {
  if (!path_.empty()) loaded_ = read_checked(path_);
  if (!made_for(*context_, loaded_)) loaded_.clear();
  VkPipelineCacheCreateInfo info{VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  info.initialDataSize = loaded_.size();
  info.pInitialData = loaded_.data();
  check_opening(vkCreatePipelineCache(context_->handle(), &info, nullptr, &cache_), "vkCreatePipelineCache");
}

PipelineCache::~PipelineCache() {
  try {
    save();
  } catch (const std::exception& error) {  // the next start only compiles again
    say(stderr, "[vulkan] the pipeline cache was not kept: {}\n", error.what());
  }
  vkDestroyPipelineCache(context_->handle(), cache_, nullptr);
}

void PipelineCache::save() const {
  if (path_.empty()) return;
  size_t bytes = 0;
  check(vkGetPipelineCacheData(context_->handle(), cache_, &bytes, nullptr), "vkGetPipelineCacheData");
  std::vector<std::byte> data(bytes);
  check(vkGetPipelineCacheData(context_->handle(), cache_, &bytes, data.data()), "vkGetPipelineCacheData");
  data.resize(bytes);
  if (data != loaded_) write_checked(path_, data);
}

}  // namespace diorama::vulkan
