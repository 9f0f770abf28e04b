#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# promises.sh ROOT: each test that docs/security.md names for a promise exists: as a function that a
# test program runs, a program of tests, a fuzzer, or a search of the model.
set -eu
ROOT=${1:-.}
document=docs/security.md
cd "$ROOT"

exists() {
    case $1 in
    model_*) grep -q "^${1#model_} " tests/model/runs ;;
    fuzz_*) [ -f "tests/fuzz/$1.c" ] ;;
    test_audit_*) [ -f "tests/unit/audit/${1#test_audit_}_test.c" ] ;;
    test_*) find tests -name "$1.c" | grep -q . || grep -rq "tov_test($1 " tests --include=CMakeLists.txt ;;
    *) grep -rqF "UNIT_TEST($1)" tests --include='*.c' ;;
    esac
}

bad=0
count=0
for name in $(sed -n '/^## Promises/,/^## What the node/p' "$document" | grep '^|' |
    awk -F'|' '{ print $(NF - 1) }' | grep -o '`[a-z0-9_]*`' | tr -d '`' | sort -u); do
    count=$((count + 1))
    if ! exists "$name"; then
        echo "$document: there is no test $name: name the one that shows the promise now"
        bad=1
    fi
done
if [ "$count" -eq 0 ]; then
    echo "$document: no test is named for any promise"
    bad=1
fi
exit "$bad"
