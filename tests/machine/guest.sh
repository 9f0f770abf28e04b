#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# The first program in the kernel of boot.sh. Never run it anywhere else: it mounts what it likes.
# Reads orders, one a line, runs each, and says how it ended.
if [ "$$" -ne 1 ] || [ -z "${TOV_MACHINE:-}" ]; then
    echo "for the kernel of boot.sh alone" >&2
    exit 1
fi
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run
mount -t proc proc /proc
grep -q 'User Mode Linux' /proc/cpuinfo || exit 1 # a container: what comes is not for it
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mount -t hostfs hostfs "$TOV_MACHINE" -o "$TOV_MACHINE"
mkdir -p /run/modules/lib
ln -s /usr/lib/uml/modules /run/modules/lib/modules
ip link set lo up
ip addr add 198.18.0.2/24 dev vec0
ip link set vec0 up
echo "machine: up"
number=0
while read -r order; do
    number=$((number + 1))
    eval "$order"
    echo "machine: order $number ended $?"
done
