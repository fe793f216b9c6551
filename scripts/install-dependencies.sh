#!/usr/bin/env bash
# Installs the Debian packages that are missing (12 and 13). Arguments: sets of packages (build, app, test, ci).
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libdnnl-dev libcli11-dev nlohmann-json3-dev libfmt-dev libvulkan-dev
  libvulkan-volk-dev libstb-dev libsentencepiece-dev zlib1g-dev glslang-tools libvulkan1)
app=(qt6-base-dev qt6-svg-dev libqt6sql6-sqlite libqt6svg6 qt6-qpa-plugins)
test=(libgtest-dev libgmock-dev mesa-vulkan-drivers vulkan-validationlayers xvfb xauth dbus desktop-file-utils
  appstream fonts-dejavu-core)
ci=(git clang clang-format clang-tidy libclang-rt)

is_installed() { dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed; }

# The sanitizers' libraries have the compiler's version in their name.
with_version() {
  if [ "$1" != libclang-rt ]; then echo "$1"; return; fi
  local version
  version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p' | head -1)
  echo "libclang-rt${version:+-$version}-dev"
}

find_missing() {
  local set package
  missing=()
  for set in "$@"; do
    local -n packages=$set
    for package in "${packages[@]}"; do
      package=$(with_version "$package")
      is_installed "$package" || missing+=("$package")
    done
  done
}

[ $# -gt 0 ] || set -- build
for set in "$@"; do
  case "$set" in
    build | app | test | ci) ;;
    *) echo "unknown set of packages: $set" >&2; exit 2 ;;
  esac
done
find_missing "$@"
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q >&2
find_missing "$@"  # names with a version are known now
echo "Installing ${missing[*]}" >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
