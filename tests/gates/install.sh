#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the built library into an empty folder and uses it from there as a stranger would: by
# pkg-config, shared and static. Also its soname and its stripped size.
#
# Usage: install.sh SOURCE-ROOT BUILD-FOLDER [C-COMPILER]
set -eu
source=$1
build=$2
cc=${3:-cc}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

DESTDIR="$root" meson install -C "$build" --no-rebuild --quiet
pc=$(find "$root" -name autocrm.pc)
[ -n "$pc" ] || fail "no autocrm.pc was installed"
lib=$(find "$root" -name libautocrm.so)
[ -n "$lib" ] || fail "no libautocrm.so was installed"
libdir=$(dirname "$lib")
[ -f "$libdir/libautocrm.a" ] || fail "no libautocrm.a was installed"

# Only public headers, all of them, and the one that is made from the registry.
(cd "$source/include" && find autocrm -name '*.h'
    [ ! -f "$build/tools/operations.h" ] || echo autocrm/operations.h) | sort > "$root/want"
(cd "$libdir" && cd "$(dirname "$(find "$root" -path '*include/autocrm/autocrm.h')")/.." &&
    find autocrm -type f | sort) > "$root/have"
cmp "$root/want" "$root/have" || fail "the installed headers are not those of include/"

soname=$(objdump -p "$lib" | awk '$1 == "SONAME" { print $2 }')
[ "$soname" = libautocrm.so.0 ] || fail "the soname is $soname"

cp "$lib" "$root/stripped.so"
strip "$root/stripped.so"
size=$(wc -c < "$root/stripped.so")
echo "stripped: $size bytes"

# Sanitizers need their own runtime in every program and make the library larger.
flags=
if nm -D "$lib" | grep -q -e __asan_init -e __ubsan_handle; then
    flags="-fsanitize=address,undefined"
else
    [ "$size" -lt 3145728 ] || fail "the stripped library is not under 3 MB"
fi

PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
cp "$source/tests/gates/outside.c" "$root/outside.c"
cd "$root"
warn="-std=c99 -Wall -Wextra -pedantic -Werror"

# The flags are words on purpose.
# shellcheck disable=SC2046,SC2086
$cc $warn $flags outside.c -o outside_shared $(pkg-config --cflags --libs autocrm)
objdump -p outside_shared | grep -q "NEEDED *libautocrm.so.0" || fail "not linked to the soname"
LD_LIBRARY_PATH=$libdir ./outside_shared

rm "$libdir"/libautocrm.so*
unset PKG_CONFIG_SYSROOT_DIR
prefix=$(pkg-config --variable=prefix autocrm)
# shellcheck disable=SC2046,SC2086
$cc $warn $flags outside.c -o outside_static \
    $(pkg-config --static --cflags --libs --define-variable=prefix="$root$prefix" autocrm)
./outside_static
