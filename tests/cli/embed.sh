#!/bin/sh
# SPDX-License-Identifier: MIT
# The smallest hosts run. Arguments: hello, ports, README.md, hello.c, folder.
. "$(dirname "$0")/support.sh"

checks=$((checks + 4))
"$1" >out 2>err || fault "hello failed"
says out '"name":"Ada Example"'
"$1" >again 2>err || fault "hello failed on its own database"
"$2" >first 2>err || fault "ports failed"
says err "all memory given back"
"$2" >second 2>err || fault "ports failed again"
cmp -s first second || fault "the same clock and chance made another database"
checks=$((checks + 2))
"$5" >out 2>err || fault "folder failed"
says out "Hello, Ada."
[ -d attachments ] && [ -z "$(ls attachments)" ] || fault "a removed attachment left a file"
# What the README prints is what is compiled here.
sed '1,2d' "$4" >wanted
awk '/^```c$/ { on = 1; next } /^```$/ { if (on) exit } on' "$3" >printed
checks=$((checks + 1))
cmp -s wanted printed || { diff wanted printed >out; fault "README.md prints another hello.c"; }
finish
