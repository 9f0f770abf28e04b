/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making a backup, beside the node or without one. The order keeps everything readable:
 *
 *   1  database   one moment of it, as LMDB sees it
 *   2  buckets    later, so with the bucket key of every data key of that moment; unless a bucket
 *                 was destroyed between the two, which is seen, and both are taken again
 *   3  blobs      those that the moment names: they were synced before the entry that names them,
 *                 and only grow; an erased one is gone and is counted
 *   4  manifest   last
 *
 * All of it in FOLDER.unfinished, which is locked, and gets its name when everything is synced and
 * was read again.
 */
#include "backup/backup.h"

#include "backup/folder.h"
#include "backup/snapshot.h"
#include "keys/keyfile.h"
#include "ledger/message.h"
#include "ledger/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNFINISHED ".unfinished"
#define TRIES_MAX 5u
#define INNER_SIZE (TOV_BACKUP_PATH_SIZE + 64u) /* of a path in the backup's folder */
#define DATABASE TOV_BACKUP_STORE "/data.mdb"

struct making {
    const struct tov_backup_setup *setup;
    const struct tov_agency *own;
    char path[TOV_BACKUP_PATH_SIZE];   /* of the folder that is written */
    char parent[TOV_BACKUP_PATH_SIZE]; /* where it gets its name */
    const char *name;                  /* its name there, in setup->folder or below */
    char unfinished[NAME_MAX + 1];
    int parent_dir, dir;
    int blobs_from, blobs_to;
    struct tov_buf buckets;
    struct tov_backup_manifest manifest;
    struct tov_error *error;
};

static enum tov_err is_in_the_way(const struct making *making)
{
    struct stat info;
    if (fstatat(making->parent_dir, making->name, &info, AT_SYMLINK_NOFOLLOW) == 0)
        return tov_fail(making->error, TOV_E_EXISTS,
                        "%s is there already: every backup gets a folder of its own, name one that "
                        "is not there",
                        making->setup->folder);
    return errno == ENOENT
               ? TOV_OK
               : tov_folder_fail(making->error, making->setup->folder, "cannot be seen");
}

/* A backup in the data folder would be in the way of a restore, and lost with the disk. */
static enum tov_err is_in_the_data(const struct making *making)
{
    TOV_FREE char *data = realpath(making->setup->config->data_dir, NULL);
    TOV_FREE char *parent = realpath(making->parent, NULL);
    if (data == NULL || parent == NULL || !tov_config_is_inside(parent, data))
        return TOV_OK;
    return tov_fail(making->error, TOV_E_RULE,
                    "%s lies in the data folder: put backups on another disk",
                    making->setup->folder);
}

/* ---- the folder ---- */

static enum tov_err split_path(struct making *making, char *copy)
{
    const char *folder = making->setup->folder;
    size_t size = strlen(copy);
    while (size > 1 && copy[size - 1] == '/')
        copy[--size] = '\0';
    char *slash = strrchr(copy, '/');
    making->name = slash == NULL ? copy : slash + 1;
    const char *parent = slash == NULL ? "." : slash == copy ? "/" : copy;
    if (slash != NULL)
        *slash = '\0';
    int name_size =
        snprintf(making->unfinished, sizeof making->unfinished, "%s" UNFINISHED, making->name);
    int parent_size = snprintf(making->parent, sizeof making->parent, "%s", parent);
    int path_size =
        snprintf(making->path, sizeof making->path, "%s/%s", making->parent, making->unfinished);
    bool is_name = making->name[0] != '\0' && strcmp(making->name, ".") != 0 &&
                   strcmp(making->name, "..") != 0;
    if (!is_name || name_size < 0 || (size_t)name_size >= sizeof making->unfinished ||
        parent_size < 0 || (size_t)parent_size >= sizeof making->parent || path_size < 0 ||
        (size_t)path_size + 32 >= sizeof making->path)
        return tov_fail(making->error, TOV_E_ARGUMENT,
                        "%s: cannot be the name of a new folder, or is too long", folder);
    return TOV_OK;
}

/* What is in a folder of ours; only names that a backup has. */
static int empty_folder(const struct making *making)
{
    int code = tov_folder_remove(making->dir, TOV_BACKUP_STORE);
    if (code == 0)
        code = tov_folder_remove(making->dir, TOV_BACKUP_BLOBS);
    if (code == 0 && unlinkat(making->dir, TOV_VAULT_FILE, 0) != 0 && errno != ENOENT)
        code = errno;
    if (code == 0 && unlinkat(making->dir, TOV_BACKUP_MANIFEST, 0) != 0 && errno != ENOENT)
        code = errno;
    return code;
}

static enum tov_err open_target(struct making *making)
{
    making->parent_dir = open(making->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (making->parent_dir < 0)
        return tov_folder_fail(making->error, making->parent, "cannot be opened");
    TOV_TRY(is_in_the_way(making));
    TOV_TRY(is_in_the_data(making));
    making->dir = tov_folder_make(making->parent_dir, making->unfinished);
    if (making->dir < 0)
        return tov_folder_fail(making->error, making->path, "cannot be made");
    if (flock(making->dir, LOCK_EX | LOCK_NB) != 0) {
        tov_folder_close(&making->dir); /* not ours to clear away */
        return tov_fail(making->error, TOV_E_BUSY, "%s: another backup is writing it",
                        making->path);
    }
    errno = empty_folder(making); /* what an earlier one left, cut off */
    return errno == 0 ? TOV_OK
                      : tov_folder_fail(making->error, making->path,
                                        "what a cut-off backup left cannot be removed");
}

static enum tov_err sync_folder(const struct making *making, int dir)
{
    return fsync(dir) == 0 ? TOV_OK
                           : tov_folder_fail(making->error, making->path, "cannot be synced");
}

/* ---- database and buckets ---- */

static enum tov_err read_buckets(const struct making *making, struct tov_buf *out)
{
    char path[INNER_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", making->setup->config->data_dir, TOV_VAULT_FILE);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return TOV_OK; /* a node that never wrote a message has none */
    return tov_file_read(path, TOV_VAULT_FILE_MAX_BYTES, out, making->error);
}

static enum tov_err copy_database(const struct making *making, int store_dir)
{
    char path[INNER_SIZE];
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    struct tov_store_options options = {.mode = TOV_STORE_LOOK,
                                        .tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT};
    (void)snprintf(path, sizeof path, "%s/store", making->setup->config->data_dir);
    TOV_TRY(tov_store_open(path, &options, &store, making->error));
    TOV_CLEANUP(tov_folder_close)
    int fd =
        openat(store_dir, "data.mdb", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return tov_folder_fail(making->error, DATABASE, "cannot be made");
    return tov_store_copy(store, fd, making->error);
}

static enum tov_err open_snapshot(const struct making *making, struct tov_snapshot *out_snapshot)
{
    char path[INNER_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", making->path, TOV_BACKUP_STORE);
    return tov_snapshot_open(path, making->own->number, out_snapshot, making->error);
}

/* One try: *OUT_FITS is false when a bucket was destroyed between the moment and the file. */
static enum tov_err take_moment(struct making *making, int store_dir, bool *out_fits)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    struct tov_snapshot snapshot;
    uint64_t orphans = 0;
    tov_buf_clear(&making->buckets);
    TOV_TRY(read_buckets(making, &before));
    TOV_TRY(copy_database(making, store_dir));
    TOV_TRY(read_buckets(making, &making->buckets));
    TOV_TRY(open_snapshot(making, &snapshot));
    enum tov_err err =
        tov_snapshot_orphans(&snapshot, tov_buf_view(&making->buckets), &orphans, making->error);
    tov_snapshot_close(&snapshot);
    TOV_TRY(err);
    making->manifest.about.keyless = orphans;
    *out_fits =
        orphans == 0 || tov_bytes_equal(tov_buf_view(&before), tov_buf_view(&making->buckets));
    return TOV_OK;
}

static enum tov_err add_file(struct making *making, const char *path,
                             const struct tov_folder_file *file)
{
    return tov_backup_files_add(&making->manifest.files, path, &file->hash, file->size);
}

static enum tov_err save_buckets(struct making *making)
{
    char path[INNER_SIZE];
    struct tov_bytes content = tov_buf_view(&making->buckets);
    if (content.size == 0)
        return TOV_OK;
    (void)snprintf(path, sizeof path, "%s/%s", making->path, TOV_VAULT_FILE);
    struct tov_file_save save = {path, content, 0600, TOV_FILE_NEW};
    TOV_TRY(tov_file_save(&save, making->error));
    return add_file(making, TOV_VAULT_FILE,
                    &(struct tov_folder_file){tov_sha256(content), content.size});
}

static enum tov_err take_database(struct making *making)
{
    bool fits = false;
    struct tov_folder_file file;
    TOV_CLEANUP(tov_folder_close) int store_dir = tov_folder_make(making->dir, TOV_BACKUP_STORE);
    if (store_dir < 0)
        return tov_folder_fail(making->error, making->path, "cannot make a folder in it");
    for (unsigned i = 0; i < TRIES_MAX && !fits; i++)
        TOV_TRY(take_moment(making, store_dir, &fits));
    if (!fits)
        return tov_fail(making->error, TOV_E_AGAIN,
                        "bucket keys were destroyed again and again while they were copied; try "
                        "again when the node erases nothing");
    TOV_TRY(tov_folder_hash(making->dir, DATABASE, &file, making->error));
    TOV_TRY(add_file(making, DATABASE, &file));
    TOV_TRY(save_buckets(making));
    return sync_folder(making, store_dir);
}

/* ---- blobs ---- */

/* *OUT_IS_THERE is false when the node does not have it. */
static enum tov_err copy_blob(struct making *making, const char *name, bool *out_is_there)
{
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_folder_copy copy = {making->blobs_from, name, making->blobs_to, name};
    struct tov_folder_file file;
    enum tov_err err =
        making->blobs_from < 0 ? TOV_E_NOT_FOUND : tov_folder_copy(&copy, &file, making->error);
    *out_is_there = err == TOV_OK;
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    (void)snprintf(path, sizeof path, TOV_BACKUP_BLOBS "/%s", name);
    return add_file(making, path, &file);
}

static enum tov_err take_blob(void *context, const char *name, bool has_tree)
{
    struct making *making = context;
    char tree[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE];
    bool is_there;
    TOV_TRY(copy_blob(making, name, &is_there));
    making->manifest.about.absent += is_there ? 0 : 1;
    if (!is_there || !has_tree)
        return TOV_OK;
    (void)snprintf(tree, sizeof tree, "%s" TOV_BLOB_TREE, name);
    return copy_blob(making, tree, &is_there);
}

static enum tov_err read_snapshot(struct making *making)
{
    struct tov_snapshot snapshot;
    struct tov_backup_about *about = &making->manifest.about;
    TOV_TRY(open_snapshot(making, &snapshot));
    enum tov_err err = tov_snapshot_trees(&snapshot, about, making->error);
    if (err == TOV_OK)
        err = tov_snapshot_messages(&snapshot, about, take_blob, making, making->error);
    tov_snapshot_close(&snapshot);
    return err;
}

static enum tov_err take_blobs(struct making *making)
{
    char path[INNER_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", making->setup->config->data_dir, TOV_BACKUP_BLOBS);
    TOV_CLEANUP(tov_folder_close) int from = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    TOV_CLEANUP(tov_folder_close) int to = tov_folder_make(making->dir, TOV_BACKUP_BLOBS);
    if (to < 0)
        return tov_folder_fail(making->error, making->path, "cannot make a folder in it");
    making->blobs_from = from;
    making->blobs_to = to;
    TOV_TRY(read_snapshot(making));
    return sync_folder(making, to);
}

/* ---- the end ---- */

static enum tov_err save_manifest(struct making *making)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_BACKUP_MANIFEST_MAX_BYTES);
    char path[INNER_SIZE];
    tov_backup_files_sort(&making->manifest.files);
    tov_backup_manifest_put(&text, &making->manifest);
    if (text.failed != TOV_OK)
        return tov_fail(making->error, text.failed, "the manifest grows too long");
    (void)snprintf(path, sizeof path, "%s/%s", making->path, TOV_BACKUP_MANIFEST);
    struct tov_file_save save = {path, tov_buf_view(&text), 0600, TOV_FILE_NEW};
    return tov_file_save(&save, making->error);
}

/* Everything is read again from where it will lie before it gets its name. */
static enum tov_err name_backup(struct making *making)
{
    struct tov_backup_manifest again;
    TOV_TRY(tov_backup_check(making->path, &again, making->error));
    tov_backup_manifest_fini(&again);
    if (renameat2(making->parent_dir, making->unfinished, making->parent_dir, making->name,
                  RENAME_NOREPLACE) != 0)
        return tov_folder_fail(making->error, making->setup->folder, "cannot get its name");
    return sync_folder(making, making->parent_dir);
}

static enum tov_err set_about(struct making *making)
{
    struct tov_backup_about *about = &making->manifest.about;
    const struct tov_backup_setup *setup = making->setup;
    making->own =
        tov_roster_agency_by_name(setup->roster, tov_bytes_of_text(setup->config->agency));
    if (making->own == NULL)
        return tov_fail(making->error, TOV_E_CONFIG, "the roster has no agency %s: check `agency`",
                        setup->config->agency);
    *about = (struct tov_backup_about){.agency = making->own->number,
                                       .generation = making->own->generation,
                                       .made_ms = setup->now_ms,
                                       .store_format = TOV_STORE_FORMAT,
                                       .ledger = {.key = making->own->ledger},
                                       .journal = {.key = making->own->journal}};
    (void)snprintf(about->federation, sizeof about->federation, "%s",
                   tov_roster_federation(setup->roster));
    (void)snprintf(about->agency_name, sizeof about->agency_name, "%s", making->own->name);
    (void)snprintf(about->software, sizeof about->software, "%s", TOV_VERSION_TEXT);
    return TOV_OK;
}

static enum tov_err make(struct making *making)
{
    TOV_TRY(set_about(making));
    TOV_TRY(open_target(making));
    TOV_TRY(take_database(making));
    TOV_TRY(take_blobs(making));
    TOV_TRY(sync_folder(making, making->dir));
    TOV_TRY(save_manifest(making));
    return name_backup(making);
}

static void clear_away(struct making *making)
{
    if (making->dir >= 0 && empty_folder(making) == 0)
        (void)unlinkat(making->parent_dir, making->unfinished, AT_REMOVEDIR);
}

enum tov_err tov_backup_make(const struct tov_backup_setup *setup,
                             struct tov_backup_manifest *out_manifest, struct tov_error *error)
{
    struct making making = {.setup = setup,
                            .parent_dir = -1,
                            .dir = -1,
                            .buckets = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES),
                            .error = error};
    TOV_FREE char *copy = strdup(setup->folder);
    if (copy == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a backup");
    enum tov_err err = split_path(&making, copy);
    if (err == TOV_OK)
        err = make(&making);
    if (err != TOV_OK)
        clear_away(&making);
    tov_folder_close(&making.dir);
    tov_folder_close(&making.parent_dir);
    tov_buf_fini(&making.buckets);
    if (err == TOV_OK)
        *out_manifest = making.manifest;
    else
        tov_backup_manifest_fini(&making.manifest);
    return err;
}
