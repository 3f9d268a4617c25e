#!/usr/bin/env bash
# Makes a stand-in for python:3.13-slim-bookworm where no image registry can be reached: Debian from a mirror,
# CPython from this machine. For proving the images, not for deploying them.
#
#   deployment/images/base.sh [NAME]        default: localhost/mlsys-base:latest
#   make images BASE=localhost/mlsys-base:latest
#
# Needs root, debootstrap and podman; PYTHON is a CPython 3.13 built on Debian 12 (default: that of .venv), PYTHONS are
# more of them, of other versions, for runtimes (spaces between; default: none), MIRROR is Debian's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=${1:-localhost/mlsys-base:latest}
python=${PYTHON:-.venv/bin/python}
mirror=${MIRROR:-http://deb.debian.org/debian}
libraries=ca-certificates,libbz2-1.0,libexpat1,libffi8,liblzma5,libncursesw6,libreadline8,libsqlite3-0,libssl3,libuuid1
libraries=$libraries,netbase,tzdata,zlib1g

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$folder/root

debootstrap --variant=minbase --include="$libraries" bookworm "$root" "$mirror" >"$folder/log" ||
  { tail -n 20 "$folder/log" >&2; exit 1; }
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
  "$root"/usr/share/{doc,info,locale,man}

# Copies a CPython into the image, without its tests and what builds against it.
copy_python() {
  local prefix minor
  prefix=$("$1" -c 'import sys; print(sys.base_prefix)')
  minor=$("$1" -c 'import sys; print(sys.version_info.minor)')
  (
    cd "$prefix"
    find "bin/python3.$minor" "include/python3.$minor" lib/libpython3*.so* "lib/python3.$minor" \
      \( -name __pycache__ -o -path 'lib/python3*/test' -o -path 'lib/python3*/site-packages' \
      -o -path 'lib/python3*/config-*' -o -path '*/lib2to3/tests' -o -name idlelib -o -name '_test*.so' \
      -o -name '_tkinter*' \) -prune \
      -o \( -type f -o -type l \) -print0 | tar --null --files-from=- -cf -
  ) | tar -C "$root/usr/local" -xf -
  mkdir -p "$root/usr/local/lib/python3.$minor/site-packages"
}

for each in "$python" ${PYTHONS:-}; do copy_python "$each"; done
find "$root/usr/local" \( -name '*.so*' -o -name 'python3.*' -type f \) -exec strip --strip-unneeded {} + 2>/dev/null || true
for link in python3 python; do ln -s python3.13 "$root/usr/local/bin/$link"; done
# shellcheck disable=SC2016  # the shell in the image expands it
chroot "$root" sh -c 'ldconfig && python -m ensurepip --default-pip &&
  for each in /usr/local/bin/python3.*; do "$each" -m compileall -q /usr/local/lib/"${each##*/}"; done' >"$folder/log"

tar -C "$root" --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' -cf - . |
  podman import --quiet --change 'ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'CMD ["python3"]' - "$name"
