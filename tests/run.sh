#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything that is tested: installs what is needed, builds with warnings as errors, runs every
# test, then all of them again under the address and undefined-behaviour sanitizers. The last line
# is "N passed, N failed". The exit status is 0 only when nothing failed.
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

passed=0
failed=0

# count_tests FOLDER: programs that passed or failed; for those that count checks, the checks.
count_tests() {
    log="$1/meson-logs/testlog.txt"
    [ -f "$log" ] || return 0
    ok=$(awk '/^100%: Checks: |^[0-9]+%: Checks: / {
                  gsub(",", ""); bad = $5 + $7; good = $3 - bad; n += good }
              END { print n + 0 }' "$log")
    bad=$(awk '/^[0-9]+%: Checks: / { gsub(",", ""); n += $5 + $7 } END { print n + 0 }' "$log")
    programs_ok=$(sed -n 's/^Ok: *\([0-9]*\).*/\1/p' "$log" | tail -n 1)
    programs_bad=0
    for kind in Fail Timeout "Unexpected Pass"; do
        n=$(sed -n "s/^$kind: *\([0-9]*\).*/\1/p" "$log" | tail -n 1)
        programs_bad=$((programs_bad + ${n:-0}))
    done
    with_checks=$(grep -c '^[0-9]*%: Checks: ' "$log")
    # A program that counts no checks is one; one that died before it told them is a failure.
    alone=$((${programs_ok:-0} + programs_bad - with_checks))
    [ "$alone" -lt 0 ] && alone=0
    bad_alone=$((programs_bad > bad ? programs_bad - bad : 0))
    [ "$bad_alone" -gt "$alone" ] && bad_alone=$alone
    passed=$((passed + ok + alone - bad_alone))
    failed=$((failed + bad + bad_alone))
}

# suite FOLDER WHAT OPTION...: build and test.
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
    ninja -C "$folder" -j "$jobs" >"$folder/build.log" 2>&1 || {
        grep -E 'error|warning|FAILED' "$folder/build.log" | head -n 40
        failed=$((failed + 1))
        return
    }
    if meson test -C "$folder" --no-rebuild --num-processes "$jobs" >"$folder/test.log" 2>&1; then
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
    suite build-sanitize "address and undefined-behaviour sanitizers" -Dwerror=true \
        -Db_sanitize=address,undefined
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
