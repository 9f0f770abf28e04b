/* SPDX-License-Identifier: EUPL-1.2 */
#include "writer.h"

#include "support/unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HUNG_AFTER_US 20000000u

static uint64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* PROGRAMS_FOLDER and FAULTSHIM come from the build (CMakeLists.txt). */
static void set_environment(const struct writer_start *start)
{
    if (start->fault == NULL && start->counts == NULL && start->journal == NULL)
        return;
    UNIT_NEED(setenv("LD_PRELOAD", FAULTSHIM, 1) == 0);
    UNIT_NEED(setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1) == 0);
    if (start->fault != NULL)
        UNIT_NEED(setenv("TOV_FAULT", start->fault, 1) == 0);
    if (start->counts != NULL)
        UNIT_NEED(setenv("TOV_FAULT_COUNTS", start->counts, 1) == 0);
    if (start->journal != NULL)
        UNIT_NEED(setenv("TOV_FAULT_JOURNAL", start->journal, 1) == 0);
}

static void become_writer(const struct writer_start *start, int out_fd)
{
    char program[512], seed[32], batches[32];
    int quiet = open("/dev/null", O_WRONLY);
    (void)snprintf(program, sizeof program, PROGRAMS_FOLDER "/%s", start->program);
    (void)snprintf(seed, sizeof seed, "%llu", (unsigned long long)start->seed);
    (void)snprintf(batches, sizeof batches, "%u", start->batches);
    (void)dup2(out_fd, STDOUT_FILENO);
    if (getenv("TOV_FAULT_LOUD") == NULL)
        (void)dup2(quiet, STDERR_FILENO);
    set_environment(start);
    (void)execl(program, program, start->path, seed, batches, start->is_split ? "split" : NULL,
                (char *)NULL);
    _exit(WRITER_OTHER);
}

/* What has come through the pipe; an acknowledgement cut short by the kill is none. */
struct gather {
    int fd;
    struct invariant_log *acked;
    uint8_t bytes[sizeof(struct invariant_record)];
    size_t size;
};

static bool gather_some(struct gather *gather)
{
    uint8_t bytes[4000];
    ssize_t got = read(gather->fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < got; i++) {
        gather->bytes[gather->size++] = bytes[i];
        if (gather->size == sizeof gather->bytes) {
            struct invariant_record record;
            memcpy(&record, gather->bytes, sizeof record);
            invariant_log_add(gather->acked, record);
            gather->size = 0;
        }
    }
    return got > 0;
}

/* True when the writer ended by itself within FOR_US; false when time is up. With AFTER_ACK time
 * starts at the first acknowledgement. */
static bool gather_for(struct gather *gather, uint64_t for_us, bool after_ack)
{
    size_t count = gather->acked->count;
    uint64_t deadline = now_us() + (after_ack ? HUNG_AFTER_US : for_us);
    for (uint64_t now = now_us(); now < deadline; now = now_us()) {
        uint64_t left = deadline - now;
        struct timespec wait = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
        struct pollfd poll_fd = {.fd = gather->fd, .events = POLLIN};
        if (ppoll(&poll_fd, 1, &wait, NULL) > 0 && !gather_some(gather))
            return true;
        if (after_ack && gather->acked->count > count) {
            after_ack = false;
            deadline = now_us() + for_us;
        }
    }
    return false;
}

enum writer_exit writer_run(const struct writer_start *start, unsigned kill_after_us,
                            struct invariant_log *acked)
{
    int fds[2], status = 0;
    UNIT_NEED(pipe2(fds, O_CLOEXEC) == 0);
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0)
        become_writer(start, fds[1]);
    (void)close(fds[1]);
    struct gather gather = {.fd = fds[0], .acked = acked};
    bool is_hung = kill_after_us == 0;
    if (gather_for(&gather, is_hung ? HUNG_AFTER_US : kill_after_us, start->kill_after_ack))
        is_hung = false;
    else
        (void)kill(child, SIGKILL);
    UNIT_NEED(waitpid(child, &status, 0) == child);
    while (gather_some(&gather)) {
    }
    (void)close(fds[0]);
    if (is_hung)
        return WRITER_HUNG;
    return WIFEXITED(status) ? (enum writer_exit)WEXITSTATUS(status) : WRITER_KILLED;
}

static FILE *write_acks(const struct invariant_log *acked)
{
    FILE *file = tmpfile();
    UNIT_NEED(file != NULL);
    if (acked->count == 0)
        return file;
    UNIT_NEED(fwrite(acked->records, sizeof acked->records[0], acked->count, file) == acked->count);
    UNIT_NEED(fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0);
    return file;
}

bool store_is_whole(const char *path, const struct invariant_log *acked, char out_text[256])
{
    int fds[2], status = 0;
    FILE *acks = write_acks(acked);
    UNIT_NEED(pipe2(fds, O_CLOEXEC) == 0);
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0) {
        (void)dup2(fileno(acks), STDIN_FILENO);
        (void)dup2(fds[1], STDOUT_FILENO);
        (void)execl(PROGRAMS_FOLDER "/store_checker", "store_checker", path, (char *)NULL);
        _exit(2);
    }
    (void)close(fds[1]);
    (void)fclose(acks);
    size_t size = 0;
    for (ssize_t got; (got = read(fds[0], out_text + size, 255 - size)) > 0;)
        size += (size_t)got;
    (void)close(fds[0]);
    UNIT_NEED(waitpid(child, &status, 0) == child);
    out_text[size] = '\0';
    if (!WIFEXITED(status))
        (void)snprintf(out_text, 256, "the checker died of signal %d", WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static char folder[256];

const char *fault_folder_create(void)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/tov-fault-XXXXXX", base != NULL ? base : "/tmp");
    UNIT_NEED(mkdtemp(folder) != NULL);
    return folder;
}

static int remove_one(const char *name, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(name);
}

void fault_folder_remove(void)
{
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

unsigned fault_number(const char *name, unsigned fallback)
{
    const char *text = getenv(name);
    return text == NULL ? fallback : (unsigned)strtoul(text, NULL, 10);
}
