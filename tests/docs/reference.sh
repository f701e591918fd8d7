#!/bin/sh
# SPDX-License-Identifier: MIT
# The pages of docs/reference are those that the library writes about itself now, and no help text
# is empty.
#
# Usage: reference.sh SOURCE-ROOT REFERENCE-PROGRAM
set -eu
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$2" "$pages"
if grep -n '[^\\]| \. ' "$pages"/*.md; then
    echo "a field or parameter has no help" >&2
    exit 1
fi
diff -ru "$1/docs/reference" "$pages" || {
    echo "docs/reference is out of date: run build/tools/reference docs/reference" >&2
    exit 1
}
