/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much of a kind of work one peer may cause (I11): so much at once, and then so much a second;
 * and how much of this node's disk: so many bytes at once, and then as many a day.
 * Not for: clients (api/).
 */
#ifndef TOV_CORE_FOLLOW_QUOTA_H
#define TOV_CORE_FOLLOW_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/* What has been used, in thousandths; all zeros: nothing. */
struct tov_quota {
    uint64_t used_milli;
    uint64_t mono_ms; /* as of then */
};

struct tov_quota_rate {
    uint32_t at_once, per_second;
};

/* False, and nothing is taken: there is no room for COUNT more. */
static inline bool tov_quota_take(struct tov_quota *quota, const struct tov_quota_rate *rate,
                                  uint32_t count, uint64_t mono_ms)
{
    uint64_t passed_ms = mono_ms > quota->mono_ms ? mono_ms - quota->mono_ms : 0;
    uint64_t all = 1000u * (uint64_t)rate->at_once;
    uint64_t freed = passed_ms > all ? all : passed_ms * rate->per_second;
    quota->used_milli -= freed < quota->used_milli ? freed : quota->used_milli;
    quota->mono_ms = mono_ms;
    if (all - quota->used_milli < 1000u * (uint64_t)count)
        return false;
    quota->used_milli += 1000u * (uint64_t)count;
    return true;
}

/* What of a day's bytes has been used; all zeros: nothing. It comes back evenly, over a day. */
struct tov_day_quota {
    uint64_t used;
    uint64_t mono_ms; /* as of then */
    uint64_t rest;    /* what had come back by then of one byte more, of TOV_DAY_MS */
};
#define TOV_DAY_MS 86400000u

/* What is left of DAY_BYTES. */
static inline uint64_t tov_day_quota_left(struct tov_day_quota *quota, uint64_t day_bytes,
                                          uint64_t mono_ms)
{
    uint64_t passed_ms = mono_ms > quota->mono_ms ? mono_ms - quota->mono_ms : 0;
    uint64_t freed = day_bytes;
    uint64_t rest = 0;
    if (passed_ms < TOV_DAY_MS) {
        rest = day_bytes % TOV_DAY_MS * passed_ms + quota->rest;
        freed = day_bytes / TOV_DAY_MS * passed_ms + rest / TOV_DAY_MS;
        rest %= TOV_DAY_MS;
    }
    quota->used -= freed < quota->used ? freed : quota->used;
    quota->rest = quota->used > 0 ? rest : 0; /* nothing is saved up */
    quota->mono_ms += passed_ms;
    return quota->used < day_bytes ? day_bytes - quota->used : 0;
}

#endif
