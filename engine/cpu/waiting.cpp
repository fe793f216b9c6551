#include "cpu/waiting.h"

#include <unistd.h>

#include <cstdlib>

namespace diorama::cpu {

void wait_passively(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  ::setenv("OMP_WAIT_POLICY", "passive", 1);
  ::setenv("OMP_DYNAMIC", "false", 1);    // teams are as large as they are asked to be
  ::setenv("GOMP_SPINCOUNT", "1000", 0);  // of libgomp: about 50 us, the gap between two ops
  ::execv("/proc/self/exe", argv);        // where it fails the program goes on and spins
}

}  // namespace diorama::cpu
