#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. Nothing may be skipped: DIORAMA_REQUIRE turns a skip for want of
# a driver, a layer or a window into a failure. How long some things take is measured last, and no failure.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build/release
reports=$build/reports
export DIORAMA_REQUIRE=vulkan,radv,layers,window

"$top/scripts/install-dependencies.sh" build app test
cmake -S "$top" --preset release -DDIORAMA_TESTS=ON -DDIORAMA_APP=ON
cmake --build "$build"
rm -rf "$reports"
mkdir -p "$reports"
# Most tests of Vulkan wait for software Vulkan's compiler, which uses one processor.
GTEST_OUTPUT=xml:$reports/ ctest --test-dir "$build" --parallel "$(nproc)" --output-on-failure --timeout 3600 \
  --label-exclude times

count() { cat "$reports"/*.xml | grep '<testcase ' | grep -c "$1" || true; }
skipped=$(cat "$reports"/*.xml | grep -c '<skipped' || true)
echo "Tests that name a device: $(count cpu) on cpu, $(count vulkan) on vulkan; $(count '') in all, $skipped skipped"
ctest --test-dir "$build" --label-regex times --verbose 2>/dev/null | grep -E 'time: |tests passed' ||
  echo "some things took longer than they should, here and now"
[ "$skipped" -eq 0 ]
