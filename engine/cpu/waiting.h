#pragma once

namespace diorama::cpu {

// Idle OpenMP threads spin for the gap between two ops and then sleep, unless OMP_WAIT_POLICY says otherwise.
// The runtime reads its settings before main, so this starts the program anew with them set; call it first.
// Spinning on costs a tenfold slowdown as soon as another program wants a core; sleeping at once costs
// waking.
void wait_passively(char** argv);

}  // namespace diorama::cpu
