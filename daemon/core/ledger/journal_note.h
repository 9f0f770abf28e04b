/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries of the journal whose details are sealed beside the leaf: who did what with which message,
 * when and why. The leaf has a class and the hash of the details, which begin with a salt.
 *
 *   details   salt 32, then each with a u16 length before it: client, role, reason; class u8,
 *             message agency u16, generation u32, index u64, number u64, time u64
 *   row       of the table jbody: data key row (ledger/vault.h), STREAM of the details
 *
 * Not for: what a class means (access/journal.h).
 * Never hand out what a note tells of before the batch with it is committed (I9).
 */
#ifndef TOV_LEDGER_JOURNAL_NOTE_H
#define TOV_LEDGER_JOURNAL_NOTE_H

#include "ledger/message.h"

#define TOV_JOURNAL_REASON_MAX_BYTES 1024u
#define TOV_JOURNAL_DETAIL_MAX_BYTES 2048u

/* Stored value, beside those of access/journal.h: an agency got the keys of a message again. */
#define TOV_JOURNAL_REWRAP 8u
/* ... the file of an attachment, which it had sent itself. */
#define TOV_JOURNAL_FILE_BACK 11u

struct tov_journal_note {
    enum tov_leaf_type leaf_type;
    uint8_t class_code;
    const char *client, *role;       /* "": nobody asked, the node did it by itself */
    struct tov_message_name message; /* zeros: none */
    uint64_t number;                 /* 0: none */
    struct tov_bytes reason;         /* at most TOV_JOURNAL_REASON_MAX_BYTES, else TOV_E_LIMIT */
};

/* Appends the entry to the journal in the open batch. TOV_E_UNAVAILABLE while the journal has not
 * begun; other failures end the node. */
enum tov_err tov_journal_note(struct tov_core *core, const struct tov_journal_note *note,
                              uint64_t *out_index) TOV_MUST_CHECK;

#endif
