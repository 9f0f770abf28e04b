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

# Lines "file:line:header:kind", kind q (quotes) or a (angle brackets).
includes() {
    cd "$ROOT"
    sources '*.c' '*.h' | (cd "$ROOT" && xargs -r awk '
        match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]/) {
            text = substr($0, RSTART, RLENGTH)
            kind = text ~ /"$/ ? "q" : "a"
            sub(/^[^<"]*[<"]/, "", text)
            sub(/[>"]$/, "", text)
            print FILENAME ":" FNR ":" text ":" kind
        }')
}

folder_may_include() { # FOLDER WANTED
    case "/$1" in */"$2") return 0 ;; esac
    grep -qxF -e "$2" "$ROOT/$1/.may_include" 2>/dev/null
}

check_project_header() { # FILE LINE HEADER
    folder=$(dirname "$1")
    case $3 in
    ../* | */../*) echo "$1:$2: \"$3\": say the path from the include root, without .." ;;
    */*)
        wanted=$(dirname "$3")
        folder_may_include "$folder" "$wanted" ||
            echo "$1:$2: \"$3\": $folder/.may_include does not name $wanted"
        ;;
    *) check_library_header "$1" "$2" "$3" ;;
    esac
}

# The first row of the table whose pattern fits the header decides; its other words are the folders
# that may include it (patterns); a row without a folder forbids the header everywhere.
check_library_header() { # FILE LINE HEADER
    while read -r pattern homes; do
        case $pattern in '' | '#'*) continue ;; esac
        # shellcheck disable=SC2254 # the table holds patterns
        case $3 in $pattern) ;; *) continue ;; esac
        set -f
        for home in $homes; do
            # shellcheck disable=SC2254
            case $1 in $home/*) set +f && return 0 ;; esac
        done
        set +f
        echo "$1:$2: $3 has its home in: ${homes:-nowhere} (tests/lint/libraries)"
        return 0
    done <"$table"
    case $3 in */*) ;; *) [ -f "$ROOT/$(dirname "$1")/$3" ] && return 0 ;; esac
    echo "$1:$2: $3 stands in no row of tests/lint/libraries: give it a home"
}

findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
for folder in $(sources '*.c' '*.h' | xargs -r -n 1 dirname | sort -u); do
    [ -f "$ROOT/$folder/.may_include" ] || echo "$folder: no .may_include" >>"$findings"
done
includes | while IFS=: read -r file line header kind; do
    if [ "$kind" = q ] || [ "${header#tov/}" != "$header" ]; then
        check_project_header "$file" "$line" "$header"
    else
        check_library_header "$file" "$line" "$header"
    fi
done >>"$findings"
cat "$findings"
verdict layers "$(wc -l <"$findings")"
