#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# layers.sh ROOT: a file includes only its own folder, the folders that .may_include beside it
# names, and library headers whose home (tests/lint/libraries) holds it.
# Not for tests/: a test may include anything.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
# shellcheck disable=SC2034 # read by sources()
code_folders="client daemon include keys proto"
table=${TOV_LINT_LIBRARIES:-$here/libraries}

findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
{
    sources '*.c' '*.h' | sed 's|/[^/]*$||' | sort -u | while read -r folder; do
        [ -f "$ROOT/$folder/.may_include" ] || echo "$folder: no .may_include"
    done
    sources '*.c' '*.h' | (cd "$ROOT" && xargs -r awk -v TABLE="$table" -f "$here/layers.awk")
} >"$findings"
cat "$findings"
verdict layers "$(wc -l <"$findings")"
