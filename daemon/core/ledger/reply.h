/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which messages answer which: rows of the table `reply`, by the reference of what is answered. It
 * need not be here yet: the picture does not depend on what came first (I5).
 */
#ifndef TOV_LEDGER_REPLY_H
#define TOV_LEDGER_REPLY_H

#include "ledger/core.h"
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
/* The retention class of a decoded Header, "R0".."R5", as a number; WITHOUT: it names none. */
uint8_t tov_retention_of(struct tov_record header, uint8_t without);

/* A message that answers another: its number, and where it stands. */
struct tov_replying {
    uint64_t event;
    enum tov_relation relation;
    struct tov_message_name name;
};
/* Notes in the open batch that REPLYING answers TARGET; and when it takes back what its own agency
 * wrote, that it does. */
void tov_reply_put(struct tov_core *core, const struct tov_ref *target,
                   const struct tov_replying *replying);
/* Takes back in the open batch what tov_reply_put noted of the same two: the message has lost its
 * place, or has no effect after all. */
void tov_reply_delete(struct tov_core *core, const struct tov_ref *target,
                      const struct tov_replying *replying);
/* Whether TARGET's own agency has taken it back, by an entry that is not void. Looks at one row of
 * each of its ledgers, however many answers there are. What was written before the table
 * `retraction` was there is not in it. */
enum tov_err tov_reply_find_retraction(const struct tov_core *core, struct tov_store_read *read,
                                       const struct tov_ref *target,
                                       bool *out_is_retracted) TOV_MUST_CHECK;
/* What answers TARGET with a number up to LAST, and one row of that range. */
struct tov_reply {
    uint64_t number;
    enum tov_relation relation;
};
struct tov_store_range tov_reply_range(const struct tov_ref *target, uint64_t last);
/* False for one that names another leaf at TARGET's place. */
bool tov_reply_decode(const struct tov_store_row *row, const struct tov_ref *target,
                      struct tov_reply *out_reply);
/* The number under which TARGET is held here, also of an own message that stood there once
 * (ledger/moved.h); TOV_E_NOT_FOUND. */
enum tov_err tov_event_of(struct tov_core *core, struct tov_store_read *read,
                          const struct tov_ref *target, uint64_t *out_number) TOV_MUST_CHECK;

#endif
