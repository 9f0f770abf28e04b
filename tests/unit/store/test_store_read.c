/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_fixture.h"

#include <poll.h>

static struct tov_store *store;
static struct tov_store_read *snapshot;

/* PEERS holds (1, 10), (1, 20), (2, 5), (2, 30), (3, 1); each value is its position. */
static const struct {
    uint16_t agency;
    uint64_t index;
} peers[] = {{1, 10}, {1, 20}, {2, 5}, {2, 30}, {3, 1}};
#define PEER_COUNT (sizeof peers / sizeof peers[0])

static void set_up(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    for (uint8_t i = 0; i < PEER_COUNT; i++)
        tov_store_batch_append(batch, PEERS, tov_store_key_u16_u64(peers[i].agency, peers[i].index),
                               (struct tov_bytes){&i, 1});
    batch_append_rows(batch, 0, 100);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tov_store_batch_destroy(batch);
    UNIT_OK(tov_store_read_begin(store, &snapshot, NULL));
}

static void tear_down(void)
{
    tov_store_read_end(snapshot);
    tov_store_close(store);
    folder_remove();
}

/* The positions of a range's rows as decimal digits. */
static void check_walk(struct tov_store_range range, const char *expected)
{
    char found[PEER_COUNT + 1] = "";
    size_t count = 0;
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_iter_init(snapshot, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter) && count < PEER_COUNT)
        found[count++] = (char)('0' + iter.row.value.data[0]);
    UNIT_OK(tov_store_iter_fini(&iter));
    UNIT_OK(tov_store_iter_fini(&iter));
    UNIT_EQUAL_TEXT(found, expected);
}

static void ranges_are_walked_forward_with_both_ends(void)
{
    set_up();
    struct tov_store_key none = {.size = 0};
    struct tov_store_key one_20 = tov_store_key_u16_u64(1, 20);
    struct tov_store_key two_6 = tov_store_key_u16_u64(2, 6);
    struct tov_store_key two_30 = tov_store_key_u16_u64(2, 30);
    check_walk((struct tov_store_range){PEERS, none, none, false}, "01234");
    check_walk((struct tov_store_range){PEERS, one_20, two_30, false}, "123");
    check_walk((struct tov_store_range){PEERS, two_6, none, false}, "34");
    check_walk((struct tov_store_range){PEERS, none, two_6, false}, "012");
    check_walk((struct tov_store_range){PEERS, tov_store_key_u16_u64(4, 0), none, false}, "");
    tear_down();
}

static void ranges_are_walked_backward_with_both_ends(void)
{
    set_up();
    struct tov_store_key none = {.size = 0};
    struct tov_store_key one_20 = tov_store_key_u16_u64(1, 20);
    struct tov_store_key two_6 = tov_store_key_u16_u64(2, 6);
    struct tov_store_key two_30 = tov_store_key_u16_u64(2, 30);
    check_walk((struct tov_store_range){PEERS, none, none, true}, "43210");
    check_walk((struct tov_store_range){PEERS, one_20, two_30, true}, "321");
    check_walk((struct tov_store_range){PEERS, none, two_6, true}, "210");
    check_walk((struct tov_store_range){PEERS, two_6, tov_store_key_u16_u64(9, 0), true}, "43");
    check_walk((struct tov_store_range){PEERS, none, tov_store_key_u16_u64(0, 9), true}, "");
    tear_down();
}

static void a_key_that_is_not_there_is_not_found(void)
{
    set_up();
    struct tov_bytes value;
    UNIT_EQUAL_INT(tov_store_get(snapshot, ROWS, tov_store_key_u64(100), &value), TOV_E_NOT_FOUND);
    UNIT_OK(tov_store_get(snapshot, ROWS, tov_store_key_u64(99), &value));
    UNIT_EQUAL_BYTES(value, row_value(99, ROW_SIZE));
    tear_down();
}

static void first_and_last_rows_are_found_without_a_walk(void)
{
    set_up();
    struct tov_store_row row;
    UNIT_OK(tov_store_first(snapshot, ROWS, &row));
    UNIT_EQUAL_INT(tov_store_key_to_u64(&row.key), 0);
    UNIT_OK(tov_store_last(snapshot, ROWS, &row));
    UNIT_EQUAL_INT(tov_store_key_to_u64(&row.key), 99);
    UNIT_OK(tov_store_last(snapshot, PEERS, &row));
    struct tov_reader reader = tov_store_key_reader(&row.key);
    UNIT_EQUAL_INT(tov_read_u16(&reader), 3);
    UNIT_EQUAL_INT(tov_read_u64(&reader), 1);
    UNIT_EQUAL_INT(tov_reader_is_done(&reader), 1);
    UNIT_EQUAL_INT(tov_store_first(snapshot, NAMES, &row), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_store_last(snapshot, NAMES, &row), TOV_E_NOT_FOUND);
    tear_down();
}

static void commit_more_rows(uint64_t first)
{
    struct tov_store_batch *batch = batch_create();
    struct tov_store_result result;
    struct pollfd wait = {.fd = tov_store_fd(store), .events = POLLIN};
    batch_append_rows(batch, first, 10);
    UNIT_OK(tov_store_commit_async(store, batch));
    UNIT_NEED(poll(&wait, 1, 30000) == 1);
    UNIT_OK(tov_store_commit_result(store, &result));
    UNIT_OK(result.err);
    tov_store_batch_destroy(batch);
}

static void a_snapshot_does_not_move_while_commits_go_on(void)
{
    set_up();
    struct tov_store_read *inner = NULL;
    uint64_t count = 0;
    commit_more_rows(100);
    UNIT_OK(tov_store_read_begin(store, &inner, NULL));
    UNIT_OK(tov_store_count(inner, ROWS, &count));
    UNIT_EQUAL_INT(count, 100);
    tov_store_read_end(inner);
    UNIT_OK(tov_store_count(snapshot, ROWS, &count));
    UNIT_EQUAL_INT(count, 100);
    tov_store_read_end(snapshot);
    UNIT_OK(tov_store_read_begin(store, &snapshot, NULL));
    UNIT_OK(tov_store_count(snapshot, ROWS, &count));
    UNIT_EQUAL_INT(count, 110);
    tear_down();
}

static void a_reader_that_stays_is_seen(void)
{
    set_up();
    struct tov_store_readers readers;
    UNIT_OK(tov_store_readers(store, &readers));
    UNIT_EQUAL_INT(readers.count, 1);
    UNIT_EQUAL_INT(readers.oldest_lag, 0);
    commit_more_rows(100);
    commit_more_rows(110);
    UNIT_OK(tov_store_readers(store, &readers));
    UNIT_EQUAL_INT(readers.count, 1);
    UNIT_EQUAL_INT(readers.oldest_lag, 2);
    tov_store_read_end(snapshot);
    UNIT_OK(tov_store_readers(store, &readers));
    UNIT_EQUAL_INT(readers.count, 0);
    UNIT_EQUAL_INT(readers.own_age_ms, 0);
    UNIT_OK(tov_store_readers_clear_dead(store));
    UNIT_OK(tov_store_read_begin(store, &snapshot, NULL));
    tear_down();
}

static void keys_are_read_back_as_they_were_built(void)
{
    struct tov_store_key key = {.size = 0};
    tov_store_key_put_u8(&key, 7);
    tov_store_key_put_u32(&key, 0x01020304);
    UNIT_EQUAL_BYTES(((struct tov_bytes){key.bytes, key.size}),
                     ((struct tov_bytes){(const uint8_t *)"\x07\x01\x02\x03\x04", 5}));
    key = tov_store_key_u16_u32_u64(1, 2, 3);
    UNIT_EQUAL_INT(key.size, TOV_STORE_KEY_U16_U32_U64);
    key = tov_store_key_u64_u64(1, 2);
    UNIT_EQUAL_INT(key.size, TOV_STORE_KEY_U64_U64);
    key = tov_store_key_u32(9);
    UNIT_EQUAL_INT(key.size, TOV_STORE_KEY_U32);
}

const struct unit_test read_tests[] = {
    UNIT_TEST(ranges_are_walked_forward_with_both_ends),
    UNIT_TEST(ranges_are_walked_backward_with_both_ends),
    UNIT_TEST(a_key_that_is_not_there_is_not_found),
    UNIT_TEST(first_and_last_rows_are_found_without_a_walk),
    UNIT_TEST(a_snapshot_does_not_move_while_commits_go_on),
    UNIT_TEST(a_reader_that_stays_is_seen),
    UNIT_TEST(keys_are_read_back_as_they_were_built),
};
const size_t read_test_count = sizeof read_tests / sizeof read_tests[0];
