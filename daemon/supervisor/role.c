/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/role.h"

#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define KEPT_FREE_BYTES (32 * 1024 * 1024)
#define MAPPED_FROM_BYTES (4 * 1024 * 1024)
#define GROWN_BY_BYTES (1024 * 1024)

struct argument {
    const char *name;
    bool is_number;
    size_t offset;
};

#define FIELD(member) offsetof(struct tov_role_arguments, member)
static const struct argument known[] = {
    {"--role", false, FIELD(role)},
    {"--config", false, FIELD(config)},
    {"--fd", true, FIELD(fd)},
    {"--guard-fd", true, FIELD(guard_fd)},
    {"--gateway-fd", true, FIELD(gateway_fd)},
    {"--front-fd", true, FIELD(front_fd)},
    {"--supervisor-fd", true, FIELD(supervisor_fd)},
};

static const struct argument *find_argument(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    return NULL;
}

static bool set_number(int *field, const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (*field != -1 || *text == '\0' || *end != '\0' || number < 0 || number > 1000000)
        return false;
    *field = (int)number;
    return true;
}

static bool set_text(const char **field, const char *text)
{
    if (*field != NULL)
        return false;
    *field = text;
    return true;
}

static bool set_argument(struct tov_role_arguments *arguments, const char *name, const char *value)
{
    const struct argument *argument = find_argument(name);
    if (argument == NULL || value == NULL)
        return false;
    void *field = (char *)arguments + argument->offset;
    return argument->is_number ? set_number(field, value) : set_text(field, value);
}

bool tov_role_arguments_parse(int argc, char **argv, struct tov_role_arguments *out_arguments)
{
    struct tov_role_arguments arguments = {
        .fd = -1, .guard_fd = -1, .gateway_fd = -1, .front_fd = -1, .supervisor_fd = -1};
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!set_argument(&arguments, argv[i], value)) {
            (void)fprintf(stderr, "tovd: %s: not an argument of a role, or given wrongly\n",
                          argv[i]);
            return false;
        }
    }
    *out_arguments = arguments;
    return true;
}

/* Each turn takes and frees a few MiB: the batch, its pages, the frames. By its defaults malloc
 * would give them back to the kernel each time, and fault them in again. */
static void keep_freed_memory(void)
{
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
    (void)mallopt(M_TOP_PAD, GROWN_BY_BYTES);
}

int tov_role_start(void)
{
    keep_freed_memory();
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGUSR1);
    (void)sigaddset(&set, SIGINT);
    struct rlimit none = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int tov_role_signal(int signal_fd)
{
    struct signalfd_siginfo info;
    if (read(signal_fd, &info, sizeof info) != (ssize_t)sizeof info)
        return 0;
    return (int)info.ssi_signo;
}

uint64_t tov_role_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
