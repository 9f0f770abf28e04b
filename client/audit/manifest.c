/* SPDX-License-Identifier: EUPL-1.2
 *
 * See manifest.h. The manifest is read as a stream for the files that it names, and mapped for the
 * question whether it names a file: its lines are in order, so no list of files is kept.
 */
#include "audit/manifest.h"

#include "audit/kind.h"
#include "audit/words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEPTH_MAX 16u

struct check {
    const struct tov_folder *folder;
    struct tov_findings *findings;
    struct tov_bytes map;
    bool is_sorted; /* so that a file can be looked up */
};

static void add(struct check *check, enum tov_finding_code code, const char *path,
                const char *expected, const char *found)
{
    struct tov_place place = {.path = path};
    (void)tov_findings_add(check->findings, code, &place, expected, found);
}

/* ---- files that the manifest names ---- */

static enum tov_err hash_file(const struct check *check, const char *path,
                              struct tov_export_file *out)
{
    uint8_t piece[65536];
    struct tov_sha256 sha;
    FILE *file = NULL;
    size_t got = 0;
    TOV_TRY(tov_folder_file(check->folder, path, &file));
    tov_sha256_init(&sha);
    out->size = 0;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0) {
        tov_sha256_update(&sha, piece, got);
        out->size += got;
    }
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    tov_sha256_final(&sha, &out->hash);
    return failed ? TOV_E_IO : TOV_OK;
}

static void say_changed(struct check *check, const char *path,
                        const struct tov_export_file *expected, const struct tov_export_file *found)
{
    char a[TOV_FINDING_TEXT_SIZE], b[TOV_FINDING_TEXT_SIZE];
    (void)tov_say_hash(a, &expected->hash);
    (void)tov_say_hash(b, &found->hash);
    add(check, TOV_FOUND_FILE_CHANGED, path,
        TOV_SAY(_("%llu bytes, SHA-256 %s"), (unsigned long long)expected->size, a),
        TOV_SAY(_("%llu bytes, SHA-256 %s"), (unsigned long long)found->size, b));
}

static void check_file(struct check *check, const struct tov_export_file *file)
{
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_export_file found = {.size = 0};
    struct tov_file_name name;
    memcpy(path, file->path.data, file->path.size);
    path[file->path.size] = '\0';
    enum tov_err err = hash_file(check, path, &found);
    if (err == TOV_E_NOT_FOUND)
        add(check, TOV_FOUND_FILE_MISSING, path, _("a file that the manifest names"), NULL);
    else if (err == TOV_E_MALFORMED)
        add(check, TOV_FOUND_FILE_KIND, path, _("a plain file"), NULL);
    else if (err != TOV_OK)
        add(check, TOV_FOUND_FILE_UNREADABLE, path, NULL, NULL);
    else if (found.size != file->size || !tov_hash_equal(&found.hash, &file->hash))
        say_changed(check, path, file, &found);
    if (!tov_file_name_parse(path, &name))
        add(check, TOV_FOUND_FILE_UNKNOWN, path, NULL, NULL);
}

static bool is_in_order(char last[TOV_EXPORT_PATH_SIZE], struct tov_bytes path)
{
    bool is_above = tov_export_path_compare(path, tov_bytes_of_text(last)) > 0;
    memcpy(last, path.data, path.size);
    last[path.size] = '\0';
    return is_above;
}

static enum tov_err check_lines(struct check *check)
{
    struct tov_lines lines;
    struct tov_bytes line;
    char last[TOV_EXPORT_PATH_SIZE] = "";
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_lines_open(check->folder, "manifest", &lines));
    check->is_sorted = true;
    while ((err = tov_lines_next(&lines, &line)) == TOV_OK) {
        struct tov_export_file file;
        const char *where = TOV_SAY(_("line %llu"), (unsigned long long)lines.number);
        if (tov_export_parse_file(line, &file) != TOV_OK) {
            check->is_sorted = false;
            add(check, TOV_FOUND_MANIFEST_LINE, "manifest", _("hash, size and path"), where);
            continue;
        }
        if (!is_in_order(last, file.path)) {
            check->is_sorted = false;
            add(check, TOV_FOUND_MANIFEST_ORDER, "manifest", _("paths in ascending order"), where);
        }
        check_file(check, &file);
    }
    if (err != TOV_E_NOT_FOUND || lines.number == 0) {
        check->is_sorted = false; /* an empty one names no file, and none is held against it */
        add(check, TOV_FOUND_MANIFEST_LINE, "manifest", _("whole lines"),
            TOV_SAY(_("line %llu"), (unsigned long long)lines.number + 1));
    }
    tov_lines_close(&lines);
    return TOV_OK;
}

/* ---- files that are there ---- */

static size_t line_start(struct tov_bytes map, size_t at)
{
    while (at > 0 && map.data[at - 1] != '\n')
        at--;
    return at;
}

/* Searches the lines, which ascend by path. */
static bool is_listed(const struct check *check, const char *path)
{
    struct tov_bytes wanted = tov_bytes_of_text(path);
    size_t low = 0, high = check->map.size;
    while (low < high) {
        size_t start = line_start(check->map, low + (high - low) / 2);
        const uint8_t *end = memchr(check->map.data + start, '\n', check->map.size - start);
        struct tov_export_file file;
        if (end == NULL)
            return false;
        size_t size = (size_t)(end - check->map.data) - start;
        struct tov_bytes line = {check->map.data + start, size};
        if (tov_export_parse_file(line, &file) != TOV_OK)
            return false;
        int order = tov_export_path_compare(file.path, wanted);
        if (order == 0)
            return true;
        if (order < 0)
            low = start + size + 1;
        else
            high = start;
    }
    return false;
}

static enum tov_err walk(struct check *check, int fd, char *path, unsigned depth);

static enum tov_err walk_below(struct check *check, int fd, const char *name, char *path,
                               unsigned depth)
{
    int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0 || depth == FOLDER_DEPTH_MAX) {
        if (below >= 0)
            (void)close(below);
        add(check, TOV_FOUND_FILE_KIND, path, NULL, NULL);
        return TOV_OK;
    }
    return walk(check, below, path, depth + 1);
}

static enum tov_err look_at(struct check *check, int fd, const char *name, char *path,
                            unsigned depth)
{
    struct stat info;
    if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? TOV_OK : TOV_E_IO;
    if (!tov_export_path_is_valid(tov_bytes_of_text(path))) {
        add(check, TOV_FOUND_FILE_KIND, NULL, _("names of a-z, 0-9, '.' and '-'"), NULL);
        return TOV_OK;
    }
    if (S_ISDIR(info.st_mode))
        return walk_below(check, fd, name, path, depth);
    if (!S_ISREG(info.st_mode))
        add(check, TOV_FOUND_FILE_KIND, path, _("a plain file"), NULL);
    else if (strcmp(path, "manifest") != 0 && check->is_sorted && !is_listed(check, path))
        add(check, TOV_FOUND_FILE_EXTRA, path, NULL, NULL);
    return TOV_OK;
}

/* Takes over FD. PATH is what leads to it, in room for TOV_EXPORT_PATH_SIZE + 256 characters. */
static enum tov_err walk(struct check *check, int fd, char *path, unsigned depth)
{
    size_t size = strlen(path);
    enum tov_err err = TOV_OK;
    const struct dirent *entry = NULL;
    DIR *dir = fdopendir(fd);
    if (dir == NULL) {
        (void)close(fd);
        return TOV_E_NOMEM;
    }
    while (err == TOV_OK && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path + size, TOV_EXPORT_PATH_SIZE + 256 - size, "%s%s", size == 0 ? "" : "/",
                       entry->d_name);
        err = look_at(check, fd, entry->d_name, path, depth);
        path[size] = '\0';
    }
    (void)closedir(dir);
    return err;
}

static enum tov_err map_manifest(const struct tov_folder *folder, struct tov_bytes *out)
{
    struct stat info;
    FILE *file = NULL;
    TOV_TRY(tov_folder_file(folder, "manifest", &file));
    if (fstat(fileno(file), &info) != 0 || info.st_size < 0 ||
        (uint64_t)info.st_size > TOV_MANIFEST_MAX_BYTES) {
        (void)fclose(file);
        return TOV_E_LIMIT;
    }
    *out = (struct tov_bytes){NULL, (size_t)info.st_size};
    if (out->size > 0) {
        void *data = mmap(NULL, out->size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
        out->data = data == MAP_FAILED ? NULL : data;
    }
    (void)fclose(file);
    return out->size > 0 && out->data == NULL ? TOV_E_NOMEM : TOV_OK;
}

enum tov_err tov_manifest_check(const struct tov_folder *folder, struct tov_findings *findings)
{
    char path[TOV_EXPORT_PATH_SIZE + 256] = "";
    struct check check = {.folder = folder, .findings = findings};
    enum tov_err err = map_manifest(folder, &check.map);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_MALFORMED) {
        add(&check, TOV_FOUND_NO_EXPORT, "manifest", _("a manifest"), NULL);
        return TOV_OK;
    }
    if (err == TOV_OK)
        err = check_lines(&check);
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (err == TOV_OK)
        err = fd < 0 ? TOV_E_IO : walk(&check, fd, path, 0);
    else if (fd >= 0)
        (void)close(fd);
    if (check.map.size > 0 && check.map.data != NULL)
        (void)munmap((void *)(uintptr_t)check.map.data, check.map.size);
    return err;
}
