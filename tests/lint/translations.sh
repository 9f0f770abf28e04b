#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# translations.sh ROOT: every file with texts for people stands in po/POTFILES, and po/da.po has each
# of their texts, none of them empty, fuzzy or left over. To mend: ninja po-update, then translate.
set -eu
ROOT=$(cd "${1:-.}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lint/sources.sh
. "$here/sources.sh"
# shellcheck disable=SC2034 # read by sources()
code_folders="client daemon keys proto"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$ROOT"

grep -v '^#' po/POTFILES | LC_ALL=C sort >"$work/listed" || true
sources '*.c' '*.h' | xargs -r grep -lE '(^|[^A-Za-z0-9_])((NP?)?_|ngettext)\("' |
    LC_ALL=C sort >"$work/found" || true
{
    comm -23 "$work/found" "$work/listed" | sed 's/$/: has texts, but po\/POTFILES lacks it/'
    comm -13 "$work/found" "$work/listed" | sed 's/$/: in po\/POTFILES, but has no texts/'
} >"$work/findings"

if [ ! -s "$work/findings" ]; then
    po/extract "$ROOT" "$work/tov.pot"
    for po in po/*.po; do
        msgmerge --quiet --force-po --no-fuzzy-matching --output-file="$work/merged.po" "$po" "$work/tov.pot"
        msgattrib --no-obsolete --untranslated "$work/merged.po" | sed -n 's/^msgid "\(..*\)"$/\1/p' |
            sed "s|^|$po: not translated: |"
        msgattrib --no-obsolete --only-fuzzy "$work/merged.po" | sed -n 's/^msgid "\(..*\)"$/\1/p' |
            sed "s|^|$po: fuzzy: |"
        msgattrib --only-obsolete "$work/merged.po" | sed -n 's/^#~ msgid "\(..*\)"$/\1/p' |
            sed "s|^|$po: no longer in the sources: |"
    done >>"$work/findings"
fi
cat "$work/findings"
verdict translations "$(wc -l <"$work/findings")"
