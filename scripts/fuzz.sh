#!/usr/bin/env bash
# Fuzzes the readers of untrusted files, with limits on memory and on the time for one input: scripts/fuzz.sh [SECONDS]
# for each, 60 by default. Seeds lie in tests/fuzz/corpus; what a run finds worth keeping stays in build/fuzz/corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export seconds=${1:-60} build=$PWD/build/fuzz
cmake -S tests/fuzz -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None >/dev/null
cmake --build "$build"

# The model that ships is a seed too.
model=assets/models/diorama-mini
mkdir -p "$build"/corpus/{config,spiece}_fuzz
for file in $model/*.json $model/*/*.json; do cp "$file" "$build/corpus/config_fuzz/$(echo "$file" | tr / _)"; done
cp $model/tokenizer/spiece.model "$build/corpus/spiece_fuzz/"

# A freed block is kept from use for a while, which would count as memory of the reader.
export ASAN_OPTIONS=quarantine_size_mb=8:malloc_context_size=8
fuzz() {
  local name=$1 log=$build/$1.log
  mkdir -p "$build/corpus/$name"
  if ! "$build/$name" -max_total_time="$seconds" -timeout=2 -rss_limit_mb=300 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$build/$name-" "$build/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
    tail -40 "$log"
    echo "$name: failed; the input is named above"
    return 1
  fi
  echo "$name: $(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) .*/\1 inputs in \2 s/p' "$log")," \
    "$(sed -n 's/^stat::peak_rss_mb: *//p' "$log") MiB at most"
}
export -f fuzz
for source in tests/fuzz/*_fuzz.cpp; do basename "$source" .cpp; done |
  xargs -P "$(nproc)" -I NAME bash -c 'fuzz NAME'
