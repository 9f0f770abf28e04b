/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/small_disk.h"

#include "federation/federation.h"
#include "support/command.h"
#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BLOCK_BYTES 4096u

bool small_disk_is_possible(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    int fd = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    (void)close(fd);
    return fd >= 0;
}

void small_disk_mount(const char *image, const char *folder, unsigned mib)
{
    char size[16];
    (void)snprintf(size, sizeof size, "%uM", mib);
    const char *const enlarge[] = {"truncate", "-s", size, image, NULL};
    /* No part kept for root: it is root who fills it. */
    const char *const format[] = {"mkfs.ext4", "-q", "-F", "-m", "0", "-N", "2048", image, NULL};
    const char *const attach[] = {"mount", "-o", "loop", image, folder, NULL};
    UNIT_NEED(command_run(enlarge, NULL) == 0);
    UNIT_NEED(command_run(format, NULL) == 0);
    UNIT_NEED(command_run(attach, NULL) == 0);
}

void small_disk_unmount(const char *folder)
{
    UNIT_NEED(umount(folder) == 0);
}

static void name_filler(const char *folder, char out[FEDERATION_PATH_SIZE])
{
    UNIT_NEED(snprintf(out, FEDERATION_PATH_SIZE, "%s/filler", folder) < FEDERATION_PATH_SIZE);
}

static uint64_t free_bytes(const char *folder)
{
    struct statvfs disk;
    UNIT_NEED(statvfs(folder, &disk) == 0);
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

/* Others write meanwhile, so what is free is asked for again after each step. */
void small_disk_fill(const char *folder, uint64_t left_bytes)
{
    char path[FEDERATION_PATH_SIZE];
    name_filler(folder, path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0);
    off_t end = lseek(fd, 0, SEEK_END);
    for (uint64_t left = free_bytes(folder); left >= left_bytes + BLOCK_BYTES;
         left = free_bytes(folder)) {
        uint64_t step = (left - left_bytes) / 2 / BLOCK_BYTES * BLOCK_BYTES;
        step = step < BLOCK_BYTES ? BLOCK_BYTES : step;
        if (posix_fallocate(fd, end, (off_t)step) == 0)
            end += (off_t)step;
        else if (step == BLOCK_BYTES)
            break; /* what is free is for the filesystem's own use */
    }
    UNIT_NEED(close(fd) == 0);
}

void small_disk_free(const char *folder)
{
    char path[FEDERATION_PATH_SIZE];
    name_filler(folder, path);
    UNIT_NEED(unlink(path) == 0);
}

/* ---- files ---- */

static void name_file(const char *folder, unsigned number, char out[FEDERATION_PATH_SIZE])
{
    UNIT_NEED(snprintf(out, FEDERATION_PATH_SIZE, "%s/fillers/%u", folder, number) <
              FEDERATION_PATH_SIZE);
}

static uint64_t free_files(const char *folder)
{
    struct statvfs disk;
    UNIT_NEED(statvfs(folder, &disk) == 0);
    return disk.f_favail;
}

void small_disk_fill_files(const char *folder, uint64_t left)
{
    char path[FEDERATION_PATH_SIZE];
    UNIT_NEED(snprintf(path, sizeof path, "%s/fillers", folder) < FEDERATION_PATH_SIZE);
    UNIT_NEED(mkdir(path, 0700) == 0 || errno == EEXIST);
    for (unsigned i = 0; free_files(folder) > left; i++) {
        name_file(folder, i, path);
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        UNIT_NEED(fd >= 0 || errno == ENOSPC);
        if (fd < 0)
            return;
        (void)close(fd);
    }
}

void small_disk_free_files(const char *folder)
{
    char path[FEDERATION_PATH_SIZE];
    unsigned i = 0;
    do
        name_file(folder, i++, path);
    while (unlink(path) == 0);
    UNIT_NEED(i > 1);
}
