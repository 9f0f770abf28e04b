/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a folder is a whole backup. The order matters: the manifest first, then every file by its
 * hash, and only then the database is opened, since LMDB trusts what it reads (L12).
 */
#include "backup/backup.h"

#include "backup/folder.h"
#include "backup/snapshot.h"
#include "keys/keyfile.h"
#include "ledger/vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct check {
    const char *folder;
    int dir;
    const char *prefix; /* of the folder that is listed: "blobs/" */
    const struct tov_backup_manifest *manifest;
    uint64_t absent;
    struct tov_error *error;
};

static enum tov_err damaged(const struct check *check, const char *path, const char *what)
{
    return tov_fail(check->error, TOV_E_CORRUPT, "%s/%s: %s; use another backup", check->folder,
                    path, what);
}

/* ---- files ---- */

static enum tov_err check_name(void *context, const char *name, bool is_folder)
{
    const struct check *check = context;
    char path[TOV_EXPORT_PATH_SIZE];
    bool is_top = check->prefix[0] == '\0';
    if (is_top && is_folder &&
        (strcmp(name, TOV_BACKUP_STORE) == 0 || strcmp(name, TOV_BACKUP_BLOBS) == 0))
        return TOV_OK;
    if (is_top && !is_folder && strcmp(name, TOV_BACKUP_MANIFEST) == 0)
        return TOV_OK;
    int size = snprintf(path, sizeof path, "%s%s", check->prefix, name);
    if (is_folder || size < 0 || (size_t)size >= sizeof path ||
        tov_backup_files_find(&check->manifest->files, path) == NULL)
        return tov_fail(check->error, TOV_E_CORRUPT,
                        "%s/%s%s: its manifest does not name it, so this is not what was backed "
                        "up; take the file away, or use another backup",
                        check->folder, check->prefix, name);
    return TOV_OK;
}

static enum tov_err check_names(struct check *check)
{
    static const char *const folders[] = {TOV_BACKUP_STORE, TOV_BACKUP_BLOBS};
    static const char *const prefixes[] = {TOV_BACKUP_STORE "/", TOV_BACKUP_BLOBS "/"};
    check->prefix = "";
    TOV_TRY(tov_folder_list(check->dir, check_name, check));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        TOV_CLEANUP(tov_folder_close) int dir = tov_folder_open(check->dir, folders[i]);
        check->prefix = prefixes[i];
        if (dir >= 0)
            TOV_TRY(tov_folder_list(dir, check_name, check));
    }
    return TOV_OK;
}

static enum tov_err check_file(const struct check *check, const struct tov_backup_file *file)
{
    struct tov_folder_file found;
    struct tov_error why = {.text = ""};
    enum tov_err err = tov_folder_hash(check->dir, file->path, &found, &why);
    if (err == TOV_E_NOT_FOUND)
        return damaged(check, file->path, "is missing");
    if (err != TOV_OK)
        return tov_fail(check->error, err, "%s/%s", check->folder, why.text);
    if (found.size != file->size)
        return damaged(check, file->path,
                       found.size < file->size ? "is cut: shorter than the manifest says"
                                               : "is longer than the manifest says");
    if (!tov_hash_equal(&found.hash, &file->hash))
        return damaged(check, file->path, "was changed: its SHA-256 is not the manifest's");
    return TOV_OK;
}

/* ---- the database ---- */

static enum tov_err check_blob(void *context, const char *name, bool has_tree)
{
    struct check *check = context;
    char path[TOV_EXPORT_PATH_SIZE];
    (void)snprintf(path, sizeof path, TOV_BACKUP_BLOBS "/%s", name);
    (void)has_tree;
    check->absent += tov_backup_files_find(&check->manifest->files, path) == NULL ? 1 : 0;
    return TOV_OK;
}

static bool same_tree(const struct tov_backup_tree *a, const struct tov_backup_tree *b)
{
    return a->size == b->size && tov_hash_equal(&a->root, &b->root) &&
           a->signed_size == b->signed_size && strcmp(a->key.name, b->key.name) == 0;
}

static enum tov_err read_buckets(const struct check *check, struct tov_buf *out)
{
    char path[TOV_BACKUP_PATH_SIZE];
    if (tov_backup_files_find(&check->manifest->files, TOV_VAULT_FILE) == NULL)
        return TOV_OK;
    (void)snprintf(path, sizeof path, "%s/%s", check->folder, TOV_VAULT_FILE);
    return tov_file_read(path, TOV_VAULT_FILE_MAX_BYTES, out, check->error);
}

static enum tov_err compare(struct check *check, const struct tov_snapshot *snapshot)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buckets = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    const struct tov_backup_about *said = &check->manifest->about;
    struct tov_backup_about found = *said;
    TOV_TRY(tov_snapshot_trees(snapshot, &found, check->error));
    TOV_TRY(tov_snapshot_messages(snapshot, &found, check_blob, check, check->error));
    TOV_TRY(read_buckets(check, &buckets));
    TOV_TRY(tov_snapshot_orphans(snapshot, tov_buf_view(&buckets), &found.keyless, check->error));
    if (same_tree(&found.ledger, &said->ledger) && same_tree(&found.journal, &said->journal) &&
        found.own_messages == said->own_messages && found.peer_messages == said->peer_messages &&
        found.keyless == said->keyless && check->absent == said->absent)
        return TOV_OK;
    return damaged(check, TOV_BACKUP_STORE "/data.mdb",
                   "holds other entries than the manifest says");
}

static enum tov_err check_database(struct check *check)
{
    char path[TOV_BACKUP_PATH_SIZE];
    struct tov_snapshot snapshot;
    (void)snprintf(path, sizeof path, "%s/%s", check->folder, TOV_BACKUP_STORE);
    TOV_TRY(tov_snapshot_open(path, check->manifest->about.agency, &snapshot, check->error));
    enum tov_err err = compare(check, &snapshot);
    tov_snapshot_close(&snapshot);
    return err;
}

static enum tov_err check_all(struct check *check)
{
    const struct tov_backup_files *files = &check->manifest->files;
    if (tov_backup_files_find(files, TOV_BACKUP_STORE "/data.mdb") == NULL)
        return damaged(check, TOV_BACKUP_MANIFEST, "names no database");
    TOV_TRY(check_names(check));
    for (size_t i = 0; i < files->count; i++)
        TOV_TRY(check_file(check, &files->items[i]));
    return check_database(check);
}

static enum tov_err read_manifest(const char *folder, int dir,
                                  struct tov_backup_manifest *out_manifest, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_BACKUP_MANIFEST_MAX_BYTES);
    char path[TOV_BACKUP_PATH_SIZE];
    int size = snprintf(path, sizeof path, "%s/%s", folder, TOV_BACKUP_MANIFEST);
    if (size < 0 || (size_t)size + sizeof TOV_VAULT_FILE >= sizeof path)
        return tov_fail(error, TOV_E_ARGUMENT, "%s: too long a path", folder);
    if (faccessat(dir, TOV_BACKUP_MANIFEST, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
        return tov_fail(error, TOV_E_CORRUPT,
                        "%s: there is no manifest in it: not a backup, or one that was cut off",
                        folder);
    TOV_TRY(tov_file_read(path, TOV_BACKUP_MANIFEST_MAX_BYTES, &text, error));
    enum tov_err err = tov_backup_manifest_parse(tov_buf_view(&text), out_manifest, error);
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "%s/", folder);
}

enum tov_err tov_backup_check(const char *folder, struct tov_backup_manifest *out_manifest,
                              struct tov_error *error)
{
    struct tov_backup_manifest manifest = {.files = {.items = NULL}};
    TOV_CLEANUP(tov_folder_close)
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return tov_folder_fail(error, folder, "cannot be opened");
    TOV_TRY(read_manifest(folder, dir, &manifest, error));
    struct check check = {
        .folder = folder, .dir = dir, .manifest = &manifest, .error = error, .prefix = ""};
    enum tov_err err = check_all(&check);
    if (err == TOV_OK)
        *out_manifest = manifest;
    else
        tov_backup_manifest_fini(&manifest);
    return err;
}

enum tov_err tov_backup_fits(const struct tov_backup_about *about, const struct tov_roster *roster,
                             const char *agency, struct tov_error *error)
{
    const struct tov_agency *own = tov_roster_agency_by_name(roster, tov_bytes_of_text(agency));
    const char *federation = tov_roster_federation(roster);
    if (own == NULL)
        return tov_fail(error, TOV_E_CONFIG, "the roster has no agency %s: check `agency`", agency);
    if (strcmp(about->federation, federation) != 0)
        return tov_fail(error, TOV_E_RULE, "a backup of the federation %s; this node is in %s",
                        about->federation, federation);
    if (about->agency != own->number || strcmp(about->agency_name, own->name) != 0)
        return tov_fail(error, TOV_E_RULE, "a backup of %s; this node is %s's", about->agency_name,
                        own->name);
    if (about->generation != own->generation)
        return tov_fail(error, TOV_E_RULE,
                        "a backup of generation %u of the ledger; by the roster it is generation "
                        "%u now: the old one is closed, and is not put back",
                        about->generation, own->generation);
    if (!tov_vkey_is_same_key(&about->ledger.key, &own->ledger) ||
        strcmp(about->ledger.key.name, own->ledger.name) != 0 ||
        !tov_vkey_is_same_key(&about->journal.key, &own->journal))
        return tov_fail(error, TOV_E_RULE,
                        "the backup names other keys for the ledger of %s than the roster does: "
                        "somebody else made it",
                        own->name);
    return TOV_OK;
}

enum tov_err tov_backup_opens(const char *folder, const struct tov_key *root_key,
                              uint32_t *out_buckets, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buckets = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    char path[TOV_BACKUP_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, TOV_VAULT_FILE);
    enum tov_err err = tov_file_read(path, TOV_VAULT_FILE_MAX_BYTES, &buckets, error);
    if (err == TOV_E_NOT_FOUND) { /* of a node that had written nothing */
        *out_buckets = 0;
        return TOV_OK;
    }
    TOV_TRY(err);
    return tov_vault_check(tov_buf_view(&buckets), root_key, out_buckets, error);
}
