/* SPDX-License-Identifier: EUPL-1.2
 *
 * The order of messages, the same for all who hold the same ones, however they came in (I5).
 *
 *   effective time = the written time, or 1 ms after the latest effective time of what the message
 *                    cites, answers or had seen (Header.seen, and its own ledger before it),
 *                    whichever is later; the written time of a message that claimed to be more than
 *                    5 minutes ahead when it was received counts as 0
 *   order          = by effective time, agency, generation, index, leaf hash
 *
 * A message thus stands after all that its author knew. That is the order in which Kahn's
 * algorithm takes them with its ready set keyed by the same values. References to what is not held
 * are passed over. What cites cannot be a circle, since hashes bind it; a `seen` that lies can make
 * one: then the message of the circle that was written first is taken first.
 * Not for: showing when something happened (Header.occurred_at).
 */
#ifndef TOV_CASE_ORDER_H
#define TOV_CASE_ORDER_H

#include "case/told.h"

struct tov_ordered {
    const struct tov_told *told;
    uint64_t effective_ms;
};

/* Fills OUT[COUNT]. NOMEM. */
enum tov_err tov_order_make(const struct tov_told *const *messages, size_t count,
                            struct tov_ordered *out) TOV_MUST_CHECK;

#endif
