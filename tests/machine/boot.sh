#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# boot.sh FOLDER INIT SHIM DISK [DISK]: becomes a kernel (machine.h) whose first program is INIT, whose
# shell reads FOLDER/machine/orders, and which is gone with everything in it when this process is.
# SHIM is loaded into the kernel before the C library (xstateshim.c).
# For machine.c alone: it has made the network that the kernel uses.
set -eu
folder=$1
init=$2
shim=$3
set -- ${4:+"ubd0=$4"} ${5:+"ubd1=$5"}
# The kernel's memory is a file without a name, best one in memory.
memory=/dev/shm
[ "$(df --output=avail --block-size=1M "$memory" | tail -n 1)" -ge 1024 ] || memory=$folder/machine
# A kernel's line of parameters ends a path at a blank, and so does LD_PRELOAD; FOLDER has none.
cp "$shim" "$folder/machine/shim.so"
cp "$init" "$folder/machine/init"
exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
    env TMPDIR="$memory" HOME="$folder/machine" LD_PRELOAD="$folder/machine/shim.so" \
    linux.uml mem=640M rootfstype=hostfs rootflags=/ ro init="$folder/machine/init" \
    TOV_MACHINE="$folder" \
    uml_dir="$folder/machine/" "$@" vec0:transport=tap,ifname=tap0,gro=1 \
    con=null con0=fd:0,fd:1 con1=null quiet <"$folder/machine/orders"
