#include "cli/exit_code.h"

#include <exception>
#include <new>
#include <system_error>
#include <utility>

namespace diorama::cli {

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::internal:
      return kInternalError;
    case Fault::usage:
      return kUsage;
    case Fault::model_file:
      return kModelFile;
    case Fault::unsupported_device:
      return kNoDevice;
    case Fault::out_of_memory:
    case Fault::device_lost:
      return kOutOfMemory;
    case Fault::file_system:
      return kFileSystem;
    case Fault::unusable_result:
      return kUnusableResult;
    case Fault::cancelled:
      return kInterrupted;
  }
  return kInternalError;
}

Failure current_failure() {
  const auto failure = [](Fault fault, std::string message) {
    return Failure{exit_code(fault), std::move(message), fault};
  };
  try {
    throw;
  } catch (const Error& error) {
    return failure(error.fault(), error.what());
  } catch (const std::bad_alloc&) {
    return failure(Fault::out_of_memory, "out of memory; try a smaller picture or another --precision");
  } catch (const std::system_error& error) {
    return failure(Fault::file_system, fmt::format("a file cannot be read or written: {}", error.what()));
  } catch (const std::exception& error) {
    return failure(Fault::internal, fmt::format("internal error: {}", error.what()));
  }
}

}  // namespace diorama::cli
