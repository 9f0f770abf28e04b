# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=sh
# Which files the lint tests look at; read by each of them with `.`, after ROOT is set.
# Not for: generated code, which stands in the build tree only.

code_folders="bench client daemon include keys proto tests"

# sources PATTERN...: paths below ROOT that fit one of the shell patterns, sorted.
sources() {
    (
        cd "$ROOT" || exit 2
        for pattern in "$@"; do
            for folder in $code_folders; do
                [ -d "$folder" ] && find "$folder" -name "$pattern" -type f
            done
        done | sort -u
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
