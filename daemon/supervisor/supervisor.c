/* SPDX-License-Identifier: EUPL-1.2
 *
 * The supervisor's loop.
 *
 *   state      entered by                                 leaves to
 *   RUNNING    start_all                                  DRAINING: core or guard ended (drain)
 *                                                         STOPPING: signal, code for a person
 * (stop) DRAINING   all that still run are told to end         RUNNING: none runs and it is time
 *   STOPPING   the core is asked to end, then the others  the end: none runs
 *
 * S1 While RUNNING, core and guard run; gateway and front run or are planned; a gateway apart has
 *    its door instead.
 * S2 After DRAINING nobody holds a descriptor of the old run, so a new core never shares one.
 */
#include "supervisor/supervisor_internal.h"

#include "supervisor/role.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define CORE_QUEUE_BYTES ((size_t)1024 * 1024)
#define CORE_PATIENCE_MS 20000u /* to commit what is accepted and end */
#define PATIENCE_MS 5000u

/* ---- starting ---- */

static void close_pair(int fds[2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
}

/* Starts ROLE with one descriptor; its other end, or -1. */
static int start_with_one(struct supervisor *supervisor, enum role role)
{
    int fds[2] = {-1, -1};
    struct child_start start = {.config = supervisor->config, .fd_count = 1};
    if (tov_ipc_pair(fds) != TOV_OK)
        return -1;
    start.fds[0] = (struct child_fd){"--fd", fds[1]};
    if (child_start(&supervisor->children[role], &start, supervisor->now_ms) != TOV_OK) {
        close_pair(fds);
        return -1;
    }
    (void)close(fds[1]);
    return fds[0];
}

static bool gateway_is_apart(const struct supervisor *supervisor)
{
    return supervisor->door.fd >= 0;
}

static enum tov_err start_core(struct supervisor *supervisor, const int ends[3])
{
    int fds[2];
    TOV_TRY(tov_ipc_pair(fds));
    struct child_start start = {.config = supervisor->config,
                                .fds = {{"--guard-fd", ends[ROLE_GUARD]},
                                        {"--front-fd", ends[ROLE_FRONT]},
                                        {"--supervisor-fd", fds[1]},
                                        {"--gateway-fd", ends[ROLE_GATEWAY]}},
                                .fd_count = gateway_is_apart(supervisor) ? 3 : 4};
    if (supervisor->core_was_broken)
        (void)setenv(TOV_ROLE_CHECK_STORE, "1", 1);
    enum tov_err started =
        child_start(&supervisor->children[ROLE_CORE], &start, supervisor->now_ms);
    (void)unsetenv(TOV_ROLE_CHECK_STORE);
    (void)close(fds[1]);
    if (started != TOV_OK) {
        (void)close(fds[0]);
        return started;
    }
    return tov_ipc_create(fds[0], CORE_QUEUE_BYTES, &supervisor->core);
}

static void start_all(struct supervisor *supervisor)
{
    int ends[3] = {-1, -1, -1};
    bool good = true;
    for (enum role role = ROLE_GUARD; role <= ROLE_FRONT; role++) {
        if (role == ROLE_GATEWAY && gateway_is_apart(supervisor))
            continue;
        ends[role] = start_with_one(supervisor, role);
        good = good && ends[role] >= 0;
    }
    supervisor->state = RUNNING;
    if (!good || start_core(supervisor, ends) != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "cannot-start", TOV_LOG_TEXT("why", strerror(errno)));
        supervisor_stop(supervisor, TOV_EXIT_INTERNAL);
    }
    for (enum role role = ROLE_GUARD; role <= ROLE_FRONT; role++)
        if (ends[role] >= 0)
            (void)close(ends[role]);
}

static void restart_edge(struct supervisor *supervisor, enum role role)
{
    int end = start_with_one(supervisor, role);
    enum tov_ipc_link link = role == ROLE_GATEWAY ? TOV_IPC_LINK_GATEWAY : TOV_IPC_LINK_FRONT;
    if (end < 0) {
        child_plan(&supervisor->children[role], TOV_EXIT_INTERNAL, supervisor->now_ms);
        return;
    }
    enum tov_err sent = TOV_E_CLOSED;
    if (supervisor->core != NULL)
        sent = tov_ipc_send_link(supervisor->core, link, end);
    (void)close(end);
    if (sent != TOV_OK) /* the core is ending; its own end is seen soon */
        (void)kill(supervisor->children[role].pid, SIGTERM);
}

/* ---- ending ---- */

static bool anyone_runs(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < ROLES; i++)
        if (supervisor->children[i].pid != 0)
            return true;
    return false;
}

static void signal_all(struct supervisor *supervisor, int signal)
{
    for (size_t i = 0; i < ROLES; i++)
        if (supervisor->children[i].pid != 0)
            (void)kill(supervisor->children[i].pid, signal);
}

static void end_all(struct supervisor *supervisor)
{
    for (size_t i = 0; i < ROLES; i++)
        supervisor->children[i].start_at_ms = 0;
    signal_all(supervisor, SIGTERM);
    supervisor->kill_at_ms = supervisor->now_ms + PATIENCE_MS;
}

static void close_core(struct supervisor *supervisor)
{
    tov_ipc_destroy(supervisor->core);
    supervisor->core = NULL;
    supervisor->door.is_taken = false;
}

void supervisor_stop(struct supervisor *supervisor, int code)
{
    if (supervisor->state == STOPPING)
        return;
    supervisor->state = STOPPING;
    supervisor->exit_code = code;
    (void)sd_notifyf(0, "STOPPING=1\nSTATUS=%s", tov_exit_text((enum tov_exit)code));
    if (supervisor->core != NULL && supervisor->children[ROLE_CORE].pid != 0 &&
        tov_ipc_send_kind(supervisor->core, TOV_IPC_SV_STOP) == TOV_OK &&
        tov_ipc_flush(supervisor->core) == TOV_OK)
        supervisor->kill_at_ms = supervisor->now_ms + CORE_PATIENCE_MS;
    else
        end_all(supervisor);
}

/* Everything starts anew: a core that lost its guard, or a guard that lost its core, cannot go on.
 * ENDED is the child whose end it was; its backoff is the one that counts. */
static void drain(struct supervisor *supervisor, struct child *ended, enum tov_exit code)
{
    end_all(supervisor);
    child_plan(ended, code, supervisor->now_ms);
    supervisor->start_all_at_ms = ended->start_at_ms;
    ended->start_at_ms = 0;
    supervisor->state = DRAINING;
}

static void take_end_while_running(struct supervisor *supervisor, enum role role, int code)
{
    struct child *child = &supervisor->children[role];
    if (tov_exit_remedy((enum tov_exit)code) == TOV_EXIT_NEEDS_A_PERSON)
        supervisor_stop(supervisor, code);
    else if (role == ROLE_CORE || role == ROLE_GUARD)
        drain(supervisor, child, (enum tov_exit)code);
    else
        child_plan(child, (enum tov_exit)code, supervisor->now_ms);
}

/* While everything is started anew or stopped: a code for a person still counts, since a guard that
 * ends with one takes the core with it, and either may be seen first. */
static void take_end_otherwise(struct supervisor *supervisor, enum role role, int code)
{
    bool person = tov_exit_remedy((enum tov_exit)code) == TOV_EXIT_NEEDS_A_PERSON;
    if (supervisor->state == DRAINING && person)
        supervisor_stop(supervisor, code);
    else if (supervisor->state == STOPPING && supervisor->exit_code == TOV_EXIT_OK && person)
        supervisor->exit_code = code;
    if (supervisor->state == STOPPING && role == ROLE_CORE)
        end_all(supervisor);
    if (supervisor->state == DRAINING && code == TOV_EXIT_DISK_FULL) {
        child_plan(&supervisor->children[role], TOV_EXIT_DISK_FULL, supervisor->now_ms);
        supervisor->start_all_at_ms = supervisor->children[role].start_at_ms;
        supervisor->children[role].start_at_ms = 0;
    }
}

static void take_end(struct supervisor *supervisor, enum role role, int status)
{
    struct child *child = &supervisor->children[role];
    if (role == ROLE_CORE) {
        supervisor->core_was_broken = supervisor->core_was_broken || child_was_broken(status);
        close_core(supervisor);
    }
    enum tov_log_level level = supervisor->state == RUNNING ? TOV_LOG_WARNING : TOV_LOG_INFO;
    int code = (int)child_end(child, status, level);
    if (supervisor->state == RUNNING)
        take_end_while_running(supervisor, role, code);
    else
        take_end_otherwise(supervisor, role, code);
}

static void reap(struct supervisor *supervisor)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < ROLES; i++)
            if (supervisor->children[i].pid == pid)
                take_end(supervisor, (enum role)i, status);
}

/* ---- events ---- */

static void tell_core(struct supervisor *supervisor, enum tov_ipc_kind kind)
{
    if (supervisor->core == NULL)
        return;
    enum tov_err ignored = tov_ipc_send_kind(supervisor->core, kind);
    if (ignored == TOV_OK)
        ignored = tov_ipc_flush(supervisor->core);
    (void)ignored; /* a core that is gone is seen by its end */
}

/* The core is shut off from the folder of keys, where the registry stands by default: it is handed
 * the file. */
static void reload(struct supervisor *supervisor)
{
    const struct tov_ipc_frame frame = {.kind = TOV_IPC_SV_RELOAD};
    int fd = open(supervisor->clients, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        TOV_LOG(TOV_LOG_ERROR, "clients-not-reloaded", TOV_LOG_TEXT("file", supervisor->clients),
                TOV_LOG_TEXT("why", strerror(errno)));
        return;
    }
    enum tov_err ignored = TOV_OK;
    if (supervisor->core != NULL)
        ignored = tov_ipc_send_fd(supervisor->core, &frame, fd);
    (void)ignored; /* a core that is gone is seen by its end, and the next one reads it anew */
    (void)close(fd);
}

static void take_signals(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;
    while (read(supervisor->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        switch (info.ssi_signo) {
        case SIGCHLD:
            reap(supervisor);
            break;
        case SIGHUP:
            reload(supervisor);
            break;
        case SIGUSR1:
            tell_core(supervisor, TOV_IPC_SV_DUMP);
            break;
        case SIGTERM:
        case SIGINT:
            supervisor_stop(supervisor, TOV_EXIT_OK);
            break;
        default:
            break;
        }
    }
}

/* sd_notify takes a variable a line: a core that is taken over would begin others with a line break
 * (MAINPID, WATCHDOG_USEC), in the name of the main process. */
static void tell_status(struct supervisor *supervisor, struct tov_bytes text)
{
    bool is_line = true;
    for (size_t i = 0; i < text.size; i++)
        is_line = is_line && text.data[i] >= 0x20 && text.data[i] != 0x7f;
    if (is_line)
        (void)sd_notifyf(0, "STATUS=%.*s", (int)text.size, (const char *)text.data);
    else if (!supervisor->told_status)
        TOV_LOG(TOV_LOG_WARNING, "status-refused",
                TOV_LOG_TEXT("hint", "the core sent a status that is not one line of text, as no "
                                     "sound one does: see docs/security.md"));
    supervisor->told_status = supervisor->told_status || !is_line;
}

/* systemd is told only what the core says: a supervisor that is alive proves nothing. */
static void take_from_core(struct supervisor *supervisor, const struct tov_ipc_frame *frame)
{
    struct tov_bytes text;
    enum tov_ipc_link link;
    if (frame->kind == TOV_IPC_SV_READY) {
        (void)sd_notify(0, "READY=1");
        supervisor->core_was_broken = false;
    } else if (frame->kind == TOV_IPC_SV_ALIVE)
        (void)sd_notify(0, "WATCHDOG=1");
    else if (frame->kind == TOV_IPC_SV_STATUS && tov_ipc_read_text(frame->payload, &text) == TOV_OK)
        tell_status(supervisor, text);
    else if (frame->kind == TOV_IPC_SV_UNLINK &&
             tov_ipc_read_link(frame->payload, &link) == TOV_OK && link == TOV_IPC_LINK_GATEWAY &&
             supervisor->door.is_taken) {
        supervisor->door.is_taken = false;
        tov_log_event(TOV_LOG_WARNING, "gateway-gone");
    } else if (frame->kind == TOV_IPC_SV_SILENT && supervisor->children[ROLE_GATEWAY].pid != 0)
        (void)kill(supervisor->children[ROLE_GATEWAY].pid, SIGKILL); /* started again when reaped */
}

static void read_core(struct supervisor *supervisor)
{
    struct tov_ipc_frame frame;
    enum tov_err received = tov_ipc_receive(supervisor->core);
    while (tov_ipc_next(supervisor->core, &frame) == TOV_OK)
        take_from_core(supervisor, &frame);
    if (received == TOV_E_CLOSED)
        close_core(supervisor); /* its process is reaped apart */
}

/* ---- a gateway apart ---- */

static void take_gateway(struct supervisor *supervisor)
{
    int fd = door_accept(&supervisor->door, supervisor->now_ms);
    if (fd < 0)
        return;
    if (tov_ipc_send_link(supervisor->core, TOV_IPC_LINK_GATEWAY, fd) != TOV_OK) {
        door_refuse(fd, "the node is ending");
        return;
    }
    supervisor->door.is_taken = true;
    (void)close(fd);
}

/* Who comes while there is no core waits at the door (and D3). */
static bool door_is_watched(const struct supervisor *supervisor)
{
    return supervisor->state == RUNNING && supervisor->core != NULL &&
           door_is_open(&supervisor->door, supervisor->now_ms);
}

/* ---- time ---- */

static void take_time(struct supervisor *supervisor)
{
    uint64_t now_ms = supervisor->now_ms;
    if (supervisor->state != RUNNING && now_ms >= supervisor->kill_at_ms)
        signal_all(supervisor, SIGKILL);
    if (supervisor->state == DRAINING && !anyone_runs(supervisor) &&
        now_ms >= supervisor->start_all_at_ms)
        start_all(supervisor);
    if (supervisor->state != RUNNING)
        return;
    for (enum role role = ROLE_GATEWAY; role <= ROLE_FRONT; role++) {
        struct child *child = &supervisor->children[role];
        if (child->pid == 0 && child->start_at_ms != 0 && now_ms >= child->start_at_ms)
            restart_edge(supervisor, role);
    }
}

static void sooner(uint64_t *at_ms, uint64_t other_ms)
{
    if (other_ms != 0 && other_ms < *at_ms)
        *at_ms = other_ms;
}

static int next_timeout_ms(const struct supervisor *supervisor)
{
    uint64_t at_ms = supervisor->now_ms + 60000;
    if (supervisor->state != RUNNING && anyone_runs(supervisor))
        sooner(&at_ms, supervisor->kill_at_ms);
    if (supervisor->state == DRAINING && !anyone_runs(supervisor))
        sooner(&at_ms, supervisor->start_all_at_ms);
    for (size_t i = 0; supervisor->state == RUNNING && i < ROLES; i++)
        sooner(&at_ms, supervisor->children[i].start_at_ms);
    if (!door_is_open(&supervisor->door, supervisor->now_ms))
        sooner(&at_ms, supervisor->door.open_ms);
    return at_ms <= supervisor->now_ms ? 0 : (int)(at_ms - supervisor->now_ms);
}

static void turn(struct supervisor *supervisor)
{
    struct pollfd items[] = {
        {.fd = supervisor->signal_fd, .events = POLLIN},
        {.fd = supervisor->core == NULL ? -1 : tov_ipc_fd(supervisor->core), .events = POLLIN},
        {.fd = door_is_watched(supervisor) ? supervisor->door.fd : -1, .events = POLLIN},
    };
    int ready = poll(items, 3, next_timeout_ms(supervisor));
    supervisor->now_ms = tov_role_now_ms();
    if (ready > 0 && items[1].revents != 0)
        read_core(supervisor);
    if (ready > 0 && items[0].revents != 0)
        take_signals(supervisor);
    if (ready > 0 && items[2].revents != 0 && door_is_watched(supervisor))
        take_gateway(supervisor);
    take_time(supervisor);
}

int supervisor_run(struct supervisor *supervisor)
{
    static const char *const names[ROLES] = {"guard", "gateway", "front", "core"};
    for (size_t i = 0; i < ROLES; i++)
        supervisor->children[i].role = names[i];
    supervisor->now_ms = tov_role_now_ms();
    start_all(supervisor);
    while (supervisor->state != STOPPING || anyone_runs(supervisor))
        turn(supervisor);
    close_core(supervisor);
    TOV_LOG(supervisor->exit_code == TOV_EXIT_OK ? TOV_LOG_INFO : TOV_LOG_ERROR, "stopped",
            TOV_LOG_NUMBER("code", supervisor->exit_code),
            TOV_LOG_TEXT("why", tov_exit_text((enum tov_exit)supervisor->exit_code)));
    return supervisor->exit_code;
}
