#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# manuals.sh ROOT BUILD: manual pages are well formed, those made from headers too, and say what is
# so: libtov(3) has each function that is exported, tovd.conf(5) and the example each key of the
# table, tovd(8) the exit codes of docs/exit-codes.md, tov-keys(1) the commands and options of its
# --help. Not for: what pages explain.
set -eu
ROOT=$(cd "${1:-.}" && pwd)
BUILD=${2:-$ROOT/build/dev}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$ROOT"

# Pages that only lead to another one are not looked at; one without a date is fine.
well_formed() {
    find man "$BUILD/man" -name '*.[1-8]' -exec grep -L '^\.so ' {} + 2>/dev/null |
        LC_ALL=C sort | xargs -r mandoc -T lint -W warning | sed 's/^mandoc: //' |
        grep -v 'missing date' || true
}

# same FILE FILE WHERE: each line of the one is in the other; both are sorted here.
same() {
    test -s "$1" || echo "$3: nothing was found to compare with"
    LC_ALL=C sort -u "$1" >"$work/is"
    LC_ALL=C sort -u "$2" >"$work/told"
    comm -23 "$work/is" "$work/told" | sed "s|^|$3 does not have: |"
    comm -13 "$work/is" "$work/told" | sed "s|^|$3 has what is not so: |"
}

functions() {
    sed -n 's/^    \(tov_[a-z0-9_]*\);$/\1/p' client/lib/libtov.map >"$work/a"
    sed -n 's/^\.Fn \(tov_[a-z0-9_]*\).*/\1/p' man/libtov.3 >"$work/b"
    same "$work/a" "$work/b" man/libtov.3
}

# "section key", of the table in the parser, the page and the example.
keys() {
    sed -n 's/^    {"\([a-z]*\)", "\([a-z-]*\)", CONFIG_.*/\1 \2/p' daemon/config/config*.c >"$work/a"
    awk '/^\.Ss Section / { section = $3 } /^\.It Cm / { print section " " $3 }' man/tovd.conf.5 \
        >"$work/b"
    same "$work/a" "$work/b" man/tovd.conf.5
    sed -n 's/^\[\([a-z]*\)\]$/\1/p
        s/^#\{0,1\}\([a-z-]*\) = .*/ \1/p' systemd/tovd.conf.example systemd/gateway.conf.example |
        awk '/^ / { print section $0; next } { section = $0 }' >"$work/b"
    same "$work/a" "$work/b" systemd/tovd.conf.example
}

# "code meaning" of the first table, and of the list.
exit_codes() {
    awk -F ' [|] ' '/^[|] role [|]|^[|] code [|] role/ { exit }
        /^[|] [0-9]+ [|]/ { sub(/^[|] /, "", $1); print $1 " " $2 }' docs/exit-codes.md >"$work/a"
    awk '/^\.It [0-9]+$/ { code = $2; getline; print code " " $0 }' man/tovd.8 >"$work/b"
    same "$work/a" "$work/b" man/tovd.8
}

# "command --option", without those that every command with keys has.
keys_commands() {
    program=$BUILD/bin/tov-keys
    [ -x "$program" ] || return 0
    "$program" --help | awk '$1 == "tov-keys" && $2 ~ /^[a-z]/ {
        print $2
        for (i = 3; i <= NF; i++) {
            gsub(/[][]/, "", $i)
            if ($i ~ /^--/ && $i !~ /^--(passphrase-file|passphrase-fd|plain|kdf-kib|kdf-passes)$/)
                print $2 " " $i
        }
    }' >"$work/a"
    awk '/^\.Ss / { exit }
        /^\.It Cm / {
            print $3
            for (i = 4; i < NF; i++)
                if ($i == "Fl" && $(i + 1) == "Fl")
                    print $3 " --" $(i + 2)
        }' man/tov-keys.1 >"$work/b"
    same "$work/a" "$work/b" man/tov-keys.1
}

{
    well_formed
    functions
    keys
    exit_codes
    keys_commands
} >"$work/findings"
cat "$work/findings"
verdict manuals "$(wc -l <"$work/findings")"
