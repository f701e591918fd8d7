#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the binding needs into a folder and runs its tests there: run.sh FOLDER
# Ends with 77, "skipped", where the packages cannot be had.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
export AUTOCRM_CALLS="$here/../../tests/calls"
mkdir -p "$1"
cd "$1"
cp "$here"/*.js "$here"/*.mjs "$here"/index.d.ts "$here"/package*.json "$here"/.npmrc .
rm -rf test
cp -R "$here/test" test
cmp -s package-lock.json node_modules/.installed || {
    npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || {
        tail -n 5 npm.log
        exit 77
    }
    cp package-lock.json node_modules/.installed
}
node types.js
node_modules/.bin/tsc --noEmit --strict --target es2022 --module nodenext test/types.ts 2>&1 |
    grep . && { echo "1 checks, 1 failures"; exit 1; }
node --test test/

# The example of the documentation, as a program that depends on the package would run it.
mkdir -p example/node_modules
ln -sfn "$(pwd)" example/node_modules/autocrm
sed -n '/<!-- file: first.js -->/,/^```$/p' "$here/../../docs/bindings.md" | sed '1,2d;$d' \
    >example/first.js
sed -n '/^\$ node first.js/,/^```$/p' "$here/../../docs/bindings.md" | sed '1d;$d' >example/shown
rm -f example/dealer.db*
(cd example && node first.js) >example/got
diff example/shown example/got
