#!/bin/sh
# SPDX-License-Identifier: MIT
# Privacy and calendars at the command line: export, erase with the sweep, certificate, feeds.
. "$(dirname "$0")/support.sh"

AUTOCRM_DB=p.db
export AUTOCRM_DB
expect 0 init
expect 0 customer create --name "Qzmark Person" --json
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' out)
expect 0 contact_point create --customer_id "$id" --channel email --value qzmark@example.org
expect 0 activity create --customer_id "$id" --kind visit --subject "Qzmark visits" \
    --due_at 2026-11-25T09:00:00Z
expect 0 --now 2026-11-24T09:00:00Z agenda ical --customer_id "$id" --zone Europe/Rome
says out "BEGIN:VCALENDAR"
says out "DTSTART;TZID=Europe/Rome:20261125T100000"
expect 0 privacy export "$id"
says out '"document": "autocrm.person"'
says out "qzmark@example.org"
expect 0 retention_rule create --name Calls --entity interaction --action anonymise --months 24 \
    --basis policy
expect 0 privacy retention run --preview
expect 0 legal_hold create --customer_id "$id" --cause "open claim" --json
hold=$(sed 's/.*"id":"\([^"]*\)".*/\1/' out)
expect 1 privacy erase --customer_id "$id" --basis "Art. 17" --reason "by letter"
says err "open claim"
expect 0 legal_hold delete "$hold" --last_write_wins
expect 0 privacy erase --customer_id "$id" --basis "Art. 17" --reason "by letter" --dry_run
checks=$((checks + 1))
cat p.db p.db-wal 2>/dev/null | grep -qa Qzmark || fault "a dry run erased"
expect 0 privacy erase --customer_id "$id" --basis "Art. 17" --reason "by letter"
checks=$((checks + 1))
cat p.db p.db-wal p.db-shm 2>/dev/null | grep -qai qzmark && fault "the file still has it"
expect 0 privacy certificate --customer_id "$id"
says out "CERTIFICATE OF ERASURE"
says out "Art. 17"
expect 0 customer get "$id"
says out "erased"
expect 1 contact_point create --customer_id "$id" --channel email --value qzmark@example.org
says err "erased"
expect 0 verify
finish
