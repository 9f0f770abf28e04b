#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# packages.sh ROOT: docs/dependencies.md gives a reason for each package of scripts/packages, and
# names no other one in its table.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -v '^#' "$ROOT/scripts/packages" | LC_ALL=C sort >"$work/listed"
sed -n 's/^| `\([a-z0-9.+-]*\)` |.*/\1/p' "$ROOT/docs/dependencies.md" | LC_ALL=C sort >"$work/told"
{
    comm -23 "$work/listed" "$work/told" | sed 's/$/: no reason in docs\/dependencies.md/'
    comm -13 "$work/listed" "$work/told" | sed 's/$/: in docs\/dependencies.md, not in scripts\/packages/'
} >"$work/findings"
cat "$work/findings"
verdict packages "$(wc -l <"$work/findings")"
