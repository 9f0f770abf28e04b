/* SPDX-License-Identifier: EUPL-1.2
 *
 * The node's own small files: content, and behind it its sum (base/checksum.h), a u64 with a key
 * that the file's name gives. What a disk has changed is told as that, and never as a wrong key.
 * Not for: files that people write.
 */
#ifndef TOV_LEDGER_SMALL_FILE_H
#define TOV_LEDGER_SMALL_FILE_H

#include "ledger/core.h"

#define TOV_SMALL_FILE_SUM_BYTES 8u

/* Puts the sum behind CONTENT. */
void tov_small_file_seal(const char *name, struct tov_buf *content);
/* A view of the content of FILE; TOV_E_CORRUPT when it is not what was sealed as NAME. */
enum tov_err tov_small_file_open(const char *name, struct tov_bytes file,
                                 struct tov_bytes *out_content,
                                 struct tov_error *error) TOV_MUST_CHECK;

/* Seals CONTENT, and replaces the file by it. */
enum tov_err tov_small_file_save(const struct tov_core *core, const char *name,
                                 struct tov_buf *content) TOV_MUST_CHECK;
/* Reads into FILE, which the view of the content is of. TOV_E_NOT_FOUND when there is none. */
enum tov_err tov_small_file_load(const struct tov_core *core, const char *name,
                                 struct tov_buf *file, struct tov_bytes *out_content,
                                 struct tov_error *error) TOV_MUST_CHECK;

#endif
