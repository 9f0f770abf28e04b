#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# refusals.sh ROOT: every sentence in which the node refuses something to a client (tov_fail or API_TOLD
# in daemon/core/api) stands in client/cli/refusals.c too, so that it has a translation; and no other.
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
        sed -e 's/%[lz]*[du]/%s/g' -e '/^%s$/d' | LC_ALL=C sort -u
}
texts "--keyword=tov_fail:3 --keyword=API_TOLD" daemon/core/api/*.c |
    { grep -vxF "$untold" || true; } >"$work/sent"
texts "--keyword=N_" client/cli/refusals.c >"$work/known"
{
    comm -23 "$work/sent" "$work/known" | sed 's/^/client\/cli\/refusals.c lacks what the node says: /'
    comm -13 "$work/sent" "$work/known" | sed 's/^/client\/cli\/refusals.c has what no node says: /'
} >"$work/findings"
cat "$work/findings"
verdict refusals "$(wc -l <"$work/findings")"
