#!/bin/sh
# SPDX-License-Identifier: MIT
# Files go in and come out as they were; what is refused leaves nothing. Argument: autocrm.
. "$(dirname "$0")/support.sh"

cli=$1
AUTOCRM_DB=$PWD/filing.db
export AUTOCRM_DB
checks=$((checks + 9))
"$cli" init >out 2>err || fault "init failed"
customer=$("$cli" customer create --name "Ada Example" --quiet)
head -c 300000 /dev/urandom >photo.bin
"$cli" attachment add photo.bin "$customer" --title Photo >out 2>err || fault "add failed"
says out "photo.bin: 300000 bytes"
"$cli" attachment add photo.bin "$customer" >out 2>err || fault "adding again failed"
says out "was there already"
id=$("$cli" attachment list --quiet)
"$cli" attachment read "$id" --to copy.bin >out 2>err || fault "read failed"
cmp -s photo.bin copy.bin || fault "another file came back"
"$cli" attachment read "$id" | cmp -s - photo.bin || fault "standard output got another file"
echo hello | "$cli" attachment add - "$customer" --file-name hello.txt >out 2>err ||
    fault "standard input was not taken"
says out "text/plain"
"$cli" attachment add missing.bin "$customer" >out 2>err && fault "a missing file was taken"
says err "cannot read missing.bin"
"$cli" attachment add photo.bin "$customer" --file-name ../x >out 2>err && fault "a path was taken"
says err "without a path"
"$cli" attachment add >out 2>err && fault "nothing was taken"
"$cli" attachment verify "$id" >out 2>err || fault "verify failed"
says out "ok"
"$cli" tag add "$customer" --names VIP --create >out 2>err || fault "tag add failed"
says out "vip"
"$cli" consent give "$customer" --purpose marketing --channel sms >out 2>err || fault "give failed"
"$cli" consent check "$customer" --purpose marketing --channel sms >out 2>err ||
    fault "check failed"
says out "granted"
"$cli" segment preview --filter '{"tags":{"$any":{"name":"vip"}}}' >out 2>err ||
    fault "preview failed"
says out "Ada Example"
finish
