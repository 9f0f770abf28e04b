#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# refusals.sh ROOT: what one program says in English and another retells has a translation there.
# - every sentence in which the node refuses something to a client (tov_fail or API_TOLD in
#   daemon/core/api) stands in client/cli/refusals.c, and no other does;
# - so does what is wrong with notes, checkpoints and rosters in client/audit/why.c.
# To mend: put it there with "%s" for what is different each time, then ninja po-update.
set -eu
ROOT=$(cd "${1:-.}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$ROOT"

# Said to the operator when the node begins, and to no client.
untold='what clients need of the store cannot be read'

# texts KEYWORDS FILE...: one a line, sorted, with "%s" for each value.
texts() {
    keywords=$1
    shift
    # shellcheck disable=SC2086 # one word a keyword
    xgettext --language=C --from-code=UTF-8 --keyword $keywords --no-location --no-wrap \
        --output=- "$@" | sed -n 's/^msgid "\(..*\)"$/\1/p' |
        sed -e 's/%[-0-9.*]*[lz]*[duxs]/%s/g' -e '/^%s$/d' | LC_ALL=C sort -u
}
# compare FILE WHO: $work/sent with the sentences of FILE, of which others are WHO's.
compare() {
    texts "--keyword=N_" "$1" >"$work/known"
    comm -23 "$work/sent" "$work/known" | sed "s|^|$1 lacks what $2 says: |"
    comm -13 "$work/sent" "$work/known" | sed "s|^|$1 has what nobody says: |"
}

texts "--keyword=tov_fail:3 --keyword=API_TOLD" daemon/core/api/*.c |
    { grep -vxF "$untold" || true; } >"$work/sent"
compare client/cli/refusals.c "the node" >"$work/findings"

if [ -f client/audit/why.c ]; then
    {
        texts "--keyword=tov_fail:3 --keyword=tov_lines_fail:3 --keyword=fail_line:3" \
            proto/merkle/checkpoint.c proto/merkle/note.c proto/merkle/vkey.c \
            proto/roster/lines.c proto/roster/roster_parse.c proto/roster/roster_trust.c
        # What stands before another sentence, and the program's own mark.
        printf '%s\n' 'by the old root keys: %s' 'by the new root keys: %s' '(in English: %s)'
    } | LC_ALL=C sort -u >"$work/sent"
    compare client/audit/why.c proto >>"$work/findings"
fi
cat "$work/findings"
verdict refusals "$(wc -l <"$work/findings")"
