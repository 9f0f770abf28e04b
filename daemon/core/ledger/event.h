/* SPDX-License-Identifier: EUPL-1.2
 *
 * The numbered list of what happened here, in the order in which it was stored: what inboxes show,
 * subscriptions follow and people call by number.
 *
 *   kind 1, agency 2, generation 4, index 8, time 8, then
 *   written     idempotency tag 16 (zeros: none)
 *   received    nothing
 *   delivered   series generation 4, lost 8, first link 8, last link 8, verdict 1 (0: mixed)
 *   attachment  part 1
 *
 * agency, generation, index name the entry it is about (delivered: the peer's receipt leaf).
 */
#ifndef TOV_LEDGER_EVENT_H
#define TOV_LEDGER_EVENT_H

#include "ledger/core.h"
#include "wire/leaf.h"

#define TOV_TAG_BYTES 16

enum tov_event_kind {
    TOV_EVENT_WRITTEN = 1,
    TOV_EVENT_RECEIVED = 2,
    TOV_EVENT_DELIVERED = 3,
    TOV_EVENT_ATTACHMENT = 4
};

struct tov_event {
    enum tov_event_kind kind;
    uint16_t agency;
    uint32_t generation;
    uint64_t index;
    uint64_t time_ms;
    uint8_t tag[TOV_TAG_BYTES]; /* written */
    struct tov_series series;   /* delivered */
    uint64_t first_link, last_link;
    uint8_t verdict;
    uint8_t part; /* attachment */
};

/* Puts EVENT under the number core->next_event into the open batch and moves the number on. */
uint64_t tov_event_append(struct tov_core *core, const struct tov_event *event);
/* Writes EVENT in place of what stands under NUMBER. */
void tov_event_replace(struct tov_core *core, uint64_t number, const struct tov_event *event);
enum tov_err tov_event_decode(struct tov_bytes row, struct tov_event *out) TOV_MUST_CHECK;
enum tov_err tov_event_get(struct tov_store_read *read, uint64_t number,
                           struct tov_event *out) TOV_MUST_CHECK;
/* Sets core->next_event from the store. */
enum tov_err tov_event_open(struct tov_core *core) TOV_MUST_CHECK;

#endif
