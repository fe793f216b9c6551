#include "cpu/waiting.h"

#include <unistd.h>

#include <cstdlib>

namespace diorama::cpu {

void wait_passively(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  ::setenv("OMP_WAIT_POLICY", "passive", 1);
  ::execv("/proc/self/exe", argv);  // where it fails the program goes on and spins
}

}  // namespace diorama::cpu
