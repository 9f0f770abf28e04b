/* SPDX-License-Identifier: EUPL-1.2
 *
 * How stanza.c finds and keeps contexts in the cache that stanza.h lays out.
 * Not for: others than stanza.c; the owner of a cache wipes it and hands it in.
 * Never keep a context before a stanza has opened with it: a stranger's encs would push out the
 * others.
 */
#ifndef TOV_ENVELOPE_STANZA_CACHE_H
#define TOV_ENVELOPE_STANZA_CACHE_H

#include "envelope/stanza.h"

/* Over everything that makes a context: enc, the recipient's key, info and PSK. */
struct tov_hash tov_stanza_cache_key(const struct tov_x25519_public *enc,
                                     const struct tov_x25519_public *recipient,
                                     const struct tov_hpke_setup *setup);
/* NULL when it is not there; borrowed until the next keep. Marks the slot as used now. */
const struct tov_hpke_context *tov_stanza_cache_find(struct tov_stanza_cache *cache,
                                                     const struct tov_hash *key);
/* Takes the place of the slot that was used longest ago. */
void tov_stanza_cache_keep(struct tov_stanza_cache *cache, const struct tov_hash *key,
                           uint32_t epoch, const struct tov_hpke_context *context);

#endif
