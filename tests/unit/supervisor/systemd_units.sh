#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# The shipped unit: understood by systemd, exposed at most 1.5 of 10, and it lets libzmq live.
# Exit 77: no systemd-analyze here. The argument is the source folder's root, or the working folder.
set -eu
unit=systemd/tovd.service
command -v systemd-analyze >/dev/null || exit 77

score=$(systemd-analyze security --offline=true --threshold=15 --no-pager "$unit" | tail -1)
echo "$score"

# Negative control: without its hardening the same unit must fail the same threshold.
weak=$(mktemp -d)
trap 'rm -rf "$weak"' EXIT
grep -v -e '^Protect' -e '^Private' -e '^Restrict' -e '^SystemCall' -e '^Capab' "$unit" \
    >"$weak/tovd.service"
if systemd-analyze security --offline=true --threshold=15 --no-pager "$weak/tovd.service" \
    >/dev/null; then
    echo "the threshold lets a unit without hardening pass" >&2
    exit 1
fi

# What libzmq 4.3.4 aborts without, and what must never come from a restart loop.
for needed in 'AF_NETLINK' 'SystemCallFilter=sched_setscheduler' \
    'SystemCallFilter=seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self' 'WatchdogSec=' 'MemoryMax=' \
    'RestartPreventExitStatus=2 10 11 12 14 15 16 17 18 19 20'; do
    grep -q "^[A-Z].*$needed\|^$needed" "$unit" || { echo "missing: $needed" >&2; exit 1; }
done

# A first command beside ExecStart hides credentials from it (systemd issue 24291).
if grep -q '^ExecStartPre' "$unit"; then
    echo "ExecStartPre breaks credentials" >&2
    exit 1
fi
