/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_FD 3
#define ABOVE_ALL 64 /* where descriptors are parked while they change places */
#define BACKOFF_MS 100u
#define BACKOFF_MAX_MS 30000u
#define SLOW_MS 1000u
#define GOOD_RUN_MS 60000u

void child_plan(struct child *child, enum tov_exit code, uint64_t now_ms)
{
    uint64_t delay_ms = 0;
    if (now_ms - child->started_ms >= GOOD_RUN_MS)
        child->failures = 0;
    switch (tov_exit_remedy(code)) {
    case TOV_EXIT_AGAIN:
        delay_ms = child->failures >= 9 ? BACKOFF_MAX_MS : BACKOFF_MS << child->failures;
        if (delay_ms > BACKOFF_MAX_MS)
            delay_ms = BACKOFF_MAX_MS;
        child->failures++;
        break;
    case TOV_EXIT_AGAIN_SLOWLY:
        delay_ms = SLOW_MS;
        break;
    case TOV_EXIT_AGAIN_AT_ONCE:
    case TOV_EXIT_NEEDS_A_PERSON:
        break;
    }
    child->start_at_ms = now_ms + delay_ms;
}

/* The kernel ended it by SIGSYS (sandbox/sandbox.h). */
static const char sandbox_text[] =
    "it made a system call that only an intruder makes and was ended by the kernel: keep the "
    "journal and the kernel's log, and report it";

static const char broken_text[] =
    "it met a fault in tovd, or bytes that the disk has changed: its store is read whole before "
    "it starts again; please report the lines above";

bool child_was_broken(int status)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == signals[i])
            return true;
    return false;
}

static const char *why_ended(const struct child *child, int status, enum tov_exit code)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        return sandbox_text;
    return strcmp(child->role, "core") == 0 && child_was_broken(status) ? broken_text
                                                                        : tov_exit_text(code);
}

enum tov_exit child_end(struct child *child, int status, enum tov_log_level level)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : TOV_EXIT_INTERNAL;
    child->pid = 0;
    TOV_LOG(level, "role-ended", TOV_LOG_TEXT("ended", child->role), TOV_LOG_NUMBER("code", code),
            TOV_LOG_NUMBER("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
            TOV_LOG_TEXT("why", why_ended(child, status, (enum tov_exit)code)));
    return (enum tov_exit)code;
}

/* ---- between fork and exec: only calls that are safe there ---- */

static bool place_descriptors(const struct child_start *start)
{
    int parked[CHILD_FDS_MAX];
    for (size_t i = 0; i < start->fd_count; i++)
        if ((parked[i] = fcntl(start->fds[i].fd, F_DUPFD, ABOVE_ALL)) < 0)
            return false;
    for (size_t i = 0; i < start->fd_count; i++)
        if (dup2(parked[i], FIRST_FD + (int)i) < 0)
            return false;
    return close_range(FIRST_FD + (unsigned)start->fd_count, ~0u, 0) == 0;
}

static bool free_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

static _Noreturn void become_role(const struct child_start *start, char **argv, pid_t parent)
{
    /* A parent that ended before prctl is seen by its number. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && free_signals() &&
        place_descriptors(start))
        (void)execv("/proc/self/exe", argv);
    _exit(TOV_EXIT_INTERNAL);
}

/* ---- ---- */

struct arguments {
    char program[8];
    char role_argument[8];
    char config_argument[16];
    char texts[CHILD_FDS_MAX][2][24];
    char *argv[5 + 2 * CHILD_FDS_MAX + 1];
};

static void put_arguments(struct arguments *out, char *role, char *config,
                          const struct child_start *start)
{
    (void)snprintf(out->program, sizeof out->program, "tovd");
    (void)snprintf(out->role_argument, sizeof out->role_argument, "--role");
    (void)snprintf(out->config_argument, sizeof out->config_argument, "--config");
    size_t count = 0;
    out->argv[count++] = out->program;
    out->argv[count++] = out->role_argument;
    out->argv[count++] = role;
    out->argv[count++] = out->config_argument;
    out->argv[count++] = config;
    for (size_t i = 0; i < start->fd_count; i++) {
        (void)snprintf(out->texts[i][0], sizeof out->texts[i][0], "%s", start->fds[i].argument);
        (void)snprintf(out->texts[i][1], sizeof out->texts[i][1], "%d", FIRST_FD + (int)i);
        out->argv[count++] = out->texts[i][0];
        out->argv[count++] = out->texts[i][1];
    }
    out->argv[count] = NULL;
}

enum tov_err child_start(struct child *child, const struct child_start *start, uint64_t now_ms)
{
    struct arguments arguments;
    char role[16];
    char config[4096];
    (void)snprintf(role, sizeof role, "%s", child->role);
    if ((size_t)snprintf(config, sizeof config, "%s", start->config) >= sizeof config)
        return TOV_E_LIMIT;
    put_arguments(&arguments, role, config, start);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return TOV_E_NOMEM;
    if (pid == 0)
        become_role(start, arguments.argv, parent);
    child->pid = pid;
    child->started_ms = now_ms;
    child->start_at_ms = 0;
    return TOV_OK;
}
