/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/hub.h"

#include "federation/process.h"
#include "support/command.h"
#include "support/unit.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define FRAME_MAX 2048
#define WAITING_MAX 4096u
#define BACKLOG_MS 500
#define HEADER_BYTES 14u /* of Ethernet: not part of what a packet may be */

static const char *const addresses[NODES] = {"198.18.1.1", "198.18.1.2", "198.18.1.3"};

const char *hub_address(unsigned place)
{
    return addresses[place];
}

/* ---- the hub's process ---- */

struct frame {
    long long due_ms;
    unsigned to;
    size_t size;
    uint8_t bytes[FRAME_MAX];
};

struct wires {
    struct hub_port *ports;
    int taps[NODES];
    uint64_t random;
    long long free_ms[NODES]; /* since when the place may send again, at its rate */
    struct frame *waiting[WAITING_MAX];
    size_t count;
};

static bool by_chance(struct wires *wires, unsigned percent)
{
    return percent > 0 && unit_random(&wires->random) % 100 < percent;
}

static bool is_too_large(struct wires *wires, unsigned place, size_t size)
{
    unsigned bytes = atomic_load(&wires->ports[place].frame_bytes);
    return bytes > 0 && size > bytes + HEADER_BYTES;
}

static void deliver(const struct wires *wires, const struct frame *frame)
{
    if (!atomic_load(&wires->ports[frame->to].is_deaf))
        (void)!write(wires->taps[frame->to], frame->bytes, frame->size);
}

/* -1: it is lost, since too much waits. */
static long long due_of(struct wires *wires, unsigned from, size_t size)
{
    const struct hub_port *port = &wires->ports[from];
    long long now_ms = process_now_ms();
    long long due_ms = now_ms;
    unsigned rate = atomic_load(&port->bytes_per_second), delay = atomic_load(&port->delay_ms);
    if (rate > 0) {
        long long start_ms = wires->free_ms[from] > now_ms ? wires->free_ms[from] : now_ms;
        if (start_ms > now_ms + BACKLOG_MS)
            return -1;
        due_ms = start_ms + (long long)(size * 1000 / rate);
        wires->free_ms[from] = due_ms;
    }
    return delay == 0 ? due_ms : due_ms + delay + (long long)(unit_random(&wires->random) % delay);
}

static void send_on(struct wires *wires, unsigned from, const struct frame *frame)
{
    long long due_ms = due_of(wires, from, frame->size);
    for (unsigned to = 0; due_ms >= 0 && to < NODES; to++) {
        if (to == from || is_too_large(wires, to, frame->size) || wires->count == WAITING_MAX)
            continue;
        struct frame *copy = malloc(sizeof *copy);
        if (copy == NULL)
            return;
        *copy = *frame;
        copy->to = to;
        copy->due_ms = due_ms;
        wires->waiting[wires->count++] = copy;
    }
}

static void take(struct wires *wires, unsigned from)
{
    struct frame frame;
    const struct hub_port *port = &wires->ports[from];
    ssize_t size = read(wires->taps[from], frame.bytes, sizeof frame.bytes);
    if (size <= 0 || atomic_load(&port->is_mute) || is_too_large(wires, from, (size_t)size) ||
        by_chance(wires, atomic_load(&port->loss_percent)))
        return;
    frame.size = (size_t)size;
    send_on(wires, from, &frame);
    if (by_chance(wires, atomic_load(&port->twice_percent)))
        send_on(wires, from, &frame);
}

/* Those of one moment in the order in which they came. The next moment, or -1. */
static int deliver_due(struct wires *wires)
{
    long long now_ms = process_now_ms(), next_ms = -1;
    size_t left = 0;
    for (size_t i = 0; i < wires->count; i++) {
        struct frame *frame = wires->waiting[i];
        if (frame->due_ms <= now_ms) {
            deliver(wires, frame);
            free(frame);
            continue;
        }
        if (next_ms < 0 || frame->due_ms < next_ms)
            next_ms = frame->due_ms;
        wires->waiting[left++] = frame;
    }
    wires->count = left;
    return next_ms < 0 ? -1 : (int)(next_ms - now_ms);
}

static _Noreturn void run(struct wires *wires)
{
    struct pollfd polls[NODES];
    for (unsigned i = 0; i < NODES; i++)
        polls[i] = (struct pollfd){.fd = wires->taps[i], .events = POLLIN};
    for (;;) {
        (void)poll(polls, NODES, deliver_due(wires));
        for (unsigned i = 0; i < NODES; i++)
            if ((polls[i].revents & POLLIN) != 0)
                take(wires, i);
    }
}

/* ---- making it ---- */

bool hub_is_possible(void)
{
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    (void)close(fd);
    return fd >= 0 && unshare(CLONE_NEWNET) == 0;
}

static void must(const char *const words[])
{
    UNIT_NEED(command_run(words, NULL) == 0);
}

static int make_tap(const char *name)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    UNIT_NEED(fd >= 0 && ioctl(fd, TUNSETIFF, &request) == 0);
    return fd;
}

static bool same_network(pid_t pid)
{
    char path[64];
    char own[64] = "", its[64] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    return readlink("/proc/self/ns/net", own, sizeof own - 1) <= 0 ||
           readlink(path, its, sizeof its - 1) <= 0 || strcmp(own, its) == 0;
}

static pid_t make_place(void)
{
    pid_t pid = process_start(
        (const char *const[]){"/usr/bin/unshare", "--net", "sleep", "infinity", NULL}, NULL);
    while (process_runs(pid) && same_network(pid))
        process_pause();
    return pid;
}

/* The tap's other end is in the place, the descriptor here. */
static int furnish(struct hub *hub, unsigned place)
{
    char name[16], pid[16], address[32], path[64];
    (void)snprintf(name, sizeof name, "tap%u", place);
    (void)snprintf(pid, sizeof pid, "%d", (int)hub->places[place]);
    (void)snprintf(address, sizeof address, "%s/24", addresses[place]);
    (void)snprintf(path, sizeof path, "--net=/proc/%s/ns/net", pid);
    int fd = make_tap(name);
    must((const char *const[]){"ip", "link", "set", name, "netns", pid, NULL});
    must((const char *const[]){"nsenter", path, "ip", "link", "set", "lo", "up", NULL});
    must((const char *const[]){"nsenter", path, "ip", "addr", "add", address, "dev", name, NULL});
    must((const char *const[]){"nsenter", path, "ip", "link", "set", name, "up", NULL});
    return fd;
}

void hub_create(struct hub *hub, uint64_t seed)
{
    static struct wires wires;
    pid_t parent = getpid();
    hub->ports = mmap(NULL, NODES * sizeof *hub->ports, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    UNIT_NEED(hub->ports != MAP_FAILED);
    wires = (struct wires){.ports = hub->ports, .random = seed};
    for (unsigned i = 0; i < NODES; i++) {
        hub->places[i] = make_place();
        wires.taps[i] = furnish(hub, i);
    }
    (void)fflush(NULL);
    hub->pid = fork();
    UNIT_NEED(hub->pid >= 0);
    if (hub->pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
            _exit(127);
        run(&wires);
    }
    for (unsigned i = 0; i < NODES; i++)
        (void)close(wires.taps[i]);
}

void hub_heal(struct hub *hub)
{
    for (unsigned i = 0; i < NODES; i++) {
        struct hub_port *port = &hub->ports[i];
        atomic_store(&port->is_deaf, false);
        atomic_store(&port->is_mute, false);
        atomic_store(&port->loss_percent, 0);
        atomic_store(&port->twice_percent, 0);
        atomic_store(&port->delay_ms, 0);
        atomic_store(&port->bytes_per_second, 0);
        atomic_store(&port->frame_bytes, 0);
    }
}

void hub_words(const struct hub *hub, unsigned place, struct hub_words *out)
{
    (void)snprintf(out->namespace_path, sizeof out->namespace_path, "--net=/proc/%d/ns/net",
                   (int)hub->places[place]);
    out->words[0] = "nsenter";
    out->words[1] = out->namespace_path;
    out->words[2] = NULL;
}

void hub_set_mtu(struct hub *hub, unsigned place, unsigned bytes)
{
    struct hub_words enter;
    char name[16], number[16];
    hub_words(hub, place, &enter);
    (void)snprintf(name, sizeof name, "tap%u", place);
    (void)snprintf(number, sizeof number, "%u", bytes);
    must((const char *const[]){"nsenter", enter.namespace_path, "ip", "link", "set", name, "mtu",
                               number, NULL});
}

void hub_destroy(struct hub *hub)
{
    process_kill_tree(hub->pid);
    for (unsigned i = 0; i < NODES; i++)
        process_kill_tree(hub->places[i]);
    (void)munmap(hub->ports, NODES * sizeof *hub->ports);
}
