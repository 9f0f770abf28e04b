/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the database of a copy says: its trees, its messages, and which other files belong to it.
 * Not for: a store that a node has open.
 */
#ifndef TOV_BACKUP_SNAPSHOT_H
#define TOV_BACKUP_SNAPSHOT_H

#include "backup/manifest.h"
#include "ledger/ledger.h"

/* An attachment that a message of the snapshot names; `has_tree`: it has a second file. */
typedef enum tov_err (*tov_snapshot_blob)(void *context, const char *name, bool has_tree);

struct tov_snapshot {
    struct tov_store *store;
    struct tov_store_read *read;
    uint16_t own; /* the agency's number */
};
/* Opens the database of the folder PATH, which nobody has open. */
enum tov_err tov_snapshot_open(const char *path, uint16_t own, struct tov_snapshot *out_snapshot,
                               struct tov_error *error) TOV_MUST_CHECK;
void tov_snapshot_close(struct tov_snapshot *snapshot); /* zeros are fine */

/* Reads both trees again, by the keys in ABOUT, and fills in size, root and signed size. */
enum tov_err tov_snapshot_trees(const struct tov_snapshot *snapshot, struct tov_backup_about *about,
                                struct tov_error *error) TOV_MUST_CHECK;
/* Counts the messages and calls EACH for every attachment that has a file of its own. */
enum tov_err tov_snapshot_messages(const struct tov_snapshot *snapshot,
                                   struct tov_backup_about *about, tov_snapshot_blob each,
                                   void *context, struct tov_error *error) TOV_MUST_CHECK;
/* How many data keys have no bucket in the file BUCKETS (empty: there is no file). */
enum tov_err tov_snapshot_orphans(const struct tov_snapshot *snapshot, struct tov_bytes buckets,
                                  uint64_t *out_count, struct tov_error *error) TOV_MUST_CHECK;

#endif
