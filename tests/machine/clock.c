/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/clock.h"

#include "support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void clock_create(struct clock *clock, const struct federation *federation)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(federation, path, "clock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0 && ftruncate(fd, sizeof *clock->moved_ms) == 0);
    void *map = mmap(NULL, sizeof *clock->moved_ms, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    UNIT_NEED(map != MAP_FAILED);
    (void)close(fd);
    clock->moved_ms = map;
    (void)snprintf(clock->variable, sizeof clock->variable, "TOV_CLOCK_FILE=%s", path);
}
