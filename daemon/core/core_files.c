/* SPDX-License-Identifier: EUPL-1.2
 *
 * One blob stays open between calls: transfers write the same file many times.
 */
#include "core_files.h"

#include "keys/keyfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_MAX_BYTES (1u << 20)
#define NAME_MAX_BYTES 128

struct tov_core_files {
    char *path;
    int blob_dir;
    int open_fd; /* the blob used last, or -1 */
    char open_name[NAME_MAX_BYTES];
};

static enum tov_err code_of(int error_number)
{
    if (error_number == ENOENT)
        return TOV_E_NOT_FOUND;
    if (error_number == ENOSPC || error_number == EDQUOT)
        return TOV_E_FULL;
    return error_number == ENOMEM ? TOV_E_NOMEM : TOV_E_IO;
}

enum tov_err tov_core_files_open(const char *path, struct tov_core_files **out_files,
                                 struct tov_error *error)
{
    struct tov_core_files *files = calloc(1, sizeof *files);
    if (files == NULL)
        return TOV_E_NOMEM;
    files->open_fd = -1;
    files->path = strdup(path);
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir >= 0 && mkdirat(dir, "blobs", 0700) != 0 && errno != EEXIST) {
        close(dir);
        dir = -1;
    }
    files->blob_dir = dir < 0 ? -1 : openat(dir, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->path == NULL || files->blob_dir < 0 || fsync(dir) != 0) {
        enum tov_err err = tov_fail(error, errno == ENOENT ? TOV_E_IO : code_of(errno),
                                    "%s: cannot be used as data folder: %s", path, strerror(errno));
        if (dir >= 0)
            close(dir);
        tov_core_files_close(files);
        return err;
    }
    close(dir);
    *out_files = files;
    return TOV_OK;
}

void tov_core_files_close(struct tov_core_files *files)
{
    if (files == NULL)
        return;
    if (files->open_fd >= 0)
        close(files->open_fd);
    if (files->blob_dir >= 0)
        close(files->blob_dir);
    free(files->path);
    free(files);
}

/* ---- small files ---- */

static char *full_path(const struct tov_core_files *files, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", files->path, name) < 0 ? NULL : path;
}

enum tov_err tov_core_file_save(struct tov_core_files *files, const char *name,
                                struct tov_bytes content)
{
    TOV_FREE char *path = full_path(files, name);
    if (path == NULL)
        return TOV_E_NOMEM;
    struct tov_file_save save = {
        .path = path, .content = content, .mode = 0600, .replace = TOV_FILE_REPLACE};
    return tov_file_save(&save, NULL);
}

enum tov_err tov_core_file_load(struct tov_core_files *files, const char *name, struct tov_buf *out)
{
    TOV_FREE char *path = full_path(files, name);
    if (path == NULL)
        return TOV_E_NOMEM;
    if (access(path, F_OK) != 0)
        return code_of(errno);
    return tov_file_read(path, SMALL_MAX_BYTES, out, NULL);
}

enum tov_err tov_core_file_delete(struct tov_core_files *files, const char *name)
{
    TOV_FREE char *path = full_path(files, name);
    if (path == NULL)
        return TOV_E_NOMEM;
    return unlink(path) == 0 || errno == ENOENT ? TOV_OK : code_of(errno);
}

/* ---- blobs ---- */

static void close_blob(struct tov_core_files *files)
{
    if (files->open_fd >= 0)
        close(files->open_fd);
    files->open_fd = -1;
}

static enum tov_err open_blob(struct tov_core_files *files, const char *name, int flags)
{
    if (files->open_fd >= 0 && strcmp(files->open_name, name) == 0)
        return TOV_OK;
    close_blob(files);
    if (strlen(name) >= sizeof files->open_name)
        return TOV_E_LIMIT;
    files->open_fd = openat(files->blob_dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (files->open_fd < 0)
        return code_of(errno);
    memcpy(files->open_name, name, strlen(name) + 1);
    return TOV_OK;
}

enum tov_err tov_core_blob_write(struct tov_core_files *files, const char *name, uint64_t offset,
                                 struct tov_bytes data)
{
    TOV_TRY(open_blob(files, name, O_CREAT));
    while (data.size > 0) {
        ssize_t written = pwrite(files->open_fd, data.data, data.size, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return code_of(errno);
        data.data += written;
        data.size -= (size_t)written;
        offset += (uint64_t)written;
    }
    return TOV_OK;
}

enum tov_err tov_core_blob_read(struct tov_core_files *files, const char *name, uint64_t offset,
                                struct tov_room room, size_t *out_read)
{
    TOV_TRY(open_blob(files, name, 0));
    size_t done = 0;
    while (done < room.size) {
        ssize_t got =
            pread(files->open_fd, room.data + done, room.size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return code_of(errno);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *out_read = done;
    return TOV_OK;
}

enum tov_err tov_core_blob_sync(struct tov_core_files *files, const char *name)
{
    TOV_TRY(open_blob(files, name, 0));
    if (fdatasync(files->open_fd) != 0 || fsync(files->blob_dir) != 0)
        return code_of(errno);
    return TOV_OK;
}

enum tov_err tov_core_blob_rename(struct tov_core_files *files, const char *from, const char *to)
{
    close_blob(files);
    if (renameat(files->blob_dir, from, files->blob_dir, to) != 0 || fsync(files->blob_dir) != 0)
        return code_of(errno);
    return TOV_OK;
}

enum tov_err tov_core_blob_delete(struct tov_core_files *files, const char *name)
{
    close_blob(files);
    return unlinkat(files->blob_dir, name, 0) == 0 || errno == ENOENT ? TOV_OK : code_of(errno);
}

enum tov_err tov_core_blob_sweep(struct tov_core_files *files, const char *prefix)
{
    close_blob(files);
    int fd = openat(files->blob_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL)
        return TOV_E_IO;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
            (void)unlinkat(files->blob_dir, entry->d_name, 0);
    }
    closedir(dir);
    return TOV_OK;
}
