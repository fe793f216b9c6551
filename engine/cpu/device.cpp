#include "cpu/device.h"

#include <omp.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "cpu/bf16_matrix.h"
#include "cpu/free_memory.h"
#include "cpu/team.h"

namespace diorama::cpu {
namespace {

class HostBuffer final : public Buffer {
 public:
  explicit HostBuffer(size_t bytes) {
    constexpr size_t kPage = 4096;
    constexpr size_t kHugePage = size_t{2} << 20;
    const size_t alignment = bytes >= 2 * kHugePage ? kHugePage : kPage;
    const size_t rounded = (bytes + alignment) / alignment * alignment;
    host = rounded < bytes ? nullptr : static_cast<std::byte*>(std::aligned_alloc(alignment, rounded));
    if (host == nullptr) fail(Fault::out_of_memory, "[cpu] no memory for {} MiB", bytes >> 20);
    if (alignment == kHugePage) madvise(host, rounded, MADV_HUGEPAGE);
    byte_size = bytes;
  }
  ~HostBuffer() override { std::free(host); }
  HostBuffer(const HostBuffer&) = delete;
  HostBuffer& operator=(const HostBuffer&) = delete;
};

const Kernels& kernels_for(Isa isa) {
#if defined(__x86_64__)
  const bool vnni = has_int8_products(isa);
  if (isa == Isa::avx512) return vnni ? avx512::kKernelsVnni : avx512::kKernels;
  if (isa != Isa::portable) return vnni ? avx2::kKernelsVnni : avx2::kKernels;
#else
  static_cast<void>(isa);
#endif
  return portable::kKernels;
}

Isa usable(Isa cap) {
  if (runs(cap)) return cap;
  return cap < best_isa() ? Isa::avx2 : best_isa();  // avxvnni is not part of every AVX-512 machine
}

std::string model_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

}  // namespace

Device::Device(const DeviceOptions& options)
    : threads_(start_team(options.threads > 0 ? options.threads : omp_get_num_procs())),
      isa_(usable(options.isa)),
      multiplies_bf16_(isa_ == Isa::avx512 && (has_bf16_products() || options.emulate_bf16)),
      kernels_(&kernels_for(isa_)) {}

std::string Device::description() const {
  return fmt::format("cpu: {}, {}{}", model_name(), name_of(isa_),
                     multiplies_bf16_ ? ", " + bf16_library() : "");
}

size_t Device::memory_budget() const {
  return free_memory();
}

std::shared_ptr<Buffer> Device::allocate(size_t bytes) {
  return std::make_shared<HostBuffer>(bytes);
}

void Device::upload(const Tensor& to, const void* from) {
  if (to.byte_extent() > 0) std::memcpy(to.data<std::byte>(), from, to.byte_extent());
}

void Device::download(const Tensor& from, void* to) {
  if (from.byte_extent() > 0) std::memcpy(to, from.data<std::byte>(), from.byte_extent());
}

int64_t Device::segment_work() const {
  constexpr int64_t kWorkPerThread[] = {200'000'000, 1'000'000'000, 1'000'000'000, 2'000'000'000};
  return kWorkPerThread[static_cast<size_t>(isa_)] * threads_;
}

std::byte* Device::scratch(size_t bytes) {
  if (scratch_ == nullptr || scratch_->byte_size < bytes) {
    scratch_.reset();
    scratch_ = allocate(bytes);
  }
  return scratch_->host;
}

}  // namespace diorama::cpu
