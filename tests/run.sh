#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything that is tested: installs what is needed, builds with warnings as errors, runs every
# test, then all of them again under the address and undefined-behaviour sanitizers, and those with
# threads under the thread sanitizer. The last line is "N passed, N failed". The exit status is 0
# only when nothing failed.
#
#   sh tests/run.sh           all of it
#   sh tests/run.sh --quick   without the sanitizers
set -u

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
# shellcheck source=tools/packages.sh
. "$root/tools/packages.sh"
# shellcheck disable=SC2086
need_packages $packages_build $packages_test || exit 1

jobs=$(nproc 2>/dev/null || echo 2)
if [ -z "${CC:-}" ] && command -v ccache >/dev/null 2>&1; then
    export CC="ccache gcc"
fi
# Old enough to hold every report of the sanitizers, and to end at the first.
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export TSAN_OPTIONS=halt_on_error=1:die_after_fork=0

passed=0
failed=0

# count_tests FOLDER: programs that passed or failed; for those that count checks, the checks.
count_tests() {
    log="$1/meson-logs/testlog.txt"
    [ -f "$log" ] || return 0
    # Check's "100%: Checks: 7, Failures: 0, Errors: 0", the shell tests' "7 checks, 0 failures".
    told='^[0-9]+%: Checks: |^[0-9]+ checks, [0-9]+ failures$'
    counts=$(awk '/^[0-9]+%: Checks: / { gsub(",", ""); b += $5 + $7; g += $3 - $5 - $7 }
                  /^[0-9]+ checks, [0-9]+ failures$/ { b += $3; g += $1 - $3 }
                  END { print g + 0, b + 0 }' "$log")
    ok=${counts% *}
    bad=${counts#* }
    programs_ok=$(sed -n 's/^Ok: *\([0-9]*\).*/\1/p' "$log" | tail -n 1)
    programs_bad=0
    for kind in Fail Timeout "Unexpected Pass"; do
        n=$(sed -n "s/^$kind: *\([0-9]*\).*/\1/p" "$log" | tail -n 1)
        programs_bad=$((programs_bad + ${n:-0}))
    done
    with_checks=$(grep -cE "$told" "$log")
    # A program that tells no checks counts as one. One that failed after all of its checks passed,
    # for a leak say, is a failure too.
    alone=$((${programs_ok:-0} + programs_bad - with_checks))
    worst=$((programs_bad > bad ? programs_bad : bad))
    alone_bad=$((worst - bad < alone ? worst - bad : alone))
    passed=$((passed + ok + (alone > 0 ? alone - alone_bad : 0)))
    failed=$((failed + worst))
}

# suite FOLDER WHAT OPTION...: build and test; only $programs and $tests, if there are any.
programs=""
tests=""
suite() {
    folder=$1
    what=$2
    shift 2
    echo
    echo "== $what"
    if [ -f "$folder/build.ninja" ]; then
        meson configure "$folder" "$@" >/dev/null || { failed=$((failed + 1)); return; }
    else
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || {
            tail -n 30 "$folder.log"
            failed=$((failed + 1))
            return
        }
        mv "$folder.log" "$folder/setup.log"
    fi
    # shellcheck disable=SC2086
    ninja -C "$folder" -j "$jobs" $programs >"$folder/build.log" 2>&1 || {
        grep -E 'error|warning|FAILED' "$folder/build.log" | head -n 40
        failed=$((failed + 1))
        return
    }
    # shellcheck disable=SC2086
    if meson test -C "$folder" --no-rebuild --num-processes "$jobs" $tests \
        >"$folder/test.log" 2>&1; then
        tail -n 12 "$folder/test.log"
    else
        grep -E 'FAIL|TIMEOUT|ERROR' "$folder/test.log" | head -n 40
        grep -E '[^ ]+:[0-9]+:[FE]:' "$folder/meson-logs/testlog.txt" | head -n 40
        [ -f "$folder/meson-logs/testlog.txt" ] || failed=$((failed + 1))
    fi
    count_tests "$folder"
}

suite build-test "gcc, warnings as errors" -Dwerror=true
if [ "${1:-}" != --quick ]; then
    # The sanitizers' own code makes gcc warn of what cannot happen: warnings are no errors here.
    suite build-sanitize "address and undefined-behaviour sanitizers" \
        -Db_sanitize=address,undefined
    programs="tests/concurrency/concurrency tests/unit/test_storage tests/unit/test_audit"
    programs="$programs tests/unit/test_sqlite_faults"
    tests="concurrency storage audit sqlite_faults"
    export ACRM_RACES=50
    suite build-thread "thread sanitizer" -Db_sanitize=thread -Db_lundef=false -Dexamples=false
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
