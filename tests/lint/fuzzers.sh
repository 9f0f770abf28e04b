#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# fuzzers.sh ROOT: every decoder has a fuzzer, and the table of tests/fuzz/README.md names every
# program there is and none besides; the seeds are those that seeds.py writes.
set -eu
ROOT=${1:-.}
folder=tests/fuzz
cd "$ROOT"
bad=0
complain() {
    echo "$1"
    bad=1
}

for source in "$folder"/fuzz_*.c; do
    name=$(basename "$source" .c)
    grep -q "^|.*\`$name\`" "$folder/README.md" ||
        complain "$folder/README.md: the table has no row for $name"
    grep -q "tov_fuzzer($name " "$folder/CMakeLists.txt" ||
        complain "$folder/CMakeLists.txt: $name is not built"
done
for name in $(grep '^|' "$folder/README.md" | grep -o '`fuzz_[a-z]*`' | tr -d '`' | sort -u); do
    [ -f "$folder/$name.c" ] || complain "$folder/README.md: there is no program $name"
done

decoders=$(grep -rhoE '\btov_[a-z0-9_]*(_decode|_parse|_load)(_[a-z]+)*\(' --include='*.h' \
    proto daemon client keys include | tr -d '(' | sort -u)
for name in $decoders; do
    if grep -qw "$name" "$folder"/*.c; then
        ! grep -q "^$name " "$folder/reached" ||
            complain "$folder/reached: $name is called by a fuzzer: take its line away"
    else
        grep -q "^$name  *[a-z]" "$folder/reached" ||
            complain "no fuzzer reads by $name: add one, or say in $folder/reached what reaches it"
    fi
done
for name in $(grep -v '^#' "$folder/reached" | cut -d' ' -f1); do
    printf '%s\n' "$decoders" | grep -qx "$name" ||
        complain "$folder/reached: no header has $name: take its line away"
done

if command -v python3 >/dev/null; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/tests/fuzz"
    cp "$folder/seeds.py" "$work/tests/fuzz"
    ln -s "$PWD/tests/vectors" "$work/tests/vectors"
    ln -s "$PWD/systemd" "$work/systemd"
    python3 "$work/tests/fuzz/seeds.py"
    for seeds in "$work"/tests/fuzz/seeds/*; do
        diff -rq "$seeds" "$folder/seeds/$(basename "$seeds")" >/dev/null ||
            complain "$folder/seeds/$(basename "$seeds"): not what seeds.py writes: run it"
    done
fi
exit "$bad"
