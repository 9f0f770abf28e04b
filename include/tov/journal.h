/* SPDX-License-Identifier: EUPL-1.2
 *
 * The hand-over to the agency's own record (ESDH, journal): the node is told that a message stands
 * there, and under which number. It is an entry of the agency's journal, and from then on the time
 * runs after which the node's copy may be erased (docs/cli.md).
 * Not for: putting the message into the record. That is the caller's, and comes first.
 * Never say it before the record has the message and its attachments.
 *
 * Blocks up to the client's timeout. One at a time. Errors as in receive.h.
 */
#ifndef TOV_JOURNAL_H
#define TOV_JOURNAL_H

#include <tov/client.h>
#include <tov/draft.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOV_RECORD_NUMBER_MAX 64 /* bytes */

struct tov_journal_options {
    size_t size; /* sizeof(struct tov_journal_options) */
    uint64_t number;
    const struct tov_message_ref *ref; /* when NUMBER is 0 */
    const char *record;                /* the number there, in one line */
    int replace;                       /* the number that was said before was wrong */
};
#define TOV_JOURNAL_OPTIONS_INIT                             \
    {                                                        \
        sizeof(struct tov_journal_options), 0, NULL, NULL, 0 \
    }

/* Grows at its end in later versions. */
struct tov_journal_entry {
    uint64_t number;
    int repeated; /* the same was said before: nothing was written */
    uint64_t recorded_ms;
    uint64_t erasable_ms; /* the copy here may be erased from then on; 0: no time is set */
};

/* Durable when it returns. Said again with the same number it changes nothing, so after a TIMEOUT
 * say it again. EXISTS: another number was said before; ARGUMENT: a number that is empty, too long
 * or of several lines; and as in receive.h. */
TOV_API_CHECKED enum tov_err tov_journal_enter(struct tov_client *client,
                                               const struct tov_journal_options *options,
                                               struct tov_journal_entry *out_entry,
                                               struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif
