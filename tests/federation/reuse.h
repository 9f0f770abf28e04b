/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a ledger says twice what may be there once: read from the plain files of its export, with
 * nothing of the node that wrote it.
 * Not for: whether the export holds (tov-audit).
 */
#ifndef TOV_TESTS_FEDERATION_REUSE_H
#define TOV_TESTS_FEDERATION_REUSE_H

#include <stddef.h>

/* How many of each were compared, over all exports, and how many of them were there before. */
enum reuse_kind {
    REUSE_MESSAGE_ID,
    REUSE_SALT,
    REUSE_BLIND,      /* of any leaf */
    REUSE_HEADER_KEY, /* by its commitment: another key, so no nonce under it is used twice */
    REUSE_CONTENT_KEY,
    REUSE_LINK,    /* recipient, series and number */
    REUSE_RECEIPT, /* sender, series and number of what is receipted */
    REUSE_EPOCH,   /* its number */
    REUSE_EPOCH_KEY,
    REUSE_KINDS
};
struct reuse_count {
    const char *name;
    size_t compared;
    size_t twice;
};
/* Of the exports in FOLDERS, of different agencies. Ends the program when one cannot be read. */
void reuse_count(const char *const *folders, size_t folder_count,
                 struct reuse_count out[REUSE_KINDS]);

#endif
