#!/bin/sh
# SPDX-License-Identifier: MIT
# Every noun and verb of the registry has help and completion, without a database.
. "$(dirname "$0")/support.sh"

expect 0 help
says out "autocrm [--db FILE] NOUN VERB"
says out "distribution_rule"
"$crm" __complete >nouns
checks=$((checks + 1))
[ "$(wc -l <nouns)" -gt 30 ] || fault "too few nouns are completed"
for noun in $(cat nouns); do
    expect 0 help "$noun"
    [ -s out ] || fault "help $noun says nothing"
done
# Every operation; of the verbs that all entities have, those of one entity.
for noun in $(cat nouns); do
    for verb in $("$crm" __complete "$noun"); do
        case $noun:$verb in
        lead:*) ;;
        *:create | *:create_many | *:get | *:update | *:delete | *:restore | *:list | *:count | \
            *:aggregate | *:history) continue ;;
        esac
        expect 0 help "$noun" "$verb"
        [ -s out ] || fault "help $noun $verb says nothing"
    done
done
expect 0 lead list --help
says out "--where"
expect 0 lead --help
says out "VERB"
"$crm" __complete lead list >out
says out "--order"
"$crm" __complete lead list --deleted >out
says out "without"
"$crm" __complete --db none.db lead list --as x --deleted >out
says out "without"
for shell in bash zsh fish; do
    expect 0 completion $shell
    says out "autocrm __complete"
done
expect 2 completion tcsh
expect 0 describe lead
says out "customer_id"
expect 0 describe openapi
says out '"openapi"'
expect 0 describe lead.list
says out '"parameters"'
expect 2 describe laed
says err "did you mean lead?"
expect 0 --version
says out "autocrm 0."
finish
