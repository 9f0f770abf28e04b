/* SPDX-License-Identifier: EUPL-1.2
 *
 * How much of a kind of work one peer may cause (I11): so much at once, and then so much a second.
 * Not for: clients (api/), nor for what a peer's ledger grows by, which flow control and the disk's
 * reserve bound.
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

#endif
