/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest idempotency tags and the events that they led to, in memory: a client that asks again
 * after a lost answer gets the first one (I3). A ring of bounded length with a hash table over it;
 * made again at start from the events, which are in append order.
 * Not for: making tags from clients' keys (submit.c).
 * Never take a tag that is not the output of a keyed hash: the table trusts it to be random.
 */
#ifndef TOV_API_TAGS_H
#define TOV_API_TAGS_H

#include "ledger/event.h"

#define TOV_API_TAGS_MAX 1048576u

struct tov_api_tags;

enum tov_err tov_api_tags_create(size_t most, struct tov_api_tags **out_tags) TOV_MUST_CHECK;
void tov_api_tags_destroy(struct tov_api_tags *tags); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_api_tags, struct tov_api_tags, tov_api_tags_destroy)

/* The event of TAG, or 0. */
uint64_t tov_api_tags_find(const struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES]);
/* Adds a tag that is not there (asserted); the oldest goes when there are too many. */
enum tov_err tov_api_tags_add(struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES],
                              uint64_t event) TOV_MUST_CHECK;
size_t tov_api_tags_count(const struct tov_api_tags *tags);
/* Tags of the events from FIRST on that are not there yet, also of open batches. */
enum tov_err tov_api_tags_read(struct tov_api_tags *tags, const struct tov_core *core,
                               uint64_t first) TOV_MUST_CHECK;
/* The newest tags of the store. */
enum tov_err tov_api_tags_load(struct tov_api_tags *tags, struct tov_store *store) TOV_MUST_CHECK;

#endif
