#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# check.sh NAME FOLDER: makes the search of one row of `runs` in FOLDER/NAME, and judges it.
# 0: as the row says. 1: not, or the search was cut short. 77: skipped, there is no spin; 1 instead
# where nothing may be skipped.
set -eu
name=$1
here=$(cd "$(dirname "$0")" && pwd)
folder=$2/$name
depth=5000
memory_mib=1000

fail() {
    echo "model_$name: $*"
    echo "the search: $folder; how to read it: docs/testing.md, The model"
    exit 1
}

if ! command -v spin >/dev/null; then
    echo "skipped: the model needs the package spin"
    [ -z "${CI-}${TOV_NO_SKIP-}" ] || exit 1
    exit 77
fi
row=$(grep "^$name " "$here/runs") || fail "no such row in tests/model/runs"
# shellcheck disable=SC2086 # words by intent; no name in them is a file's
set -f -- $row
expected=$2
shift 2
model=node.pml
case ${1-} in
*.pml)
    model=$1
    shift
    ;;
esac

# What the row adds for spin, for the compiler and for the search.
compiled="-O2 -DSAFETY"
searched=
number=
case $expected in
holds) ;;
ends) compiled="-O2 -DNP" searched=-l ;;
cycle) compiled="-O0 -DNP" searched=-l ;;
P_*)
    number=$(sed -n "s/^#define $expected \([0-9]*\).*/\1/p" "$here/$model")
    [ -n "$number" ] || fail "$model has no $expected"
    set -- "$@" "-DONLY=$expected"
    compiled="-O0 -DSAFETY" # a short search
    ;;
*) fail "what is \"$expected\"?" ;;
esac

rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
cp "$here/$model" .
printf '%s\n' "$*" >switches
spin -a "$@" "$model" >spin.log 2>&1 || { cat spin.log; fail "spin does not take the model"; }
# shellcheck disable=SC2086 # options
gcc -w $compiled -DCOLLAPSE -DMEMLIM=$memory_mib -o pan pan.c >gcc.log 2>&1 ||
    { cat gcc.log; fail "gcc does not take what spin made"; }
status=0
./pan -m$depth -w20 $searched >pan.log 2>&1 || status=$?

found=$(sed -n 's/^pan:[0-9]*: \(.*\)/\1/p' pan.log | head -n 1)
states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.log)
if grep -q -e 'max search depth too small' -e 'out of memory' -e 'reached -DMEMLIM' \
    -e 'VECTORSZ' pan.log; then
    tail -n 40 pan.log
    fail "the search was cut short"
fi
case $expected in
holds | ends)
    [ -z "$found" ] || { cat pan.log; fail "$found"; }
    grep -q 'errors: 0$' pan.log && [ "$status" -eq 0 ] || { cat pan.log; fail "no verdict"; }
    ! grep -q 'Search not completed' pan.log || { cat pan.log; fail "not completed"; }
    echo "model_$name: $expected, $states states"
    ;;
*)
    case $found in
    "non-progress cycle"*)
        [ "$expected" = cycle ] || fail "found \"$found\", not $expected"
        echo "model_$name: found, as it must be: $found"
        ;;
    *"(broken!=$number)"*) echo "model_$name: found, as it must be: $expected" ;;
    "") cat pan.log; fail "$expected is not broken; it must be" ;;
    *) cat pan.log; fail "found \"$found\", not $expected" ;;
    esac
    ;;
esac
