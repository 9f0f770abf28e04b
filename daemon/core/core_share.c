/* SPDX-License-Identifier: EUPL-1.2 */
#include "core_share.h"

#include <string.h>

#define AT_ONCE_US 1000000
#define PART 2u /* of the time that passes */

static size_t place_of(const struct tov_share *share, const uint8_t key[32])
{
    size_t i = 0;
    while (i < share->count && memcmp(share->keys[i].key, key, 32) != 0)
        i++;
    return i;
}

static int64_t left_at(const struct tov_share *share, size_t place, uint64_t now_us)
{
    uint64_t passed_us = now_us - share->keys[place].at_us;
    int64_t left_us = share->keys[place].left_us;
    if (passed_us >= (uint64_t)(AT_ONCE_US - left_us) * PART)
        return AT_ONCE_US;
    return left_us + (int64_t)(passed_us / PART);
}

bool tov_share_allows(const struct tov_share *share, const uint8_t key[32], uint64_t now_us)
{
    size_t place = place_of(share, key);
    return place == share->count || left_at(share, place, now_us) > 0;
}

/* Of whoever asked least lately, when all are taken: it has its second again by then, or nearly. */
static size_t make_place(struct tov_share *share)
{
    size_t oldest = 0;
    if (share->count < TOV_SHARE_KEYS_MAX)
        return share->count++;
    for (size_t i = 1; i < share->count; i++)
        if (share->keys[i].at_us < share->keys[oldest].at_us)
            oldest = i;
    return oldest;
}

void tov_share_charge(struct tov_share *share, const uint8_t key[32], uint64_t now_us,
                      uint64_t took_us)
{
    size_t place = place_of(share, key);
    int64_t left_us = AT_ONCE_US;
    if (place < share->count) {
        left_us = left_at(share, place, now_us);
    } else {
        place = make_place(share);
        memcpy(share->keys[place].key, key, 32);
    }
    share->keys[place].at_us = now_us;
    /* One long answer is not paid for by more than a second of silence. */
    left_us -= took_us < AT_ONCE_US ? (int64_t)took_us : AT_ONCE_US;
    share->keys[place].left_us = left_us > -AT_ONCE_US ? left_us : -AT_ONCE_US;
}
