/* SPDX-License-Identifier: EUPL-1.2
 *
 * Access entries: who looked at what, when and why, as leaves of the journal (docs/architecture.md,
 * I9). How they are kept: ledger/journal_note.h.
 *
 * Not for: deciding whether somebody may look (access/access.h).
 * Never hand out content before the batch with its entry is committed.
 */
#ifndef TOV_ACCESS_JOURNAL_H
#define TOV_ACCESS_JOURNAL_H

#include "ledger/journal_note.h"
#include "roster/clients.h"

#define TOV_ACCESS_REASON_MAX_BYTES TOV_JOURNAL_REASON_MAX_BYTES
#define TOV_ACCESS_DETAIL_MAX_BYTES TOV_JOURNAL_DETAIL_MAX_BYTES

/* Stored values: append only. */
enum tov_access_class {
    TOV_ACCESS_READ = 1,       /* content of a message */
    TOV_ACCESS_SEARCH = 2,     /* a search for a person */
    TOV_ACCESS_EXPORT = 3,     /* an export was begun */
    TOV_ACCESS_ATTACHMENT = 4, /* data of an attachment */
    TOV_ACCESS_TRACE = 5,      /* evidence and metadata of a message, no content */
    TOV_ACCESS_DECRYPT = 6,    /* keys were released */
    TOV_ACCESS_RECORD = 7, /* handed over to the agency's own record; reason: the number there */
    TOV_ACCESS_REWRAP = TOV_JOURNAL_REWRAP, /* leaf type rewrap: an agency got the keys again */
    TOV_ACCESS_GIVE_AGAIN = 9, /* leaf type rewrap: a recipient that lost the keys of an own message
                                  is given them again; reason: the agency, ": ", why */
    TOV_ACCESS_REFUSE_AGAIN = 10,                 /* ... is not, and nothing goes */
    TOV_ACCESS_FILE_BACK = TOV_JOURNAL_FILE_BACK, /* its sender got an attachment's file again */
    TOV_ACCESS_START_ANYWAY = 64 /* leaf type override: start without a majority of the keepers */
};

struct tov_access_note {
    enum tov_access_class class_code;
    const struct tov_client *client;
    const char *role;
    struct tov_message_name message; /* zeros: none */
    uint64_t number;                 /* 0: none */
    struct tov_bytes reason;         /* at most TOV_ACCESS_REASON_MAX_BYTES, else TOV_E_LIMIT */
};

/* Appends the entry to the journal in the open batch. TOV_E_UNAVAILABLE while the journal has not
 * begun; other failures end the node. */
enum tov_err tov_access_note(struct tov_core *core,
                             const struct tov_access_note *note) TOV_MUST_CHECK;
/* The same, and which entry it is. */
enum tov_err tov_access_note_at(struct tov_core *core, const struct tov_access_note *note,
                                uint64_t *out_index) TOV_MUST_CHECK;

/* Opens the details of entry INDEX of the journal, appended to OUT: for log extracts and tests. */
enum tov_err tov_access_details(struct tov_core *core, struct tov_store_read *read, uint64_t index,
                                struct tov_buf *out) TOV_MUST_CHECK;
/* Details as tov_access_details gives them; texts are views of them. TOV_E_CORRUPT. */
struct tov_access_entry {
    struct tov_bytes client, role, reason;
    enum tov_access_class class_code;
    struct tov_message_name message;
    uint64_t number;
    uint64_t time_ms;
};
enum tov_err tov_access_entry_decode(struct tov_bytes details,
                                     struct tov_access_entry *out) TOV_MUST_CHECK;

#endif
