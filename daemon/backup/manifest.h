/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text that says what a backup is and which files it has. One text for one value: anything else
 * is refused. Pure: no file is touched here.
 *
 *   tov-backup v1
 *   federation <name>
 *   agency <number> <name>
 *   generation <number>
 *   made <time>
 *   software <version>
 *   store-format <number>
 *   ledger-key <vkey>
 *   ledger <size> <root, base64> signed <size>
 *   journal-key <vkey>
 *   journal <size> <root, base64> signed <size>
 *   messages <own> <of other agencies>
 *   absent <attachments that messages name and the node did not have>
 *   keyless <data keys whose bucket key was destroyed before>
 *   files <number>
 *   <sha256, hex> <size> <path>          as in an export's manifest, ascending
 *   manifest <sha256, hex, of all lines above>
 *
 * Not for: whether the files are so (backup_check.c).
 */
#ifndef TOV_BACKUP_MANIFEST_H
#define TOV_BACKUP_MANIFEST_H

#include "base/bytes.h"
#include "base/limits.h"
#include "merkle/vkey.h"
#include "wire/export.h"

#define TOV_BACKUP_VERSION 1u
#define TOV_BACKUP_MANIFEST_MAX_BYTES (64u << 20) /* half a million attachments */

struct tov_backup_tree {
    struct tov_vkey key;
    uint64_t size;
    struct tov_hash root;
    uint64_t signed_size; /* 0: nothing was signed yet */
};

/* What a backup is. */
struct tov_backup_about {
    char federation[TOV_NAME_MAX_BYTES + 1];
    uint16_t agency;
    char agency_name[TOV_NAME_MAX_BYTES + 1];
    uint32_t generation;
    uint64_t made_ms;
    char software[TOV_EXPORT_SOFTWARE_MAX_BYTES + 1];
    uint32_t store_format;
    struct tov_backup_tree ledger, journal;
    uint64_t own_messages, peer_messages;
    uint64_t absent;  /* attachments erased before, or not fetched yet */
    uint64_t keyless; /* data keys whose bucket key was destroyed before: erased */
};

/* A list of files; paths are its own. */
struct tov_backup_files {
    struct tov_backup_file {
        struct tov_hash hash;
        uint64_t size;
        char *path;
    } * items;
    size_t count, capacity;
};
enum tov_err tov_backup_files_add(struct tov_backup_files *files, const char *path,
                                  const struct tov_hash *hash, uint64_t size) TOV_MUST_CHECK;
void tov_backup_files_sort(struct tov_backup_files *files);
/* NULL when PATH is not among the sorted FILES. */
const struct tov_backup_file *tov_backup_files_find(const struct tov_backup_files *files,
                                                    const char *path);
uint64_t tov_backup_files_bytes(const struct tov_backup_files *files);
void tov_backup_files_fini(struct tov_backup_files *files);

struct tov_backup_manifest {
    struct tov_backup_about about;
    struct tov_backup_files files; /* sorted */
};
void tov_backup_manifest_fini(struct tov_backup_manifest *manifest);

/* Appends the text; a failure sticks in OUT. */
void tov_backup_manifest_put(struct tov_buf *out, const struct tov_backup_manifest *manifest);
/* TOV_E_VERSION: of a newer tovd; TOV_E_CORRUPT: cut or changed, ERROR says where. */
enum tov_err tov_backup_manifest_parse(struct tov_bytes text,
                                       struct tov_backup_manifest *out_manifest,
                                       struct tov_error *error) TOV_MUST_CHECK;

#endif
