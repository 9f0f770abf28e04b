/* SPDX-License-Identifier: EUPL-1.2
 *
 * Backups of a node's data folder (docs/backup.md): made while the node runs, checked without one,
 * put back while it is stopped.
 *
 *   B1  A folder with a manifest that parses holds exactly the files that it names.
 *   B2  Every data key of the database has its bucket key in the same backup, or had none before.
 *   B3  No private key, no guard state, no epoch secret is ever in a backup.
 *   B4  A restore that is cut off anywhere leaves nothing that a node would start from.
 *   B5  A restored store says that it was restored (ledger/start_rule.h), in itself.
 *
 * Not for: keys, guard and configuration, which have their own ways (docs/backup.md), or for asking
 * a running node anything: it need not answer.
 */
#ifndef TOV_BACKUP_BACKUP_H
#define TOV_BACKUP_BACKUP_H

#include "backup/manifest.h"
#include "base/secret.h"
#include "config/config.h"
#include "roster/roster.h"

#define TOV_BACKUP_MANIFEST "manifest"
#define TOV_BACKUP_STORE "store"
#define TOV_BACKUP_BLOBS "blobs"

struct tov_backup_setup {
    const struct tov_config *config;
    const struct tov_roster *roster; /* the configuration's, verified */
    const char *folder;              /* of the backup */
    uint64_t now_ms;
    bool replace;        /* restore: move what is there aside */
    bool any_filesystem; /* for tests only */
};

/* Makes a backup in the new folder. TOV_E_EXISTS: it is there; TOV_E_BUSY: another backup writes
 * it; TOV_E_FULL, TOV_E_DENIED; TOV_E_CORRUPT: what the node holds does not agree with itself.
 * Nothing is left of a backup that failed. */
enum tov_err tov_backup_make(const struct tov_backup_setup *setup,
                             struct tov_backup_manifest *out_manifest,
                             struct tov_error *error) TOV_MUST_CHECK;

/* Reads all of a backup and compares: files with the manifest, the trees with their signatures. By
 * the keys that the backup names: who wants to know whose it is compares them (tov_backup_fits).
 * TOV_E_CORRUPT names the file; TOV_E_VERSION: of a newer tovd. Writes nothing. */
enum tov_err tov_backup_check(const char *folder, struct tov_backup_manifest *out_manifest,
                              struct tov_error *error) TOV_MUST_CHECK;
/* That it is one of this node: federation, agency, generation and keys. TOV_E_RULE. */
enum tov_err tov_backup_fits(const struct tov_backup_about *about, const struct tov_roster *roster,
                             const char *agency, struct tov_error *error) TOV_MUST_CHECK;

/* That ROOT_KEY opens the bucket keys of the backup in FOLDER, which was checked, and so all that
 * stands in it; how many there are. TOV_E_KEY: it is another node's, or not the key of then. */
enum tov_err tov_backup_opens(const char *folder, const struct tov_key *root_key,
                              uint32_t *out_buckets, struct tov_error *error) TOV_MUST_CHECK;

/* Puts a backup into the data folder. TOV_E_BUSY: the node runs; TOV_E_EXISTS: there is something
 * and `replace` was not asked for; TOV_E_RULE: of another node; as tov_backup_check.
 * OUT_MOVED has room for TOV_BACKUP_PATH_SIZE: where what was there is now; empty: nothing was. */
#define TOV_BACKUP_PATH_SIZE 512
enum tov_err tov_backup_restore(const struct tov_backup_setup *setup,
                                struct tov_backup_manifest *out_manifest,
                                char out_moved[TOV_BACKUP_PATH_SIZE],
                                struct tov_error *error) TOV_MUST_CHECK;

/* `tovd backup` and `tovd restore`: ARGV[1] is one of the two words. The exit code. */
int tov_backup_main(int argc, char **argv);

#endif
