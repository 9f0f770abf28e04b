# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash disable=SC2154 # figures and the options are bench/run's
# From lines NAME VALUE UNIT, one for each round, to medians: as a table, as JSON.

# medians: NAME MEDIAN LEAST MOST UNIT, in the order of first appearance.
medians() {
    sort -s -k 1,1 -k 2,2g "$figures" | awk '
        $1 != name { out(); name = $1; n = 0 }
        { value[++n] = $2; unit = $3 }
        function out() {
            if (n)
                print name, value[int((n + 1) / 2)], value[1], value[n], unit
        }
        END { out() }'
}

# rows PATTERN: of the table.
rows() {
    medians | awk -v pattern="$1" '$1 ~ pattern {
        printf "  %-28s %12s %-7s %12s to %s\n", $1, $2, $5, $3, $4 }'
}

table() {
    echo "Tov: $rounds rounds; $count messages of $size bytes, $window in flight; $singles one at a time"
    echo "$(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1-3 /proc/loadavg)"
    printf '  %-28s %12s %-7s %12s\n' '' median '' 'least to most'
    echo 'durable, encrypted, signed and receipted'
    rows '^rate$'
    rows '^single_latency'
    echo 'processor time a message'
    rows '^cpu_'
    echo 'bytes a message'
    rows '^(wire|stored|written)'
    echo 'peak memory'
    rows '^memory_'
    echo 'what the machine allows'
    rows '^(append|chacha|curve|ed25519|lmdb|sha256|x25519)'
    medians | awk '$1 == "rate" { rate = $2 } $1 == "cpu_nodes" { cpu += $2 } $1 == "cpu_client" { cpu += $2 }
        $1 == "lmdb_rows_256_a_commit" { lmdb = $2 }
        END {
            printf "  two cores wholly used: %.0f messages a second (%.1f us each)\n", 2e6 / cpu, cpu
            printf "  of what LMDB commits (a 1 KiB row at each end): %.0f %%\n", rate * 200 / lmdb
        }'
}

write_json() {
    medians | awk -v rounds="$rounds" -v count="$count" -v size="$size" -v window="$window" '
        BEGIN { printf "{\"rounds\": %d, \"count\": %d, \"size\": %d, \"window\": %d, \"figures\": {",
            rounds, count, size, window }
        { printf "%s\n  \"%s\": {\"median\": %s, \"least\": %s, \"most\": %s, \"unit\": \"%s\"}",
            (NR > 1 ? "," : ""), $1, $2, $3, $4, $5 }
        END { print "\n}}" }'
}
