#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# sizes.sh ROOT [--print]: functions of at most 60 lines, files of 700, 5 parameters; what is larger
# stands in tests/lint/outliers with its size, and that list may only shrink: an entry that got
# larger, or is not needed any more, is a finding too. --print shows the list as it would be now.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
list=${TOV_LINT_OUTLIERS:-$here/outliers}

measured=$(mktemp)
trap 'rm -f "$measured"' EXIT
sources '*.c' '*.h' | (cd "$ROOT" && xargs -r awk -v max_function=60 -v max_file=700 \
    -v max_parameters=5 -f "$here/sizes.awk") | sort >"$measured"
if [ "${2:-}" = --print ]; then
    cat "$measured"
    exit 0
fi
findings=$(grep -v -e '^#' -e '^$' "$list" | awk -v measured="$measured" '
    { allowed[$1 " " $2] = $3 }
    END {
        while ((getline line <measured) > 0) {
            split(line, word, " ")
            key = word[1] " " word[2]
            now[key] = word[3]
            if (!(key in allowed))
                print key ": " word[3] ", too large: split it (docs/building.md, Sizes)"
            else if (word[3] + 0 > allowed[key] + 0)
                print key ": grew from " allowed[key] " to " word[3]
        }
        for (key in allowed)
            if (!(key in now))
                print key ": not an outlier any more: take it off tests/lint/outliers"
            else if (now[key] + 0 < allowed[key] + 0)
                print key ": shrank to " now[key] ": say so in tests/lint/outliers"
    }')
[ -z "$findings" ] || echo "$findings"
verdict sizes "$(printf '%s' "${findings:+$findings
}" | wc -l)"
