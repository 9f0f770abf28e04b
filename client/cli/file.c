/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/language.h"

#define READ_BYTES 16384u

static enum tov_err fail_errno(struct tov_error *error, const char *path)
{
    enum tov_err code = errno == ENOENT ? TOV_E_NOT_FOUND : errno == ENOSPC ? TOV_E_FULL : TOV_E_IO;
    return tov_fail(error, code, "%.180s: %s", path, strerror(errno));
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

bool file_user_path(const char *variable, const char *fallback, const char *name,
                    char out[FILE_PATH_SIZE])
{
    const char *base = getenv(variable);
    const char *home = getenv("HOME");
    int size = -1;
    if (base != NULL && base[0] == '/')
        size = snprintf(out, FILE_PATH_SIZE, "%s/tov/%s", base, name);
    else if (home != NULL && home[0] == '/')
        size = snprintf(out, FILE_PATH_SIZE, "%s/%s/tov/%s", home, fallback, name);
    return size > 0 && size < FILE_PATH_SIZE;
}

enum tov_err file_make_folder(const char *path, struct tov_error *error)
{
    char part[FILE_PATH_SIZE];
    size_t size = strlen(path);
    if (size >= sizeof part)
        return tov_fail(error, TOV_E_LIMIT, _("the path is too long"));
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        char kept = part[i];
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return fail_errno(error, part);
        part[i] = kept;
    }
    return TOV_OK;
}

enum tov_err file_read(const char *path, struct tov_buf *out, struct tov_error *error)
{
    bool is_input = strcmp(path, "-") == 0;
    TOV_CLEANUP(close_fd) int opened = is_input ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    int fd = is_input ? STDIN_FILENO : opened;
    if (fd < 0)
        return fail_errno(error, path);
    for (;;) {
        uint8_t piece[READ_BYTES];
        ssize_t size = read(fd, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fail_errno(error, path);
        if (size == 0)
            break;
        tov_buf_put(out, piece, (size_t)size);
        if (out->failed != TOV_OK)
            return tov_fail(error, out->failed, _("%.180s: larger than %zu bytes"), path,
                            out->limit);
    }
    return TOV_OK;
}

enum tov_err file_put(int fd, struct tov_bytes bytes)
{
    while (bytes.size > 0) {
        ssize_t size = write(fd, bytes.data, bytes.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return errno == ENOSPC ? TOV_E_FULL : TOV_E_IO;
        bytes.data += size;
        bytes.size -= (size_t)size;
    }
    return TOV_OK;
}

/* ---- names ---- */

void file_folder_of(const char *path, char out[FILE_PATH_SIZE])
{
    const char *slash = strrchr(path, '/');
    int size = slash == NULL || slash == path ? 1 : (int)(slash - path);
    (void)snprintf(out, FILE_PATH_SIZE, "%.*s", size, slash == NULL ? "." : path);
}

void file_sync_folder(const char *folder)
{
    TOV_CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        (void)fsync(fd);
}

/* Without a renaming that replaces nothing: a file gets a second name, which replaces none; a
 * folder replaces an empty one, which one process alone can have made. */
static int move_new_in_two_steps(const char *from, const char *to)
{
    struct stat status;
    if (lstat(from, &status) != 0)
        return -1;
    if (S_ISDIR(status.st_mode))
        return mkdir(to, 0700) == 0 ? rename(from, to) : -1;
    return link(from, to) == 0 ? unlink(from) : -1;
}

int file_move_new(const char *from, const char *to)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
    bool is_unknown = result != 0 && (errno == EINVAL || errno == ENOSYS); /* NFS says so */
    return is_unknown ? move_new_in_two_steps(from, to) : result;
}

enum tov_err file_write(const char *path, struct tov_bytes bytes, struct tov_error *error)
{
    char beside[FILE_PATH_SIZE], folder[FILE_PATH_SIZE];
    int size = snprintf(beside, sizeof beside, "%s.new", path);
    if (size < 0 || size >= (int)sizeof beside)
        return tov_fail(error, TOV_E_LIMIT, _("the path is too long"));
    TOV_CLEANUP(close_fd)
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_errno(error, beside);
    if (fchmod(fd, 0600) != 0 || file_put(fd, bytes) != TOV_OK || fsync(fd) != 0 ||
        rename(beside, path) != 0) {
        enum tov_err err = fail_errno(error, beside);
        (void)unlink(beside);
        return err;
    }
    file_folder_of(path, folder);
    file_sync_folder(folder);
    return TOV_OK;
}
