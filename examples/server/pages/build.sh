#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the pages: build.sh OUTPUT [AUTOCRM]
# OUTPUT/site is what autocrm-server --pages takes. AUTOCRM is the command line tool that tells the
# operations; the one on PATH without it. Sources are not touched: all work is done in OUTPUT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
autocrm=$(command -v "${2:-autocrm}") # found before the folder is changed
case $autocrm in
/*) ;;
*) autocrm=$(pwd)/$autocrm ;;
esac
mkdir -p "$out/work"
out=$(cd "$out" && pwd)

cd "$out/work"
rm -rf src public tools
cp -R "$here/src" "$here/public" "$here/tools" .
cp "$here"/index.html "$here"/*.json "$here"/vite.config.js "$here/.npmrc" .
cmp -s package-lock.json node_modules/.installed || {
    npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || {
        tail -n 5 npm.log >&2
        exit 77
    }
    cp package-lock.json node_modules/.installed
}
"$autocrm" --db memory: describe openapi >openapi.json
node tools/operations.mjs openapi.json src >src/operations.ts
node_modules/.bin/tsc --noEmit
PAGES_OUT="$out/site" node_modules/.bin/vite build --logLevel warn
node tools/compress.mjs "$out/site"
