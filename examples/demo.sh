#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job before your eyes: from a folder of messy lead files to followed-up customers, and
# from a lead to a delivered car. Every line that begins with $ is a command you can type. Works
# from any folder; the database is made in a temporary one, or in the folder given as the first
# argument.
#
#   sh examples/demo.sh [FOLDER]
#
# AUTOCRM_DEMO_BIN names a folder with a built autocrm, to build nothing.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)

# --- Build ---

if [ -n "${AUTOCRM_DEMO_BIN:-}" ]; then
    bin=$AUTOCRM_DEMO_BIN
else
    # shellcheck source=tools/packages.sh
    . "$root/tools/packages.sh"
    # shellcheck disable=SC2086
    need_packages $packages_build
    echo "Building into build-demo ..."
    if [ ! -f "$root/build-demo/build.ninja" ]; then
        (cd "$root" && meson setup build-demo --buildtype=release -Dtests=false \
            >build-demo.log 2>&1) || { tail -n 30 "$root/build-demo.log"; exit 1; }
        rm -f "$root/build-demo.log"
    fi
    ninja -C "$root/build-demo" >"$root/build-demo/build.log" 2>&1 ||
        { grep -E 'error|FAILED' "$root/build-demo/build.log"; exit 1; }
    bin=$root/build-demo/examples/cli
fi
PATH=$bin:$PATH
export PATH

work=${1:-$(mktemp -d "${TMPDIR:-/tmp}/autocrm-demo.XXXXXX")}
mkdir -p "$work"
work=$(cd "$work" && pwd)
cp -R "$root/examples/data/leads" "$work/"
cd "$work"

# --- How steps are shown ---

step=0
say() {
    step=$((step + 1))
    printf '\n=== %s. %s\n' "$step" "$1"
    shift
    for line in "$@"; do
        printf '    %s\n' "$line"
    done
}

# Print a command as it would be typed, and run it.
run() {
    printf '\n$ '
    for word in "$@"; do
        case $word in
        '' | *[!A-Za-z0-9_./:=,@%+-]*)
            printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
        *) printf '%s ' "$word" ;;
        esac
    done
    printf '\n'
    "$@"
}

# The clock of the demo: it stands where a step sets it and goes on by a second for each command.
clock() {
    hour=$1
    second=0
}
now() {
    printf '%s:%02d:%02dZ' "$hour" $((second / 60)) $((second % 60))
}
crm() {
    second=$((second + 1))
    run autocrm --now "$(now)" "$@"
}
quietly() {
    autocrm --now "$(now)" --quiet "$@"
}
# For steps that are meant to fail.
crm_fails() {
    status=0
    crm "$@" || status=$?
    echo "(exit status $status, as it should be)"
    [ "$status" -ne 0 ]
}

# --- The demo ---

clock 2026-03-02T08
say "A new database" \
    "One file, and a key file beside it for the encrypted fields." \
    "AUTOCRM_DB names the database, so that commands need no --db."
AUTOCRM_DB=$work/importer.db
export AUTOCRM_DB
printf '\n$ export AUTOCRM_DB=%s\n' "$AUTOCRM_DB"
crm init

say "An importer with three dealers, teams and people" \
    "FIELD:VALUE stands for the one record like that; --quiet prints ids alone."
crm --quiet dealer create --name "Exemplar Imports" --code IMPORTER --kind importer
crm --quiet dealer create --name "North Cars" --code NORTH --parent_id code:IMPORTER --country GB \
    --city London --zone Europe/London
crm --quiet dealer create --name "South Motors" --code SOUTH --parent_id code:IMPORTER \
    --country GB --city Brighton --zone Europe/London
crm --quiet dealer create --name "نمایندگی تهران" --code TEHRAN --parent_id code:IMPORTER \
    --country IR --city تهران --zone Asia/Tehran
crm --quiet team create --name "North sales" --dealer_id code:NORTH
crm --quiet team create --name "South sales" --dealer_id code:SOUTH
crm role list --fields name,label
crm --quiet user create --name "Head Office" --login office --role_id name:head_office
crm --quiet user create --name "North Manager" --login north.manager --dealer_id code:NORTH \
    --team_id "name:North sales" --role_id name:dealer_manager
for seller in north.one:NORTH north.two:NORTH south.one:SOUTH tehran.one:TEHRAN; do
    login=${seller%%:*}
    crm --quiet user create --name "Seller $login" --login "$login" \
        --dealer_id "code:${seller##*:}" --role_id name:salesperson --takes_leads \
        --lead_capacity 20
done
crm user list --fields login,name,dealer_id,role_id,lead_capacity

say "Who gets which leads" \
    "Iranian leads go to Tehran and must be accepted within two hours; all others to North and" \
    "South, two to one, within four."
crm --quiet distribution_rule create --name "Iran" --position 10 --strategy round_robin \
    --condition '{"customer.country":"IR"}' --accept_within PT2H
crm --quiet distribution_rule create --name "Everybody else" --position 20 --strategy weighted \
    --accept_within PT4H
crm --quiet distribution_target create --rule_id name:Iran --dealer_id code:TEHRAN
crm --quiet distribution_target create --rule_id "name:Everybody else" --dealer_id code:NORTH \
    --weight 2
crm --quiet distribution_target create --rule_id "name:Everybody else" --dealer_id code:SOUTH \
    --weight 1
crm lead_level list --fields code,label,first_contact,contact_every,neglect_after

say "A folder of lead files, as messy as they come" \
    "ADF with a broken prospect and one sent again, CSV in three dialects and encodings, JSON" \
    "lines, Persian and Arabic digits, doubled people, a file cut off, one that attacks."
run ls leads

say "Import" \
    "Every row has an outcome; what is broken in a file does not stop the rest of it."
crm import leads/0[1-8]* --country GB
crm import leads/09-attack.xml
echo
echo "The same file again changes nothing:"
crm import leads/03-showroom.csv --country GB

say "An outcome for every row"
crm import_row list --limit 100 --fields job_id,position,outcome,customer_id,place,message

say "Rejected rows are kept, can be corrected and tried again"
crm import_row list --where '{"outcome":"rejected","job.source":"03-showroom.csv"}' \
    --fields position,reason,place,raw
row=$(quietly import_row list --limit 1 \
    --where '{"outcome":"rejected","job.source":"03-showroom.csv"}')
corrected='Golf,Customer,020 7946 0107,golf@example.com,London,Exemplar,X5 Hybrid,B,'
crm import retry "$row" --raw "${corrected}50000.00,GBP,showroom,"

row=$(quietly import_row list --limit 1 \
    --where '{"outcome":"rejected","job.source":"09-attack.xml"}')
crm import discard "$row" --reason "an attack, not a lead"
crm import_row count --where '{"outcome":"rejected"}'

say "Doubled people were recognised" \
    "A customer asking again for the same car is attached to the open lead, however the number" \
    "was written."
crm lead_enquiry list --fields at,lead_id,provider,source_id
crm customer identify --phone '۰۹۱۲ ۰۰۰ ۰۰۰۱' --country IR
crm customer count

say "Leads were offered to dealers and their people"
crm lead list --order accept_by --limit 100 \
    --fields customer_id,model,level,status,dealer_id,owner_id,accept_by
crm lead_offer list --where '{"lead.customer.name":"Echo Customer"}' --fields user_id,explanation

say "North and Tehran accept; South does not" \
    "--as acts as somebody: a salesperson sees only own leads, head office all."
clock 2026-03-02T09
for login in north.one north.two tehran.one; do
    for lead in $(quietly --as "login:$login" lead list \
        --where '{"status":"offered"}'); do
        crm --quiet --as "login:$login" lead accept "$lead"
    done
done
echo
echo "Who takes a lead looks after its customer from then on, and sees who it is:"
crm --as login:north.two customer list --fields name,city,owner_id
crm --as login:south.one lead list --fields model,status,accept_by
crm_fails --as login:south.one lead accept "customer.name:Echo Customer"

say "The deadline passes: South's leads are taken back and offered to the next" \
    "The host calls tick every few seconds; here the clock jumps to one in the afternoon."
clock 2026-03-02T13
crm tick
crm lead_offer list --where '{"outcome":"expired"}' \
    --fields lead_id,dealer_id,user_id,respond_by,outcome
for login in north.one north.two; do
    for lead in $(quietly --as "login:$login" lead list \
        --where '{"status":"offered"}'); do
        crm --quiet --as "login:$login" lead accept "$lead"
    done
done

say "Each salesperson's agenda, from the O/H/A/B/C cadence"
for login in north.one north.two south.one tehran.one; do
    crm --as "login:$login" agenda list --until 2026-03-16T00:00:00Z
done

say "Work is done: contacts, an attempt, a sale, a loss"
clock 2026-03-03T10
crm --quiet --as login:tehran.one lead contact "customer.name:مشتري نمونه يک" --channel phone \
    --outcome interested --level H --next_at 2026-03-05T09:00:00Z
crm --quiet lead contact "customer.name:Echo Customer" --channel visit --outcome test_drive
crm --quiet lead contact "customer.name:Foxtrot Customer" --no-effective --outcome no_answer
crm --quiet lead win "customer.name:Echo Customer"
crm --quiet lead contact "customer.name:Bravo Customer" --channel email --direction in
crm --quiet lead lose "customer.name:Bravo Customer" --reason price --competitor "Another brand"
crm lead list --where '{"last_contact_at":{"$ne":null}}' \
    --fields customer_id,status,level,contacts,attempts,next_contact_at,lost_reason_id

say "Ten days later: neglected leads are raised"
clock 2026-03-12T08
crm tick
crm lead neglected --limit 8

say "One customer with all that belongs to it"
crm customer view360 "name:Echo Customer"

say "Reports: funnel and sources"
crm report funnel
crm report funnel --group dealer
crm lead_source update code:showroom --currency GBP --cost_per_lead 25.00 --last_write_wins
crm report sources
crm report response_times --group dealer

clock 2026-03-13T09
say "What is sold: a model, its options, a rule, a price list" \
    "Contradictions among the rules are refused when they are made; here there are none."
crm --quiet vehicle_make create --name Exemplar --country GB
crm --quiet vehicle_model create --make_id name:Exemplar --name "X5 Hybrid" --body suv
crm --quiet vehicle_trim create --model_id "name:X5 Hybrid" --name "X5 Hybrid Touring" \
    --code TOURING --model_year 2026
crm --quiet price_list create --name "Britain 2026" --currency GBP --country GB \
    --valid_from 2026-01-01 --valid_to 2026-06-30 --tax_rate 0.2
crm --quiet price_item create --price_list_id "name:Britain 2026" --trim_id code:TOURING \
    --currency GBP --amount 36500.00
for option in BLUE:colour:690 TOW:accessory:780 ESP:equipment:0 HUD:equipment:910; do
    code=${option%%:*}
    rest=${option#*:}
    crm --quiet vehicle_option create --make_id name:Exemplar --code "$code" \
        --name "Option $code" --kind "${rest%%:*}"
    crm --quiet trim_option create --trim_id code:TOURING --option_id "code:$code"
    crm --quiet price_item create --price_list_id "name:Britain 2026" --option_id "code:$code" \
        --currency GBP --amount "${rest##*:}.00"
done
crm --quiet option_rule create --name "A tow bar needs trailer control" --kind requires \
    --model_id "name:X5 Hybrid" --when_options '["TOW"]' --then_options '["ESP"]'

say "A lead is qualified, and the car configured" \
    "What is wrong with a choice is told at once, with the nearest one that is right."
crm --quiet --as login:north.two lead contact "customer.name:Golf Customer" --channel visit \
    --outcome interested --level A
trim=$(quietly vehicle_trim list --where '{"code":"TOURING"}')
crm configuration check --trim_id "$trim" --options TOW,HUD,BLUE
crm --quiet --as login:north.two configuration create --trim_id code:TOURING \
    --options '["TOW","ESP","HUD","BLUE"]' --lead_id "customer.name:Golf Customer" \
    --customer_id "name:Golf Customer" --dealer_id code:NORTH

say "A test drive" \
    "The demonstrator is reserved while it is out; the licence must be seen and good."
crm --quiet vehicle create --make Exemplar --model "X5 Hybrid" --plate "AB26 XYZ" --kind demo \
    --status in_stock --dealer_id code:NORTH --odometer 1200
crm --quiet --as login:north.two test_drive book --vehicle_id "plate:AB26 XYZ" \
    --lead_id "customer.name:Golf Customer"
drive=$(quietly test_drive list)
crm_fails --as login:north.two test_drive start "$drive" --licence_seen \
    --licence_valid_until 2025-12-31 --odometer 1200 --fuel 80
crm --quiet --as login:north.two test_drive start "$drive" --licence_seen \
    --licence_valid_until 2031-05-01 --odometer 1200 --fuel 80
crm vehicle list --where '{"plate":"AB26 XYZ"}' --fields name,status,odometer
crm --quiet --as login:north.two test_drive finish "$drive" --odometer 1224 --fuel 75 \
    --outcome wants_quote --level H

say "The old car is appraised" \
    "Four eyes: who asks for an offer does not approve it."
crm --quiet vehicle create --make Other --model Wagon --plate "XY12 OLD" --odometer 88000 \
    --dealer_id code:NORTH
old=$(quietly vehicle list --where '{"plate":"XY12 OLD"}')
crm --quiet --as login:north.two appraisal create --vehicle_id "$old" --currency GBP \
    --customer_id "name:Golf Customer" --dealer_id code:NORTH --odometer 88000 \
    --appraised 7400.00 --offered 7000.00 --valid_until 2026-03-31
worth=$(quietly appraisal list)
crm --quiet --as login:north.two appraisal_item create --appraisal_id "$worth" \
    --element door_front_left --condition damaged --currency GBP --repair 350.00 --note "a dent"
crm --quiet --as login:north.two appraisal submit "$worth"
crm --quiet --as login:north.manager appraisal approve "$worth"

say "Three quotes with instalments, side by side" \
    "An annuity, a balloon and a lease. The discount is past the seller's limit: the manager" \
    "approves it."
crm --quiet discount_limit create --role_id name:salesperson --max_rate 0.03
car=$(quietly configuration list --where '{"lead.customer.name":"Golf Customer"}')
lines='[{"kind":"discount","rate":"0.04"},{"kind":"fee","name":"Number plates","amount":"120.00"}]'
quote() {
    crm --quiet --as login:north.two quote create --lead_id "customer.name:Golf Customer" \
        --configuration_id "$car" --lines "$lines" --deposit 5000.00 \
        --appraisal_id "$worth" "$@"
}
quote --payment credit --finance '{"rate":"0.059","periods":48}'
quote --payment credit --finance '{"rate":"0.049","periods":36,"balloon":"15000.00"}'
quote --payment lease --finance '{"money_factor":"0.0018","months":36,"residual":"19000.00"}'
crm_fails --as login:north.two quote issue number:Q-NORTH-2026-000002
crm --quiet --as login:north.two quote submit number:Q-NORTH-2026-000002
crm --quiet --as login:north.manager quote approve number:Q-NORTH-2026-000002
crm quote compare --ids "$(quietly quote list --order number | paste -sd, -)"

say "The second is accepted and becomes a contract" \
    "The documents are A4 pages in HTML, in the language of the reader; the contract is signed as" \
    "it was printed."
clock 2026-03-16T10
crm --quiet --as login:north.two quote issue number:Q-NORTH-2026-000002
run sh -c 'autocrm --now 2026-03-16T10:00:02Z quote render number:Q-NORTH-2026-000002 >quote.html'
run grep -o "<h1>.*</h1>" quote.html
crm --quiet --as login:north.two quote accept number:Q-NORTH-2026-000002 \
    --terms "Winter tyres are included."
crm --as login:north.two sales_contract request_signature number:C-NORTH-2026-000001
crm --quiet --as login:north.two sales_contract sign number:C-NORTH-2026-000001 \
    --method electronic --evidence "envelope 2026-17"
crm sales_contract verify number:C-NORTH-2026-000001
crm lead list --where '{"customer.name":"Golf Customer"}' --fields subject,status,closed_at

say "The order began by itself; it is followed to the delivery" \
    "A forecast moves what comes after it. The customer sees the visible part."
crm vehicle_order plan --number C-NORTH-2026-000001
clock 2026-04-02T09
crm --quiet vehicle_order record --number C-NORTH-2026-000001 --code registration
crm --quiet vehicle_order record --number C-NORTH-2026-000001 --code lottery --kind skipped
crm --quiet vehicle_order record --number C-NORTH-2026-000001 --source maker --code allocation
crm --quiet vehicle_order record --number C-NORTH-2026-000001 --source maker \
    --code production --kind expected --expected_on 2026-06-08
crm vehicle_order status --number C-NORTH-2026-000001
clock 2026-06-30T09
for code in payment funding production shipping; do
    crm --quiet vehicle_order record --number C-NORTH-2026-000001 --code "$code"
done
order=$(quietly vehicle_order list --where '{"number":"C-NORTH-2026-000001"}')
crm --quiet vehicle_order identify "$order" --vin WVWZZZ3CZEE140287
crm vehicle_order blockers --number C-NORTH-2026-000001
clock 2026-07-06T09
for document in customs:customs_declaration customs:certificate_of_conformity plate:insurance; do
    crm --quiet vehicle_order document --number C-NORTH-2026-000001 \
        --milestone "${document%%:*}" --document "${document##*:}"
done
for code in customs plate preparation; do
    crm --quiet vehicle_order record --number C-NORTH-2026-000001 --code "$code"
done
crm --quiet vehicle_order deliver --number C-NORTH-2026-000001 --odometer 12
crm sales_contract list --fields number,status,total,signed_on,fulfilled_on
crm vehicle_ownership list --where '{"customer.name":"Golf Customer"}' \
    --fields vehicle_id,role,from_date,odometer
echo
echo "The old car is in the stock, at what was given for it:"
crm vehicle list --where '{"plate":"XY12 OLD"}' --fields name,kind,status,arrived_on,cost

say "Nothing was changed behind the audit's back; a backup; an export"
crm verify
crm backup importer-backup.db
run autocrm --db importer-backup.db --key importer.db.key verify
crm export lead --where '{"status":"won"}' --fields subject,status,model,received_at,closed_at

cat <<END

The database is $AUTOCRM_DB
Try: export AUTOCRM_DB=$AUTOCRM_DB PATH=$bin:\$PATH
     autocrm help; autocrm lead list; autocrm describe lead
END
