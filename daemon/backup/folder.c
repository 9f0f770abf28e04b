/* SPDX-License-Identifier: EUPL-1.2 */
#include "backup/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536u

enum tov_err tov_folder_code(int error_number)
{
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return TOV_E_FULL;
    case ENOENT:
    case ENOTDIR:
        return TOV_E_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY:
        return TOV_E_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return TOV_E_DENIED;
    case ENOMEM:
        return TOV_E_NOMEM;
    default:
        return TOV_E_IO;
    }
}

enum tov_err tov_folder_fail(struct tov_error *error, const char *path, const char *doing)
{
    int number = errno;
    return tov_fail(error, tov_folder_code(number), "%s: %s: %s%s", path, doing, strerror(number),
                    tov_folder_code(number) == TOV_E_FULL ? "; free space on its disk, and again"
                                                          : "");
}

void tov_folder_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

int tov_folder_open(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

int tov_folder_make(int parent, const char *name)
{
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
        return -1;
    return tov_folder_open(parent, name);
}

/* ---- files ---- */

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

/* From FROM_FD to its end; into TO_FD unless that is -1. False: errno says why. */
static bool pass(int from_fd, int to_fd, struct tov_folder_file *out_file)
{
    uint8_t piece[PIECE_BYTES];
    struct tov_sha256 sha;
    uint64_t size = 0;
    tov_sha256_init(&sha);
    for (;;) {
        ssize_t got = read(from_fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || (got > 0 && to_fd >= 0 && !write_all(to_fd, piece, (size_t)got)))
            return false;
        if (got == 0)
            break;
        tov_sha256_update(&sha, piece, (size_t)got);
        size += (uint64_t)got;
    }
    tov_sha256_final(&sha, &out_file->hash);
    out_file->size = size;
    return true;
}

static int open_plain(int dir, const char *name)
{
    struct stat info;
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        (void)close(fd);
        errno = ELOOP; /* not a plain file, as open(2) says of a link */
        return -1;
    }
    return fd;
}

enum tov_err tov_folder_copy(const struct tov_folder_copy *copy, struct tov_folder_file *out_file,
                             struct tov_error *error)
{
    struct tov_folder_file file;
    TOV_CLEANUP(tov_folder_close) int from = open_plain(copy->from_dir, copy->from);
    if (from < 0)
        return tov_folder_fail(error, copy->from, "cannot be read");
    TOV_CLEANUP(tov_folder_close)
    int to = openat(copy->to_dir, copy->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0)
        return tov_folder_fail(error, copy->to, "cannot be made");
    if (!pass(from, to, &file) || fsync(to) != 0)
        return tov_folder_fail(error, copy->to, "cannot be copied");
    *out_file = file;
    return TOV_OK;
}

enum tov_err tov_folder_hash(int dir, const char *path, struct tov_folder_file *out_file,
                             struct tov_error *error)
{
    TOV_CLEANUP(tov_folder_close) int fd = open_plain(dir, path);
    if (fd < 0)
        return tov_folder_fail(error, path, "cannot be read");
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (!pass(fd, -1, out_file))
        return tov_folder_fail(error, path, "cannot be read");
    return TOV_OK;
}

/* ---- folders ---- */

static bool is_folder(int dir, const char *name)
{
    struct stat info;
    return fstatat(dir, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

enum tov_err tov_folder_list(int dir, tov_folder_each each, void *context)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    enum tov_err err = TOV_OK;
    if (entries == NULL) {
        err = tov_folder_code(errno);
        tov_folder_close(&fd);
        return err;
    }
    errno = 0;
    for (struct dirent *entry = readdir(entries); entry != NULL && err == TOV_OK;
         entry = readdir(entries)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            err = each(context, entry->d_name, is_folder(dir, entry->d_name));
        errno = 0;
    }
    if (err == TOV_OK && errno != 0)
        err = tov_folder_code(errno);
    (void)closedir(entries);
    return err;
}

static enum tov_err remove_file(void *context, const char *name, bool is_a_folder)
{
    const int *dir = context;
    if (!is_a_folder && unlinkat(*dir, name, 0) != 0 && errno != ENOENT)
        return tov_folder_code(errno);
    return TOV_OK;
}

int tov_folder_remove(int parent, const char *name)
{
    TOV_CLEANUP(tov_folder_close) int dir = tov_folder_open(parent, name);
    if (dir < 0)
        return errno == ENOENT ? 0 : errno;
    if (tov_folder_list(dir, remove_file, &dir) != TOV_OK)
        return errno != 0 ? errno : EIO;
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 ? 0 : errno;
}
