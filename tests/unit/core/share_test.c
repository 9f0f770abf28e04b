/* SPDX-License-Identifier: EUPL-1.2
 *
 * The share of each client in the core's time.
 */
#include "core_share.h"
#include "support/unit.h"

#include <string.h>

#define SECOND 1000000u

static const uint8_t greedy[32] = {1}, modest[32] = {2};

static void a_key_has_a_second_at_once_and_no_more(void)
{
    struct tov_share share = {.count = 0};
    CU_ASSERT(tov_share_allows(&share, greedy, 5 * SECOND));
    tov_share_charge(&share, greedy, 6 * SECOND, SECOND - 1);
    CU_ASSERT(tov_share_allows(&share, greedy, 6 * SECOND));
    tov_share_charge(&share, greedy, 6 * SECOND, 1);
    CU_ASSERT(!tov_share_allows(&share, greedy, 6 * SECOND));
    CU_ASSERT(tov_share_allows(&share, modest, 6 * SECOND));
}

static void it_gets_back_half_of_the_time_that_passes(void)
{
    struct tov_share share = {.count = 0};
    tov_share_charge(&share, greedy, 10 * SECOND, 2 * SECOND); /* a debt is a second at most */
    tov_share_charge(&share, greedy, 10 * SECOND, 60ull * SECOND);
    CU_ASSERT(!tov_share_allows(&share, greedy, 12 * SECOND));
    CU_ASSERT(tov_share_allows(&share, greedy, 12 * SECOND + 2));
    /* Never more than a second, however long it was silent. */
    tov_share_charge(&share, greedy, 9000ull * SECOND, SECOND);
    CU_ASSERT(!tov_share_allows(&share, greedy, 9000ull * SECOND));
}

static void who_asks_less_than_half_of_the_time_is_always_allowed(void)
{
    struct tov_share share = {.count = 0};
    for (uint64_t now_us = SECOND; now_us < 100ull * SECOND; now_us += 10000) {
        CU_ASSERT(tov_share_allows(&share, modest, now_us));
        tov_share_charge(&share, modest, now_us, 4900);
    }
}

/* Many keys (a front that was taken over may name any) never make room for a present debt. */
static void strangers_do_not_wash_a_debt_away(void)
{
    struct tov_share share = {.count = 0};
    uint8_t key[32] = {3};
    tov_share_charge(&share, greedy, SECOND, SECOND);
    for (unsigned i = 0; i + 1 < TOV_SHARE_KEYS_MAX; i++) {
        memcpy(key + 1, &i, sizeof i);
        tov_share_charge(&share, key, SECOND + i, 1);
        tov_share_charge(&share, greedy, SECOND + i, 1);
    }
    CU_ASSERT(!tov_share_allows(&share, greedy, SECOND + TOV_SHARE_KEYS_MAX));
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(key + 1, &i, sizeof i);
        tov_share_charge(&share, key, 2 * SECOND + i, 1);
    }
    UNIT_EQUAL_INT(share.count, TOV_SHARE_KEYS_MAX);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_key_has_a_second_at_once_and_no_more),
        UNIT_TEST(it_gets_back_half_of_the_time_that_passes),
        UNIT_TEST(who_asks_less_than_half_of_the_time_is_always_allowed),
        UNIT_TEST(strangers_do_not_wash_a_debt_away),
    };
    return unit_run("core_share", tests, sizeof tests / sizeof tests[0]);
}
