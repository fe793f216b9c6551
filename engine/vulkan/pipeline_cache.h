// Private: the driver's pipeline cache, kept on disk between runs. A file that does not fit is ignored.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "vulkan/context.h"

namespace diorama::vulkan {

class PipelineCache {
 public:
  explicit PipelineCache(std::shared_ptr<const Context> context);
  ~PipelineCache();  // writes the file if there is something new
  PipelineCache(const PipelineCache&) = delete;
  PipelineCache& operator=(const PipelineCache&) = delete;

  VkPipelineCache handle() const { return cache_; }

 private:
  void save() const;

  std::shared_ptr<const Context> context_;
  std::filesystem::path path_;
  std::vector<std::byte> loaded_;
  VkPipelineCache cache_ = VK_NULL_HANDLE;
};

// A file is the driver's data with a checksum in front. Empty if the file is missing, cut or altered.
std::vector<std::byte> read_checked(const std::filesystem::path& path);
void write_checked(const std::filesystem::path& path, const std::vector<std::byte>& data);

}  // namespace diorama::vulkan
