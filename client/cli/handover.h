/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message as plain files, for the agency's own record (ESDH): what `tov show` prints, the same as
 * JSON, the attachments, and the evidence that it is genuine. Names of files come from this program
 * alone; the sender's stand in message.json.
 * Not for: telling the node that it is done (tov/journal.h).
 * Never write outside a folder of mode 0700, nor over anything that is there.
 *
 *   DIR/nr-7/  message.txt  message.json  attachment-2.pdf ...  proof  leaf
 *              receipt-kk.proof  receipt-kk.leaf ...  cosignatures
 */
#ifndef TOV_CLI_HANDOVER_H
#define TOV_CLI_HANDOVER_H

#include "cli/cli.h"
#include "cli/file.h"

struct handover_request {
    uint64_t number;    /* of the message */
    const char *dir;    /* made when it is not there */
    const char *record; /* the number that it is to stand under in the record */
    bool replaces;      /* whatever number was given before */
};
/* Writes the message below DIR. The folder has its name when it is whole and synced; of one that is
 * not whole nothing stays. EXISTS: it is there already, or the message stands under another number
 * (handover_explain_other); UNAVAILABLE: an attachment has not arrived, or the message is not
 * signed; errors of receive.h. OUT_FOLDER: its path. Blocks. */
enum tov_err handover_write(struct cli *cli, const struct handover_request *request,
                            char out_folder[FILE_PATH_SIZE]) TOV_MUST_CHECK;

/* EXISTS, with words: the message stands under another number, and what to do. */
enum tov_err handover_explain_other(struct cli *cli, uint64_t number);

#endif
