/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that were set aside and appended anew (ledger/aside.h) have another place and
 * another leaf. By the old one their writers were told of them, and by the old one what was written
 * behind them names them. Here the old place leads to the number, which stays, and by it to where
 * the message stands now.
 *
 *   row of the table `moved`, by agency, generation, index and number: the old leaf's hash
 *
 * Rows stay for good: nobody knows how long a client keeps a reference. Nobody but the own agency
 * was ever told of such a place, so other agencies' messages need none of this.
 * Never write a reference to an old place into a message: it names a leaf that is in no tree.
 */
#ifndef TOV_LEDGER_MOVED_H
#define TOV_LEDGER_MOVED_H

#include "case/draft.h"
#include "ledger/event.h"

/* Notes in the open batch that message NUMBER stands at OLD no more. */
void tov_moved_put(struct tov_core *core, const struct tov_ref *old, uint64_t number);
/* The number of the message that stood at OLD once; TOV_E_NOT_FOUND. */
enum tov_err tov_moved_find(struct tov_store_read *read, const struct tov_ref *old,
                            uint64_t *out_number) TOV_MUST_CHECK;

/* Where messages stand that are appended anew in the open batch, which no reader shows yet. Added
 * in the order of their numbers. */
struct tov_moved_fresh {
    struct tov_moved_place {
        uint64_t number;
        struct tov_ref ref;
    } * places;
    size_t count, capacity;
};
enum tov_err tov_moved_fresh_add(struct tov_moved_fresh *fresh, uint64_t number,
                                 const struct tov_ref *ref) TOV_MUST_CHECK;
void tov_moved_fresh_fini(struct tov_moved_fresh *fresh);

struct tov_moving {
    struct tov_core *core;
    struct tov_store_read *read;
    const struct tov_moved_fresh *fresh; /* NULL: none */
};
/* Lets DRAFT name where they stand now what it names by an old place: what it answers, what it
 * cites, and leaf hashes among its typed header fields and those that an amendment puts in their
 * place. How far it had followed the others ("seen") says nothing of the own ledger, and steps name
 * events, which have no place.
 * TOV_E_NOT_FOUND: it names a message that is set aside still; DRAFT is not whole then. */
enum tov_err tov_moved_name_anew(const struct tov_moving *moving, struct tov_draft *draft,
                                 bool *out_changed) TOV_MUST_CHECK;

#endif
