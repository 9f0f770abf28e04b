#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# systemd_units.sh TOVD: the shipped unit is understood by systemd, exposed at most 1.5 of 10, and
# lets libzmq live; user, folders and modes are as the unit and the key files need them.
# Exit 77: no systemd-analyze here. The working folder is the root of the sources.
set -eu
unit=systemd/tovd.service
tovd=$1
command -v systemd-analyze >/dev/null || {
    echo "skipped: no systemd-analyze"
    [ -z "${CI:-}${TOV_NO_SKIP:-}" ] || exit 1
    exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

score=$(systemd-analyze security --offline=true --threshold=15 --no-pager "$unit" | tail -1)
echo "$score"

# A gateway apart, and the node behind it: its drop-in, as systemd reads it behind the unit.
gateway=systemd/tov-gateway.service
mkdir "$work/behind" "$work/locked"
{ sed '/^\[Install\]/,$d' "$unit"; grep -v '^\[Service\]' systemd/tovd-passphrase.conf; } >"$work/locked/tovd.service"
{ sed '/^\[Install\]/,$d' "$unit"; grep -v '^\[Service\]' systemd/tovd-apart.conf; } >"$work/behind/tovd.service"
for hardened in "$gateway" "$work/behind/tovd.service"; do
    systemd-analyze security --offline=true --threshold=15 --no-pager "$hardened" | tail -1
done

# Negative control: without its hardening the same unit must fail the same threshold.
weak=$work/weak
mkdir "$weak"
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

# complaints FILE NAME: what systemd says of a unit whose program is the build's.
complaints() {
    sed "s|/usr/sbin/tovd|$tovd|" "$1" >"$work/$2"
    systemd-analyze verify --man=no "$work/$2" 2>&1
}
for good in "$unit" "$gateway" "$work/behind/tovd.service" "$work/locked/tovd.service"; do
    if [ -n "$(complaints "$good" "$(basename "$good")")" ]; then
        complaints "$good" "$(basename "$good")" >&2
        exit 1
    fi
done
sed 's/^WatchdogSec=.*/WatchdogSec=thirty/' "$unit" >"$work/wrong"
if [ -z "$(complaints "$work/wrong" tovd.service)" ]; then
    echo "a unit that is wrong is not complained of" >&2
    exit 1
fi

# A machine that has nothing yet: the user, and the folders with their modes.
root=$work/root
mkdir -p "$root/usr/lib/sysusers.d" "$root/usr/lib/tmpfiles.d" "$root/etc"
cp systemd/tov.sysusers "$root/usr/lib/sysusers.d/tov.conf"
cp systemd/tov.tmpfiles "$root/usr/lib/tmpfiles.d/tov.conf"
if [ "$(id -u)" -ne 0 ]; then
    systemd-sysusers --dry-run systemd/tov.sysusers
    exit 0
fi
systemd-sysusers --root="$root"
systemd-tmpfiles --root="$root" --create
user=$(sed -n 's/^tov:x:\([0-9]*\):[0-9]*:.*:\/var\/lib\/tov:\/usr\/sbin\/nologin$/\1/p' "$root/etc/passwd")
[ -n "$user" ] || { echo "no user tov" >&2; exit 1; }
gateway_user=$(sed -n 's/^tov-gateway:x:\([0-9]*\):[0-9]*:.*:\/usr\/sbin\/nologin$/\1/p' "$root/etc/passwd")
[ -n "$gateway_user" ] || { echo "no user tov-gateway" >&2; exit 1; }
for wanted in "700 $gateway_user /etc/tov/gateway" "755 0 /etc/tov" "755 0 /etc/tov/federation" "700 $user /etc/tov/keys"; do
    path=${wanted##* }
    found="$(stat -c '%a %u' "$root$path") $path"
    [ "$found" = "$wanted" ] || { echo "is: $found, should be: $wanted" >&2; exit 1; }
done
