/* SPDX-License-Identifier: EUPL-1.2
 *
 * Putting a backup back (B4, B5):
 *
 *   1  the backup is read through; it must be this node's
 *   2  the store is locked: no node runs, and none starts from here on
 *   3  what lies in the data folder is moved aside as a whole, when asked for
 *   4  store/restoring (store_restore.c) is made: from now on a cut-off restore is seen
 *   5  database, with the mark that it was restored; bucket keys; blobs
 *   6  everything is synced; store/restoring goes
 *
 * Epoch secrets of before are never put back: there are none in a backup, and what was sealed to
 * them is asked for again.
 */
#include "backup/backup.h"

#include "backup/folder.h"
#include "core/core_files.h"
#include "ledger/start_rule.h"
#include "ledger/tables.h"
#include "ledger/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DATABASE TOV_BACKUP_STORE "/data.mdb"
#define ASIDE_MAX 100u

struct restoring {
    const struct tov_backup_setup *setup;
    const char *data;
    struct tov_backup_manifest manifest;
    struct tov_store_restore *store;
    int lock; /* of the store that was there */
    int backup_dir, data_dir, blobs_to;
    bool was_made; /* the data folder, by us */
    bool is_ours;  /* all that is in it now */
    char moved[TOV_BACKUP_PATH_SIZE];
    struct tov_error *error;
};

static bool data_path(const struct restoring *restoring, const char *name,
                      char out[TOV_BACKUP_PATH_SIZE])
{
    int size = snprintf(out, TOV_BACKUP_PATH_SIZE, "%s/%s", restoring->data, name);
    return size > 0 && size < (int)TOV_BACKUP_PATH_SIZE;
}

static bool has(const struct restoring *restoring, const char *name)
{
    return faccessat(restoring->data_dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What may lie beside the store after a restore that was cut off: its own files, and what a node
 * leaves that was started meanwhile, in vain. */
static const char *const left[] = {TOV_BACKUP_BLOBS, TOV_VAULT_FILE, TOV_CORE_UNREAD_FILE};
#define LEFT (sizeof left / sizeof left[0])

/* ---- what is there ---- */

static enum tov_err find_content(void *context, const char *name, bool is_folder)
{
    (void)is_folder;
    if (strcmp(name, "lost+found") != 0) /* of a disk of its own */
        *(bool *)context = true;
    return TOV_OK;
}

/* Under the lock there is nothing but what a restore makes. */
static enum tov_err find_foreign(void *context, const char *name, bool is_folder)
{
    const struct restoring *restoring = context;
    bool is_ours = strcmp(name, "lost+found") == 0 || strcmp(name, TOV_BACKUP_STORE) == 0;
    for (size_t i = 0; tov_store_restore_is_again(restoring->store) && i < LEFT; i++)
        is_ours = is_ours || strcmp(name, left[i]) == 0;
    (void)is_folder;
    if (is_ours)
        return TOV_OK;
    return tov_fail(restoring->error, TOV_E_EXISTS, "%s/%s: is in the way", restoring->data, name);
}

static enum tov_err lock_old_store(struct restoring *restoring)
{
    char path[TOV_BACKUP_PATH_SIZE];
    if (!has(restoring, TOV_BACKUP_STORE) || !data_path(restoring, TOV_BACKUP_STORE, path))
        return TOV_OK;
    return tov_store_lock(path, &restoring->lock, restoring->error);
}

/* "DATA.replaced-20261129T171500Z", and a number behind it when there is one already. */
static enum tov_err move_aside(struct restoring *restoring)
{
    char stamp[32];
    time_t seconds = (time_t)(restoring->setup->now_ms / 1000);
    struct tm parts;
    (void)strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&seconds, &parts));
    for (unsigned i = 1; i <= ASIDE_MAX; i++) {
        char tail[16] = "";
        if (i > 1)
            (void)snprintf(tail, sizeof tail, "-%u", i);
        int size = snprintf(restoring->moved, sizeof restoring->moved, "%s.replaced-%s%s",
                            restoring->data, stamp, tail);
        if (size < 0 || (size_t)size >= sizeof restoring->moved)
            break;
        if (renameat2(AT_FDCWD, restoring->data, AT_FDCWD, restoring->moved, RENAME_NOREPLACE) == 0)
            return TOV_OK;
        if (errno != EEXIST)
            break;
    }
    restoring->moved[0] = '\0';
    if (errno == EBUSY || errno == EXDEV)
        return tov_fail(restoring->error, TOV_E_RULE,
                        "%s is a disk of its own and cannot be renamed: move what is in it aside "
                        "yourself, then restore without --replace",
                        restoring->data);
    return tov_folder_fail(restoring->error, restoring->data, "cannot be moved aside");
}

/* A folder that somebody else owns would get one of ours in it, which the node cannot use. */
static enum tov_err check_parent(const struct restoring *restoring)
{
    struct stat info;
    TOV_FREE char *copy = strdup(restoring->data);
    char *slash = copy == NULL ? NULL : strrchr(copy, '/');
    if (slash == NULL || slash == copy || restoring->moved[0] != '\0')
        return TOV_OK;
    *slash = '\0';
    if (stat(copy, &info) != 0 || info.st_uid == geteuid())
        return TOV_OK;
    return tov_fail(restoring->error, TOV_E_DENIED,
                    "%s is not there, and the folder above belongs to another user: restore as the "
                    "user that the node runs as, or make the folder for it",
                    restoring->data);
}

static enum tov_err open_data(struct restoring *restoring)
{
    restoring->data_dir = open(restoring->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (restoring->data_dir >= 0)
        return TOV_OK;
    if (errno != ENOENT)
        return tov_folder_fail(restoring->error, restoring->data, "cannot be opened");
    TOV_TRY(check_parent(restoring));
    if (mkdir(restoring->data, 0700) != 0)
        return tov_folder_fail(restoring->error, restoring->data, "cannot be made");
    restoring->was_made = true;
    restoring->data_dir = open(restoring->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return restoring->data_dir >= 0
               ? TOV_OK
               : tov_folder_fail(restoring->error, restoring->data, "cannot be opened");
}

/* Files that belong to somebody else would stop the node. */
static enum tov_err check_user(const struct restoring *restoring)
{
    struct stat info;
    if (fstat(restoring->data_dir, &info) != 0)
        return tov_folder_fail(restoring->error, restoring->data, "cannot be seen");
    if (info.st_uid == geteuid())
        return TOV_OK;
    return tov_fail(restoring->error, TOV_E_DENIED,
                    "%s belongs to another user: restore as the user that the node runs as, for "
                    "example with `sudo -u tov`",
                    restoring->data);
}

static enum tov_err clear_place(struct restoring *restoring)
{
    bool has_content = false;
    TOV_TRY(open_data(restoring));
    TOV_TRY(check_user(restoring));
    TOV_TRY(lock_old_store(restoring));
    if (has(restoring, TOV_BACKUP_STORE "/restoring"))
        return TOV_OK; /* cut off before; all of it is from there */
    enum tov_err err = tov_folder_list(restoring->data_dir, find_content, &has_content);
    if (err != TOV_OK)
        return tov_fail(restoring->error, err, "%s: cannot be listed", restoring->data);
    if (!has_content)
        return TOV_OK;
    if (!restoring->setup->replace)
        return tov_fail(restoring->error, TOV_E_EXISTS,
                        "%s is not empty: nothing was changed; with --replace what is there is "
                        "moved aside first, and never deleted",
                        restoring->data);
    TOV_TRY(move_aside(restoring));
    tov_folder_close(&restoring->data_dir);
    return open_data(restoring);
}

static enum tov_err begin(struct restoring *restoring)
{
    char path[TOV_BACKUP_PATH_SIZE];
    TOV_TRY(clear_place(restoring));
    tov_folder_close(&restoring->lock);
    if (!data_path(restoring, TOV_BACKUP_STORE, path))
        return tov_fail(restoring->error, TOV_E_ARGUMENT, "%s: too long a path", restoring->data);
    TOV_TRY(tov_store_restore_begin(path, &restoring->store, restoring->error));
    TOV_TRY(tov_folder_list(restoring->data_dir, find_foreign, restoring));
    restoring->is_ours = true;
    errno = tov_folder_remove(restoring->data_dir, TOV_BACKUP_BLOBS);
    for (size_t i = 1; errno == 0 && i < LEFT; i++)
        if (unlinkat(restoring->data_dir, left[i], 0) != 0 && errno == ENOENT)
            errno = 0;
    return errno == 0 ? TOV_OK
                      : tov_folder_fail(restoring->error, restoring->data,
                                        "what a cut-off restore left cannot be removed");
}

/* ---- copying ---- */

static enum tov_err copy_file(const struct restoring *restoring, const struct tov_folder_copy *copy,
                              const struct tov_backup_file *said)
{
    struct tov_folder_file file;
    TOV_TRY(tov_folder_copy(copy, &file, restoring->error));
    if (file.size == said->size && tov_hash_equal(&file.hash, &said->hash))
        return TOV_OK;
    return tov_fail(restoring->error, TOV_E_CORRUPT,
                    "%s/%s: changed while it was copied; use another backup",
                    restoring->setup->folder, said->path);
}

static enum tov_err copy_database(const struct restoring *restoring)
{
    TOV_CLEANUP(tov_folder_close)
    int to = open(tov_store_restore_folder(restoring->store), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (to < 0)
        return tov_folder_fail(restoring->error, restoring->data, "cannot be opened");
    struct tov_folder_copy copy = {restoring->backup_dir, DATABASE, to, "data.mdb"};
    return copy_file(restoring, &copy, tov_backup_files_find(&restoring->manifest.files, DATABASE));
}

/* In the store itself, so that it cannot be lost without it. */
static enum tov_err mark_restored(const struct restoring *restoring)
{
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .any_filesystem = restoring->setup->any_filesystem};
    struct tov_start_rule rule;
    TOV_TRY(tov_store_open(tov_store_restore_folder(restoring->store), &options, &store,
                           restoring->error));
    TOV_TRY(tov_store_batch_create(TOV_STORE_BATCH_DEFAULT_BYTES, &batch));
    TOV_TRY(tov_store_read_begin(store, &read, restoring->error));
    TOV_TRY(tov_start_rule_get(read, &rule));
    tov_store_read_end(TOV_TAKE(read));
    rule.reasons |= TOV_START_RESTORED;
    rule.since_ms = restoring->setup->now_ms;
    tov_start_rule_put(batch, &rule);
    return tov_store_commit(store, batch, restoring->error);
}

static enum tov_err copy_others(struct restoring *restoring)
{
    static const char blobs[] = TOV_BACKUP_BLOBS "/";
    const struct tov_backup_files *files = &restoring->manifest.files;
    for (size_t i = 0; i < files->count; i++) {
        const struct tov_backup_file *file = &files->items[i];
        struct tov_folder_copy copy = {restoring->backup_dir, file->path, restoring->data_dir,
                                       file->path};
        if (strcmp(file->path, DATABASE) == 0)
            continue;
        if (strncmp(file->path, blobs, sizeof blobs - 1) == 0) {
            copy.to_dir = restoring->blobs_to;
            copy.to = file->path + sizeof blobs - 1;
        }
        TOV_TRY(copy_file(restoring, &copy, file));
    }
    return TOV_OK;
}

static enum tov_err sync_data(const struct restoring *restoring)
{
    TOV_CLEANUP(tov_folder_close)
    int above = openat(restoring->data_dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool has_above = above >= 0 || errno == EACCES; /* then an administrator made the folder */
    if (fsync(restoring->blobs_to) != 0 || fsync(restoring->data_dir) != 0 || !has_above ||
        (above >= 0 && fsync(above) != 0))
        return tov_folder_fail(restoring->error, restoring->data, "cannot be synced");
    return TOV_OK;
}

static enum tov_err fill(struct restoring *restoring)
{
    restoring->blobs_to = tov_folder_make(restoring->data_dir, TOV_BACKUP_BLOBS);
    if (restoring->blobs_to < 0)
        return tov_folder_fail(restoring->error, restoring->data, "cannot make a folder in it");
    TOV_TRY(copy_database(restoring));
    TOV_TRY(mark_restored(restoring));
    TOV_TRY(copy_others(restoring));
    TOV_TRY(sync_data(restoring));
    return tov_store_restore_finish(restoring->store, restoring->error);
}

/* A restore that failed leaves the data folder empty, and says where the old one is. */
static void take_back(struct restoring *restoring, enum tov_err err)
{
    if (restoring->is_ours) {
        (void)tov_folder_remove(restoring->data_dir, TOV_BACKUP_BLOBS);
        (void)unlinkat(restoring->data_dir, TOV_VAULT_FILE, 0);
    }
    if (restoring->store != NULL) {
        tov_store_restore_undo(restoring->store);
        (void)unlinkat(restoring->data_dir, TOV_BACKUP_STORE, AT_REMOVEDIR);
    }
    if (restoring->was_made)
        (void)rmdir(restoring->data);
    if (restoring->moved[0] != '\0' &&
        renameat2(AT_FDCWD, restoring->moved, AT_FDCWD, restoring->data, RENAME_NOREPLACE) != 0)
        (void)tov_fail_in(restoring->error, err, "what was there is in %s now: ", restoring->moved);
}

static enum tov_err run(struct restoring *restoring)
{
    const struct tov_backup_setup *setup = restoring->setup;
    restoring->backup_dir = open(setup->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (restoring->backup_dir < 0)
        return tov_folder_fail(restoring->error, setup->folder, "cannot be opened");
    enum tov_err err = tov_backup_fits(&restoring->manifest.about, setup->roster,
                                       setup->config->agency, restoring->error);
    if (err != TOV_OK)
        return tov_fail_in(restoring->error, err, "%s: ", setup->folder);
    err = begin(restoring);
    if (err == TOV_OK)
        err = fill(restoring);
    if (err != TOV_OK)
        take_back(restoring, err);
    return err;
}

enum tov_err tov_backup_restore(const struct tov_backup_setup *setup,
                                struct tov_backup_manifest *out_manifest,
                                char out_moved[TOV_BACKUP_PATH_SIZE], struct tov_error *error)
{
    struct restoring restoring = {.setup = setup,
                                  .data = setup->config->data_dir,
                                  .lock = -1,
                                  .backup_dir = -1,
                                  .data_dir = -1,
                                  .blobs_to = -1,
                                  .error = error};
    TOV_TRY(tov_backup_check(setup->folder, &restoring.manifest, error));
    enum tov_err err = run(&restoring);
    tov_store_restore_close(restoring.store);
    tov_folder_close(&restoring.lock);
    tov_folder_close(&restoring.backup_dir);
    tov_folder_close(&restoring.data_dir);
    tov_folder_close(&restoring.blobs_to);
    if (err != TOV_OK) {
        tov_backup_manifest_fini(&restoring.manifest);
        return err;
    }
    memcpy(out_moved, restoring.moved, sizeof restoring.moved);
    *out_manifest = restoring.manifest;
    return TOV_OK;
}
