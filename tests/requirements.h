// What a machine may lack. DIORAMA_REQUIRE=vulkan,radv,layers,window turns such a lack from a skip into a
// failure.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

namespace diorama::test {

inline bool is_required(std::string_view what) {
  const char* list = std::getenv("DIORAMA_REQUIRE");
  std::istringstream names(list == nullptr ? "" : list);
  for (std::string name; std::getline(names, name, ',');)
    if (name == what) return true;
  return false;
}

}  // namespace diorama::test

// In a test: stops it, as a failure where `what` is required.
#define DIORAMA_SKIP_WITHOUT(what, reason)                                    \
  do {                                                                        \
    if (diorama::test::is_required(what)) FAIL() << what << ": " << (reason); \
    GTEST_SKIP() << what << ": " << (reason);                                 \
  } while (false)
