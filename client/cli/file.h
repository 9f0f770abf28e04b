/* SPDX-License-Identifier: EUPL-1.2
 *
 * Small files of the user's own: reading whole, writing so that either the old or the new is there.
 * Not for: attachments, which are streamed.
 * Never write anything about a citizen with another mode than 0600 in a folder of 0700.
 */
#ifndef TOV_CLI_FILE_H
#define TOV_CLI_FILE_H

#include "base/bytes.h"
#include "base/err.h"

#define FILE_PATH_SIZE 4096

/* "$VARIABLE/tov/NAME", or "$HOME/FALLBACK/tov/NAME". False: neither is set, or it is too long. */
bool file_user_path(const char *variable, const char *fallback, const char *name,
                    char out[FILE_PATH_SIZE]);
/* Makes PATH and the folders above it, mode 0700. */
enum tov_err file_make_folder(const char *path, struct tov_error *error) TOV_MUST_CHECK;
/* Appends the whole file, "-" being standard input. NOT_FOUND, IO, LIMIT (OUT's), NOMEM. */
enum tov_err file_read(const char *path, struct tov_buf *out,
                       struct tov_error *error) TOV_MUST_CHECK;
/* Replaces PATH by BYTES, mode 0600: beside it, synced, renamed, the folder synced. */
enum tov_err file_write(const char *path, struct tov_bytes bytes,
                        struct tov_error *error) TOV_MUST_CHECK;
/* The folder that PATH stands in; "." when it names none. */
void file_folder_of(const char *path, char out[FILE_PATH_SIZE]);
/* Makes the names in FOLDER durable, where its file system can. */
void file_sync_folder(const char *folder);
/* Gives the file or folder FROM the name TO, if that is free; in one step, where the file system
 * can. 0; else -1 and errno, of which EEXIST: TO is there, and stays as it is. */
int file_move_new(const char *from, const char *to);
/* Writes all to a descriptor. */
enum tov_err file_put(int fd, struct tov_bytes bytes) TOV_MUST_CHECK;

#endif
