#!/bin/sh
# SPDX-License-Identifier: MIT
# Exit statuses, errors for people and for programs, how values are read.
. "$(dirname "$0")/support.sh"

# --- Wrong usage is 2 and says what to do ---
expect 2
expect 2 dealer list
says err "give --db FILE"
expect 1 --db t.db lead list
says err "make it first"
expect 0 --db t.db init
says out "Created t.db"
checks=$((checks + 1))
[ "$(stat -c %a t.db.key)" = 600 ] || fault "others may read the key"
expect 1 --db t.db init
says err "exists already"
AUTOCRM_DB=t.db
export AUTOCRM_DB
expect 2 leed list
says err "did you mean lead?"
expect 2 lead lst
says err "did you mean: autocrm lead list?"
expect 2 lead
expect 2 lead list --wher x
says err "did you mean --where?"
expect 2 lead list --limit ten
says err "--limit takes an integer"
expect 2 lead list --where level=H
says err "--where takes JSON"
expect 2 lead list --limit
says err "--limit needs a value"
expect 2 lead list --limit 1 --limit 2
says err "given twice"
expect 2 --now yesterday lead list
says err "--now takes an instant"
expect 2 --bogus
expect 2 customer create --active=maybe
expect 2 dealer create --active=maybe --name a --code b
says err "--active is true or false"
expect 2 dealer create --name @missing.txt --code b
says err "cannot read missing.txt"
expect 1 --key missing.key dealer list
says err "no key file missing.key"
expect 1 --as login:nobody dealer list
says err "no user has the login nobody"
expect 1 --db no/such.db dealer list

# --- Failure is 1; every failing field is named ---
expect 1 dealer create
says err "name is required"
says err "code is required"
says err "autocrm help dealer create"
silent out
expect 1 dealer create --name a --code b --kind shop
says err "importer"
expect 1 --json dealer create
says err '"reason":"required"'
silent out
expect 1 call dealer.create '{'
says err '"reason":"json"'
expect 1 call no.such
says err '"code":-3'
silent out
expect 1 dealer get 00000000-0000-7000-8000-000000000000
expect 1 dealer get code:NONE
says err "no dealer has code NONE"

# --- Success is 0 ---
expect 0 --quiet dealer create --name "Importer" --code IMP --kind importer
id=$(cat out)
expect 0 dealer get "$id"
says out "Importer"
expect 0 --json dealer get code:IMP
says out "\"id\":\"$id\""
expect 0 call dealer.get "{\"id\":\"$id\"}"
says out "\"id\":\"$id\""
checks=$((checks + 1))
echo '{"limit":1}' | "$crm" call dealer.list - >out 2>err || fault "JSON on standard input"
says out '"items":[{'
expect 0 --quiet dealer create --name North --code NORTH --parent_id code:IMP --no-active
expect 0 dealer get code:NORTH --fields active,parent_id
says out "Importer"
says out "no"
expect 0 dealer update code:NORTH --active --clear parent_id --version 1
expect 0 --json dealer get code:NORTH --fields active,parent_id
says out '"parent_id":null'
says out '"active":true'
expect 1 dealer update code:NORTH --name Again --version 1
says err "--last_write_wins"
printf 'From a file\n' >name.txt
expect 0 dealer create --name @name.txt --code FILE
says out "From a file"
checks=$((checks + 1))
echo "From a pipe" | "$crm" --quiet dealer create --name - --code PIPE >out 2>err ||
    fault "a value from standard input"
expect 0 dealer list --where '{"code":"PIPE"}' --fields name
says out "From a pipe"
expect 0 dealer list --order=-code --limit 2 --fields code
says out "more: --after"
expect 0 --quiet customer create --name Ali \
    --contact_points '[{"channel":"phone","value":"+442079460101"}]'
expect 0 customer identify --phone 02079460101 --country GB
says out "Ali"
expect 0 customer create --name Nobody --dry_run
expect 0 customer count
says out "count  1"
expect 0 --yes dealer delete code:PIPE --last_write_wins --reason test
expect 1 dealer get code:PIPE
expect 0 dealer aggregate --group '["kind"]'
says out "importer"

# --- Export, verify, backup, tick, the clock ---
expect 0 export dealer --fields code,name --where '{"code":"IMP"}'
printf 'code,name\r\nIMP,Importer\r\n' >wanted
checks=$((checks + 1))
cmp -s out wanted || fault "the CSV is not as RFC 4180 has it"
expect 0 --quiet dealer create --name 'Comma, "quote"' --code Q
expect 0 export dealer --fields name --where '{"code":"Q"}'
says out '"Comma, ""quote"""'
expect 0 export dealer --format jsonl --output all.jsonl
says all.jsonl '"code":"IMP"'
expect 1 export dealer --output all.jsonl
says err "cannot create"
expect 2 export nothing
expect 2 export dealer --format xml
expect 0 verify
says out "whole"
expect 0 backup copy.db
expect 0 --db copy.db --key t.db.key verify
expect 1 backup copy.db
expect 0 tick --now 2030-01-01T00:00:00Z
expect 0 --now 2031-02-03T04:05:06Z --json dealer create --name Later --code LATER
says out '"created_at":"2031-02-03T04:05:06Z"'

# --- A damaged file, a foreign file, somebody else's key ---
head -c 100 /dev/urandom >bad.db
expect 1 --db bad.db dealer list
says err "autocrm:"
printf 'not hexadecimal\n' >bad.key
expect 1 --key bad.key dealer list
says err "no key file that can be read"
finish
