# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# The nodes: configurations, starting, stopping, killing. Each runs in a process group of its
# own, whose number stands in DIR/run/<agency>.pid. Not for: speaking to them (clerk.sh).
# Only what stands in these files, and is still a tovd of this folder, is ever ended.
# Sourced by scripts/demo, which sets dir and bin.

agencies='kk kbh-pol krfo'
recipe=keys/infohus-demo.recipe

# ports_in_use: decimal, one a line, of this machine's TCP.
ports_in_use() {
    local address rest
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ address rest; do
        case $address in
        *:????) echo $((16#${address##*:})) ;;
        esac
    done
}

# find_ports: sets base_port to the first of as many free ports in a row as the nodes take, two each.
find_ports() {
    local used port free count
    count=$(wc -w <<<"$agencies")
    used=" $(ports_in_use | sort -u | tr '\n' ' ') "
    for ((base_port = 47600; base_port < 60000; base_port += 10)); do
        free=yes
        for ((port = base_port; port < base_port + 2 * count; port++)); do
            case $used in *" $port "*) free=no ;; esac
        done
        [ $free = no ] || return 0
    done
    give_up "der er ikke $((2 * count)) ledige porte på denne maskine." /proc/net/tcp
}

# number_of AGENCY: its place in the list, from 0.
number_of() {
    local agency number=0
    for agency in $agencies; do
        [ "$agency" != "$1" ] || break
        number=$((number + 1))
    done
    echo $number
}

# Where the agency's own people and systems connect.
front_of() {
    echo "tcp://127.0.0.1:$((base_port + $(wc -w <<<"$agencies") + $(number_of "$1")))"
}

node_log() {
    echo "$dir/nodes/$1/tovd.log"
}

write_config() {
    local agency=$1 node=$dir/nodes/$1
    mkdir -p "$node/data"
    cat >"$node/tovd.conf" <<END
# Skrevet af scripts/demo. Hver linje er forklaret i systemd/tovd.conf.example.
[node]
agency = $agency
federation = $dir
roster = $dir/roster
roots = $dir/roots
data = $node/data
guard = $node/guard
keys = $node/keys

[peers]
listen = tcp://127.0.0.1:$((base_port + $(number_of "$agency")))

[clients]
listen = $(front_of "$agency")
registry = $node/clients

[limits]
disk-reserve-mib = 64
END
}

# node_pid AGENCY: the node's process group, when it is running and ours.
node_pid() {
    local pid
    [ -f "$dir/run/$1.pid" ] || return 1
    pid=$(cat "$dir/run/$1.pid")
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -e "--config $dir/nodes/$1/tovd.conf" || return 1
    echo "$pid"
}

node_start() {
    setsid "$bin/tovd" --config "$dir/nodes/$1/tovd.conf" >>"$(node_log "$1")" 2>&1 </dev/null &
    echo $! >"$dir/run/$1.pid"
    disown
}

# wait_until_gone PID SECONDS
wait_until_gone() {
    local until=$((SECONDS + $2))
    while kill -0 -- "-$1" 2>/dev/null; do
        [ $SECONDS -le $until ] || return 1
        read -r -t 0.05 <> <(:) || true
    done
}

# node_stop AGENCY: asks it to end, as systemd does.
node_stop() {
    local pid
    pid=$(node_pid "$1") || return 0
    kill -TERM "$pid" 2>/dev/null || true
    wait_until_gone "$pid" 30 || kill -KILL -- "-$pid" 2>/dev/null || true
    rm -f "$dir/run/$1.pid"
}

# wait_for_blob AGENCY: until its node holds a first megabyte of an attachment. Fast: the whole of it is
# there within a tenth of a second.
wait_for_blob() {
    local until=$((SECONDS + 60))
    until [ -n "$(find "$dir/nodes/$1/data/blobs" -size +1M 2>/dev/null)" ]; do
        [ $SECONDS -le $until ] || return 1
    done
}

# node_kill_midway AGENCY: signal 9 to all its processes at once, in the middle of an attachment.
node_kill_midway() {
    local pid
    pid=$(node_pid "$1") || return 1
    wait_for_blob "$1" || return 1
    kill -KILL -- "-$pid"
    wait_until_gone "$pid" 10
    rm -f "$dir/run/$1.pid"
}

# stop_all: all that were started from this folder, by an earlier run too.
stop_all() {
    local file
    for file in "$dir"/run/*.pid; do
        [ ! -e "$file" ] || node_stop "$(basename "$file" .pid)" &
    done
    wait
}

# core_pid AGENCY: the process that holds the ledger.
core_pid() {
    local place
    for place in /proc/[0-9]*; do
        if tr '\0' ' ' 2>/dev/null <"$place/cmdline" |
            grep -qF -e "--role core --config $dir/nodes/$1/tovd.conf "; then
            echo "${place#/proc/}"
            return 0
        fi
    done
    return 1
}
