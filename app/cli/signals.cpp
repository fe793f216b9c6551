#include "cli/signals.h"

#include <unistd.h>

#include <csignal>

#include "cli/exit_code.h"

namespace diorama::cli {
namespace {

CancelToken token;  // touched by the handler: a lock-free atomic

extern "C" void handle_stop(int) {
  if (token.requested()) ::_exit(kInterrupted);
  token.request();
}

void install_handlers() {
  struct sigaction action {};
  action.sa_handler = handle_stop;
  action.sa_flags = 0;  // no SA_RESTART: a call that waits, for a reader that has hung, is woken
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

CancelToken& stop_token() {
  static const bool installed = (install_handlers(), true);
  static_cast<void>(installed);
  return token;
}

}  // namespace diorama::cli
