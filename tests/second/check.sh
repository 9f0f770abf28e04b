#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# check.sh WORD...: check.py with Debian's Python, which has Debian's python3-cryptography; exit code
# 77 when one of them is absent, and 1 where nothing may be skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=/usr/bin/python3
if ! "$python" -c 'import cryptography' 2>/dev/null; then
    echo "skipped: the second reader needs the package python3-cryptography"
    [ -z "${CI-}${TOV_NO_SKIP-}" ] || exit 1
    exit 77
fi
exec "$python" -B "$here/check.py" "$@"
