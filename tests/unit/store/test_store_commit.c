/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tov_store *store;
static struct tov_store_batch *batch;

static void set_up_with(const struct tov_store_options *options)
{
    (void)folder_create();
    store = store_open_here(options);
    batch = batch_create();
}

static void set_up(void)
{
    struct tov_store_options options = test_options();
    set_up_with(&options);
}

static void tear_down(void)
{
    tov_store_close(store);
    tov_store_batch_destroy(batch);
    folder_remove();
}

static void reopen(void)
{
    struct tov_store_options options = test_options();
    tov_store_close(store);
    store = store_open_here(&options);
}

static void rows_appended_over_many_batches_are_there_in_order_after_reopening(void)
{
    set_up();
    for (uint64_t i = 0; i < 20; i++) {
        tov_store_batch_clear(batch);
        batch_append_rows(batch, i * 50, 50);
        UNIT_OK(tov_store_commit(store, batch, NULL));
    }
    UNIT_EQUAL_INT(tov_store_number(store), 20);
    reopen();
    UNIT_EQUAL_INT(tov_store_number(store), 20);
    check_rows(store, 1000);
    tear_down();
}

static void check_found(unsigned table, uint64_t key, const char *value)
{
    struct tov_bytes found = {NULL, 0};
    UNIT_NEED(tov_store_batch_find(batch, table, tov_store_key_u64(key), &found));
    UNIT_EQUAL_INT(found.size, strlen(value));
    CU_ASSERT(found.size == strlen(value) && memcmp(found.data, value, found.size) == 0);
}

static bool is_found(unsigned table, uint64_t key, struct tov_bytes *out_value)
{
    return tov_store_batch_find(batch, table, tov_store_key_u64(key), out_value);
}

static void what_a_batch_will_write_is_found_in_it(void)
{
    struct tov_bytes found;
    set_up();
    CU_ASSERT(!is_found(ROWS, 1, &found));
    tov_store_batch_append(batch, ROWS, tov_store_key_u64(1), tov_bytes_of_text("one"));
    tov_store_batch_put(batch, ROWS, tov_store_key_u64(2), tov_bytes_of_text("two"));
    tov_store_batch_put(batch, ROWS, tov_store_key_u64(2), tov_bytes_of_text("second"));
    check_found(ROWS, 2, "second"); /* the last one counts */
    CU_ASSERT(!is_found(NAMES, 2, &found));
    tov_store_batch_delete(batch, ROWS, tov_store_key_u64(2));
    CU_ASSERT(is_found(ROWS, 2, &found) && found.data == NULL);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(3), (struct tov_store_key){0});
    CU_ASSERT(is_found(ROWS, 9, &found) && found.data == NULL);
    tov_store_batch_put(batch, ROWS, tov_store_key_u64(9), tov_bytes_of_text("nine"));
    check_found(ROWS, 9, "nine");
    CU_ASSERT(is_found(ROWS, 1, &found) && found.data != NULL);
    tear_down();
}

/* Against a plain list of what each key shall hold: 0 nothing is said, 1 it is removed, else its
 * value. */
static void what_is_found_in_a_batch_is_what_was_gathered_last(void)
{
    enum { KEYS = 700, STEPS = 20000 };
    uint64_t random = 99;
    uint64_t said[KEYS] = {0};
    set_up();
    for (uint64_t step = 2; step < STEPS; step++) {
        uint64_t key = unit_random(&random) % KEYS;
        uint64_t kind = unit_random(&random) % 1000;
        struct tov_bytes found = {NULL, 0};
        bool is_there = is_found(ROWS, key, &found);
        UNIT_NEED(is_there == (said[key] != 0));
        UNIT_NEED(!is_there || (found.data == NULL) == (said[key] == 1));
        UNIT_NEED(found.data == NULL || memcmp(found.data, &said[key], sizeof said[key]) == 0);
        if (kind == 0) {
            tov_store_batch_clear(batch);
            memset(said, 0, sizeof said);
        } else if (kind < 5) {
            tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(key),
                                         tov_store_key_u64(key + 50));
            for (uint64_t i = key; i <= key + 50 && i < KEYS; i++)
                said[i] = 1;
        } else if (kind < 200) {
            tov_store_batch_delete(batch, ROWS, tov_store_key_u64(key));
            said[key] = 1;
        } else {
            tov_store_batch_put(batch, ROWS, tov_store_key_u64(key),
                                (struct tov_bytes){(const uint8_t *)&step, sizeof step});
            said[key] = step;
        }
        tov_store_batch_put(batch, NAMES, tov_store_key_u64(key), tov_bytes_of_text("other"));
    }
    tear_down();
}

/* A walk for each would be 20,000 million operations. */
static void much_can_be_looked_up_in_a_batch_that_has_much(void)
{
    enum { ROW_COUNT = 200000 };
    struct tov_bytes found;
    set_up();
    for (uint64_t i = 0; i < ROW_COUNT; i++) {
        UNIT_NEED(!is_found(ROWS, i, &found));
        tov_store_batch_append(batch, ROWS, tov_store_key_u64(i), tov_bytes_of_text("row"));
        UNIT_NEED(is_found(ROWS, i / 2, &found));
    }
    tear_down();
}

static void big_numbers_sort_as_numbers(void)
{
    static const uint64_t numbers[] = {0, 255, 256, 65535, 65536, 1ull << 32, UINT64_MAX};
    set_up();
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        tov_store_batch_append(batch, ROWS, tov_store_key_u64(numbers[i]), row_value(i, 4));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tear_down();
}

static void an_append_that_is_not_the_last_key_undoes_its_whole_batch(void)
{
    set_up();
    batch_append_rows(batch, 0, 10);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tov_store_batch_clear(batch);
    batch_append_rows(batch, 10, 5);
    batch_append_rows(batch, 9, 1);
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(tov_store_commit(store, batch, &error), TOV_E_EXISTS);
    UNIT_EQUAL_INT(error.code, TOV_E_EXISTS);
    check_rows(store, 10);
    UNIT_EQUAL_INT(tov_store_number(store), 1);
    tov_store_batch_clear(batch);
    batch_append_rows(batch, 10, 5);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 15);
    tear_down();
}

static void an_insert_over_a_row_undoes_its_whole_batch(void)
{
    set_up();
    tov_store_batch_put(batch, NAMES, tov_store_key_text("a"), tov_bytes_of_text("1"));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tov_store_batch_clear(batch);
    tov_store_batch_insert(batch, NAMES, tov_store_key_text("b"), tov_bytes_of_text("2"));
    tov_store_batch_insert(batch, NAMES, tov_store_key_text("a"), tov_bytes_of_text("3"));
    UNIT_EQUAL_INT(tov_store_commit(store, batch, NULL), TOV_E_EXISTS);
    UNIT_EQUAL_INT(count_rows(store, NAMES), 1);
    tear_down();
}

static void later_operations_see_earlier_ones(void)
{
    set_up();
    tov_store_batch_put(batch, NAMES, tov_store_key_text("a"), tov_bytes_of_text("1"));
    tov_store_batch_put(batch, NAMES, tov_store_key_text("a"), tov_bytes_of_text("2"));
    tov_store_batch_insert(batch, NAMES, tov_store_key_text("b"), tov_bytes_of_text(""));
    tov_store_batch_delete(batch, NAMES, tov_store_key_text("b"));
    tov_store_batch_delete(batch, NAMES, tov_store_key_text("never there"));
    tov_store_batch_insert(batch, NAMES, tov_store_key_text("b"), tov_bytes_of_text("3"));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    struct tov_store_read *read = NULL;
    struct tov_bytes a, b;
    UNIT_OK(tov_store_read_begin(store, &read, NULL));
    UNIT_OK(tov_store_get(read, NAMES, tov_store_key_text("a"), &a));
    UNIT_OK(tov_store_get(read, NAMES, tov_store_key_text("b"), &b));
    UNIT_EQUAL_BYTES(a, tov_bytes_of_text("2"));
    UNIT_EQUAL_BYTES(b, tov_bytes_of_text("3"));
    tov_store_read_end(read);
    tear_down();
}

static void a_range_is_deleted_with_both_ends(void)
{
    set_up();
    batch_append_rows(batch, 0, 1000);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(100), tov_store_key_u64(2000));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 100);
    tov_store_batch_clear(batch);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(7), tov_store_key_u64(6));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 100);
    tov_store_batch_clear(batch);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(97), tov_store_key_u64(99));
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 97);
    tov_store_batch_clear(batch);
    tov_store_batch_delete_range(batch, ROWS, (struct tov_store_key){0}, (struct tov_store_key){0});
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 0);
    tear_down();
}

static void rows_are_written_in_place_without_a_copy(void)
{
    set_up();
    uint8_t *room = tov_store_batch_append_space(batch, ROWS, tov_store_key_u64(0), ROW_SIZE);
    UNIT_NEED(room != NULL);
    memcpy(room, row_value(0, ROW_SIZE).data, ROW_SIZE);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 1);
    tear_down();
}

static void an_empty_batch_writes_nothing(void)
{
    set_up();
    UNIT_OK(tov_store_commit(store, batch, NULL));
    UNIT_EQUAL_INT(tov_store_number(store), 0);
    tear_down();
}

static void a_batch_over_its_limit_is_refused_and_usable_after_clear(void)
{
    struct tov_store_batch *small = NULL;
    set_up();
    UNIT_NEED(tov_store_batch_create(8 + 8 + ROW_SIZE, &small) == TOV_OK);
    batch_append_rows(small, 0, 1);
    UNIT_OK(tov_store_batch_failed(small));
    UNIT_EQUAL_INT(tov_store_batch_bytes(small), 8 + 8 + ROW_SIZE);
    batch_append_rows(small, 1, 1);
    UNIT_EQUAL_INT(tov_store_batch_failed(small), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_store_commit(store, small, NULL), TOV_E_LIMIT);
    UNIT_EQUAL_INT(count_rows(store, ROWS), 0);
    tov_store_batch_clear(small);
    batch_append_rows(small, 0, 1);
    UNIT_OK(tov_store_commit(store, small, NULL));
    tov_store_batch_destroy(small);
    check_rows(store, 1);
    tear_down();
}

static void a_row_that_could_not_be_gathered_is_not_written(void)
{
    set_up();
    uint8_t room[4];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    tov_buf_put(&row, "too long", 8);
    tov_store_batch_put_buf(batch, NAMES, tov_store_key_text("cut"), &row);
    tov_store_batch_put(batch, NAMES, tov_store_key_text("beside"), tov_bytes_of_text("1"));
    UNIT_EQUAL_INT(tov_store_commit(store, batch, NULL), TOV_E_LIMIT);
    UNIT_EQUAL_INT(count_rows(store, NAMES), 0);
    tov_store_batch_clear(batch);
    tov_buf_clear(&row);
    tov_buf_put(&row, "row", 3);
    tov_store_batch_put_buf(batch, NAMES, tov_store_key_text("whole"), &row);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    UNIT_EQUAL_INT(count_rows(store, NAMES), 1);
    tear_down();
}

static void a_tiny_map_grows_until_everything_fits(void)
{
    struct tov_store_options options = test_options();
    options.map_bytes = 1;
    set_up_with(&options);
    struct tov_store_space first, last;
    UNIT_OK(tov_store_space(store, &first));
    for (uint64_t i = 0; i < 40; i++) {
        tov_store_batch_clear(batch);
        batch_append_rows(batch, i * 250, 250);
        UNIT_OK(tov_store_commit(store, batch, NULL));
    }
    UNIT_OK(tov_store_space(store, &last));
    UNIT_EQUAL_INT(first.map_bytes, 256 << 10);
    UNIT_EQUAL_INT(last.map_bytes >= 4u << 20, 1);
    check_rows(store, 10000);
    tear_down();
}

static void a_map_at_its_limit_refuses_and_goes_on_with_what_fits(void)
{
    struct tov_store_options options = test_options();
    options.map_bytes = 1 << 20;
    options.map_max_bytes = 1 << 20;
    set_up_with(&options);
    batch_append_rows(batch, 0, 500);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tov_store_batch_clear(batch);
    batch_append_rows(batch, 500, 5000);
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(tov_store_commit(store, batch, &error), TOV_E_FULL);
    check_rows(store, 500);
    tov_store_batch_clear(batch);
    batch_append_rows(batch, 500, 10);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    check_rows(store, 510);
    tear_down();
}

static struct tov_store_result wait_for_result(void)
{
    struct tov_store_result result;
    struct pollfd wait = {.fd = tov_store_fd(store), .events = POLLIN};
    UNIT_NEED(poll(&wait, 1, 30000) == 1);
    UNIT_NEED(tov_store_commit_result(store, &result) == TOV_OK);
    return result;
}

static void asynchronous_commits_come_back_one_by_one_in_order(void)
{
    set_up();
    struct tov_store_batch *other = batch_create();
    struct tov_store_result result;
    UNIT_EQUAL_INT(tov_store_commit_result(store, &result), TOV_E_AGAIN);
    for (uint64_t i = 0; i < 50; i++) {
        struct tov_store_batch *next = i % 2 == 0 ? batch : other;
        tov_store_batch_clear(next);
        batch_append_rows(next, i * 4, 4);
        UNIT_OK(tov_store_commit_async(store, next));
        UNIT_EQUAL_INT(tov_store_is_committing(store), 1);
        UNIT_EQUAL_INT(tov_store_commit_async(store, next == batch ? other : batch), TOV_E_BUSY);
        result = wait_for_result();
        UNIT_OK(result.err);
        CU_ASSERT(result.batch == next);
        UNIT_EQUAL_INT(result.number, i + 1);
        UNIT_EQUAL_INT(tov_store_number(store), i + 1);
    }
    struct pollfd quiet = {.fd = tov_store_fd(store), .events = POLLIN};
    UNIT_EQUAL_INT(poll(&quiet, 1, 0), 0);
    check_rows(store, 200);
    tov_store_batch_destroy(other);
    tear_down();
}

static void a_failed_asynchronous_commit_says_why(void)
{
    set_up();
    batch_append_rows(batch, 5, 1);
    batch_append_rows(batch, 4, 1);
    UNIT_OK(tov_store_commit_async(store, batch));
    struct tov_store_result result = wait_for_result();
    UNIT_EQUAL_INT(result.err, TOV_E_EXISTS);
    UNIT_EQUAL_INT(strlen(result.error.text) > 0, 1);
    UNIT_EQUAL_INT(tov_store_number(store), 0);
    tear_down();
}

static void a_map_grows_under_an_asynchronous_commit_between_two_reads(void)
{
    struct tov_store_options options = test_options();
    options.map_bytes = 1;
    set_up_with(&options);
    uint64_t rows = 0;
    for (int i = 0; i < 10; i++, rows += 1000) {
        tov_store_batch_clear(batch);
        batch_append_rows(batch, rows, 1000);
        UNIT_OK(tov_store_commit_async(store, batch));
        struct tov_store_result result;
        uint64_t seen = 0;
        while (tov_store_commit_result(store, &result) == TOV_E_AGAIN) {
            seen = count_rows(store, ROWS);
            CU_ASSERT(seen == rows || seen == rows + 1000);
        }
        UNIT_OK(result.err);
    }
    check_rows(store, rows);
    tear_down();
}

static void a_map_does_not_grow_under_an_open_read(void)
{
    struct tov_store_options options = test_options();
    struct tov_store_read *read = NULL;
    struct tov_bytes value;
    options.map_bytes = 1;
    set_up_with(&options);
    batch_append_rows(batch, 0, 1);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    tov_store_batch_clear(batch);
    batch_append_rows(batch, 1, 5000);
    UNIT_OK(tov_store_read_begin(store, &read, NULL));
    UNIT_OK(tov_store_get(read, ROWS, tov_store_key_u64(0), &value));
    UNIT_OK(tov_store_commit_async(store, batch));
    struct pollfd wait = {.fd = tov_store_fd(store), .events = POLLIN};
    UNIT_EQUAL_INT(poll(&wait, 1, 300), 0); /* it waits for this read, however long that takes */
    UNIT_EQUAL_BYTES(value, row_value(0, ROW_SIZE));
    tov_store_read_end(read);
    UNIT_OK(wait_for_result().err);
    check_rows(store, 5001);
    tear_down();
}

static void closing_lets_a_commit_in_flight_end(void)
{
    set_up();
    batch_append_rows(batch, 0, 2000);
    UNIT_OK(tov_store_commit_async(store, batch));
    reopen();
    check_rows(store, 2000);
    tear_down();
}

static void a_settled_commit_needs_its_batch_no_more(void)
{
    set_up();
    for (uint64_t rows = 0; rows < 20000; rows += 2000) {
        tov_store_batch_clear(batch);
        batch_append_rows(batch, rows, 2000);
        UNIT_OK(tov_store_commit_async(store, batch));
        tov_store_settle(store);
        tov_store_batch_destroy(batch);
        UNIT_OK(tov_store_batch_create(0, &batch));
        struct tov_store_result result;
        UNIT_OK(tov_store_commit_result(store, &result));
        UNIT_OK(result.err);
    }
    tov_store_settle(store); /* nothing is in flight */
    check_rows(store, 20000);
    tear_down();
}

static void a_copy_opens_as_a_store_with_the_same_rows(void)
{
    set_up();
    batch_append_rows(batch, 0, 500);
    UNIT_OK(tov_store_commit(store, batch, NULL));
    char folder[400], file[420];
    (void)snprintf(folder, sizeof folder, "%s-copy", store_path());
    (void)snprintf(file, sizeof file, "%s/data.mdb", folder);
    UNIT_NEED(mkdir(folder, 0700) == 0);
    int fd = open(file, O_CREAT | O_WRONLY, 0600);
    UNIT_NEED(fd >= 0);
    UNIT_OK(tov_store_copy(store, fd, NULL));
    UNIT_NEED(close(fd) == 0);
    struct tov_store *copy = NULL;
    struct tov_store_options options = test_options();
    UNIT_NEED(tov_store_open(folder, &options, &copy, NULL) == TOV_OK);
    check_rows(copy, 500);
    UNIT_EQUAL_INT(tov_store_number(copy), 1);
    tov_store_close(copy);
    tear_down();
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(rows_appended_over_many_batches_are_there_in_order_after_reopening),
        UNIT_TEST(what_a_batch_will_write_is_found_in_it),
        UNIT_TEST(what_is_found_in_a_batch_is_what_was_gathered_last),
        UNIT_TEST(much_can_be_looked_up_in_a_batch_that_has_much),
        UNIT_TEST(big_numbers_sort_as_numbers),
        UNIT_TEST(an_append_that_is_not_the_last_key_undoes_its_whole_batch),
        UNIT_TEST(an_insert_over_a_row_undoes_its_whole_batch),
        UNIT_TEST(later_operations_see_earlier_ones),
        UNIT_TEST(a_range_is_deleted_with_both_ends),
        UNIT_TEST(rows_are_written_in_place_without_a_copy),
        UNIT_TEST(an_empty_batch_writes_nothing),
        UNIT_TEST(a_batch_over_its_limit_is_refused_and_usable_after_clear),
        UNIT_TEST(a_row_that_could_not_be_gathered_is_not_written),
        UNIT_TEST(a_tiny_map_grows_until_everything_fits),
        UNIT_TEST(a_map_at_its_limit_refuses_and_goes_on_with_what_fits),
        UNIT_TEST(asynchronous_commits_come_back_one_by_one_in_order),
        UNIT_TEST(a_failed_asynchronous_commit_says_why),
        UNIT_TEST(a_map_grows_under_an_asynchronous_commit_between_two_reads),
        UNIT_TEST(a_map_does_not_grow_under_an_open_read),
        UNIT_TEST(closing_lets_a_commit_in_flight_end),
        UNIT_TEST(a_settled_commit_needs_its_batch_no_more),
        UNIT_TEST(a_copy_opens_as_a_store_with_the_same_rows),
    };
    return unit_run("store: commits", tests, sizeof tests / sizeof tests[0]);
}
