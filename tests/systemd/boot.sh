#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# boot.sh BUILD: the shipped unit under a real systemd, which is booted in a container with a network,
# processes and an /etc of its own: it starts, reloads, survives the death of its processes, is ended
# when it hangs, stops, and is left alone after a code that needs a person (scenario.sh).
# Exit 77: no systemd-nspawn here, or not root; with CI these fail. A machine that cannot do it is skipped
# there too, with the reason: one without namespaces or control groups, or a chroot. The working folder is the
# root of the sources.
set -eu
build=$1

skip() {
    echo "skipped: $1"
    [ -z "${CI:-}${TOV_NO_SKIP:-}" ] || exit 1
    exit 77
}
command -v systemd-nspawn >/dev/null || skip "no systemd-nspawn"
[ "$(id -u)" -eq 0 ] || skip "not root"
# A machine that forbids it can do nothing about that: skipped there, whoever asks.
cannot() {
    echo "skipped: $1"
    exit 77
}
unshare --mount --pid --fork true 2>/dev/null || cannot "no namespaces for it"
# The unit has PrivateUsers=yes, and the kernel makes no user namespace for who is in a chroot
# (unshare(2), EPERM); systemd-detect-virt --chroot may not look at process 1 everywhere.
unshare --user true 2>/dev/null || cannot "no user namespaces for it: this is a chroot, or they are forbidden"
# systemd finds nothing to put its units into where neither version is mounted.
case $(stat -f -c %T /sys/fs/cgroup 2>/dev/null) in
cgroup2fs | tmpfs) ;;
*) cannot "no control groups are mounted at /sys/fs/cgroup" ;;
esac

mkdir -p "$build/tests/systemd-runs"
work=$(mktemp -d "$build/tests/systemd-runs/run-XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

# A small Debian: programs and libraries are the host's, read-only; the rest is its own.
make_root() {
    mkdir -p "$root/usr/sbin" "$root/etc/systemd/system" "$root/etc/tov" "$root/var/lib" "$root/var/log" \
        "$root/run" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" "$root/mnt" "$root/root"
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
    for name in ld.so.cache nsswitch.conf; do cp "/etc/$name" "$root/etc/"; done
    printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
    printf 'root:x:0:\nsystemd-journal:x:991:\n' >"$root/etc/group"
    cp /usr/lib/os-release "$root/etc/os-release"
    echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
    cp "$build/bin/tovd" "$root/usr/sbin/"
    cp systemd/tovd.service systemd/tov-gateway.service "$root/etc/systemd/system/"
    cp systemd/tovd-apart.conf "$root/mnt/"
    mkdir -p "$root/etc/sysusers.d" "$root/etc/tmpfiles.d"
    cp systemd/tov.sysusers "$root/etc/sysusers.d/tov.conf"
    cp systemd/tov.tmpfiles "$root/etc/tmpfiles.d/tov.conf"
    systemd-sysusers --root="$root" >/dev/null 2>&1
}

make_node() {
    "$build/bin/tov-keys" demo-federation --base-port 7400 "$work/federation" >/dev/null
    cp tests/systemd/scenario.sh "$root/mnt/scenario"
    cp -r "$work/federation" "$root/mnt/federation"
    [ -z "${TOV_KERNEL_LACKS_LANDLOCK:-}" ] || touch "$root/mnt/no-landlock"
    cat >"$root/mnt/tovd.conf" <<EOF
[node]
agency = kk
federation = /etc/tov/federation
data = /var/lib/tov/data
guard = /var/lib/tov/guard
keys = /etc/tov/keys
[peers]
listen = tcp://127.0.0.1:7400
[limits]
disk-reserve-mib = 1
EOF
    cat >"$root/etc/systemd/system/scenario.service" <<EOF
[Unit]
Wants=systemd-journald.service systemd-tmpfiles-setup.service
After=systemd-journald.service systemd-tmpfiles-setup.service
[Service]
Type=oneshot
ExecStart=/bin/sh /mnt/scenario
ExecStopPost=/bin/systemctl --no-block exit
StandardOutput=file:/mnt/said
StandardError=inherit
EOF
}

boot() {
    timeout 240 systemd-nspawn --quiet --directory="$root" --register=no --keep-unit --private-network \
        --machine="tov-$$" --link-journal=no --resolv-conf=off --timezone=off --console=pipe \
        --system-call-filter="landlock_create_ruleset landlock_add_rule landlock_restrict_self" \
        --bind-ro=/usr/bin --bind-ro=/usr/lib --bind-ro=/usr/lib64 --bind-ro=/usr/share \
        --boot systemd.unit=scenario.service >"$work/console" 2>&1 </dev/null || true
}

make_root
make_node
boot
said=$root/mnt/said
[ ! -f "$said" ] || cat "$said"
if ! grep -q '^ok: the end' "$said" || grep -q '^FAILED' "$said"; then
    echo "FAILED; the console said:"
    tail -n 40 "$work/console"
    exit 1
fi
