#!/bin/sh
# SPDX-License-Identifier: MIT
# What a Debian 12 machine needs. Sourced: defines need_packages, which installs what is missing.

# To build the library, the command line tool and the demo.
packages_build="gcc libc6-dev meson ninja-build pkg-config libsqlite3-dev libsodium-dev"
packages_build="$packages_build libexpat1-dev libpq-dev libcurl4-openssl-dev tzdata"
# To run every test as well.
packages_test="abigail-tools check libsubunit-dev libcjson-dev g++ binutils python3 pmccabe"
packages_test="$packages_test zlib1g-dev"
# Languages that have a binding, and what checks Python's types.
packages_test="$packages_test luajit php-cli default-jdk-headless libjna-java nodejs mypy"
# Debian's nodejs comes without npm; others bring their own.
command -v npm >/dev/null 2>&1 || packages_test="$packages_test npm"
# What messages and storages are tried on.
packages_test="$packages_test python3-aiosmtpd openssl postgresql"
# The example server, and what its tests ask it with.
packages_test="$packages_test libmicrohttpd-dev curl"
# A browser for its pages.
packages_test="$packages_test chromium"

# need_packages NAME...: those not installed yet, as root or by sudo.
need_packages() {
    missing=""
    command -v dpkg-query >/dev/null 2>&1 || return 0 # not Debian: what is there must do
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These packages are missing:$missing" >&2
            echo "Install them as root: apt-get install$missing" >&2
            return 1
        fi
        as_root="sudo"
    fi
    echo "Installing:$missing"
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends $missing >/dev/null
}
