#!/usr/bin/env bash
# Whether every tracked source is formatted as .clang-format says. Other versions of clang-format than 14, which wrote
# the sources, break lines elsewhere: they are not asked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tool=$(command -v clang-format-14 || command -v clang-format)
version=$("$tool" --version | sed 's/.*version \([0-9]*\).*/\1/')
if [ "$version" -ne 14 ]; then
  echo "The format is not checked: clang-format 14 is needed, this is $version"
  exit 0
fi
mapfile -t files < <(git -c safe.directory="$PWD" ls-files '*.h' '*.cpp')
"$tool" --dry-run --Werror "${files[@]}"
echo "${#files[@]} files are formatted"
