#!/usr/bin/env bash
# Installs the Debian packages that are missing. Arguments: sets of packages (build, app, test).
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libdnnl-dev libcli11-dev nlohmann-json3-dev libfmt-dev libvulkan-dev
  libvulkan-volk-dev libstb-dev libsentencepiece-dev zlib1g-dev glslang-tools libvulkan1)
app=(qt6-base-dev qt6-svg-dev libqt6sql6-sqlite libqt6svg6 qt6-qpa-plugins)
test=(libgtest-dev libgmock-dev mesa-vulkan-drivers vulkan-validationlayers clang libclang-rt-14-dev xvfb xauth dbus
  desktop-file-utils appstream fonts-dejavu-core)

wanted=()
for set in "${@:-build}"; do
  case "$set" in
    build) wanted+=("${build[@]}") ;;
    app) wanted+=("${app[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    *) echo "unknown set of packages: $set" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q >&2
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
