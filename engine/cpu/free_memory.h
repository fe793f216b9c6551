#pragma once

#include <cstddef>

namespace diorama::cpu {

// Bytes this process can still take: the least of what the system has free (file pages that it can drop
// included), what the control group leaves, and what the limits on the process (ulimit -v, -d) leave.
// SIZE_MAX where nothing is known.
size_t free_memory();

}  // namespace diorama::cpu
