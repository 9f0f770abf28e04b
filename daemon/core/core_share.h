/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much of the core's time each client takes, so that one that asks without end does not keep
 * the others waiting: a key has one second at once and half of each second that passes. State only;
 * the time is given.
 * Not for: what a client may have in flight (front), or what waits for a commit (api).
 */
#ifndef TOV_CORE_SHARE_H
#define TOV_CORE_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOV_SHARE_KEYS_MAX 64u /* who asked least lately makes room */

struct tov_share {
    struct {
        uint8_t key[32];
        uint64_t at_us; /* of the last charge */
        int64_t left_us;
    } keys[TOV_SHARE_KEYS_MAX];
    size_t count;
};

/* A zeroed share is empty. NOW_US is monotonic. */
bool tov_share_allows(const struct tov_share *share, const uint8_t key[32], uint64_t now_us);
/* A request of KEY took TOOK_US, until NOW_US. */
void tov_share_charge(struct tov_share *share, const uint8_t key[32], uint64_t now_us,
                      uint64_t took_us);

#endif
