#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# words.sh ROOT: every source names its licence in the first lines; no function or word that
# tests/lint/banned lists; no blank at a line's end and no tabulator in C.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
code_folders="$code_folders cmake po scripts systemd .ci"
banned=${TOV_LINT_BANNED:-$here/banned}

unlicensed() {
    { sources '*.c' '*.h' '*.proto' '*.cmake' '*.sh' '*.awk' '*.go' '*.py' '*.po' CMakeLists.txt
        (cd "$ROOT" && grep -rIl '^#!' $code_folders 2>/dev/null || true); } | sort -u |
        while read -r file; do
            head -n 4 "$ROOT/$file" | grep -q 'SPDX-License-Identifier: EUPL-1.2' ||
                echo "$file: no SPDX-License-Identifier: EUPL-1.2 in its first lines"
        done
}

# Rows of the table: kind (call or word), the word, the reason.
forbidden() {
    grep -v -e '^#' -e '^$' "$banned" | while read -r kind word reason; do
        case $kind in
        call) pattern="(^|[^A-Za-z0-9_])$word *\\(" ;;
        word) pattern="(^|[^A-Za-z0-9_])$word([^A-Za-z0-9_]|\$)" ;;
        esac
        sources '*.c' '*.h' '*.proto' '*.cmake' '*.go' CMakeLists.txt |
            (cd "$ROOT" && xargs -r grep -nHE -e "$pattern" || true) |
            awk -F : -v w="$word" -v r="$reason" '{ print $1 ":" $2 ": " w ": " r }'
    done
}

blanks() {
    sources '*.c' '*.h' '*.proto' '*.cmake' '*.sh' CMakeLists.txt |
        (cd "$ROOT" && xargs -r grep -nHE '[[:blank:]]+$' || true) |
        awk -F : '{ print $1 ":" $2 ": blank at the end of the line" }'
    sources '*.c' '*.h' '*.proto' |
        (cd "$ROOT" && xargs -r grep -nH "$(printf '\t')" || true) |
        awk -F : '{ print $1 ":" $2 ": tabulator" }'
}

findings=$(unlicensed && forbidden && blanks)
[ -z "$findings" ] || echo "$findings"
verdict words "$(printf '%s' "${findings:+$findings
}" | wc -l)"
