/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/at_rest.h"

#include "backup/backup.h"
#include "backup/snapshot.h"
#include "follow/peer.h"
#include "guard/guard_disk.h"

#include <stdio.h>
#include <unistd.h>

static enum tov_err read_guard(const char *folder, const char *name, struct tov_guard_state *out,
                               struct tov_vkey *out_key, struct tov_error *error)
{
    char path[512], origin[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_guard_disk disk;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    (void)snprintf(path, sizeof path, "%s/guard", folder);
    TOV_TRY(tov_guard_disk_open(path, name, &disk, &image, error));
    tov_guard_disk_close(&disk);
    TOV_TRY(tov_guard_state_load(tov_buf_view(&image), out, error));
    TOV_TRY(tov_guard_state_origin(out, origin));
    return tov_vkey_make(tov_bytes_of_text(origin), TOV_VKEY_ED25519, out->public_key.bytes,
                         out_key);
}

static enum tov_err leave_blob(void *context, const char *blob, bool is_own)
{
    (void)context;
    (void)blob;
    (void)is_own;
    return TOV_OK;
}

static enum tov_err read_store(const struct tov_snapshot *snapshot, struct tov_backup_about *about,
                               struct at_rest *out, struct tov_error *error)
{
    TOV_TRY(tov_snapshot_trees(snapshot, about, error));
    TOV_TRY(tov_snapshot_messages(snapshot, about, leave_blob, NULL, error));
    out->size = about->ledger.size;
    out->signed_size = about->ledger.signed_size;
    out->own_messages = about->own_messages;
    for (uint16_t i = 0; i < AT_REST_AGENCIES; i++) {
        struct tov_mirror_position position = {.size = 0};
        enum tov_err err = tov_mirror_position(snapshot->read, (uint16_t)(i + 1), &position);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND)
            return tov_fail(error, err, "the row of a peer cannot be read");
        out->mirrored[i] = position.size;
    }
    return TOV_OK;
}

/* By the owner's rules: a crash may have left a file without tables, which is no damage. */
static enum tov_err open_as_a_start_does(const char *path, struct tov_error *error)
{
    struct tov_store_options options = {
        .tables = tov_tables, .table_count = TOV_TABLE_COUNT, .format = TOV_STORE_FORMAT};
    struct tov_store *store = NULL;
    TOV_TRY(tov_store_open(path, &options, &store, error));
    tov_store_close(store);
    return TOV_OK;
}

enum tov_err at_rest_read(const char *folder, uint16_t number, struct at_rest *out,
                          struct tov_error *error)
{
    char path[512];
    static struct tov_guard_state ledger, journal;
    struct tov_backup_about about = {.agency = number};
    struct tov_snapshot snapshot;
    *out = (struct at_rest){.size = 0};
    TOV_TRY(read_guard(folder, "ledger.state", &ledger, &about.ledger.key, error));
    TOV_TRY(read_guard(folder, "journal.state", &journal, &about.journal.key, error));
    out->guard_size = ledger.range.size;
    out->guard_signed = ledger.last.signature.size;
    (void)snprintf(path, sizeof path, "%s/data/" TOV_BACKUP_STORE, folder);
    if (access(path, F_OK) != 0)
        return TOV_OK;
    TOV_TRY(open_as_a_start_does(path, error));
    TOV_TRY(tov_snapshot_open(path, number, &snapshot, error));
    enum tov_err err = read_store(&snapshot, &about, out, error);
    tov_snapshot_close(&snapshot);
    return err;
}
