/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/apart.h"

#include "config/config.h"
#include "supervisor/role.h"
#include "supervisor/start.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define TRY_MS 1000u
#define PATIENCE_MS 5000u
#define RUNNING (-1)

static const char help[] =
    "tovd gateway --config FILE            run a gateway apart from its node, in the foreground\n"
    "tovd gateway --config FILE --check    read its configuration and say whether it is right\n"
    "Exit codes: docs/exit-codes.md, tovd(8). What it is for: docs/gateway.md.\n";

struct apart {
    struct tov_gateway_config config;
    const char *path; /* of the configuration */
    int signal_fd;
    struct child child;
    uint64_t now_ms;
    uint64_t kill_at_ms; /* while it ends */
    bool said_waiting;
    int exit_code; /* or RUNNING */
};

/* ---- the role ---- */

/* A connection to the node, or -1: errno says why. */
static int connect_to_node(const struct apart *apart)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", apart->config.connect);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int number = errno;
    (void)close(fd);
    errno = number;
    return -1;
}

static void say_waiting(struct apart *apart, const char *why)
{
    if (apart->said_waiting)
        return;
    apart->said_waiting = true;
    TOV_LOG(TOV_LOG_WARNING, "no-node", TOV_LOG_TEXT("socket", apart->config.connect),
            TOV_LOG_TEXT("why", why));
    (void)sd_notify(0, "STATUS=waiting for the node");
}

static void start_role(struct apart *apart)
{
    int fd = connect_to_node(apart);
    if (fd < 0) {
        say_waiting(apart, strerror(errno));
        apart->child.start_at_ms = apart->now_ms + TRY_MS;
        return;
    }
    struct child_start start = {.config = apart->path, .fds = {{"--fd", fd}}, .fd_count = 1};
    enum tov_err started = child_start(&apart->child, &start, apart->now_ms);
    (void)close(fd);
    if (started != TOV_OK) {
        child_plan(&apart->child, TOV_EXIT_INTERNAL, apart->now_ms);
        return;
    }
    apart->said_waiting = false;
    TOV_LOG(TOV_LOG_INFO, "connected", TOV_LOG_TEXT("socket", apart->config.connect));
    (void)sd_notify(0, "STATUS=connected to the node");
}

static void stop(struct apart *apart, int code)
{
    if (apart->exit_code != RUNNING)
        return;
    apart->exit_code = code;
    apart->kill_at_ms = apart->now_ms + PATIENCE_MS;
    (void)sd_notify(0, "STOPPING=1");
    if (apart->child.pid != 0)
        (void)kill(apart->child.pid, SIGTERM);
}

static void take_end(struct apart *apart, int status)
{
    enum tov_exit code = child_end(&apart->child, status,
                                   apart->exit_code == RUNNING ? TOV_LOG_WARNING : TOV_LOG_INFO);
    if (tov_exit_remedy(code) == TOV_EXIT_NEEDS_A_PERSON)
        stop(apart, (int)code);
    else if (apart->exit_code == RUNNING)
        child_plan(&apart->child, code, apart->now_ms);
}

/* ---- the loop ---- */

static void reap(struct apart *apart)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == apart->child.pid)
            take_end(apart, status);
}

static void take_signals(struct apart *apart)
{
    struct signalfd_siginfo info;
    while (read(apart->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            reap(apart);
        else if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
            stop(apart, TOV_EXIT_OK);
    }
}

static uint64_t next_at_ms(const struct apart *apart)
{
    if (apart->exit_code != RUNNING)
        return apart->kill_at_ms;
    return apart->child.pid == 0 ? apart->child.start_at_ms : apart->now_ms + 60000;
}

static void turn(struct apart *apart)
{
    struct pollfd item = {.fd = apart->signal_fd, .events = POLLIN};
    uint64_t at_ms = next_at_ms(apart);
    (void)poll(&item, 1, at_ms <= apart->now_ms ? 0 : (int)(at_ms - apart->now_ms));
    apart->now_ms = tov_role_now_ms();
    take_signals(apart);
    if (apart->exit_code == RUNNING && apart->child.pid == 0 &&
        apart->now_ms >= apart->child.start_at_ms)
        start_role(apart);
    if (apart->exit_code != RUNNING && apart->child.pid != 0 && apart->now_ms >= apart->kill_at_ms)
        (void)kill(apart->child.pid, SIGKILL);
}

static int run(struct apart *apart)
{
    tov_log_open("gateway-supervisor", apart->config.log_level, getenv("JOURNAL_STREAM") != NULL);
    apart->signal_fd = supervisor_open_signals();
    if (apart->signal_fd < 0 || !supervisor_enter_sandbox())
        return TOV_EXIT_INTERNAL;
    apart->now_ms = tov_role_now_ms();
    (void)sd_notify(0, "READY=1");
    while (apart->exit_code == RUNNING || apart->child.pid != 0)
        turn(apart);
    (void)close(apart->signal_fd);
    TOV_LOG(apart->exit_code == TOV_EXIT_OK ? TOV_LOG_INFO : TOV_LOG_ERROR, "stopped",
            TOV_LOG_NUMBER("code", apart->exit_code),
            TOV_LOG_TEXT("why", tov_exit_text((enum tov_exit)apart->exit_code)));
    return apart->exit_code;
}

int apart_main(int argc, char **argv)
{
    struct supervisor_command command;
    struct tov_error error = {.code = TOV_OK};
    struct apart apart = {
        .signal_fd = -1, .child = {.role = TOV_ROLE_GATEWAY_APART}, .exit_code = RUNNING};
    if (!supervisor_parse_command(argc, argv, help, &command))
        return TOV_EXIT_USAGE;
    if (command.help || command.version) {
        (void)printf("%s", command.help ? help : "tovd " TOV_VERSION_TEXT "\n");
        return TOV_EXIT_OK;
    }
    apart.path = command.config;
    if (tov_gateway_config_load(command.config, &apart.config, &error) != TOV_OK) {
        (void)fprintf(stderr, "tovd gateway: %s\n", error.text);
        return TOV_EXIT_CONFIG;
    }
    if (!command.check)
        return run(&apart);
    (void)printf("%s: understood; a gateway that connects at %s\n", command.config,
                 apart.config.connect);
    return TOV_EXIT_OK;
}
