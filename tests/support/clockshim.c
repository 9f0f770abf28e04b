/* SPDX-License-Identifier: EUPL-1.2
 *
 * A library for LD_PRELOAD that moves the clock of the programs it is loaded into, while they run:
 * the file TOV_CLOCK_FILE holds one int64_t, the milliseconds that are added to CLOCK_REALTIME. It
 * is mapped before a process shuts itself off from files, so that whoever writes it moves the
 * clock of all of them at once.
 * Not for: the monotonic clock, which no step moves, and waits until a time of day.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static const _Atomic int64_t *moved_ms;

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("TOV_CLOCK_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *map = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *moved_ms, PROT_READ, MAP_SHARED, fd, 0);
    if (path != NULL && map == MAP_FAILED)
        abort();
    if (map != MAP_FAILED)
        moved_ms = map;
    if (fd >= 0)
        (void)close(fd);
}

EXPORT int clock_gettime(clockid_t id, struct timespec *out)
{
    int result = (int)syscall(SYS_clock_gettime, id, out);
    if (result != 0 || moved_ms == NULL || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE))
        return result;
    int64_t by = atomic_load(moved_ms);
    out->tv_sec += by / 1000;
    out->tv_nsec += by % 1000 * 1000000;
    if (out->tv_nsec >= 1000000000) {
        out->tv_sec++;
        out->tv_nsec -= 1000000000;
    } else if (out->tv_nsec < 0) {
        out->tv_sec--;
        out->tv_nsec += 1000000000;
    }
    return 0;
}

EXPORT int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    *out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

EXPORT time_t time(time_t *out)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return (time_t)-1;
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}
