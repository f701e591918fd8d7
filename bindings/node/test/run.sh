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

# The examples of the documentation, as programs that depend on the package would run them.
page="$here/../../docs/bindings.md"
block() {
    sed -n "/^$1/,/^\`\`\`\$/p" "$page" | sed "1,${2}d;\$d"
}
rm -rf example
mkdir -p example/node_modules
ln -sfn "$(pwd)" example/node_modules/autocrm
for name in first.js post.mjs; do
    block "<!-- file: $name -->" 2 >"example/$name"
    block "\\$ node $name" 1 >example/shown
    (cd example && node "$name") >example/got
    diff example/shown example/got
done
