// Mesa keeps what it compiled for llvmpipe, but its key knows nothing of LP_NATIVE_VECTOR_WIDTH: a run at one
// width would take the code of another. Each width gets a folder of its own before anything opens a driver;
// programs that a test starts inherit it.
#include <cstdlib>
#include <string>

namespace {

[[maybe_unused]] const bool kChosen = [] {
  const char* width = std::getenv("LP_NATIVE_VECTOR_WIDTH");
  if (width == nullptr || std::getenv("MESA_SHADER_CACHE_DIR") != nullptr) return false;
  const std::string folder = std::string(DIORAMA_BINARY_DIR "/cache/vectors-") + width;
  return ::setenv("MESA_SHADER_CACHE_DIR", folder.c_str(), 1) == 0;
}();

}  // namespace
