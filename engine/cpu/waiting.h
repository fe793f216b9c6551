#pragma once

namespace diorama::cpu {

// Idle OpenMP threads sleep instead of spinning, unless OMP_WAIT_POLICY says otherwise. The runtime reads its
// settings before main, so this starts the program anew with them set; call it first. Spinning costs a
// tenfold slowdown as soon as another program wants a core.
void wait_passively(char** argv);

}  // namespace diorama::cpu
