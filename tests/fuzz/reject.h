// How a reader may end: with what it read, or with its own fault.
#pragma once

#include <cstdlib>

#include "base/error.h"

namespace diorama {

template <typename Read>
void read_or_reject(Fault fault, Read read) {
  try {
    read();
  } catch (const Error& error) {
    if (error.fault() != fault) std::abort();
  }
}

}  // namespace diorama
