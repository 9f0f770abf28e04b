#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# A whole ceremony with the real program: root keys, agencies, roster, signatures, a second version,
# clients, the demo federation; and what must be refused on the way.
# Usage: ceremony.sh TOV-KEYS
set -eu
keys=$1
dir=$(mktemp -d /tmp/tov-ceremony-XXXXXX)
trap 'rm -rf "$dir"' EXIT
failures=0

# expect CODE SENTENCE COMMAND...: runs it, output in $dir/out and $dir/err.
expect() {
    code=$1 what=$2
    shift 2
    got=0
    "$@" >"$dir/out" 2>"$dir/err" </dev/null || got=$?
    if [ "$got" -ne "$code" ]; then
        echo "FAILED: $what: exit $got, expected $code: $(cat "$dir/err")"
        failures=$((failures + 1))
    else
        echo "ok: $what"
    fi
}
says() {
    if grep -q -- "$1" "$dir/out" "$dir/err"; then
        return
    fi
    echo "FAILED: output lacks \"$1\": $(cat "$dir/out" "$dir/err")"
    failures=$((failures + 1))
}

umask 077
echo "correct horse" >"$dir/phrase"
echo "wrong" >"$dir/wrong"
pass="--passphrase-file $dir/phrase --kdf-kib 8 --kdf-passes 1"
fed="--federation prove"

expect 2 "no command is wrong use" "$keys"
expect 0 "help lists the exit codes" "$keys" --help
says "Exit codes"
expect 2 "an unknown option is wrong use" "$keys" root-new --colour blue
expect 2 "a missing option is wrong use" "$keys" root-new $fed

for holder in a b c; do
    expect 0 "root key $holder" "$keys" root-new $fed --holder $holder --out "$dir/$holder.key" $pass
done
expect 4 "a root key is not overwritten" "$keys" root-new $fed --holder a --out "$dir/a.key" $pass
expect 2 "a bad holder name" "$keys" root-new $fed --holder 'A B' --out "$dir/x.key" $pass
if grep -q '^secret' "$dir/a.key"; then
    echo "FAILED: a root key stands in clear"
    failures=$((failures + 1))
fi
[ "$(stat -c %a "$dir/a.key")" = 600 ]
expect 0 "roots file" "$keys" roots-new $fed --threshold 2 --out "$dir/roots" \
    "$dir/a.key.pub" "$dir/b.key.pub" "$dir/c.key.pub"
expect 3 "a threshold above the keys" "$keys" roots-new $fed --threshold 3 --out "$dir/roots3" \
    "$dir/a.key.pub" "$dir/b.key.pub"
expect 3 "one root key counted twice" "$keys" roots-new $fed --threshold 2 --out "$dir/roots2" \
    "$dir/a.key.pub" "$dir/a.key.pub"

number=1
for agency in nord syd; do
    expect 0 "agency $agency" "$keys" agency-new $fed --agency $agency --number $number \
        --dir "$dir/$agency" $pass
    number=$((number + 1))
done
expect 4 "an agency's keys are not overwritten" "$keys" agency-new $fed --agency nord --number 1 \
    --dir "$dir/nord" $pass
for name in ledger journal witness; do
    [ -s "$dir/nord/guard/$name.state" ]
    [ "$(stat -c %a "$dir/nord/guard/$name.state")" = 600 ]
done

agency_text() { # NUMBER NAME CVR KEEPER
    printf 'agency %s %s\n  title %s\n  cvr %s\n  regime GDPR\n  keys\n' "$1" "$2" "$2" "$3"
    printf '  keepers %s\n  unit vagt\n    title Vagten\n    roles sagsbehandler\n' "$4"
}
recipe() { # VALID-UNTIL
    printf 'tov-roster-recipe v1\n# by hand\nfederation prove\nvalid-until %s\n' "$1"
    printf 'catalogue 1\ncalendar 1\nwitness-policy two-thirds\n\n'
    agency_text 1 nord 00000094 syd
    agency_text 2 syd 00000108 nord
}
recipe 2031-01-01T00:00:00Z >"$dir/recipe"
cards="$dir/nord/agency.card $dir/syd/agency.card"
new="$keys roster-new --roots $dir/roots"
# shellcheck disable=SC2086 # lists of arguments
{
    expect 0 "a roster from a recipe" $new --recipe "$dir/recipe" --out "$dir/roster" $cards
    expect 3 "a card is missing" $new --recipe "$dir/recipe" --out "$dir/r2" "$dir/nord/agency.card"
    says "recipe line"
    sed 's/00000108/00000109/' "$dir/recipe" >"$dir/bad"
    expect 3 "a bad CVR names the recipe's line" $new --recipe "$dir/bad" --out "$dir/r2" $cards
    says "recipe line 20 makes roster line .*, cvr"
    sed 's/^transport.*/&\nendpoint tcp:\/\/evil:1/' "$dir/syd/agency.card" >"$dir/evil.card"
    expect 3 "a card cannot bring in an endpoint" $new --recipe "$dir/recipe" --out "$dir/r2" \
        "$dir/nord/agency.card" "$dir/evil.card"
}

check="$keys roster-check --roots $dir/roots"
sign="$keys roster-sign --passphrase-file $dir/phrase"
# shellcheck disable=SC2086
{
    expect 3 "an unsigned roster is not trusted" $check "$dir/roster"
    says "not signed"
    expect 2 "nothing is signed unasked without a terminal" setsid $sign --key "$dir/a.key" \
        "$dir/roster"
    expect 3 "a wrong passphrase" "$keys" roster-sign --passphrase-file "$dir/wrong" \
        --key "$dir/a.key" --yes "$dir/roster"
    says "wrong passphrase"
    expect 3 "an agency's key is no root key" $sign --key "$dir/nord/keys/ledger.key" --yes \
        "$dir/roster"
    says "a ledger key, but a root key is needed"
    expect 0 "the first signature" $sign --key "$dir/a.key" --yes "$dir/roster"
    says "Agency 1, nord"
    expect 3 "one signature is below the threshold" $check "$dir/roster"
    says "signed by 1 of the 2"
    expect 4 "one key signs once" $sign --key "$dir/a.key" --yes "$dir/roster"
    expect 0 "the second signature" $sign --key "$dir/b.key" --yes "$dir/roster"
    expect 0 "the roster is trusted" $check "$dir/roster"
    says "good: prove, version 1"
    chmod 644 "$dir/c.key"
    expect 3 "a key that others can read" $sign --key "$dir/c.key" --yes "$dir/roster"
    says "chmod 600"
    chmod 600 "$dir/c.key"
}

recipe 2032-01-01T00:00:00Z >"$dir/recipe"
# shellcheck disable=SC2086
{
    expect 0 "a second version" $new --recipe "$dir/recipe" --previous "$dir/roster" \
        --out "$dir/roster.2" $cards
    expect 2 "a change is signed against what it changes" $sign --key "$dir/a.key" --yes \
        "$dir/roster.2"
    expect 0 "a signs the change" $sign --key "$dir/a.key" --previous "$dir/roster" --yes \
        "$dir/roster.2"
    says "no agency is changed"
    expect 3 "the change is below the threshold" $check --previous "$dir/roster" "$dir/roster.2"
    expect 0 "c signs the change" $sign --key "$dir/c.key" --previous "$dir/roster" --yes \
        "$dir/roster.2"
    expect 0 "the change is trusted" $check --previous "$dir/roster" "$dir/roster.2"
    expect 0 "roster-show says what it says" "$keys" roster-show --previous "$dir/roster" \
        "$dir/roster.2"
    says "Roster of the federation prove, version 2"
}

# shellcheck disable=SC2086
{
    add="$keys client-add --registry $dir/clients --roster $dir/roster"
    for name in mette ole; do
        expect 0 "client $name" "$keys" client-new $fed --agency nord --name $name --kind person \
            --out "$dir/$name.key" $pass
    done
    expect 0 "mette is registered" $add --roles sagsbehandler --units vagt "$dir/mette.key.pub"
    expect 3 "nobody is registered twice" $add --roles sagsbehandler --units vagt \
        "$dir/mette.key.pub"
    expect 3 "a unit that is not" $add --roles sagsbehandler --units ingen "$dir/ole.key.pub"
    expect 3 "a role that the unit has not" $add --roles mentor --units vagt "$dir/ole.key.pub"
    expect 2 "a role that is none" $add --roles konge --units vagt "$dir/ole.key.pub"
    expect 0 "ole is registered" $add --roles auditor "$dir/ole.key.pub"
    [ "$(grep -c '^client ' "$dir/clients")" = 2 ]
}

root=$(printf '%032d' 0 | base64)
# shellcheck disable=SC2086
{
    expect 0 "a statement for a guard" "$keys" statement-new --origin prove/nord/1 --tree ledger \
        --number 1 --size 7 --root "$root" --out "$dir/statement"
    for holder in a b; do
        expect 0 "$holder signs the statement" "$keys" statement-sign --roots "$dir/roots" \
            --passphrase-file "$dir/phrase" --key "$dir/$holder.key" --yes "$dir/statement"
    done
    says "goes on from size 7"
    expect 3 "a roster is no statement" "$keys" statement-sign --roots "$dir/roots" \
        --passphrase-file "$dir/phrase" --key "$dir/a.key" --yes "$dir/roster"
}

expect 0 "the demo federation" "$keys" demo-federation --base-port 20000 "$dir/demo"
expect 0 "its roster is trusted" "$keys" roster-check --roots "$dir/demo/roots" "$dir/demo/roster"
expect 4 "it is not made over another" "$keys" demo-federation "$dir/demo"
for agency in kk kbh-pol krfo; do
    [ "$(ls "$dir/demo/nodes/$agency/keys" | wc -l)" = 7 ]
    [ "$(grep -c '^client ' "$dir/demo/nodes/$agency/clients")" = 2 ]
    [ -f "$dir/demo/clients/$agency/caseworker.key" ] && [ -f "$dir/demo/clients/$agency/auditor.key" ]
done
grep -q 'endpoint tcp://127.0.0.1:20002' "$dir/demo/roster"
[ -z "$(find "$dir/demo" -name '*.key' ! -perm 600)" ]
sed 's/infohus-demo/infohus/' keys/infohus-demo.recipe >"$dir/real.recipe"
expect 3 "keys in clear are for federations named -demo" "$keys" demo-federation \
    --recipe "$dir/real.recipe" "$dir/real"

[ "$failures" = 0 ] && echo "the ceremony held"
