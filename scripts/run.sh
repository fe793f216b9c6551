#!/usr/bin/env bash
# Installs what is missing, builds, renders a picture with the model that ships: scripts/run.sh [PROMPT]
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
prompt=${1:-"a smiling cat, glossy 3d on a yellow background"}

"$top/scripts/install-dependencies.sh" build
cmake -S "$top" --preset release -DDIORAMA_TESTS=OFF -DDIORAMA_APP=OFF >&2
cmake --build "$top/build/release" --target diorama >&2
"$top/build/release/bin/diorama" render -m "$top/assets/models/diorama-mini" -p "$prompt" -o out-%04d.png
