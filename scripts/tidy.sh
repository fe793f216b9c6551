#!/usr/bin/env bash
# clang-tidy over the files that scripts/tidy-files.txt lists, or that are named: those that read what strangers wrote,
# and those where threads meet. Every finding is an error. scripts/tidy.sh [FILE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Of the build only how each file is compiled is wanted; headers that GCC has compiled are nothing to clang.
build=build/tidy
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null

[ $# -gt 0 ] || mapfile -t files < <(grep -v '^#' scripts/tidy-files.txt)
[ $# -eq 0 ] || files=("$@")
printf '%s\n' "${files[@]}" |
  xargs -P "$(nproc)" -n 1 clang-tidy -p $build --quiet --warnings-as-errors='*' \
    --extra-arg=-Wno-unknown-warning-option 2> >(grep -vE 'warnings? (generated|treated)|^Suppressed|^Use -header' >&2)
echo "${#files[@]} files are tidy"
