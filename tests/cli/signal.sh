#!/bin/sh
# SPDX-License-Identifier: MIT
# Ctrl-C in the middle of an import, and readers who go away.
. "$(dirname "$0")/support.sh"

AUTOCRM_DB=t.db
export AUTOCRM_DB
expect 0 init

# A feed that never ends.
mkfifo feed
(
    echo 'Name,Phone'
    i=0
    while echo "Customer $i,+4420794$((10000 + i))"; do
        i=$((i + 1))
    done
) >feed 2>/dev/null &
writer=$!
"$crm" import feed >out 2>err &
import=$!
sleep 1
kill -INT "$import" 2>/dev/null
wait "$import"
status=$?
checks=$((checks + 1))
# The program listens to it in the background too, where a shell had it ignored.
[ "$status" -eq 130 ] || fault "interrupted: exit status $status, not 130"
kill "$writer" 2>/dev/null
wait "$writer" 2>/dev/null
expect 0 verify
says out "whole"
# Finished steps are kept, each whole: as many rows as the job says.
expect 0 --json import_job list --fields position,status
says out '"status":"running"'
position=$(sed -n 's/.*"position":\([0-9]*\).*/\1/p' out)
expect 0 import_row count
says out "count  $position"

# A reader that goes away is no crash: the status is that of a broken pipe or of success.
for run in "export lead --format jsonl" "lead list --limit 1000" "describe registry" "help"; do
    checks=$((checks + 1))
    # shellcheck disable=SC2086
    { "$crm" $run 2>err; echo $? >status; } | head -c 1 >/dev/null
    case $(cat status) in
    0 | 141) ;;
    *) fault "autocrm $run | head: exit status $(cat status)" ;;
    esac
done
checks=$((checks + 1))
if [ -w /dev/full ]; then
    "$crm" describe registry >/dev/full 2>err
    [ $? -eq 1 ] || fault "a full device was not noticed"
    says err "cannot write"
fi
finish
