/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists of messages, made of one answer or of several.
 * Not for: asking for them (receive.c, search.c).
 */
#ifndef TOV_LIB_LISTING_H
#define TOV_LIB_LISTING_H

#include <tov/receive.h>

#include "base/cleanup.h"
#include "wire/payload.h"

TOV_DEFINE_CLEANUP(listing, struct tov_listing, tov_listing_destroy)

/* An empty one. NOMEM. */
enum tov_err listing_create(struct tov_listing **out_listing) TOV_MUST_CHECK;
/* Appends the summaries of BODY, and takes over where to go on. MALFORMED, NOMEM. */
enum tov_err listing_read(struct tov_listing *listing, struct tov_record body) TOV_MUST_CHECK;
/* The same of an answer to `list`: what stands beside its messages. */
enum tov_err listing_read_keys_lost(struct tov_listing *listing,
                                    struct tov_record body) TOV_MUST_CHECK;

#endif
