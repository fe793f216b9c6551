#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. Nothing may be skipped: DIORAMA_REQUIRE turns a skip for want of
# a driver, a layer or a window into a failure.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DIORAMA_REQUIRE=vulkan,radv,layers,window

"$top/scripts/install-dependencies.sh" build test
cmake -S "$top" --preset release -DDIORAMA_TESTS=ON
cmake --build "$top/build/release"
ctest --test-dir "$top/build/release" --output-on-failure --output-junit "$top/build/release/tests.xml"
