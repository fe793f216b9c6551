#include "cli/exit_code.h"

#include <exception>
#include <new>
#include <system_error>

namespace diorama::cli {

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::internal:
      return kInternalError;
    case Fault::usage:
      return kUsage;
    case Fault::model_file:
      return 3;
    case Fault::unsupported_device:
      return 4;
    case Fault::out_of_memory:
    case Fault::device_lost:
      return kOutOfMemory;
    case Fault::file_system:
      return kFileSystem;
    case Fault::unusable_result:
      return 8;
    case Fault::cancelled:
      return kInterrupted;
  }
  return kInternalError;
}

Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return {exit_code(error.fault()), error.what()};
  } catch (const std::bad_alloc&) {
    return {kOutOfMemory, "out of memory; try a smaller picture or another --precision"};
  } catch (const std::system_error& error) {
    return {kFileSystem, fmt::format("a file cannot be read or written: {}", error.what())};
  } catch (const std::exception& error) {
    return {kInternalError, fmt::format("internal error: {}", error.what())};
  }
}

}  // namespace diorama::cli
