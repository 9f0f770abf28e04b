/* SPDX-License-Identifier: EUPL-1.2
 *
 * The order of messages, the same for all who hold the same ones, however they came in (I5).
 *
 *   effective time = the written time, or 1 ms after the latest effective time of what the message
 *                    cites, answers or had seen (Header.seen, and its own ledger before it),
 *                    whichever is later; the last 2^32 ms before the end of time (TOV_TIME_MAX_MS)
 *                    count as their beginning
 *   order          = by effective time, agency, generation, index, leaf hash
 *
 * Nothing that one receiver found by its own clock enters: not when a message came, nor whether its
 * time lay ahead then (told.claims_ahead). Another one got it at another time, and the two would
 * order it differently for ever.
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
