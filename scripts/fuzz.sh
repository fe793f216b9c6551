#!/bin/sh
# Fuzzes the readers of untrusted files: scripts/fuzz.sh [SECONDS], 60 in all by default.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
build=build/fuzz
command -v clang++ >/dev/null || { echo "fuzz.sh: clang++ is missing: apt-get install clang" >&2; exit 1; }

cmake -S tests/fuzz -B $build -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None >/dev/null
cmake --build $build --parallel

# Small, valid files to begin with.
model=assets/models/diorama-mini
corpus=$build/corpus
rm -rf $corpus
mkdir -p $corpus/config_fuzz $corpus/safetensors_fuzz $corpus/spiece_fuzz $corpus/png_fuzz
for file in $model/*.json $model/*/*.json; do
  cp "$file" "$corpus/config_fuzz/$(echo "$file" | tr / _)"
done
header='{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"v":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]}}'
{ printf "\\$(printf %o ${#header})\0\0\0\0\0\0\0%s" "$header"; printf '%012d' 0; } >$corpus/safetensors_fuzz/two
cp $model/tokenizer/spiece.model $corpus/spiece_fuzz/
# 1 x 5 pixels, every filter, every kind of text.
base64 -d >$corpus/png_fuzz/texts.png <<END
iVBORw0KGgoAAAANSUhEUgAAAAEAAAAFCAYAAACEhIafAAAAI3RFWHRwYXJhbWV0ZXJzAGEKU3RlcHM6IDEsIE1vZGVsOiAiYixj
IjIA9SgAAAAbelRYdGRpb3JhbWEAAHicq1YqTk1NUbIyrgUAEtADSxg3iTUAAABQaVRYdHByb21wdAAAAAAAeyIxIjp7ImlucHV0
cyI6eyJzdGVwcyI6MSwiY2ZnIjoxLCJwb3NpdGl2ZSI6WyIxIiwwXSwibmVnYXRpdmUiOiIifX19dYsytgAAABZJREFUeJxj+A8E
jCCCCUQwgwgWEAEA+YMT978YfIMAAAAASUVORK5CYII=
END

targets=$(ls tests/fuzz/*_fuzz.cpp)
share=$((seconds / $(echo "$targets" | wc -l)))
for source in $targets; do
  name=$(basename "$source" .cpp)
  mkdir -p "$corpus/$name"
  echo "== $name, $share s"
  $build/"$name" -max_total_time=$share -timeout=10 -rss_limit_mb=2048 -max_len=400000 -print_final_stats=1 \
    -artifact_prefix=$build/ "$corpus/$name" 2>$build/"$name".log || { tail -40 $build/"$name".log; exit 1; }
  grep -E 'stat::number_of_executed_units|^Done' $build/"$name".log
done
