/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/process.h"

#include "support/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_MS 10
#define TREE_MAX 32
#define GONE_WITHIN_MS 10000

void process_pause(void)
{
    struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
}

long long process_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void process_adopt_orphans(void)
{
    UNIT_NEED(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
}

/* ---- starting ---- */

static _Noreturn void become(const char *const argv[], const char *log, int output, pid_t parent)
{
    char *arguments[PROCESS_ARGUMENTS_MAX + 1] = {NULL};
    for (size_t i = 0; i < PROCESS_ARGUMENTS_MAX && argv[i] != NULL; i++)
        arguments[i] = strdup(argv[i]);
    int errors = open(log == NULL ? "/dev/null" : log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int input = open("/dev/null", O_RDONLY);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && errors >= 0 &&
        dup2(input, 0) == 0 && dup2(output < 0 ? errors : output, 1) == 1 && dup2(errors, 2) == 2 &&
        close_range(3, ~0u, 0) == 0)
        (void)execv(arguments[0], arguments);
    _exit(127);
}

static pid_t fork_program(const char *const argv[], const char *log, int output)
{
    pid_t parent = getpid();
    (void)fflush(NULL);
    pid_t pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0)
        become(argv, log, output, parent);
    return pid;
}

pid_t process_start(const char *const argv[], const char *log)
{
    return fork_program(argv, log, -1);
}

static char *read_all(int fd)
{
    size_t size = 0, capacity = 65536;
    char *text = malloc(capacity);
    UNIT_NEED(text != NULL);
    for (;;) {
        ssize_t got = read(fd, text + size, capacity - size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size += (size_t)got;
        if (capacity - size < 2) {
            capacity *= 2;
            text = realloc(text, capacity);
            UNIT_NEED(text != NULL);
        }
    }
    text[size] = '\0';
    return text;
}

int process_run(const char *const argv[], const char *log, int timeout_ms, char **out_text)
{
    char path[] = "/tmp/tov-federation-XXXXXX";
    int fd = mkostemp(path, O_CLOEXEC);
    UNIT_NEED(fd >= 0 && unlink(path) == 0);
    pid_t pid = fork_program(argv, log, fd);
    int code = process_wait(pid, timeout_ms);
    if (code < 0)
        process_kill_tree(pid);
    UNIT_NEED(lseek(fd, 0, SEEK_SET) == 0);
    *out_text = read_all(fd);
    (void)close(fd);
    return code;
}

/* ---- ending ---- */

bool process_runs(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    int found = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return found == 0 && info.si_pid == 0;
}

int process_wait(pid_t pid, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if ((ended < 0 && errno != EINTR) || process_now_ms() > until)
            return -1;
        process_pause();
    }
}

bool process_end(pid_t pid, int timeout_ms)
{
    (void)kill(pid, SIGTERM);
    if (process_wait(pid, timeout_ms) >= 0)
        return true;
    process_kill_tree(pid);
    return false;
}

static pid_t parent_of(pid_t pid)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[size > 0 ? size : 0] = '\0';
    const char *behind_name = strrchr(text, ')'); /* a program's name may hold anything */
    int parent = 0;
    char state = 0;
    if (behind_name == NULL || sscanf(behind_name + 1, " %c %d", &state, &parent) != 2)
        return 0;
    return state == 'Z' ? 0 : parent;
}

static size_t children_of(pid_t parent, pid_t *out, size_t capacity)
{
    size_t count = 0;
    DIR *processes = opendir("/proc");
    UNIT_NEED(processes != NULL);
    struct dirent *entry;
    while ((entry = readdir(processes)) != NULL) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && parent_of(pid) == parent && count < capacity)
            out[count++] = pid;
    }
    (void)closedir(processes);
    return count;
}

/* Stopped first, so that nothing is started while the tree is walked. */
void process_kill_tree(pid_t pid)
{
    pid_t tree[TREE_MAX] = {pid};
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        (void)kill(tree[i], SIGSTOP);
        count += children_of(tree[i], tree + count, TREE_MAX - count);
    }
    for (size_t i = 0; i < count; i++)
        (void)kill(tree[i], SIGKILL);
    for (size_t i = 0; i < count; i++)
        (void)process_wait(tree[i], GONE_WITHIN_MS);
}

void process_kill(pid_t pid)
{
    long long until = process_now_ms() + GONE_WITHIN_MS;
    if (kill(pid, SIGKILL) != 0)
        return;
    while (parent_of(pid) != 0 && process_now_ms() < until)
        process_pause();
}

static bool is_role(pid_t pid, const char *role)
{
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[size > 0 ? size : 0] = '\0';
    bool is_next = false;
    for (ssize_t at = 0; at < size; at += (ssize_t)strlen(text + at) + 1) {
        if (is_next)
            return strcmp(text + at, role) == 0;
        is_next = strcmp(text + at, "--role") == 0;
    }
    return false;
}

pid_t process_role(pid_t parent, const char *role)
{
    pid_t children[TREE_MAX];
    size_t count = children_of(parent, children, TREE_MAX);
    for (size_t i = 0; i < count; i++)
        if (is_role(children[i], role))
            return children[i];
    return 0;
}
