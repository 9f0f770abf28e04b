/* SPDX-License-Identifier: EUPL-1.2 */
#include "damage.h"

#include "support/unit.h"
#include "wire/export.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (1u << 24)
#define FILES_MAX 4096u

/* ---- files ---- */

static FILE *open_at(const char *dir, const char *path, const char *mode)
{
    char name[WORLD_PATH_SIZE];
    int size = snprintf(name, sizeof name, "%s/%s", dir, path);
    UNIT_NEED(size > 0 && (size_t)size < sizeof name);
    return fopen(name, mode);
}

bool damage_has(const char *dir, const char *path)
{
    FILE *file = open_at(dir, path, "rb");
    if (file != NULL)
        (void)fclose(file);
    return file != NULL;
}

struct tov_buf damage_read(const char *dir, const char *path)
{
    struct tov_buf out = TOV_BUF_INIT(FILE_MAX_BYTES);
    uint8_t piece[8192];
    size_t got = 0;
    FILE *file = open_at(dir, path, "rb");
    UNIT_NEED(file != NULL);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        tov_buf_put(&out, piece, got);
    UNIT_NEED(fclose(file) == 0 && out.failed == TOV_OK);
    return out;
}

void damage_write(const char *dir, const char *path, struct tov_bytes content)
{
    char name[WORLD_PATH_SIZE];
    int size = snprintf(name, sizeof name, "%s/%s", dir, path);
    UNIT_NEED(size > 0 && (size_t)size < sizeof name);
    for (char *slash = strchr(name + strlen(dir) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(name, 0700);
        *slash = '/';
    }
    FILE *file = fopen(name, "wb");
    UNIT_NEED(file != NULL);
    UNIT_NEED(content.size == 0 || fwrite(content.data, 1, content.size, file) == content.size);
    UNIT_NEED(fclose(file) == 0);
}

void damage_remove(const char *dir, const char *path)
{
    char name[WORLD_PATH_SIZE];
    (void)snprintf(name, sizeof name, "%s/%s", dir, path);
    UNIT_NEED(unlink(name) == 0);
}

void damage_swap(const char *dir, const char *path, const char *other)
{
    struct tov_buf a = damage_read(dir, path), b = damage_read(dir, other);
    damage_write(dir, path, tov_buf_view(&b));
    damage_write(dir, other, tov_buf_view(&a));
    tov_buf_fini(&a);
    tov_buf_fini(&b);
}

static size_t place_in(const struct tov_buf *content, long at)
{
    size_t place = at < 0 ? content->size - (size_t)-at : (size_t)at;
    UNIT_NEED(place < content->size);
    return place;
}

void damage_flip(const char *dir, const char *path, long at, unsigned bit)
{
    struct tov_buf content = damage_read(dir, path);
    content.data[place_in(&content, at)] ^= (uint8_t)(1u << bit);
    damage_write(dir, path, tov_buf_view(&content));
    tov_buf_fini(&content);
}

/* A flipped bit may make it no letter of base64 at all. */
void damage_letter(const char *dir, const char *path, long at)
{
    struct tov_buf content = damage_read(dir, path);
    uint8_t *letter = &content.data[place_in(&content, at)];
    *letter = *letter == 'A' ? 'B' : 'A';
    damage_write(dir, path, tov_buf_view(&content));
    tov_buf_fini(&content);
}

void damage_cut(const char *dir, const char *path, long size)
{
    struct tov_buf content = damage_read(dir, path);
    damage_write(dir, path, (struct tov_bytes){content.data, place_in(&content, size)});
    tov_buf_fini(&content);
}

void damage_append(const char *dir, const char *path, const char *text)
{
    struct tov_buf content = damage_read(dir, path);
    tov_buf_put_bytes(&content, tov_bytes_of_text(text));
    damage_write(dir, path, tov_buf_view(&content));
    tov_buf_fini(&content);
}

void damage_copy(struct world *world, const char *from, const char *to, char *out)
{
    char source[WORLD_PATH_SIZE];
    world_path(world, source, "%s", from);
    world_path(world, out, "%s", to);
    (void)world_run(world, (const char *const[]){"rm", "-rf", out, NULL});
    UNIT_NEED(world_run(world, (const char *const[]){"cp", "-R", source, out, NULL}) == 0);
}

/* ---- all files ---- */

struct listing {
    size_t count;
    char *paths[FILES_MAX];
};

static void list_folder(struct listing *listing, const char *dir, const char *path)
{
    char name[WORLD_PATH_SIZE], below[WORLD_PATH_SIZE];
    struct stat info;
    (void)snprintf(name, sizeof name, "%s/%s", dir, path);
    DIR *folder = opendir(name);
    UNIT_NEED(folder != NULL);
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(below, sizeof below, "%s%s%s", path, *path == '\0' ? "" : "/",
                       entry->d_name);
        UNIT_NEED(fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0);
        if (S_ISDIR(info.st_mode)) {
            list_folder(listing, dir, below);
        } else if (S_ISREG(info.st_mode) && strcmp(below, "manifest") != 0) {
            UNIT_NEED(listing->count < FILES_MAX);
            listing->paths[listing->count++] = strdup(below);
        }
    }
    (void)closedir(folder);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void damage_each(const char *dir, void (*each)(void *context, const char *path), void *context)
{
    struct listing *listing = calloc(1, sizeof *listing);
    UNIT_NEED(listing != NULL);
    list_folder(listing, dir, "");
    qsort(listing->paths, listing->count, sizeof listing->paths[0], compare_paths);
    for (size_t i = 0; i < listing->count; i++) {
        each(context, listing->paths[i]);
        free(listing->paths[i]);
    }
    free(listing);
}

struct sealing {
    const char *dir;
    struct tov_buf manifest;
};

static void seal_one(void *context, const char *path)
{
    struct sealing *sealing = context;
    struct tov_buf content = damage_read(sealing->dir, path);
    struct tov_export_file file = {.hash = tov_sha256(tov_buf_view(&content)),
                                   .size = content.size,
                                   .path = tov_bytes_of_text(path)};
    tov_export_put_file(&sealing->manifest, &file);
    tov_buf_fini(&content);
}

void damage_reseal(const char *dir)
{
    struct sealing sealing = {dir, TOV_BUF_INIT(FILE_MAX_BYTES)};
    damage_each(dir, seal_one, &sealing);
    damage_write(dir, "manifest", tov_buf_view(&sealing.manifest));
    tov_buf_fini(&sealing.manifest);
}
