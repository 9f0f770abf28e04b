#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# links.sh ROOT: every relative link in README.md and docs/*.md leads to a file or folder that is
# there, and so does every document that they name in words, as docs/keys.md.
# Not for: addresses of other machines, and the places within a document (#...).
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "line target" of each link [words](target) outside of blocks of code.
links() {
    awk '/^```/ { inside = !inside; next }
        inside || /^    / { next }
        {
            rest = $0
            while (match(rest, /\]\([^)]*\)/)) {
                print FNR " " substr(rest, RSTART + 2, RLENGTH - 3)
                rest = substr(rest, RSTART + RLENGTH)
            }
        }' "$1"
}

# "line target" of each document named from the root.
named() {
    awk '{
            rest = $0
            while (match(rest, /(^|[^A-Za-z0-9_.\/-])docs\/[A-Za-z0-9_-]+\.md/)) {
                target = substr(rest, RSTART, RLENGTH)
                print FNR " " substr(target, index(target, "docs/"))
                rest = substr(rest, RSTART + RLENGTH)
            }
        }' "$1"
}

# FILE FOLDER: reads "line target", tells those that are not there from FOLDER.
missing() {
    while read -r line target; do
        case $target in
        *://* | mailto:* | '#'*) continue ;;
        esac
        [ -e "$2/${target%%#*}" ] || echo "${1#"$ROOT"/}:$line: $target is not there"
    done
}

for file in "$ROOT"/README.md "$ROOT"/docs/*.md; do
    [ -f "$file" ] || continue
    links "$file" | missing "$file" "$(dirname "$file")"
    named "$file" | missing "$file" "$ROOT"
done | LC_ALL=C sort -u >"$work/findings"
cat "$work/findings"
verdict links "$(wc -l <"$work/findings")"
