/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whole files in and out: contracts in keys/keyfile.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "keys/keyfile.h"

static enum tov_err fail_errno(struct tov_error *error, const char *path, const char *what)
{
    int number = errno;
    enum tov_err code = TOV_E_IO;
    if (number == ENOENT || number == ENOTDIR)
        code = TOV_E_NOT_FOUND;
    else if (number == ENOSPC || number == EDQUOT)
        code = TOV_E_FULL;
    else if (number == EEXIST)
        code = TOV_E_EXISTS;
    else if (number == ENOMEM)
        code = TOV_E_NOMEM;
    return tov_fail(error, code, "%s: cannot %s: %s", path, what, strerror(number));
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* ---- reading ---- */

static enum tov_err read_all(int fd, const struct stat *status, const char *path,
                             struct tov_buf *out, struct tov_error *error)
{
    /* One byte more than the file had, so that the end is seen. */
    size_t left = (size_t)status->st_size + 1;
    while (left > 0) {
        uint8_t piece[16384];
        ssize_t got = read(fd, piece, left < sizeof piece ? left : sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(error, path, "read");
        tov_buf_put(out, piece, (size_t)got);
        tov_wipe(piece, (size_t)got);
        if (out->failed != TOV_OK)
            return tov_fail(error, out->failed, "%s: too large, or no memory", path);
        if (got == 0)
            return TOV_OK;
        left -= (size_t)got;
    }
    return tov_fail(error, TOV_E_IO, "%s: grew while it was read; try again", path);
}

enum tov_err tov_file_read(const char *path, size_t limit_bytes, struct tov_buf *out,
                           struct tov_error *error)
{
    TOV_CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail_errno(error, path, "open");
    return tov_file_read_open(fd, path, limit_bytes, out, error);
}

enum tov_err tov_file_read_open(int fd, const char *path, size_t limit_bytes, struct tov_buf *out,
                                struct tov_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fail_errno(error, path, "open");
    if (!S_ISREG(status.st_mode))
        return tov_fail(error, TOV_E_IO, "%s: not a regular file; name one", path);
    if ((uintmax_t)status.st_size > limit_bytes)
        return tov_fail(error, TOV_E_LIMIT, "%s: %jd bytes, at most %zu are read", path,
                        (intmax_t)status.st_size, limit_bytes);
    return read_all(fd, &status, path, out, error);
}

/* ---- saving ---- */

static enum tov_err write_all(int fd, struct tov_bytes content, const char *path,
                              struct tov_error *error)
{
    while (content.size > 0) {
        ssize_t put = write(fd, content.data, content.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail_errno(error, path, "write");
        content.data += put;
        content.size -= (size_t)put;
    }
    return TOV_OK;
}

/* The folder that PATH stands in, as a path. */
static enum tov_err folder_of(const char *path, char out[PATH_MAX], struct tov_error *error)
{
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    if (size >= PATH_MAX)
        return tov_fail(error, TOV_E_LIMIT, "%s: the path is too long", path);
    const char *folder = slash == NULL ? "." : size == 0 ? "/" : path;
    (void)snprintf(out, PATH_MAX, "%.*s", size == 0 ? 1 : (int)size, folder);
    return TOV_OK;
}

static enum tov_err sync_folder_of(const char *path, struct tov_error *error)
{
    char folder[PATH_MAX];
    TOV_TRY(folder_of(path, folder, error));
    TOV_CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return fail_errno(error, path, "sync the folder of");
    return TOV_OK;
}

static enum tov_err fill_temporary(int fd, const struct tov_file_save *save,
                                   struct tov_error *error)
{
    if (fchmod(fd, (mode_t)save->mode) != 0)
        return fail_errno(error, save->path, "set the mode of");
    TOV_TRY(write_all(fd, save->content, save->path, error));
    if (fsync(fd) != 0)
        return fail_errno(error, save->path, "sync");
    return TOV_OK;
}

static enum tov_err put_in_place(const char *temporary, const struct tov_file_save *save,
                                 struct tov_error *error)
{
    unsigned flags = save->replace == TOV_FILE_NEW ? RENAME_NOREPLACE : 0;
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, save->path, flags) == 0)
        return sync_folder_of(save->path, error);
    if (errno == EEXIST)
        return tov_fail(error, TOV_E_EXISTS,
                        "%s: is there already and is not overwritten; move it away first",
                        save->path);
    return fail_errno(error, save->path, "put in place");
}

enum tov_err tov_file_save(const struct tov_file_save *save, struct tov_error *error)
{
    char temporary[PATH_MAX];
    int size = snprintf(temporary, sizeof temporary, "%s.new-XXXXXX", save->path);
    if (size < 0 || (size_t)size >= sizeof temporary)
        return tov_fail(error, TOV_E_LIMIT, "%s: the path is too long", save->path);
    TOV_CLEANUP(close_fd) int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return fail_errno(error, save->path, "make a file beside");
    enum tov_err err = fill_temporary(fd, save, error);
    if (err == TOV_OK)
        err = put_in_place(temporary, save, error);
    if (err != TOV_OK)
        (void)unlink(temporary); /* gone already when only the folder's sync failed */
    return err;
}
