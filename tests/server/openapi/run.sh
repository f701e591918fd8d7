#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks /openapi.json of a running server: run.sh FOLDER, with AUTOCRM_SERVER in the environment.
# Ends with 77, "skipped", where the validator cannot be had.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
cp "$here"/check.mjs "$here"/package*.json "$here/.npmrc" .
cmp -s package-lock.json node_modules/.installed || {
    npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || {
        tail -n 5 npm.log
        exit 77
    }
    cp package-lock.json node_modules/.installed
}
"$AUTOCRM_SERVER" --db memory: --listen 127.0.0.1:0 --as system >listening 2>server.log &
server=$!
trap 'kill $server' EXIT
while ! grep -q Listening listening; do
    kill -0 $server || exit 1
    sleep 0.1
done
curl -sS --fail "$(cut -d' ' -f3 listening)/openapi.json" >openapi.json
node check.mjs <openapi.json
