# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash disable=SC2154 # root, bin, folder, keep, count, window are the caller's
# The nodes of bench/run and bench/cases: keys, configurations, starting, ending, and the kernel's
# counters of their processes. Only processes that were started here are ended, by their number.

agencies='kk krfo'                   # as in the recipe, in the order of its endpoints
recipe=$root/bench/two-nodes.recipe
pids=

progress() {
    [ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2
}

give_up() {
    echo "${0#"$root"/}: $*; the last lines of its log:" >&2
    tail -n 5 "$dir"/log "$dir"/nodes/*/tovd.log >&2 || true
    exit 1
}

make_folder() {
    dir=$(mktemp -d "$folder/tov-bench.XXXXXX")
    figures=$dir/figures
    : >"$figures"
    : >"$dir/log"
}

clean_up() {
    local pid
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $pids; do
        wait "$pid" 2>/dev/null || true
    done
    if [ -n "$keep" ]; then echo "kept: $dir"; else rm -rf "$dir"; fi
}

# Below the ports that the kernel gives to connections; as many in a row as there are agencies.
find_ports() {
    local port=$((20000 + $$ % 3000 * 4)) last
    last=$((port + $(wc -w <<<"$agencies") - 1))
    while ss -Htln "( sport >= :$port and sport <= :$last )" | grep -q .; do
        port=$((port + 4)) last=$((last + 4))
    done
    echo "$port"
}

# pid_of AGENCY: of its supervisor.
pid_of() {
    local name=pid_${1//-/_}
    echo "${!name}"
}

make_nodes() {
    local agency number=0
    base_port=$(find_ports)
    "$bin/tov-keys" demo-federation --base-port "$base_port" \
        --recipe "$recipe" "$dir" >>"$dir/log"
    for agency in $agencies; do
        mkdir "$dir/nodes/$agency/data"
        cat >"$dir/nodes/$agency/tovd.conf" <<END
[node]
agency = $agency
federation = $dir
roster = $dir/roster
roots = $dir/roots
data = $dir/nodes/$agency/data
guard = $dir/nodes/$agency/guard
keys = $dir/nodes/$agency/keys
[peers]
listen = tcp://127.0.0.1:$((base_port + number))
[clients]
listen = ipc://$dir/$agency.sock
registry = $dir/nodes/$agency/clients
END
        number=$((number + 1))
    done
}

start_node() {
    "$bin/tovd" --config "$dir/nodes/$1/tovd.conf" 2>"$dir/nodes/$1/tovd.log" &
    pids="$pids $!"
    printf -v "pid_${1//-/_}" %s "$!"
}

start_nodes() {
    local agency
    for agency in $agencies; do
        start_node "$agency"
    done
}

# client COUNT WINDOW: from krfo to kk.
client() {
    "$bin/bench_load" "ipc://$dir/krfo.sock" "$dir/clients/krfo/front.pub" \
        "$dir/clients/krfo/caseworker.key" krfo/central kk/vink "$1" "$2" "$size"
}

# Until a message gets its receipt: both have begun their ledgers and follow each other.
wait_for_nodes() {
    local until=$((SECONDS + 60))
    until client 1 1 >/dev/null 2>"$dir/waiting"; do
        [ $SECONDS -lt $until ] || give_up "the nodes do not serve: $(cat "$dir/waiting")"
    done
}

# processes: AGENCY_ROLE PID, one a line, of all nodes.
processes() {
    local agency parent pid role
    for agency in $agencies; do
        parent=$(pid_of "$agency")
        echo "${agency}_supervisor $parent"
        tr ' ' '\n' <"/proc/$parent/task/$parent/children" | while read -r pid; do
            role=$(tr '\0' ' ' <"/proc/$pid/cmdline" | sed -n 's/.*--role[ =]\([a-z]*\).*/\1/p')
            echo "${agency}_${role:-other} $pid"
        done
    done
}

# counters: WHO WHAT NUMBER: clock ticks of CPU and bytes written of each process, bytes that peers
# sent each other, bytes that the nodes keep on disk.
counters() {
    local who pid agency
    processes | while read -r who pid; do
        sed 's/.*) //' "/proc/$pid/stat" | awk -v who="$who" '{ print who, "cpu", $12 + $13 }'
        awk -v who="$who" '/^write_bytes/ { print who, "written", $2 }' "/proc/$pid/io"
    done
    ss -Htin "( sport = :$base_port or dport = :$base_port or sport = :$((base_port + 1)) or dport = :$((base_port + 1)) )" |
        grep -o 'bytes_sent:[0-9]*' | awk -F: '{ sum += $2 } END { print "peers wire", sum + 0 }'
    for agency in $agencies; do
        echo "$agency stored $(du -sB1 "$dir/nodes/$agency/data" "$dir/nodes/$agency/guard" |
            awk '{ sum += $1 } END { print sum }')"
    done
}

# memory: the peak of each process.
memory() {
    local who pid
    processes | while read -r who pid; do
        awk -v who="$who" '/^VmHWM/ { printf "memory_%s %.1f MiB\n", who, $2 / 1024 }' \
            "/proc/$pid/status"
    done
}

# count_calls: system calls a message of each process of the sender and the receiver, by strace.
count_calls() {
    local who pid tracers=
    processes | grep -v supervisor >"$dir/processes"
    while read -r who pid; do
        strace -f -c -U name,calls -o "$dir/calls.$who" -p "$pid" 2>>"$dir/log" &
        tracers="$tracers $!"
    done <"$dir/processes"
    sleep 2 # strace says nothing when it has attached to all threads
    load traced_ "$count" "$window"
    # shellcheck disable=SC2086 # a list
    kill -INT $tracers
    # shellcheck disable=SC2086
    wait $tracers || true
    while read -r who pid; do
        echo "$who"
        awk -v n="$count" 'NF == 2 && $2 ~ /^[0-9]+$/ && $1 != "total" {
            printf "    %-16s %8d %9.4f a message\n", $1, $2, $2 / n }' "$dir/calls.$who" | head -n 12
    done <"$dir/processes"
}
