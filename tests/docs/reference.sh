#!/bin/sh
# SPDX-License-Identifier: MIT
# The pages of docs/reference are those that the library writes about itself now.
#
# Usage: reference.sh SOURCE-ROOT REFERENCE-PROGRAM
set -eu
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$2" "$pages"
diff -ru "$1/docs/reference" "$pages" || {
    echo "docs/reference is out of date: run build/tools/reference docs/reference" >&2
    exit 1
}
