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
# --- Times by the clock and calendar asked for; JSON stays UTC ---
expect 0 --now 2026-03-20T20:30:00Z customer create --name Nowruz --birth_date 1990-03-21 --quiet
nowruz=$(cat out)
expect 0 --zone Asia/Tehran --jalali customer get "$nowruz"
says out "1405-01-01 00:00+03:30"
says out "1369-01-01"
expect 0 --zone America/New_York customer get "$nowruz"
says out "2026-03-20 16:30-04:00"
expect 0 --json --zone Asia/Tehran --jalali customer get "$nowruz"
says out "2026-03-20T20:30:00Z"
expect 2 --zone Europe/Nowhere customer list
says err "no time zone Europe/Nowhere"
expect 0 --zone Asia/Tehran calendar create --name Tehran --hours '{"sat":["08:00-12:00"]}'
says out "Asia/Tehran"

# --- Messages leave by --outbox ---
expect 0 message send --customer_id "$nowruz" --channel sms --to +15550001 --purpose service \
    --body "Dear {{name}}" --quiet
expect 0 --outbox console tick
says out "sms to +15550001 (Nowruz)"
says out "Dear Nowruz"
expect 0 message send --customer_id "$nowruz" --channel letter --to "High Street 1" \
    --purpose service --body "A & B" --quiet
expect 0 --outbox spool:letters tick
says out "To print: letters/run-"
checks=$((checks + 1))
grep -q "A &amp; B" letters/run-*.html || fault "the letter is not in the file to print"
expect 2 --outbox fax tick
says err "--outbox: takes console, spool:FOLDER"

finish
