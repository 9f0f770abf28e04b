/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing the files of an export under one folder: names are checked, links are not followed,
 * nothing is overwritten, and the manifest comes last.
 * Not for: what the files say (wire/export.h, docs/export.md).
 */
#ifndef TOV_LIB_EXPORT_FILE_H
#define TOV_LIB_EXPORT_FILE_H

#include "base/hash.h"
#include "lib/memory.h"
#include "wire/export.h"

#define EXPORT_FILES_MAX 4194304u

struct export_files {
    char folder[4096]; /* with ".part" at its end, until it is finished */
    int root_fd;
    int file_fd; /* -1: none is open */
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t offset;
    struct tov_sha256 sha;
    struct lib_memory memory;
    struct tov_export_file *files;
    size_t count;
    size_t capacity;
    uint64_t bytes;
};

/* Makes "<PATH>.part". EXISTS when PATH is not empty or the other is there. */
enum tov_err export_files_open(struct export_files *files, const char *path,
                               struct tov_error *error) TOV_MUST_CHECK;
/* One piece as the node gave it; begins a file when none is open. MALFORMED: a name, order or
 * offset that an export cannot have. */
struct export_piece {
    struct tov_bytes path;
    uint64_t offset;
    struct tov_bytes data;
    bool last;
};
enum tov_err export_files_put(struct export_files *files, const struct export_piece *piece,
                              struct tov_error *error) TOV_MUST_CHECK;
/* Writes the manifest, syncs, and gives the folder its name. */
enum tov_err export_files_finish(struct export_files *files, const char *path,
                                 struct tov_error *error) TOV_MUST_CHECK;
/* What was written stays; an unfinished folder without anything in it goes. */
void export_files_fini(struct export_files *files);

#endif
