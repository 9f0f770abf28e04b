/* SPDX-License-Identifier: EUPL-1.2
 *
 * The newest idempotency tags in memory: what was told twice is known while it is among the newest,
 * whatever else comes, and forgotten behind them (I3, I11).
 * Not for: tags of the store (each_failure_test.c has starts).
 */
#include "api/tags.h"

#include "support/scarce.h"
#include "support/unit.h"

#include <string.h>

#define FIRST 1024u /* where it begins, and may grow from */

/* Tag NUMBER; HOME is what it is looked for by. */
static void make_tag(uint64_t home, uint64_t number, uint8_t out[TOV_TAG_BYTES])
{
    tov_put_be64(out, home);
    tov_put_be64(out + 8, number);
}

/* Homes in knots, over the end of the table too: many look for the same slots. */
static uint64_t home_of(uint64_t number)
{
    uint64_t state = number / 3; /* three of each */
    uint64_t value = unit_random(&state);
    return value % 4 == 0 ? 2 * FIRST - 8 + value / 4 % 16 : value / 4 % (2 * FIRST);
}

static uint64_t find(const struct tov_api_tags *tags, uint64_t number)
{
    uint8_t tag[TOV_TAG_BYTES];
    make_tag(home_of(number), number, tag);
    return tov_api_tags_find(tags, tag);
}

static void add(struct tov_api_tags *tags, uint64_t number)
{
    uint8_t tag[TOV_TAG_BYTES];
    make_tag(home_of(number), number, tag);
    UNIT_NEED(tov_api_tags_add(tags, tag, number) == TOV_OK);
}

/* After each of them all of the newest MOST are known, and none before. */
static void check_newest(const struct tov_api_tags *tags, uint64_t last, uint64_t most)
{
    uint64_t first = last < most ? 1 : last - most + 1;
    bool is_right = true;
    for (uint64_t number = first > 64 ? first - 64 : 1; number <= last; number++)
        is_right = is_right && find(tags, number) == (number < first ? 0 : number);
    CU_ASSERT(is_right);
    UNIT_EQUAL_INT(tov_api_tags_count(tags), last < most ? last : most);
}

static void the_newest_are_known_and_older_ones_forgotten(void)
{
    struct tov_api_tags *tags = NULL;
    UNIT_NEED(tov_api_tags_create(FIRST, &tags) == TOV_OK);
    UNIT_EQUAL_INT(find(tags, 1), 0);
    for (uint64_t number = 1; number <= 3 * FIRST + 7; number++) {
        add(tags, number);
        if (number % 29 == 0 || number < 3)
            check_newest(tags, number, FIRST);
    }
    tov_api_tags_destroy(tags);
}

static void there_are_more_when_more_are_wanted(void)
{
    struct tov_api_tags *tags = NULL;
    UNIT_NEED(tov_api_tags_create(4 * FIRST, &tags) == TOV_OK);
    for (uint64_t number = 1; number <= 5 * FIRST; number++) {
        add(tags, number);
        if (number % 251 == 0 || number % FIRST < 2)
            check_newest(tags, number, 4 * FIRST);
    }
    tov_api_tags_destroy(tags);
}

/* ---- without memory ---- */

static enum tov_err fill(void *context)
{
    struct tov_api_tags *tags = NULL;
    (void)context;
    enum tov_err err = tov_api_tags_create(2 * FIRST, &tags);
    for (uint64_t number = 1; err == TOV_OK && number <= FIRST + 1; number++) {
        uint8_t tag[TOV_TAG_BYTES];
        make_tag(home_of(number), number, tag);
        err = tov_api_tags_add(tags, tag, number);
        if (err == TOV_OK)
            continue;
        check_newest(tags, number - 1, 2 * FIRST); /* what was there is there */
        CU_ASSERT(find(tags, number) == 0);
    }
    tov_api_tags_destroy(tags);
    return err;
}

static void what_is_known_stays_when_there_is_no_memory_for_more(void)
{
    scarce_each("tags", 5, fill, NULL);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_newest_are_known_and_older_ones_forgotten),
        UNIT_TEST(there_are_more_when_more_are_wanted),
        UNIT_TEST(what_is_known_stays_when_there_is_no_memory_for_more),
    };
    return unit_run("core: tags", tests, sizeof tests / sizeof tests[0]);
}
