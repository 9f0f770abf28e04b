/* SPDX-License-Identifier: EUPL-1.2
 *
 * A library for LD_PRELOAD that makes the N-th call of one kind fail, and journals writes that no
 * sync has made durable (support/crash.h). Everything comes from the environment:
 *
 *   TOV_FAULT_FILE     files whose path holds this text are watched (default: data.mdb)
 *   TOV_FAULT_ROLE     only the process that was started as `--role` with this name is meant
 *   TOV_FAULT          CALL:ERRNO:N or CALL:ERRNO:N:on, for example fdatasync:5:3; CALL is write
 *                      (pwrite, write and writev), fdatasync (and fsync), ftruncate, open (and
 *                      openat), malloc or send (to whatever socket). The N-th such call fails once,
 *                      or with `on` from then on.
 *                      ERRNO 0: the process is killed there, as by signal 9.
 *   TOV_FAULT_ONCE     file that gets a line when the call fails; while it has one nothing fails:
 *                      a process that is started again meets the fault no second time
 *   TOV_FAULT_SLOW     milliseconds that each sync takes longer: a slow disk
 *   TOV_FAULT_COUNTS   file that gets "CALL COUNT" lines when the process ends
 *   TOV_FAULT_JOURNAL  file for the journal of one watched file
 *
 * Not for: programs under a sanitizer where malloc shall fail; theirs must stay.
 */
#include "support/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define FDS_MAX 200
#define JOURNAL_FD 250
#define ONCE_FD 251

enum call { CALL_WRITE, CALL_SYNC, CALL_TRUNCATE, CALL_OPEN, CALL_MALLOC, CALL_SEND, CALL_COUNT };
static const char *const call_names[CALL_COUNT] = {"write", "fdatasync", "ftruncate",
                                                   "open",  "malloc",    "send"};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool is_ready;
static long counts[CALL_COUNT];
static int fault_call = -1;
static int fault_errno;
static long fault_at;
static bool fault_stays;
static bool fault_is_over; /* by TOV_FAULT_ONCE */
static bool has_once;
static long slow_ms;
static bool has_journal;
static bool is_watched_fd[FDS_MAX];
static const char *watched = "data.mdb";

static void read_fault(const char *text)
{
    char name[32] = "", on[8] = "";
    if (text == NULL || sscanf(text, "%31[^:]:%d:%ld:%7s", name, &fault_errno, &fault_at, on) < 3)
        return;
    for (int i = 0; i < CALL_COUNT; i++) {
        if (strcmp(name, call_names[i]) == 0)
            fault_call = i;
    }
    fault_stays = strcmp(on, "on") == 0;
}

/* Whether this process's arguments have `--role ROLE`. */
static bool is_role(const char *role)
{
    char text[2048];
    long fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    long size = fd < 0 ? 0 : syscall(SYS_read, (int)fd, text, sizeof text - 1);
    (void)syscall(SYS_close, (int)fd);
    text[size < 0 ? 0 : size] = '\0';
    bool is_next = false;
    for (long at = 0; at < size; at += (long)strlen(text + at) + 1) {
        if (is_next)
            return strcmp(text + at, role) == 0;
        is_next = strcmp(text + at, "--role") == 0;
    }
    return false;
}

static bool open_at(const char *path, int flags, int as)
{
    if (path == NULL)
        return false;
    long fd = syscall(SYS_openat, AT_FDCWD, path, flags | O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    bool is_open = fd >= 0 && dup3((int)fd, as, O_CLOEXEC) == as;
    (void)syscall(SYS_close, (int)fd);
    return is_open;
}

/* Opened now: a process may have shut itself off from files by the time that it fails. */
static void open_once(const char *path)
{
    struct stat info;
    has_once = open_at(path, O_APPEND, ONCE_FD);
    fault_is_over = has_once && fstat(ONCE_FD, &info) == 0 && info.st_size > 0;
}

__attribute__((constructor)) static void start(void)
{
    const char *file = getenv("TOV_FAULT_FILE");
    const char *role = getenv("TOV_FAULT_ROLE");
    if (role != NULL && !is_role(role))
        return;
    if (file != NULL)
        watched = file;
    has_journal = open_at(getenv("TOV_FAULT_JOURNAL"), O_APPEND, JOURNAL_FD);
    open_once(getenv("TOV_FAULT_ONCE"));
    read_fault(getenv("TOV_FAULT"));
    const char *slow = getenv("TOV_FAULT_SLOW");
    slow_ms = slow == NULL ? 0 : strtol(slow, NULL, 10);
    is_ready = true;
}

__attribute__((destructor)) static void stop(void)
{
    const char *path = getenv("TOV_FAULT_COUNTS");
    bool was_ready = is_ready;
    is_ready = false;
    if (path == NULL || !was_ready)
        return;
    char text[256];
    int size = 0;
    for (int i = 0; i < CALL_COUNT; i++)
        size +=
            snprintf(text + size, sizeof text - (size_t)size, "%s %ld\n", call_names[i], counts[i]);
    long fd = syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)syscall(SYS_write, (int)fd, text, (size_t)size);
}

static void note_once(enum call call, long count)
{
    char text[64];
    if (!has_once)
        return;
    fault_is_over = true;
    int size = snprintf(text, sizeof text, "%s %ld\n", call_names[call], count);
    (void)syscall(SYS_write, ONCE_FD, text, (size_t)size);
}

/* Counts a call; true when it shall fail, with errno set. */
static bool fails(enum call call)
{
    if (!is_ready || fault_is_over)
        return false;
    long count = __atomic_add_fetch(&counts[call], 1, __ATOMIC_RELAXED);
    if ((int)call != fault_call || count < fault_at || (count > fault_at && !fault_stays))
        return false;
    note_once(call, count);
    if (fault_errno == 0) /* what a role may still do that has shut itself off */
        (void)syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGKILL);
    errno = fault_errno;
    return true;
}

static bool is_watched(int fd)
{
    return fd >= 0 && fd < FDS_MAX && __atomic_load_n(&is_watched_fd[fd], __ATOMIC_RELAXED);
}

/* ---- the journal ---- */

static void journal_write(int fd, const struct iovec *parts, int part_count, off_t offset)
{
    static uint8_t old_bytes[1 << 20], new_bytes[1 << 20];
    struct stat info;
    size_t size = 0;
    for (int i = 0; i < part_count; i++) {
        if (size + parts[i].iov_len > sizeof new_bytes)
            abort();
        memcpy(new_bytes + size, parts[i].iov_base, parts[i].iov_len);
        size += parts[i].iov_len;
    }
    memset(old_bytes, 0, size);
    (void)syscall(SYS_pread64, fd, old_bytes, size, offset);
    bool is_durable = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
    struct crash_record record = {
        .kind = is_durable ? CRASH_DURABLE : CRASH_UNSYNCED,
        .size = (uint32_t)size,
        .offset = (uint64_t)offset,
        .file_size = fstat(fd, &info) == 0 ? (uint64_t)info.st_size : 0,
    };
    struct iovec whole[3] = {{&record, sizeof record}, {old_bytes, size}, {new_bytes, size}};
    if (syscall(SYS_writev, JOURNAL_FD, whole, 3L) < 0)
        abort();
}

static ssize_t do_write(int fd, const struct iovec *parts, int part_count, off_t offset)
{
    if (is_watched(fd) && fails(CALL_WRITE))
        return -1;
    (void)pthread_mutex_lock(&lock);
    off_t at = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR);
    if (has_journal && is_watched(fd))
        journal_write(fd, parts, part_count, at);
    ssize_t done = offset >= 0 ? syscall(SYS_pwrite64, fd, parts[0].iov_base, parts[0].iov_len, at)
                               : syscall(SYS_writev, fd, parts, (long)part_count);
    (void)pthread_mutex_unlock(&lock);
    return done;
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t offset);
EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    struct iovec part = {(void *)(uintptr_t)data, size};
    return do_write(fd, &part, 1, offset);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int part_count)
{
    return do_write(fd, parts, part_count, -1);
}

EXPORT ssize_t write(int fd, const void *data, size_t size)
{
    if (!is_watched(fd))
        return syscall(SYS_write, fd, data, size);
    struct iovec part = {(void *)(uintptr_t)data, size};
    return do_write(fd, &part, 1, -1);
}

/* ---- syncs ---- */

static int do_sync(int fd, long number)
{
    if (!is_watched(fd))
        return (int)syscall(number, fd);
    if (fails(CALL_SYNC))
        return -1;
    struct timespec slowness = {slow_ms / 1000, slow_ms % 1000 * 1000000L};
    (void)nanosleep(&slowness, NULL);
    (void)pthread_mutex_lock(&lock);
    int result = (int)syscall(number, fd);
    if (result == 0 && has_journal)
        (void)syscall(SYS_ftruncate, JOURNAL_FD, 0L);
    (void)pthread_mutex_unlock(&lock);
    return result;
}

EXPORT int fdatasync(int fd)
{
    return do_sync(fd, SYS_fdatasync);
}

EXPORT int fsync(int fd)
{
    return do_sync(fd, SYS_fsync);
}

EXPORT int ftruncate(int fd, off_t size)
{
    if (fails(CALL_TRUNCATE))
        return -1;
    return (int)syscall(SYS_ftruncate, fd, size);
}

/* ---- what is said ---- */

EXPORT ssize_t send(int fd, const void *data, size_t size, int flags);
EXPORT ssize_t send(int fd, const void *data, size_t size, int flags)
{
    if (fails(CALL_SEND))
        return -1;
    return syscall(SYS_sendto, fd, data, size, flags, NULL, 0L);
}

/* ---- open and close: which descriptors are watched ---- */

/* PATH as it is seen from the folder FD. */
static bool is_match(int folder_fd, const char *path)
{
    char name[64], folder[512];
    if (strstr(path, watched) != NULL)
        return true;
    if (folder_fd < 0 || path[0] == '/')
        return false;
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", folder_fd);
    ssize_t size = readlink(name, folder, sizeof folder - 1);
    folder[size < 0 ? 0 : size] = '\0';
    return strstr(folder, watched) != NULL;
}

struct opening {
    int folder_fd;
    const char *path;
    int flags;
    unsigned mode;
};

static int do_open(const struct opening *opening)
{
    bool matches = is_ready && is_match(opening->folder_fd, opening->path);
    if (matches && fails(CALL_OPEN))
        return -1;
    int fd =
        (int)syscall(SYS_openat, opening->folder_fd, opening->path, opening->flags, opening->mode);
    if (fd >= 0 && fd < FDS_MAX)
        __atomic_store_n(&is_watched_fd[fd], matches, __ATOMIC_RELAXED);
    return fd;
}

#define TAKES_MODE(flags) (((flags) & (O_CREAT | O_TMPFILE)) != 0)

EXPORT int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = TAKES_MODE(flags) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return do_open(&(struct opening){AT_FDCWD, path, flags, mode});
}

EXPORT int openat(int folder_fd, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = TAKES_MODE(flags) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    return do_open(&(struct opening){folder_fd, path, flags, mode});
}

EXPORT int close(int fd)
{
    if (fd >= 0 && fd < FDS_MAX)
        __atomic_store_n(&is_watched_fd[fd], false, __ATOMIC_RELAXED);
    return (int)syscall(SYS_close, fd);
}

/* ---- memory ---- */

#ifndef FAULTSHIM_KEEPS_MALLOC
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

EXPORT void *malloc(size_t size)
{
    return fails(CALL_MALLOC) ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
    return fails(CALL_MALLOC) ? NULL : __libc_calloc(count, size);
}

EXPORT void *realloc(void *old, size_t size)
{
    return fails(CALL_MALLOC) ? NULL : __libc_realloc(old, size);
}

EXPORT int posix_memalign(void **out_memory, size_t alignment, size_t size)
{
    void *memory = fails(CALL_MALLOC) ? NULL : __libc_memalign(alignment, size);
    if (memory == NULL)
        return ENOMEM;
    *out_memory = memory;
    return 0;
}
#endif
