/* SPDX-License-Identifier: EUPL-1.2
 *
 * The files of a core's folder: small ones replaced as a whole, blobs written in pieces.
 * Not for: the store. Names come from the core itself, never from a peer or a client.
 */
#ifndef TOV_CORE_FILES_H
#define TOV_CORE_FILES_H

#include "base/bytes.h"

/* Lies in the data folder until a store has been read whole (docs/recovery.md). */
#define TOV_CORE_UNREAD_FILE "store-unread"

struct tov_core_files;

/* PATH is the data folder; "blobs" inside it is made when it is not there. */
enum tov_err tov_core_files_open(const char *path, struct tov_core_files **out_files,
                                 struct tov_error *error) TOV_MUST_CHECK;
void tov_core_files_close(struct tov_core_files *files);

/* As in ledger/host.h. */
enum tov_err tov_core_file_save(struct tov_core_files *files, const char *name,
                                struct tov_bytes content) TOV_MUST_CHECK;
enum tov_err tov_core_file_load(struct tov_core_files *files, const char *name,
                                struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_core_file_delete(struct tov_core_files *files, const char *name) TOV_MUST_CHECK;
enum tov_err tov_core_blob_write(struct tov_core_files *files, const char *name, uint64_t offset,
                                 struct tov_bytes data) TOV_MUST_CHECK;
/* Reads up to SIZE bytes; fewer at the end of the file. TOV_E_NOT_FOUND. */
enum tov_err tov_core_blob_read(struct tov_core_files *files, const char *name, uint64_t offset,
                                struct tov_room room, size_t *out_read) TOV_MUST_CHECK;
enum tov_err tov_core_blob_sync(struct tov_core_files *files, const char *name) TOV_MUST_CHECK;
enum tov_err tov_core_blob_rename(struct tov_core_files *files, const char *from,
                                  const char *to) TOV_MUST_CHECK;
enum tov_err tov_core_blob_delete(struct tov_core_files *files, const char *name) TOV_MUST_CHECK;
enum tov_err tov_core_blob_sweep(struct tov_core_files *files, const char *prefix) TOV_MUST_CHECK;

#endif
