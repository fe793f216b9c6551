#pragma once

#include "base/cancel.h"

namespace diorama::cli {

// From the first call on, the first SIGINT or SIGTERM sets the token, so that the work stops and what is
// ready is written; a second one ends the program at once with 130. The same token every time.
CancelToken& stop_token();

}  // namespace diorama::cli
