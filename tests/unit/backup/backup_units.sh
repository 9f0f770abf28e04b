#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# The shipped backup unit and its timer: understood by systemd, exposed at most 1.5 of 10, and shut
# off from what never comes into a backup. Exit 77: no systemd-analyze here.
set -eu
unit=systemd/tov-backup.service
command -v systemd-analyze >/dev/null || exit 77

score=$(systemd-analyze security --offline=true --threshold=15 --no-pager "$unit" | tail -1)
echo "$score"

# Negative control: without its hardening the same unit must fail the same threshold.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep -v -e '^Protect' -e '^Private' -e '^Restrict' -e '^SystemCall' -e '^Capab' "$unit" \
    >"$work/tov-backup.service"
if systemd-analyze security --offline=true --threshold=15 --no-pager "$work/tov-backup.service" \
    >/dev/null; then
    echo "the threshold lets a unit without hardening pass" >&2
    exit 1
fi

for needed in 'InaccessiblePaths=-/var/lib/tov/guard -/etc/tov/keys' 'User=tov' 'Type=oneshot' \
    'PrivateNetwork=yes'; do
    grep -qx -- "$needed" "$unit" || { echo "missing: $needed" >&2; exit 1; }
done
systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' systemd/tov-backup.timer)" >/dev/null
# What the unit would run: %% is one percent sign to systemd.
words=$(sed -n "s/^ExecStart=.bin.sh -c '\(.*\)'\$/\1/p" "$unit" | sed 's/%%/%/g; s/exec [^ ]*/echo/')
case $(sh -c "$words") in
"backup --config /etc/tov/tovd.conf /var/backups/tov/20"[0-9][0-9]-*Z) ;;
*)
    echo "the command is not what it should be: $words" >&2
    exit 1
    ;;
esac
