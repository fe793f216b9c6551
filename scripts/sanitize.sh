#!/usr/bin/env bash
# Builds with sanitizers and runs unit tests: scripts/sanitize.sh address|thread
# address: AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer over the readers of files, the networks and the
#   ops on the processor. Software Vulkan is a compiler of its own, which they would slow down without seeing into what it
#   makes: its tests run in scripts/test.sh, under the validation layers.
# thread: ThreadSanitizer over the window's service, queue and models, where threads meet.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kind=${1:?address or thread}
build=$top/build/$kind

cmake -S "$top" --preset "$kind" -DDIORAMA_TESTS=ON -DDIORAMA_APP=ON
cmake --build "$build" --target "sanitized_tests"
ctest --test-dir "$build" --parallel "$(nproc)" --output-on-failure --timeout 1200 --label-regex sanitized
