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
        # shellcheck disable=SC2086 # words
        (cd "$ROOT" && grep -rIl '^#!' $code_folders 2>/dev/null || true); } | sort -u |
        (cd "$ROOT" && xargs -r awk '
            FNR == 1 { finish(); file = FILENAME; licensed = 0 }
            FNR <= 4 && /SPDX-License-Identifier: EUPL-1\.2/ { licensed = 1 }
            END { finish() }
            function finish() {
                if (file != "" && !licensed)
                    print file ": no SPDX-License-Identifier: EUPL-1.2 in its first lines"
            }')
}

# Rows of the table: kind (call or word), the word, the reason.
forbidden() {
    sources '*.c' '*.h' '*.proto' '*.cmake' '*.go' CMakeLists.txt |
        (cd "$ROOT" && xargs -r awk -v table="$banned" '
            BEGIN {
                while ((getline row <table) > 0) {
                    if (row ~ /^#/ || row !~ / /) continue
                    split(row, part, " ")
                    word[++count] = part[2]
                    reason[count] = substr(row, length(part[1] part[2]) + 3)
                    end = part[1] == "call" ? " *[(]" : "([^A-Za-z0-9_]|$)"
                    pattern[count] = "(^|[^A-Za-z0-9_])" part[2] end
                    all = all (count > 1 ? "|" : "") part[2]
                }
            }
            $0 ~ all {
                for (i = 1; i <= count; i++)
                    if ($0 ~ pattern[i])
                        print FILENAME ":" FNR ": " word[i] ": " reason[i]
            }')
}

blanks() {
    sources '*.c' '*.h' '*.proto' '*.cmake' '*.sh' CMakeLists.txt |
        (cd "$ROOT" && xargs -r awk '
            /[ \t]$/ { print FILENAME ":" FNR ": blank at the end of the line" }
            /\t/ && FILENAME ~ /\.(c|h|proto)$/ { print FILENAME ":" FNR ": tabulator" }')
}

findings=$(unlicensed && forbidden && blanks)
[ -z "$findings" ] || echo "$findings"
verdict words "$(printf '%s' "${findings:+$findings
}" | wc -l)"
