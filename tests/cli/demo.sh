#!/bin/sh
# SPDX-License-Identifier: MIT
# examples/demo.sh and autocrm demo show what they promise. Arguments: autocrm, examples/demo.sh.
. "$(dirname "$0")/support.sh"
script=$2

checks=$((checks + 1))
AUTOCRM_DEMO_BIN=$(dirname "$crm") sh "$script" "$work/demo" >out 2>err || fault "the demo failed"
says out "03-showroom.csv: 5 rows, 4 created, 0 attached, 0 updated, 0 unchanged, 1 rejected"
says out "02-portal-resent.xml: 2 rows, 0 created, 0 attached, 2 updated"
says out "windows-1256"
says out "the document declares entities"
says out "expired"
says out "Price too high"
says out "reassign"
says out "ESP is required: A tow bar needs trailer control"
says out "597.94"
says err "the limit is 0.03: another must approve"
says out "Quote <bdi>Q-NORTH-2026-000002</bdi>"
says out "customs_declaration is missing"
says out "fulfilled"
says out "whole"
says out "The database is $work/demo/importer.db"
# What a user may not see is as if it were not there.
says err "no lead has customer.name Echo Customer"

expect 0 --db small.db demo
says out "whole"
expect 0 --db small.db verify
expect 1 --db small.db demo
finish
