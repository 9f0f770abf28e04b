/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which messages answer which: rows of the table `reply`, by the numbers that people see.
 */
#ifndef TOV_LEDGER_REPLY_H
#define TOV_LEDGER_REPLY_H

#include "ledger/message.h"
#include "wire/payload.h"

/* Stored values: append only. */
enum tov_relation {
    TOV_RELATION_NONE = 0,
    TOV_RELATION_RESPONSE = 1,
    TOV_RELATION_REVISION = 2,
    TOV_RELATION_REMOVAL = 3,
    TOV_RELATION_FORWARD = 4,
    TOV_RELATION_READ = 5 /* a response that says: a named person took it */
};
/* Of a decoded Header. */
enum tov_relation tov_relation_of(struct tov_record header);

/* Notes in the open batch that the message with number EVENT answers TARGET. A target that has no
 * number here, or has it in a batch that is not committed, is awaited. */
enum tov_err tov_reply_put(struct tov_core *core, const struct tov_ref *target, uint64_t event,
                           enum tov_relation relation) TOV_MUST_CHECK;
/* The message NAME got its number in the open batch: what awaits it is noted after the commit. */
enum tov_err tov_reply_told(struct tov_core *core,
                            const struct tov_message_name *name) TOV_MUST_CHECK;
/* At start: what a crash left between the commit and the note. */
enum tov_err tov_reply_open(struct tov_core *core) TOV_MUST_CHECK;
/* The number under which TARGET is held here; TOV_E_NOT_FOUND. */
enum tov_err tov_event_of(struct tov_core *core, struct tov_store_read *read,
                          const struct tov_ref *target, uint64_t *out_number) TOV_MUST_CHECK;

#endif
