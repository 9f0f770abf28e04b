/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_disk.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX 1024u
#define FILE_MAX_BYTES (64u << 20)

struct file {
    char *name; /* NULL: free */
    struct tov_buf now, synced;
    bool is_synced; /* a synced copy exists */
};

struct sim_disk {
    struct file files[FILES_MAX];
    size_t used; /* slots that were ever taken; none behind them */
    bool lies, is_full;
};

struct sim_disk *sim_disk_create(void)
{
    struct sim_disk *disk = calloc(1, sizeof *disk);
    UNIT_NEED(disk != NULL);
    return disk;
}

static void forget(struct file *file)
{
    free(file->name);
    tov_buf_fini(&file->now);
    tov_buf_fini(&file->synced);
    *file = (struct file){0};
}

void sim_disk_destroy(struct sim_disk *disk)
{
    if (disk == NULL)
        return;
    for (size_t i = 0; i < disk->used; i++)
        forget(&disk->files[i]);
    free(disk);
}

static struct file *find(struct sim_disk *disk, const char *name)
{
    for (size_t i = 0; i < disk->used; i++) {
        if (disk->files[i].name != NULL && strcmp(disk->files[i].name, name) == 0)
            return &disk->files[i];
    }
    return NULL;
}

static struct file *find_or_make(struct sim_disk *disk, const char *name)
{
    struct file *file = find(disk, name);
    for (size_t i = 0; file == NULL && i < FILES_MAX; i++) {
        if (disk->files[i].name == NULL) {
            file = &disk->files[i];
            disk->used = i < disk->used ? disk->used : i + 1;
            *file = (struct file){.name = strdup(name),
                                  .now = TOV_BUF_INIT(FILE_MAX_BYTES),
                                  .synced = TOV_BUF_INIT(FILE_MAX_BYTES)};
        }
    }
    UNIT_NEED(file != NULL && file->name != NULL);
    return file;
}

static void copy(struct tov_buf *to, const struct tov_buf *from)
{
    tov_buf_clear(to);
    tov_buf_put_bytes(to, tov_buf_view(from));
    UNIT_NEED(to->failed == TOV_OK);
}

enum tov_err sim_disk_save(struct sim_disk *disk, const char *name, struct tov_bytes content)
{
    if (disk->is_full)
        return TOV_E_FULL;
    struct file *file = find_or_make(disk, name);
    tov_buf_clear(&file->now);
    tov_buf_put_bytes(&file->now, content);
    return disk->lies ? TOV_OK : sim_disk_sync(disk, name);
}

enum tov_err sim_disk_load(struct sim_disk *disk, const char *name, struct tov_buf *out)
{
    const struct file *file = find(disk, name);
    if (file == NULL)
        return TOV_E_NOT_FOUND;
    tov_buf_put_bytes(out, tov_buf_view(&file->now));
    return out->failed;
}

enum tov_err sim_disk_write(struct sim_disk *disk, const char *name, uint64_t offset,
                            struct tov_bytes data)
{
    if (disk->is_full)
        return TOV_E_FULL;
    struct file *file = find_or_make(disk, name);
    size_t end = (size_t)offset + data.size;
    if (end > file->now.size) {
        size_t more = end - file->now.size;
        uint8_t *to = tov_buf_extend(&file->now, more);
        if (to == NULL)
            return TOV_E_FULL;
        memset(to, 0, more);
    }
    if (data.size > 0)
        memcpy(file->now.data + offset, data.data, data.size);
    return TOV_OK;
}

enum tov_err sim_disk_read(struct sim_disk *disk, const char *name, uint64_t offset,
                           struct tov_room room, size_t *out_read)
{
    const struct file *file = find(disk, name);
    if (file == NULL)
        return TOV_E_NOT_FOUND;
    size_t left = offset < file->now.size ? file->now.size - (size_t)offset : 0;
    *out_read = left < room.size ? left : room.size;
    if (*out_read > 0)
        memcpy(room.data, file->now.data + offset, *out_read);
    return TOV_OK;
}

enum tov_err sim_disk_sync(struct sim_disk *disk, const char *name)
{
    struct file *file = find(disk, name);
    if (file == NULL)
        return TOV_E_NOT_FOUND;
    copy(&file->synced, &file->now);
    file->is_synced = true;
    return TOV_OK;
}

enum tov_err sim_disk_rename(struct sim_disk *disk, const char *from, const char *to)
{
    struct file *file = find(disk, from);
    struct file *old = find(disk, to);
    if (file == NULL)
        return TOV_E_NOT_FOUND;
    if (old != NULL)
        forget(old);
    free(file->name);
    file->name = strdup(to);
    UNIT_NEED(file->name != NULL);
    return TOV_OK;
}

enum tov_err sim_disk_delete(struct sim_disk *disk, const char *name)
{
    struct file *file = find(disk, name);
    if (file != NULL)
        forget(file);
    return TOV_OK;
}

enum tov_err sim_disk_sweep(struct sim_disk *disk, const char *prefix)
{
    for (size_t i = 0; i < disk->used; i++) {
        struct file *file = &disk->files[i];
        if (file->name != NULL && strncmp(file->name, prefix, strlen(prefix)) == 0)
            forget(file);
    }
    return TOV_OK;
}

static bool is_synced(const struct file *file)
{
    return file->is_synced &&
           tov_bytes_equal(tov_buf_view(&file->now), tov_buf_view(&file->synced));
}

bool sim_disk_is_synced(struct sim_disk *disk, const char *name)
{
    const struct file *file = find(disk, name);
    return file != NULL && is_synced(file);
}

void sim_disk_crash(struct sim_disk *disk, uint64_t *random)
{
    for (size_t i = 0; i < disk->used; i++) {
        struct file *file = &disk->files[i];
        if (file->name == NULL)
            continue;
        if (is_synced(file) || (!disk->lies && unit_random(random) % 2 == 0))
            continue; /* as the kernel happened to have written it */
        if (!file->is_synced)
            forget(file);
        else
            copy(&file->now, &file->synced);
    }
}

/* Attachments; anything else is the node's own. */
static bool is_blob(const struct file *file)
{
    return file->name != NULL &&
           (strncmp(file->name, "own-", 4) == 0 || strncmp(file->name, "peer-", 5) == 0);
}

struct sim_disk *sim_disk_copy(const struct sim_disk *disk)
{
    struct sim_disk *out = sim_disk_create();
    for (size_t i = 0; i < disk->used; i++) {
        const struct file *file = &disk->files[i];
        if (!is_blob(file) || !file->is_synced)
            continue;
        struct file *to = find_or_make(out, file->name);
        copy(&to->now, &file->synced);
        copy(&to->synced, &file->synced);
        to->is_synced = true;
    }
    return out;
}

void sim_disk_put_back(struct sim_disk *disk, const struct sim_disk *from)
{
    for (size_t i = 0; i < disk->used; i++) {
        if (is_blob(&disk->files[i]))
            forget(&disk->files[i]);
    }
    for (size_t i = 0; i < from->used; i++) {
        const struct file *file = &from->files[i];
        struct file *to = file->name == NULL ? NULL : find_or_make(disk, file->name);
        if (to == NULL)
            continue;
        copy(&to->now, &file->synced);
        copy(&to->synced, &file->synced);
        to->is_synced = true;
    }
}

void sim_disk_lie(struct sim_disk *disk, bool lies)
{
    disk->lies = lies;
}

void sim_disk_harm(struct sim_disk *disk, const char *name, enum sim_disk_harm harm)
{
    struct file *file = find(disk, name);
    UNIT_NEED(file != NULL && file->now.size > 1);
    if (harm == SIM_DISK_GONE) {
        UNIT_NEED(sim_disk_delete(disk, name) == TOV_OK);
        return;
    }
    if (harm == SIM_DISK_CUT)
        file->now.size /= 2;
    else
        file->now.data[file->now.size / 3] ^= 1;
    UNIT_NEED(sim_disk_sync(disk, name) == TOV_OK);
}

void sim_disk_fill(struct sim_disk *disk, bool is_full)
{
    disk->is_full = is_full;
}

bool sim_disk_holds(const struct sim_disk *disk, const char *needle)
{
    for (size_t i = 0; i < disk->used; i++) {
        const struct file *file = &disk->files[i];
        if (file->name == NULL)
            continue;
        if (strstr(file->name, needle) != NULL ||
            (file->now.size > 0 &&
             memmem(file->now.data, file->now.size, needle, strlen(needle)) != NULL))
            return true;
    }
    return false;
}

static void flip(struct tov_buf *bytes, uint64_t bit)
{
    uint64_t at = bytes->size > 0 ? bit % (bytes->size * 8) : 0;
    if (bytes->size > 0)
        bytes->data[at / 8] ^= (uint8_t)(1u << at % 8);
}

bool sim_disk_flip(struct sim_disk *disk, const char *prefix, uint64_t bit)
{
    for (size_t i = 0; i < disk->used; i++) {
        struct file *file = &disk->files[i];
        if (file->name == NULL || strncmp(file->name, prefix, strlen(prefix)) != 0)
            continue;
        flip(&file->now, bit);
        flip(&file->synced, bit);
        return file->now.size > 0;
    }
    return false;
}
