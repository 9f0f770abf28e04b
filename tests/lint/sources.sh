# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=sh
# Which files the lint tests look at; read by each of them with `.`, after ROOT is set.
# Not for: generated code, which stands in the build tree only.

code_folders="bench client daemon include keys proto tests"

# sources PATTERN...: paths below ROOT whose names fit one of the shell patterns, sorted.
sources() {
    (
        cd "$ROOT" || exit 2
        folders=
        for folder in $code_folders; do
            [ ! -d "$folder" ] || folders="$folders $folder"
        done
        names="-name $1"
        shift
        for pattern in "$@"; do
            names="$names -o -name $pattern"
        done
        set -f
        # shellcheck disable=SC2086 # words by intent, patterns not expanded
        find $folders -type f '(' $names ')' | LC_ALL=C sort
    )
}

# verdict WHAT COUNT: the closing line of a lint test, and its exit code.
verdict() {
    if [ "$2" -ne 0 ]; then
        echo "$1: $2 findings"
        exit 1
    fi
    echo "$1: no findings"
}
