/* SPDX-License-Identifier: EUPL-1.2
 *
 * tovd with roles that do what a test wrote down. The directory $TOV_FAKE_DIR has one file for
 * each role; its N-th line is what the N-th process of that role does (the last line from then
 * on):
 *   serve       until SIGTERM, or the end of its descriptor, or (core) SV_STOP: exit 0
 *   exit CODE   at once
 *   crash       SIGKILL to itself
 *   fault after FILE    the same, by SIGSEGV
 *   forbidden   ends as one whose sandbox ends it: SIGSYS
 *   crash after FILE    the same, once FILE of the directory has something in it
 *   serve until told    (core) the same as serve, and SIGKILL to itself at SV_DUMP
 *   says silent when told   (core) the same as serve, and SV_SILENT at SV_DUMP
 *   deaf        never ends by itself
 * Each process tells what happens as datagrams to $TOV_FAKE_DIR/events.
 */
#include "exit_codes.h"
#include "ipc/ipc_messages.h"
#include "supervisor/role.h"
#include "supervisor/supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *directory;
static bool crashes_when_told, says_silent_when_told;

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
    char text[200];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/events", directory);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    (void)sendto(fd, text, (size_t)size, 0, (struct sockaddr *)&address, sizeof address);
    (void)close(fd);
}

/* How many processes of ROLE there were before; counts this one. */
static unsigned count_start(const char *role)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s.count", directory, role);
    FILE *file = fopen(path, "ae");
    (void)fputc('x', file);
    long size = ftell(file);
    (void)fclose(file);
    return (unsigned)size - 1;
}

static void read_order(const char *role, unsigned number, char order[64])
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", directory, role);
    FILE *file = fopen(path, "re");
    (void)snprintf(order, 64, "serve");
    for (unsigned i = 0; file != NULL && i <= number && fgets(order, 64, file) != NULL; i++)
        order[strcspn(order, "\n")] = '\0';
    if (file != NULL)
        (void)fclose(file);
}

/* Until something stands in it: whoever made it may be ended before it has written. */
static void wait_for_file(const char *name)
{
    char path[256];
    struct stat status;
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    while (stat(path, &status) != 0 || status.st_size == 0)
        (void)poll(NULL, 0, 1);
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *fds = opendir("/proc/self/fd");
    while (readdir(fds) != NULL)
        count++;
    (void)closedir(fds);
    return count - 3; /* ".", ".." and its own */
}

static int serve_edge(int fd, int signal_fd)
{
    struct pollfd items[] = {{.fd = fd, .events = POLLIN}, {.fd = signal_fd, .events = POLLIN}};
    while (poll(items, 2, -1) < 0 && errno == EINTR)
        continue;
    return items[1].revents != 0 ? TOV_EXIT_OK : TOV_EXIT_PARENT_GONE;
}

static bool take_frame(struct tov_ipc *supervisor, const struct tov_ipc_frame *frame)
{
    enum tov_ipc_link link;
    if (frame->kind == TOV_IPC_SV_RELOAD)
        tell("core reload %s", tov_ipc_take_fd(supervisor) >= 0 ? "with a descriptor" : "without");
    if (frame->kind == TOV_IPC_SV_DUMP)
        tell("core dump");
    if (frame->kind == TOV_IPC_SV_DUMP && crashes_when_told)
        (void)raise(SIGKILL);
    if (frame->kind == TOV_IPC_SV_DUMP && says_silent_when_told &&
        (tov_ipc_send_kind(supervisor, TOV_IPC_SV_SILENT) != TOV_OK ||
         tov_ipc_flush(supervisor) != TOV_OK))
        tell("core could not say it");
    if (frame->kind == TOV_IPC_SV_LINK && tov_ipc_read_link(frame->payload, &link) == TOV_OK)
        tell("core link %d %s", (int)link,
             tov_ipc_take_fd(supervisor) >= 0 ? "with a descriptor" : "without");
    return frame->kind != TOV_IPC_SV_STOP;
}

static enum tov_err say_ready(struct tov_ipc *supervisor)
{
    TOV_TRY(tov_ipc_send_kind(supervisor, TOV_IPC_SV_READY));
    TOV_TRY(tov_ipc_send_text(supervisor, TOV_IPC_SV_STATUS, "taken over\nSTOPPING=1"));
    TOV_TRY(tov_ipc_send_text(supervisor, TOV_IPC_SV_STATUS, "serving 3 agencies"));
    TOV_TRY(tov_ipc_send_kind(supervisor, TOV_IPC_SV_ALIVE));
    return tov_ipc_flush(supervisor);
}

static int serve_core(const struct tov_role_arguments *arguments)
{
    struct tov_ipc *supervisor;
    struct tov_ipc_frame frame;
    if (tov_ipc_create(arguments->supervisor_fd, 65536, &supervisor) != TOV_OK)
        return TOV_EXIT_INTERNAL;
    tov_ipc_allow_fds(supervisor);
    bool goes_on = say_ready(supervisor) == TOV_OK;
    while (goes_on && tov_ipc_wait(supervisor, -1, &frame) == TOV_OK)
        goes_on = take_frame(supervisor, &frame);
    tov_ipc_destroy(supervisor);
    if (goes_on)
        return TOV_EXIT_PARENT_GONE;
    tell("core stop");
    return TOV_EXIT_OK;
}

static int run_role(int argc, char **argv)
{
    struct tov_role_arguments arguments;
    char order[64];
    directory = getenv("TOV_FAKE_DIR");
    if (!tov_role_arguments_parse(argc, argv, &arguments))
        return TOV_EXIT_USAGE;
    int fds = count_descriptors();
    unsigned number = count_start(arguments.role);
    read_order(arguments.role, number, order);
    const char *check = getenv(TOV_ROLE_CHECK_STORE) == NULL ? "" : ", checks its store";
    tell("%s started %u with %d descriptors%s: %s", arguments.role, number, fds, check, order);
    if (strncmp(order, "exit ", 5) == 0)
        return (int)strtol(order + 5, NULL, 10);
    if (strncmp(order, "crash after ", 12) == 0)
        wait_for_file(order + 12);
    if (strncmp(order, "crash", 5) == 0)
        (void)raise(SIGKILL);
    if (strncmp(order, "fault after ", 12) == 0) {
        wait_for_file(order + 12);
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer has a handler */
        (void)raise(SIGSEGV);
    }
    if (strcmp(order, "forbidden") == 0)
        (void)raise(SIGSYS);
    crashes_when_told = strcmp(order, "serve until told") == 0;
    says_silent_when_told = strcmp(order, "says silent when told") == 0;
    int signal_fd = tov_role_start();
    while (strcmp(order, "deaf") == 0)
        (void)pause();
    if (strcmp(arguments.role, "core") == 0)
        return serve_core(&arguments);
    return serve_edge(arguments.fd, signal_fd);
}

static enum tov_err check(const struct tov_config *config, unsigned *out_locked,
                          struct tov_error *error)
{
    *out_locked = 2;
    return getenv("TOV_FAKE_WRONG") == NULL
               ? TOV_OK
               : tov_fail(error, TOV_E_KEY, "a key of %s is wrong", config->agency);
}

int main(int argc, char **argv)
{
    const struct tov_supervisor_roles roles = {.guard = run_role,
                                               .core = run_role,
                                               .gateway = run_role,
                                               .front = run_role,
                                               .check = check};
    return tov_supervisor_main(&roles, argc, argv);
}
