#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# headers.sh ROOT BUILD: every header compiles alone; the public ones as C11 and as C++17.
# BUILD holds generated headers.
set -eu
ROOT=$(cd "${1:-.}" && pwd)
BUILD=${2:-$ROOT/build/dev}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
strict="-Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only"
cc=${CC:-cc}
cxx=${CXX:-c++}

FINDINGS=$(mktemp)
trap 'rm -f "$FINDINGS" "$FINDINGS".*' EXIT
export FINDINGS

# each_header COMPILER FLAG...: compiles every header named on standard input, two at a time; each
# is included twice, to see that its guard works.
each_header() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    xargs -r -P 2 -I '{}' sh -c '
        header=$1
        shift
        printf "#include \"%s\"\n#include \"%s\"\nextern int tov_header_is_alone;\n" \
            "$header" "$header" | "$@" - || echo "$header: not alone: $*" >>"$FINDINGS"' \
        compile '{}' "$@"
}

public=$(sources '*.h' | grep '^include/tov/' || true)
internal=$(sources '*.h' | grep -v '^include/tov/' || true)
# A public header names <tov/...> and the C library, nothing of ours and no library's types.
# shellcheck disable=SC2086
{
    cd "$ROOT"
    printf '%s' "${public:+$public
}" | each_header $cc -std=c11 $strict -I include -I . -x c
    printf '%s' "${public:+$public
}" | each_header $cxx -std=c++17 $strict -I include -I . -x c++
    printf '%s' "${internal:+$internal
}" | each_header $cc -std=gnu11 -D_GNU_SOURCE $strict -I . -I proto -I daemon/core -I daemon \
        -I client -I keys -I tests -I include -I "$BUILD/proto/wire" -x c
}
cat "$FINDINGS"
verdict headers "$(wc -l <"$FINDINGS")"
