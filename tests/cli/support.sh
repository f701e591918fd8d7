# SPDX-License-Identifier: MIT
# What the tests of the command line share. Sourced with the program's path in $1.
set -u
crm=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/autocrm-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset AUTOCRM_DB
failures=0
checks=0

fault() {
    failures=$((failures + 1))
    echo "FAILED: $1"
    [ -s out ] && sed 's/^/  out: /' out | head -n 20
    [ -s err ] && sed 's/^/  err: /' err | head -n 20
    return 0
}

# expect STATUS WORD...: run the program, its output in out, its errors in err.
expect() {
    want=$1
    shift
    checks=$((checks + 1))
    "$crm" "$@" >out 2>err </dev/null
    got=$?
    [ "$got" -eq "$want" ] || fault "autocrm $*: exit status $got, not $want"
}
# says FILE TEXT: it is there.
says() {
    checks=$((checks + 1))
    grep -qF -e "$2" "$1" || fault "$1 does not say: $2"
}
silent() {
    checks=$((checks + 1))
    [ ! -s "$1" ] || fault "$1 is not empty"
}
finish() {
    echo "$checks checks, $failures failures"
    [ "$failures" -eq 0 ]
}
