#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# machine.sh BUILD SHIM: boot.sh in a kernel of its own (user-mode Linux), with a systemd that has all of that
# kernel's control groups, and a disk that is a file. SHIM: tests/machine/xstateshim.c, loaded into the kernel.
# Debian 12's kernel of this kind has no Landlock: that the node says so is checked in its place.
# Exit 77: no such kernel here, or not root; with CI these fail. The working folder is the root of the sources.
set -eu

# The first program of that kernel: the sources and the build are the host's, and cannot be written.
guest() {
    export PATH=/usr/sbin:/usr/bin:/sbin:/bin TOV_KERNEL_LACKS_LANDLOCK=1
    mount -t proc proc /proc
    grep -q 'User Mode Linux' /proc/cpuinfo || exit 1 # a container: what comes is not for it
    mount -t sysfs sysfs /sys
    mount -t devtmpfs devtmpfs /dev 2>/dev/null || true
    mkdir -p /dev/pts /dev/shm
    mount -t devpts devpts /dev/pts
    mount -t tmpfs tmpfs /dev/shm
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mount -t tmpfs tmpfs /run
    mkdir /run/sources /run/build
    mount -r -t hostfs hostfs /run/sources -o "$TOV_SOURCES"
    mount -r -t hostfs hostfs /run/build -o "$TOV_BUILD"
    mount -t ext4 /dev/ubda /run/build/tests/systemd-runs
    mount -t tmpfs tmpfs /tmp
    mount -t tmpfs tmpfs /var/tmp
    ip link set lo up
    cd /run/sources
    ended=0
    sh tests/systemd/boot.sh /run/build || ended=$?
    echo "machine: ended $ended"
    umount /run/build/tests/systemd-runs
    echo o >/proc/sysrq-trigger
    mkfifo /run/never
    read -r _ </run/never # the first program may not end before its kernel
}

skip() {
    echo "skipped: $1"
    [ -z "${CI:-}${TOV_NO_SKIP:-}" ] || exit 1
    exit 77
}

if [ "$$" -eq 1 ] && [ -n "${TOV_BUILD:-}" ]; then
    guest
    exit 1
fi
build=$1
shim=$2
command -v linux.uml >/dev/null || skip "no user-mode Linux"
command -v systemd-nspawn >/dev/null || skip "no systemd-nspawn"
[ "$(id -u)" -eq 0 ] || skip "not root"
if ! unshare --mount --pid --fork true 2>/dev/null; then
    echo "skipped: no namespaces for it" # a machine that forbids it can do nothing about that
    exit 77
fi
mkdir -p "$build/tests/systemd-runs"
work=$(mktemp -d "$build/tests/systemd-runs/machine-XXXXXX")
# A kernel's line of parameters ends a path at a blank, and so does LD_PRELOAD: both get names without one.
names=$(mktemp -d /tmp/tov-machine-XXXXXX)
trap 'rm -rf "$work" "$names"' EXIT
ln -s "$PWD" "$names/sources"
ln -s "$(cd "$build" && pwd)" "$names/build"
ln -s "$work" "$names/work"
ln -s "$(cd "$(dirname "$shim")" && pwd)/$(basename "$shim")" "$names/shim.so"
truncate -s 512M "$work/disk"
mkfs.ext4 -q "$work/disk"
memory=/dev/shm
[ "$(df --output=avail --block-size=1M "$memory" | tail -n 1)" -ge 1024 ] || memory=$work
# By signal 9: unshare waits for its child through the others.
timeout --signal=KILL 400 unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
    env TMPDIR="$memory" HOME="$work" LD_PRELOAD="$names/shim.so" \
    linux.uml mem=640M rootfstype=hostfs rootflags=/ ro init="$names/sources/tests/systemd/machine.sh" \
    TOV_SOURCES="$names/sources" TOV_BUILD="$names/build" uml_dir="$names/work/" \
    ubd0="$names/work/disk" con=null con0=fd:0,fd:1 \
    con1=null quiet </dev/null >"$work/console" 2>&1 || true
cat "$work/console"
grep -q '^machine: ended 0' "$work/console"
