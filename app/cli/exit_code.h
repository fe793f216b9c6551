// Where failures become exit codes and words: the one boundary.
#pragma once

#include <string>

#include "base/error.h"

namespace diorama::cli {

inline constexpr int kDone = 0;
inline constexpr int kInternalError = 1;
inline constexpr int kUsage = 2;
inline constexpr int kModelFile = 3;
inline constexpr int kNoDevice = 4;
inline constexpr int kOutOfMemory = 5;
inline constexpr int kSomeJobsFailed = 6;
inline constexpr int kFileSystem = 7;
inline constexpr int kUnusableResult = 8;
inline constexpr int kInterrupted = 130;

int exit_code(Fault fault);

struct Failure {
  int exit_code = kInternalError;
  std::string message;  // one line
  Fault fault = Fault::internal;
};
// Of the exception being handled.
Failure current_failure();

}  // namespace diorama::cli
