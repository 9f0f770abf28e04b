/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/export_file.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST_LINE_BYTES (64u + 1u + 20u + 1u + TOV_EXPORT_PATH_MAX_BYTES + 1u)

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static enum tov_err io_error(const char *what, struct tov_error *error)
{
    enum tov_err code = errno == ENOSPC || errno == EDQUOT ? TOV_E_FULL : TOV_E_IO;
    return tov_fail(error, code, "export: %s: %s", what, strerror(errno));
}

/* ---- the folder ---- */

static enum tov_err refuse_full_folder(const char *path, struct tov_error *error)
{
    DIR *folder = opendir(path);
    size_t entries = 0;
    if (folder == NULL && errno == ENOENT)
        return TOV_OK;
    if (folder == NULL)
        return io_error("the folder cannot be looked at", error);
    while (readdir(folder) != NULL)
        entries++;
    (void)closedir(folder);
    if (entries > 2) /* "." and ".." */
        return tov_fail(error, TOV_E_EXISTS, "export: the folder is not empty; name a new one");
    return TOV_OK;
}

enum tov_err export_files_open(struct export_files *files, const char *path,
                               struct tov_error *error)
{
    memset(files, 0, sizeof *files);
    files->root_fd = -1;
    files->file_fd = -1;
    int size = snprintf(files->folder, sizeof files->folder, "%s.part", path);
    if (size < 0 || (size_t)size >= sizeof files->folder || path[0] == '\0' ||
        path[strlen(path) - 1] == '/')
        return tov_fail(error, TOV_E_ARGUMENT,
                        "export: a folder's name without a slash at its end");
    TOV_TRY(refuse_full_folder(path, error));
    if (mkdir(files->folder, 0700) != 0 && errno == EEXIST)
        return tov_fail(error, TOV_E_EXISTS,
                        "export: an unfinished one is there (its name ends in .part); remove it");
    files->root_fd = open(files->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return files->root_fd < 0 ? io_error("the folder cannot be made", error) : TOV_OK;
}

void export_files_fini(struct export_files *files)
{
    close_fd(&files->file_fd);
    if (files->root_fd >= 0)
        (void)rmdir(files->folder); /* only when it is empty: refused before the first file */
    close_fd(&files->root_fd);
    lib_memory_fini(&files->memory);
    free(files->files);
    files->files = NULL;
}

/* ---- one file ---- */

static enum tov_err enter(int *folder_fd, const char *name, struct tov_error *error)
{
    if (mkdirat(*folder_fd, name, 0700) != 0 && errno != EEXIST)
        return io_error("a folder cannot be made", error);
    int inner = openat(*folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (inner < 0 && (errno == ENOTDIR || errno == ELOOP))
        return tov_fail(error, TOV_E_MALFORMED, "export: a name is both a file and a folder");
    if (inner < 0)
        return io_error("a folder cannot be opened", error);
    close_fd(folder_fd);
    *folder_fd = inner;
    return TOV_OK;
}

/* The path was checked: relative, without "." and "..". */
static enum tov_err create_file(struct export_files *files, struct tov_error *error)
{
    TOV_CLEANUP(close_fd) int folder_fd = fcntl(files->root_fd, F_DUPFD_CLOEXEC, 3);
    char path[TOV_EXPORT_PATH_SIZE];
    char *name = path;
    memcpy(path, files->path, sizeof path);
    if (folder_fd < 0)
        return io_error("no descriptor", error);
    for (char *slash = strchr(name, '/'); slash != NULL; slash = strchr(name, '/')) {
        *slash = '\0';
        TOV_TRY(enter(&folder_fd, name, error));
        name = slash + 1;
    }
    files->file_fd =
        openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (files->file_fd < 0 && errno == EEXIST)
        return tov_fail(error, TOV_E_MALFORMED, "export: the node sent one file twice");
    return files->file_fd < 0 ? io_error("a file cannot be made", error) : TOV_OK;
}

static enum tov_err begin_file(struct export_files *files, struct tov_bytes path,
                               struct tov_error *error)
{
    if (!tov_export_path_is_valid(path) || path.size > TOV_EXPORT_PATH_MAX_BYTES ||
        tov_bytes_equal(path, tov_bytes_of_text("manifest")))
        return tov_fail(error, TOV_E_MALFORMED,
                        "export: the node named a file that an export cannot have");
    if (files->count == EXPORT_FILES_MAX)
        return tov_fail(error, TOV_E_LIMIT, "export: more than %u files", EXPORT_FILES_MAX);
    memset(files->path, 0, sizeof files->path);
    memcpy(files->path, path.data, path.size);
    files->offset = 0;
    tov_sha256_init(&files->sha);
    return create_file(files, error);
}

static enum tov_err write_data(struct export_files *files, struct tov_bytes data,
                               struct tov_error *error)
{
    tov_sha256_update(&files->sha, data.data, data.size);
    files->offset += data.size;
    files->bytes += data.size;
    while (data.size > 0) {
        ssize_t done = write(files->file_fd, data.data, data.size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return io_error("a file cannot be written", error);
        data.data += done;
        data.size -= (size_t)done;
    }
    return TOV_OK;
}

static enum tov_err keep_line(struct export_files *files)
{
    if (files->count == files->capacity) {
        size_t capacity = files->capacity == 0 ? 256 : files->capacity * 2;
        struct tov_export_file *grown = realloc(files->files, capacity * sizeof *grown);
        if (grown == NULL)
            return TOV_E_NOMEM;
        files->files = grown;
        files->capacity = capacity;
    }
    struct tov_export_file *file = &files->files[files->count];
    struct tov_bytes path = tov_bytes_of_text(files->path);
    file->path = tov_bytes_of_text(lib_memory_text(&files->memory, path));
    if (file->path.data == NULL)
        return TOV_E_NOMEM;
    file->path.size = path.size;
    file->size = files->offset;
    tov_sha256_final(&files->sha, &file->hash);
    files->count++;
    return TOV_OK;
}

static enum tov_err end_file(struct export_files *files, struct tov_error *error)
{
    if (fsync(files->file_fd) != 0)
        return io_error("a file cannot be synced", error);
    close_fd(&files->file_fd);
    return keep_line(files);
}

enum tov_err export_files_put(struct export_files *files, const struct export_piece *piece,
                              struct tov_error *error)
{
    if (files->file_fd < 0)
        TOV_TRY(begin_file(files, piece->path, error));
    if (!tov_bytes_equal(piece->path, tov_bytes_of_text(files->path)) ||
        piece->offset != files->offset)
        return tov_fail(error, TOV_E_MALFORMED, "export: the node's pieces do not follow");
    TOV_TRY(write_data(files, piece->data, error));
    return piece->last ? end_file(files, error) : TOV_OK;
}

/* ---- the manifest ---- */

static int compare_files(const void *a, const void *b)
{
    const struct tov_export_file *first = a;
    const struct tov_export_file *second = b;
    return tov_export_path_compare(first->path, second->path);
}

static enum tov_err write_manifest(struct export_files *files, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini)
    struct tov_buf text = TOV_BUF_INIT((files->count + 1) * MANIFEST_LINE_BYTES);
    if (files->count > 1)
        qsort(files->files, files->count, sizeof *files->files, compare_files);
    for (size_t i = 0; i < files->count; i++)
        tov_export_put_file(&text, &files->files[i]);
    if (text.failed != TOV_OK)
        return tov_fail(error, text.failed, "export: no memory for the manifest");
    memcpy(files->path, "manifest", sizeof "manifest");
    TOV_TRY(create_file(files, error));
    TOV_TRY(write_data(files, tov_buf_view(&text), error));
    if (fsync(files->file_fd) != 0)
        return io_error("the manifest cannot be synced", error);
    return TOV_OK;
}

enum tov_err export_files_finish(struct export_files *files, const char *path,
                                 struct tov_error *error)
{
    if (files->file_fd >= 0)
        return tov_fail(error, TOV_E_MALFORMED, "export: the node left a file unfinished");
    TOV_TRY(write_manifest(files, error));
    if (fsync(files->root_fd) != 0)
        return io_error("the folder cannot be synced", error);
    if (rename(files->folder, path) != 0)
        return io_error("the folder cannot get its name", error);
    return TOV_OK;
}
