#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Inside the container of boot.sh: one line for each thing that holds or does not.
set -u

# check SENTENCE CONDITION...: the command succeeds.
check() {
    sentence=$1
    shift
    if "$@"; then
        echo "ok: $sentence"
    else
        echo "FAILED: $sentence"
        systemctl --no-pager status tovd.service
        journalctl --no-pager -n 30 -o cat
    fi
}

# soon CONDITION...: within a minute.
soon() {
    for _ in $(seq 600); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}

value() {
    systemctl show --value -p "$1" tovd.service
}
is() {
    [ "$(value "$1")" = "$2" ]
}
pid_of() {
    for folder in /proc/[0-9]*; do
        tr '\0' ' ' <"$folder/cmdline" 2>/dev/null | grep -q -- "--role $1 " && echo "${folder#/proc/}"
    done
}
lines() {
    journalctl --no-pager -o cat -u tovd.service | grep -c "event=$1"
}
has_lines() {
    [ "$(lines "$1")" -ge "$2" ]
}
# More filters than the unit's own, which the supervisor has as well.
filters_of() {
    sed -n 's/^Seccomp_filters:[[:space:]]*//p' "/proc/$1/status"
}
is_filtered() {
    [ "$(filters_of "$(pid_of "$1")")" -gt "$(filters_of "$(value MainPID)")" ]
}

install -d -o tov -g tov -m 700 /var/lib/tov /var/lib/tov/data /var/lib/tov/guard
cp -r /mnt/federation/nodes/kk/keys/. /etc/tov/keys/
cp /mnt/federation/nodes/kk/clients /etc/tov/keys/clients.txt
cp -r /mnt/federation/nodes/kk/guard/. /var/lib/tov/guard/
cp /mnt/federation/roster /etc/tov/federation/roster.txt
cp /mnt/federation/roots /etc/tov/federation/roots.txt
cp /mnt/tovd.conf /etc/tov/tovd.conf
chown -R tov:tov /etc/tov/keys /var/lib/tov

echo "note: kernel $(uname -r), $(systemctl --version | head -n 1)"
check "it starts and says that it is ready" systemctl start tovd.service
check "systemd says that it runs" is ActiveState active
for role in guard core gateway front; do
    check "$role is behind its sandbox" is_filtered "$role"
done
if [ "$(uname -r | cut -d. -f1)" -ge 6 ]; then
    if [ -e /mnt/no-landlock ]; then
        check "it says that this kernel has no Landlock" has_lines no-landlock 1
    else
        check "the unit leaves them Landlock" [ "$(lines no-landlock)" -eq 0 ]
    fi
fi
main=$(value MainPID)
check "it reloads" systemctl reload tovd.service
check "the core read its clients again" soon has_lines clients-reloaded 1
check "it is the same process" is MainPID "$main"

kill -9 "$(pid_of core)"
check "a core that is killed is started again" soon has_lines ready 2
check "systemd did not notice" is MainPID "$main"

kill -9 "$main"
check "a tovd that is killed is started again" soon has_lines ready 3
check "by systemd" is NRestarts 1

mkdir -p /run/systemd/system/tovd.service.d
printf '[Service]\nWatchdogSec=5\n' >/run/systemd/system/tovd.service.d/short.conf
systemctl daemon-reload
systemctl restart tovd.service
check "it runs with a short watchdog" is WatchdogUSec 5s
kill -STOP "$(pid_of core)"
check "a core that hangs ends it" soon is Result watchdog
check "and it is started again" soon has_lines ready 5
rm -r /run/systemd/system/tovd.service.d
systemctl daemon-reload

check "it stops" systemctl stop tovd.service
check "in order" is Result success
check "nothing of it is left" [ -z "$(pid_of core)$(pid_of gateway)" ]

# The same node with its gateway as a service of its own, by the shipped files.
lines_of() {
    journalctl --no-pager -o cat -u "$1" | grep -c "event=$2"
}
has_lines_of() {
    [ "$(lines_of "$1" "$2")" -ge "$3" ]
}
network_of() {
    readlink "/proc/$(pid_of "$1")/ns/net"
}
devices_of() {
    tail -n +3 "/proc/$(pid_of "$1")/net/dev" | cut -d: -f1 | tr -d ' \n'
}
cp /etc/tov/tovd.conf /mnt/together.conf
sed -i 's|^listen = .*|gateway = /run/tov/gateway.sock|' /etc/tov/tovd.conf
mv /etc/tov/keys/transport.key /etc/tov/gateway/
chown tov-gateway:tov-gateway /etc/tov/gateway/transport.key
printf '[gateway]\nconnect = /run/tov/gateway.sock\nkeys = /etc/tov/gateway\nlisten = tcp://127.0.0.1:7400\n' \
    >/etc/tov/gateway.conf
mkdir -p /run/systemd/system/tovd.service.d
cp /mnt/tovd-apart.conf /run/systemd/system/tovd.service.d/apart.conf
systemctl daemon-reload
check "a gateway apart starts, and waits for its node" systemctl start tov-gateway.service
check "it says so" soon has_lines_of tov-gateway.service no-node 1
check "the node starts" systemctl start tovd.service
check "the gateway is taken" soon has_lines gateway-came 1
check "the gateway listens" soon has_lines_of tov-gateway.service listening 1
check "by a user of its own" [ "$(stat -c %U "/proc/$(pid_of gateway-apart)")" = tov-gateway ]
check "the core has no network" [ "$(devices_of core)" = lo ]
check "which is not the gateway's" [ "$(network_of core)" != "$(network_of gateway-apart)" ]
check "the node starts again" systemctl restart tovd.service
check "its gateway comes again" soon has_lines gateway-came 2
check "and is the same service" [ "$(systemctl show --value -p NRestarts tov-gateway.service)" = 0 ]
check "the gateway stops" systemctl stop tov-gateway.service
check "the node goes on" is ActiveState active
check "and stops" systemctl stop tovd.service
rm -r /run/systemd/system/tovd.service.d
systemctl daemon-reload
mv /etc/tov/gateway/transport.key /etc/tov/keys/
chown tov:tov /etc/tov/keys/transport.key
cp /mnt/together.conf /etc/tov/tovd.conf

echo 'nonsense' >>/etc/tov/tovd.conf
systemctl start tovd.service 2>/dev/null
check "a wrong configuration is told by its code" soon is ExecMainStatus 10
check "and is left to a person" is ActiveState failed # auto-restart would be "activating"
check "without another try" is NRestarts 0
echo "ok: the end"
