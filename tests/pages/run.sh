#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the pages into a folder and tests them there: run.sh FOLDER AUTOCRM AUTOCRM-SERVER DATA
# Pictures of every page are left in FOLDER/pictures. Ends with 77, "skipped", where the packages or
# the browser cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for program in node npm chromium; do
    command -v "$program" >/dev/null 2>&1 || {
        echo "skipped: there is no $program"
        exit 77
    }
done
sh "$here/../../examples/server/pages/build.sh" "$1" "$2"
rm -rf "$1/pictures"
exec node "$here/pages.mjs" "$@"
