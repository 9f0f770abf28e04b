/* SPDX-License-Identifier: EUPL-1.2
 *
 * See guard_disk.h. A state file is as private as a key: who can write it can roll it back.
 */
#include "guard/guard_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tov_err check_private(int fd, const char *path, struct tov_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return tov_fail(error, TOV_E_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        return tov_fail(error, TOV_E_KEY, "%s: must be a file of this user with mode 0600", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return tov_fail(error, TOV_E_BUSY, "%s: another guard is running on it", path);
    return TOV_OK;
}

static enum tov_err read_whole(int fd, const char *path, struct tov_buf *out,
                               struct tov_error *error)
{
    uint8_t chunk[16384];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tov_fail(error, TOV_E_IO, "%s: %s", path, strerror(errno));
        if (got == 0)
            break;
        tov_buf_put(out, chunk, (size_t)got);
    }
    if (out->failed != TOV_OK)
        return tov_fail(error, out->failed, "%s: too large for a state", path);
    return TOV_OK;
}

/* A new file's name must be as durable as what is written to it later. */
static enum tov_err sync_dir(const char *dir, struct tov_error *error)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        return tov_fail(error, TOV_E_IO, "%s: %s", dir, strerror(cause));
    }
    close(fd);
    return TOV_OK;
}

enum tov_err tov_guard_disk_open(const char *dir, const char *name, struct tov_guard_disk *out_disk,
                                 struct tov_buf *out_image, struct tov_error *error)
{
    char path[1024];
    int length = snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (length < 0 || (size_t)length >= sizeof(path))
        return tov_fail(error, TOV_E_LIMIT, "the path of %s is too long", name);
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return tov_fail(error, TOV_E_IO, "%s: %s", path, strerror(errno));
    enum tov_err err = check_private(fd, path, error);
    if (err == TOV_OK)
        err = read_whole(fd, path, out_image, error);
    if (err == TOV_OK && out_image->size == 0)
        err = sync_dir(dir, error);
    if (err != TOV_OK) {
        close(fd);
        return err;
    }
    out_disk->fd = fd;
    return TOV_OK;
}

void tov_guard_disk_close(struct tov_guard_disk *disk)
{
    if (disk->fd >= 0)
        close(disk->fd);
    disk->fd = -1;
}

static enum tov_err put_disk(void *context, uint64_t offset, struct tov_bytes bytes)
{
    const struct tov_guard_disk *disk = context;
    size_t done = 0;
    while (done < bytes.size) {
        ssize_t put =
            pwrite(disk->fd, bytes.data + done, bytes.size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return put < 0 && (errno == ENOSPC || errno == EDQUOT) ? TOV_E_FULL : TOV_E_IO;
        done += (size_t)put;
    }
    return TOV_OK;
}

static enum tov_err write_disk(void *context, uint64_t offset, struct tov_bytes bytes)
{
    const struct tov_guard_disk *disk = context;
    TOV_TRY(put_disk(context, offset, bytes));
    /* Whatever it says: the kernel may now show bytes that are not on the disk, and the next start
     * would trust them. */
    return fdatasync(disk->fd) == 0 ? TOV_OK : TOV_E_IO;
}

struct tov_guard_file tov_guard_disk_file(struct tov_guard_disk *disk)
{
    return (struct tov_guard_file){.context = disk, .write = write_disk, .put = put_disk};
}
