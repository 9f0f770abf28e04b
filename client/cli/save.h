/* SPDX-License-Identifier: EUPL-1.2
 *
 * A file that is written piece by piece under a name the user chose: it is there whole, or not at
 * all. Not for: the user's own small files (file.h).
 * Never build PATH from what another agency wrote.
 */
#ifndef TOV_CLI_SAVE_H
#define TOV_CLI_SAVE_H

#include "cli/cli.h"
#include "cli/file.h"

struct save {
    int fd; /* write here */
    const char *path;
    char beside[FILE_PATH_SIZE]; /* "": the file has no name yet */
    bool replaces;
};

/* PATH must outlive SAVE. EXISTS: there is such a file and it may not be REPLACED; ARGUMENT: it is
 * a folder or a device; IO, FULL, NOT_FOUND (its folder). The file has mode 0600. */
enum tov_err save_begin(struct cli *cli, const char *path, bool replaces,
                        struct save *out_save) TOV_MUST_CHECK;
/* Syncs the file and gives it its name. EXISTS: another program was quicker. */
enum tov_err save_finish(struct cli *cli, struct save *save) TOV_MUST_CHECK;
/* After save_begin, always: of a file that was not finished nothing stays. */
void save_end(struct save *save);
/* All of it at once. */
enum tov_err save_text(struct cli *cli, const char *path, bool replaces,
                       struct tov_bytes bytes) TOV_MUST_CHECK;

#endif
