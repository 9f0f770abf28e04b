# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# What the demo shows: numbered headings, one line for each thing that happened, one line for an
# error. Colours only on a terminal. Not for: doing anything. Sourced by scripts/demo.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi
step_number=0

# step HEADING
step() {
    step_number=$((step_number + 1))
    printf '\n%s%2d  %s%s\n' "$bold" "$step_number" "$1" "$plain"
}

# say TEXT: what it is about.
say() {
    printf '    %s%s%s\n' "$dim" "$*" "$plain"
}

# seen TEXT: something that was checked and is so.
seen() {
    printf '    %s✓%s %s\n' "$green" "$plain" "$*"
}

# show: standard input, set in.
show() {
    sed 's/^/    │ /'
}

# give_up WHAT LOG: one line, and the end.
give_up() {
    gave_up=yes
    printf '\n%sDemoen stoppede:%s %s\n    Se %s\n' "$red" "$plain" "$1" "$2" >&2
    exit 1
}
