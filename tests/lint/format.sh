#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# format.sh ROOT: clang-format would change nothing. To mend: clang-format -i FILE.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
formatter=${CLANG_FORMAT:-clang-format}
if ! command -v "$formatter" >/dev/null; then
    echo "format: skipped, no $formatter"
    exit 77
fi
findings=$(sources '*.c' '*.h' | (cd "$ROOT" && xargs -r "$formatter" --dry-run 2>&1) |
    sed -n 's/^\([^ :]*\):\([0-9]*\):[0-9]*: warning: .*clang-format.*/\1:\2: not formatted/p' |
    sort -t : -k 1,1 -u)
[ -z "$findings" ] || echo "$findings"
verdict format "$(printf '%s' "${findings:+$findings
}" | wc -l)"
