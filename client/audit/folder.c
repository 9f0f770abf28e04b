/* SPDX-License-Identifier: EUPL-1.2
 *
 * See folder.h.
 */
#include "audit/folder.h"

#include "base/hex.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tov_err err_of_errno(int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return TOV_E_NOT_FOUND;
    return number == ELOOP ? TOV_E_MALFORMED : TOV_E_IO;
}

enum tov_err tov_folder_open(const char *name, struct tov_folder *out_folder)
{
    size_t size = strlen(name);
    if (size >= TOV_FOLDER_NAME_SIZE)
        return TOV_E_LIMIT;
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_of_errno(errno);
    out_folder->fd = fd;
    memcpy(out_folder->name, name, size + 1);
    return TOV_OK;
}

void tov_folder_close(struct tov_folder *folder)
{
    if (folder->fd >= 0)
        (void)close(folder->fd);
    folder->fd = -1;
}

/* One name after the other, none of them a link. */
static int open_below(int fd, const char *path, int flags)
{
    char part[TOV_EXPORT_PATH_SIZE];
    const char *slash = strchr(path, '/');
    if (slash == NULL)
        return openat(fd, path, flags | O_NOFOLLOW | O_CLOEXEC);
    size_t size = (size_t)(slash - path);
    if (size >= sizeof part) {
        errno = ENOENT;
        return -1;
    }
    memcpy(part, path, size);
    part[size] = '\0';
    int next = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0)
        return -1;
    int found = open_below(next, slash + 1, flags);
    int kept = errno;
    (void)close(next);
    errno = kept;
    return found;
}

enum tov_err tov_folder_file(const struct tov_folder *folder, const char *path, FILE **out_file)
{
    struct stat info;
    int fd = open_below(folder->fd, path, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        return err_of_errno(errno);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        (void)close(fd);
        return TOV_E_MALFORMED;
    }
    *out_file = fdopen(fd, "rb");
    if (*out_file == NULL) {
        (void)close(fd);
        return TOV_E_NOMEM;
    }
    return TOV_OK;
}

bool tov_folder_has(const struct tov_folder *folder, const char *path)
{
    int fd = open_below(folder->fd, path, O_RDONLY | O_NONBLOCK);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

enum tov_err tov_folder_read(const struct tov_folder *folder, const char *path, struct tov_buf *out)
{
    uint8_t piece[8192];
    FILE *file = NULL;
    size_t got = 0;
    TOV_TRY(tov_folder_file(folder, path, &file));
    while ((got = fread(piece, 1, sizeof piece, file)) > 0 && out->failed == TOV_OK)
        tov_buf_put(out, piece, got);
    enum tov_err err = ferror(file) != 0 ? TOV_E_IO : out->failed;
    (void)fclose(file);
    return err;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

size_t tov_folder_numbers(const struct tov_folder *folder, const char *path, uint64_t *out,
                          size_t capacity)
{
    size_t count = 0;
    int fd = open_below(folder->fd, path, O_RDONLY | O_DIRECTORY);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return 0;
    }
    const struct dirent *entry = NULL;
    while (count < capacity && (entry = readdir(dir)) != NULL) {
        uint64_t number = 0;
        if (tov_decimal_decode(tov_bytes_of_text(entry->d_name), &number) == TOV_OK && number > 0)
            out[count++] = number;
    }
    (void)closedir(dir);
    qsort(out, count, sizeof *out, compare_numbers);
    return count;
}

/* ---- lines ---- */

enum tov_err tov_lines_open(const struct tov_folder *folder, const char *path,
                            struct tov_lines *out_lines)
{
    out_lines->number = 0;
    out_lines->file = NULL;
    return tov_folder_file(folder, path, &out_lines->file);
}

void tov_lines_close(struct tov_lines *lines)
{
    if (lines->file != NULL)
        (void)fclose(lines->file);
    lines->file = NULL;
}

enum tov_err tov_lines_next(struct tov_lines *lines, struct tov_bytes *out_line)
{
    size_t size = 0;
    int c = 0;
    if (lines->file == NULL)
        return TOV_E_NOT_FOUND;
    while ((c = fgetc(lines->file)) != EOF && c != '\n') {
        if (size == TOV_EXPORT_LINE_MAX_BYTES)
            return TOV_E_LIMIT;
        lines->line[size++] = (char)c;
    }
    if (ferror(lines->file) != 0)
        return TOV_E_IO;
    if (c == EOF)
        return size == 0 ? TOV_E_NOT_FOUND : TOV_E_MALFORMED;
    lines->number++;
    *out_line = (struct tov_bytes){(const uint8_t *)lines->line, size};
    return TOV_OK;
}

/* ---- records ---- */

enum tov_err tov_records_open(const struct tov_folder *folder, const char *path,
                              struct tov_records *out_records)
{
    *out_records = (struct tov_records){.err = TOV_E_NOT_FOUND};
    enum tov_err err = tov_folder_file(folder, path, &out_records->file);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    out_records->body = malloc(TOV_EXPORT_BODY_MAX_BYTES);
    if (out_records->body == NULL) {
        tov_records_close(out_records);
        return TOV_E_NOMEM;
    }
    tov_records_step(out_records);
    return TOV_OK;
}

void tov_records_close(struct tov_records *records)
{
    if (records->file != NULL)
        (void)fclose(records->file);
    free(records->body);
    *records = (struct tov_records){.err = TOV_E_NOT_FOUND};
}

static enum tov_err read_next(struct tov_records *records)
{
    uint8_t bytes[TOV_EXPORT_HEAD_BYTES];
    struct tov_export_head head;
    size_t got = fread(bytes, 1, sizeof bytes, records->file);
    if (got == 0)
        return ferror(records->file) != 0 ? TOV_E_IO : TOV_E_NOT_FOUND;
    if (got != sizeof bytes)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_export_head_decode(bytes, &head));
    if (fread(records->body, 1, head.size, records->file) != head.size)
        return TOV_E_MALFORMED;
    struct tov_bytes body = {records->body, head.size};
    TOV_TRY(tov_export_body_decode(&head, body, &records->next));
    if (records->started && records->next.index < records->last_index)
        return TOV_E_MALFORMED;
    records->started = true;
    records->last_index = records->next.index;
    return TOV_OK;
}

void tov_records_step(struct tov_records *records)
{
    if (records->file != NULL)
        records->err = read_next(records);
}
