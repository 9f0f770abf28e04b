/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/stanza_cache.h"

struct tov_hash tov_stanza_cache_key(const struct tov_x25519_public *enc,
                                     const struct tov_x25519_public *recipient,
                                     const struct tov_hpke_setup *setup)
{
    /* Two keys of fixed size and an info that ends by itself: nothing can be moved between them.
     * The psk id stands in the info. */
    struct tov_sha256 sha;
    struct tov_hash key;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, enc->bytes, sizeof enc->bytes);
    tov_sha256_update(&sha, recipient->bytes, sizeof recipient->bytes);
    tov_sha256_update(&sha, setup->info.data, setup->info.size);
    tov_sha256_update(&sha, setup->psk.data, setup->psk.size);
    tov_sha256_final(&sha, &key);
    tov_wipe(&sha, sizeof sha);
    return key;
}

const struct tov_hpke_context *tov_stanza_cache_find(struct tov_stanza_cache *cache,
                                                     const struct tov_hash *key)
{
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++) {
        struct tov_stanza_cache_slot *slot = &cache->slots[i];
        if (slot->used > 0 && tov_hash_equal(&slot->key, key)) {
            slot->used = ++cache->clock;
            return &slot->context;
        }
    }
    return NULL;
}

void tov_stanza_cache_keep(struct tov_stanza_cache *cache, const struct tov_hash *key,
                           uint32_t epoch, const struct tov_hpke_context *context)
{
    struct tov_stanza_cache_slot *oldest = &cache->slots[0];
    for (size_t i = 1; i < TOV_STANZA_CACHE_SLOTS; i++) {
        if (cache->slots[i].used < oldest->used)
            oldest = &cache->slots[i];
    }
    oldest->key = *key;
    oldest->used = ++cache->clock;
    oldest->epoch = epoch;
    oldest->context = *context;
}

void tov_stanza_cache_wipe(struct tov_stanza_cache *cache)
{
    tov_wipe(cache, sizeof *cache);
}

void tov_stanza_cache_forget_epoch(struct tov_stanza_cache *cache, uint32_t epoch)
{
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++) {
        if (cache->slots[i].used > 0 && cache->slots[i].epoch == epoch)
            tov_wipe(&cache->slots[i], sizeof cache->slots[i]);
    }
}
