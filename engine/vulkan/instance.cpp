#include "vulkan/instance.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "base/say.h"

namespace diorama::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

std::mutex& loader_mutex() {
  static std::mutex mutex;
  return mutex;
}

void load_loader() {
  if (volkInitialize() != VK_SUCCESS)
    fail(Fault::unsupported_device,
         "[vulkan] no Vulkan loader; install libvulkan1 and a driver, or use --device cpu");
  if (volkGetInstanceVersion() < VK_API_VERSION_1_3)
    fail(Fault::unsupported_device,
         "[vulkan] the loader is older than Vulkan 1.3; update it, or use --device cpu");
}

// Once, since other threads may be calling them: they are the loader's, the same for every instance.
void load_functions(VkInstance instance) {
  static bool loaded = false;
  if (!loaded) volkLoadInstance(instance);
  loaded = true;
}

}  // namespace

bool has_validation_layer() {
  const auto layers = enumerate<VkLayerProperties>(vkEnumerateInstanceLayerProperties);
  return std::any_of(layers.begin(), layers.end(), [](const VkLayerProperties& layer) {
    return std::strcmp(layer.layerName, kValidationLayer) == 0;
  });
}

Instance::Instance(bool validate) {
  const std::lock_guard lock(loader_mutex());
  load_loader();
  if (validate && !has_validation_layer())
    fail(Fault::unsupported_device, "[vulkan] {} is not installed (Debian: vulkan-validationlayers)",
         kValidationLayer);

  const VkValidationFeatureEnableEXT enable = VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT;
  VkValidationFeaturesEXT features{VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT};
  features.enabledValidationFeatureCount = 1;
  features.pEnabledValidationFeatures = &enable;
  const char* extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME, VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME};

  VkApplicationInfo application{VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pApplicationName = "diorama";
  application.apiVersion = VK_API_VERSION_1_3;
  VkInstanceCreateInfo info{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;
  if (validate) {
    info.pNext = &features;
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &kValidationLayer;
    info.enabledExtensionCount = 2;
    info.ppEnabledExtensionNames = extensions;
  }
  if (const VkResult result = vkCreateInstance(&info, nullptr, &instance_); result != VK_SUCCESS)
    fail(Fault::unsupported_device, "[vulkan] no driver: {}; install one, or use --device cpu",
         describe(result));
  load_functions(instance_);
  if (validate) listen();
}

Instance::~Instance() {
  if (destroy_messenger_ != nullptr) destroy_messenger_(instance_, messenger_, nullptr);
  vkDestroyInstance(instance_, nullptr);
}

std::vector<VkPhysicalDevice> Instance::physical_devices() const {
  return enumerate<VkPhysicalDevice>([this](uint32_t* count, VkPhysicalDevice* devices) {
    return vkEnumeratePhysicalDevices(instance_, count, devices);
  });
}

void Instance::listen() {
  VkDebugUtilsMessengerCreateInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  info.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  info.pfnUserCallback = on_message;
  info.pUserData = this;
  const auto create = reinterpret_cast<PFN_vkCreateDebugUtilsMessengerEXT>(
      vkGetInstanceProcAddr(instance_, "vkCreateDebugUtilsMessengerEXT"));
  destroy_messenger_ = reinterpret_cast<PFN_vkDestroyDebugUtilsMessengerEXT>(
      vkGetInstanceProcAddr(instance_, "vkDestroyDebugUtilsMessengerEXT"));
  check(create(instance_, &info, nullptr, &messenger_), "vkCreateDebugUtilsMessengerEXT");
}

VkBool32 Instance::on_message(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                              const VkDebugUtilsMessengerCallbackDataEXT* data, void* self) {
  ++static_cast<Instance*>(self)->messages_;
  say(stderr, "[vulkan validation] {}\n", data->pMessage);
  return VK_FALSE;
}

}  // namespace diorama::vulkan
