#!/usr/bin/env bash
# clang-tidy over the files that scripts/tidy-files.txt lists: those that read what strangers wrote, and those where
# threads meet. Every finding is an error. Needs a configured build: scripts/tidy.sh [BUILD], build/release by default.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${1:-build/release}
grep -v '^#' scripts/tidy-files.txt |
  xargs -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option
echo "$(grep -vc '^#' scripts/tidy-files.txt) files are tidy"
