/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows of entries cut anywhere, and longer ones: none is taken for another entry.
 */
#include "ledger/entry.h"

#include "base/cleanup.h"
#include "support/unit.h"

#include <string.h>

#define ROOM 200u

static struct tov_bytes own_row(uint8_t room[ROOM])
{
    static const uint8_t leaf[40] = {7, 1};
    struct tov_bytes links = {NULL, 0};
    size_t size = tov_entry_own_size(sizeof leaf, links);
    UNIT_NEED(size <= ROOM);
    tov_entry_put_own(room, 5, TOV_BYTES_OF(leaf), links);
    return (struct tov_bytes){room, size};
}

/* Every cut but those within the leaf, which has no size of its own and is judged by its hash. */
static void a_row_of_an_own_entry_that_is_cut_is_damage(void)
{
    uint8_t room[ROOM];
    struct tov_entry entry = {.event = 99};
    struct tov_bytes row = own_row(room);
    UNIT_OK(tov_entry_decode_own(row, &entry));
    UNIT_EQUAL_INT(entry.event, 5);
    size_t head = row.size - 40;
    for (size_t size = 0; size < head; size++)
        UNIT_EQUAL_INT(tov_entry_decode_own((struct tov_bytes){room, size}, &entry), TOV_E_CORRUPT);
}

static void a_state_that_there_is_not_is_damage(void)
{
    uint8_t room[ROOM];
    struct tov_entry entry;
    struct tov_bytes row = own_row(room);
    for (unsigned state = TOV_ENTRY_LOST + 1; state < 256; state++) {
        room[0] = (uint8_t)state;
        UNIT_EQUAL_INT(tov_entry_decode_own(row, &entry), TOV_E_CORRUPT);
        UNIT_EQUAL_INT(tov_entry_decode_mirror(row, &entry), TOV_E_CORRUPT);
    }
    room[0] = 0;
    UNIT_EQUAL_INT(tov_entry_decode_own(row, &entry), TOV_E_CORRUPT);
}

/* I8: what is gone is its hash and nothing else. */
static void a_row_of_an_entry_that_is_gone_has_one_size(void)
{
    uint8_t room[TOV_ENTRY_GONE_BYTES + 1] = {0};
    struct tov_hash hash = {{1, 2, 3}};
    struct tov_entry entry;
    tov_entry_put_gone(room, TOV_ENTRY_ERASED, &hash);
    UNIT_OK(tov_entry_decode_own((struct tov_bytes){room, TOV_ENTRY_GONE_BYTES}, &entry));
    UNIT_EQUAL_INT(entry.state, TOV_ENTRY_ERASED);
    struct tov_hash found = tov_entry_hash(&entry);
    CU_ASSERT(tov_hash_equal(&found, &hash));
    for (size_t size = 0; size <= sizeof room; size++) {
        enum tov_err err = tov_entry_decode_own((struct tov_bytes){room, size}, &entry);
        UNIT_EQUAL_INT(err, size == TOV_ENTRY_GONE_BYTES ? TOV_OK : TOV_E_CORRUPT);
    }
}

/* What a peer disclosed, and what of it is gone. */
static void a_row_of_a_mirror_that_is_cut_is_damage(void)
{
    static const uint8_t leaf[40] = {7, 1};
    static const enum tov_entry_state states[] = {TOV_ENTRY_PRESENT, TOV_ENTRY_ERASED};
    for (size_t i = 0; i < 2; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(ROOM);
        struct tov_entry entry = {
            .state = states[i], .event = 6, .leaf = TOV_BYTES_OF(leaf), .leaf_hash = {{4}}};
        struct tov_entry found;
        tov_entry_put_mirror(&row, &entry);
        UNIT_NEED(row.failed == TOV_OK);
        UNIT_OK(tov_entry_decode_mirror(tov_buf_view(&row), &found));
        UNIT_EQUAL_INT(found.state, states[i]);
        size_t head = row.size - (states[i] == TOV_ENTRY_PRESENT ? sizeof leaf : 0);
        for (size_t size = 0; size < head; size++)
            UNIT_EQUAL_INT(tov_entry_decode_mirror((struct tov_bytes){row.data, size}, &found),
                           TOV_E_CORRUPT);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_row_of_an_own_entry_that_is_cut_is_damage),
        UNIT_TEST(a_state_that_there_is_not_is_damage),
        UNIT_TEST(a_row_of_an_entry_that_is_gone_has_one_size),
        UNIT_TEST(a_row_of_a_mirror_that_is_cut_is_damage),
    };
    return unit_run("ledger_entry", tests, sizeof tests / sizeof tests[0]);
}
