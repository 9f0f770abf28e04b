#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# documents.sh ROOT: what docs/libtov.md shows and states is what the sources say. Each piece of C is
# a part of a program in client/examples, word for word; the table of errors has every code of
# include/tov/error.h with its number and meaning; limits have the values of their constants.
set -eu
ROOT=${1:-.}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
document=docs/libtov.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$ROOT"

# Every block of C, one after another, looked for in all examples at once.
pieces() {
    cat client/examples/*.c >"$work/examples"
    awk -v document="$document" '
        FILENAME ~ /examples$/ { text = text $0 "\n"; next }
        /^```c$/ { inside = 1; first = FNR; piece = ""; next }
        inside && /^```$/ {
            if (index(text, "\n" piece) == 0)
                print document ":" first ": this piece of C stands in no program of client/examples"
            inside = 0
            count++
            next
        }
        inside { piece = piece $0 "\n" }
        END { if (count == 0) print document ": no piece of C was found" }' "$work/examples" "$document"
}

# "NAME | number | meaning" of the header and of the document; two lists that must be one.
errors() {
    sed -n 's|^ *\(TOV_E_[A-Z_]*\) = \([0-9]*\),* */\* \(.*\) \*/$|\1 \2 \3|p' include/tov/error.h \
        >"$work/header"
    sed -n 's/^| `\(TOV_E_[A-Z_]*\)` | \([0-9]*\) | \(.*\) | [^|][^|]* |$/\1 \2 \3/p' "$document" \
        >"$work/table"
    test -s "$work/header" || echo "include/tov/error.h: no code was found"
    diff "$work/header" "$work/table" |
        sed -n "s|^< |$document: the table of errors lacks, or says otherwise: |p
            s|^> |$document: include/tov/error.h does not say: |p"
}

# Lines: constant, file, the row's first words. A row that does not have the value is found.
limits() {
    while read -r constant file what; do
        value=$(sed -n "s/^#define $constant  *\([0-9][0-9]*\)[ul]*.*/\1/p" "$file")
        [ -n "$value" ] || value="(no $constant in $file)"
        row=$(grep "^| $what" "$document" || true)
        case " $row " in
        *" $value "*) ;;
        *) echo "$document: limit \"$what\": $constant is $value" ;;
        esac
    done <<'LIMITS'
TOV_FRAME_MAX_BYTES proto/base/limits.h one request or answer
TOV_INLINE_MAX_BYTES proto/base/limits.h header and content
TOV_ATTACHMENTS_MAX proto/base/limits.h attachments of a message
TOV_ATTACHMENT_MAX_BYTES proto/base/limits.h data of one attachment
TOV_RECIPIENTS_MAX proto/base/limits.h recipients of a message
TOV_LIST_MAX include/tov/receive.h messages in one page
JSON_TEXT_MAX_BYTES client/lib/json.h JSON
TOV_JSON_DEPTH_MAX proto/base/limits.h JSON
TOV_IDEMPOTENCY_KEY_MIN include/tov/draft.h idempotency key
TOV_IDEMPOTENCY_KEY_MAX include/tov/draft.h idempotency key
WATCH_NAME_MAX_BYTES client/lib/watch.h name of a subscription
WATCHES_MAX client/lib/connection.h open subscriptions
TOV_API_WATCHES_MAX daemon/core/api/api_internal.h open subscriptions
TOV_API_CONNECTIONS_OF_KEY_MAX daemon/core/api/api_internal.h connections of one key
TOV_API_UPLOADS_MAX daemon/core/api/api_internal.h uploads under way
LIMITS
}

{
    pieces
    errors
    limits
} >"$work/findings"
cat "$work/findings"
verdict documents "$(wc -l <"$work/findings")"
