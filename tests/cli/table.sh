#!/bin/sh
# SPDX-License-Identifier: MIT
# Tables: Persian, Chinese and combining marks line up; control characters do not reach a terminal.
. "$(dirname "$0")/support.sh"

AUTOCRM_DB=t.db
export AUTOCRM_DB
expect 0 init
expect 0 dealer create --name "نمایندگی مِرکزی" --code A
expect 0 dealer create --name "北京汽车" --code BB
expect 0 dealer create --name "Plain" --code CCC
expect 0 dealer create --name "$(printf 'a\033[31mred\nline')" --code D
expect 0 dealer list --fields name,code
says out "نمایندگی مِرکزی  A"
says out "北京汽车        BB"
says out "Plain           CCC"
checks=$((checks + 1))
! grep -q "$(printf '\033')" out || fault "an escape sequence was printed"
says out "a [31mred line"
finish
