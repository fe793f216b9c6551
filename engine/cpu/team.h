#pragma once

namespace diorama::cpu {

// Makes the calling thread's OpenMP team, of `wanted` threads or as many as can be had, and returns how many
// they are: limits on processes and memory, OMP_THREAD_LIMIT, OMP_MAX_ACTIVE_LEVELS and places that are not
// there may leave fewer. Teams made later without a number of threads are of that size too. Where a smaller
// team is all that can be had, standard error says so once.
int start_team(int wanted);

}  // namespace diorama::cpu
