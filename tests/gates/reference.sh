#!/bin/sh
# SPDX-License-Identifier: MIT
# The committed reference pages are those that the registry gives; every operation and entity has
# its page, and no help text is empty. To bring them up to date: reference docs/reference
#
# Usage: reference.sh SOURCE-ROOT REFERENCE-PROGRAM
set -eu
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

"$2" "$fresh"
if grep -n '[^\\]| \. ' "$fresh"/*.md; then
    echo "a field or parameter has no help" >&2
    exit 1
fi
diff -r "$1/docs/reference" "$fresh" || {
    echo "docs/reference is out of date: run $2 docs/reference" >&2
    exit 1
}
