/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct tov_store_table test_tables[TABLE_COUNT] = {
    [ROWS] = {"rows", TOV_STORE_KEY_U64},
    [PEERS] = {"peers", TOV_STORE_KEY_U16_U64},
    [NAMES] = {"names", TOV_STORE_KEY_ANY},
};

static char folder[256];
static char path[300];

const char *folder_create(void)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/tov-store-XXXXXX", base != NULL ? base : "/tmp");
    UNIT_NEED(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/store", folder);
    return folder;
}

static int remove_one(const char *name, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(name);
}

void folder_remove(void)
{
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *store_path(void)
{
    return path;
}

struct tov_store_options test_options(void)
{
    return (struct tov_store_options){
        .tables = test_tables,
        .table_count = TABLE_COUNT,
        .format = 3,
        .any_filesystem = true,
    };
}

struct tov_store *store_open_here(const struct tov_store_options *options)
{
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    if (tov_store_open(path, options, &store, &error) != TOV_OK)
        (void)fprintf(stderr, "%s\n", error.text);
    UNIT_NEED(store != NULL);
    return store;
}

struct tov_store_batch *batch_create(void)
{
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    return batch;
}

struct tov_bytes row_value(uint64_t number, size_t size)
{
    static uint8_t bytes[4096];
    uint64_t state = number;
    UNIT_NEED(size <= sizeof bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)unit_random(&state);
    return (struct tov_bytes){bytes, size};
}

void batch_append_rows(struct tov_store_batch *batch, uint64_t first, uint64_t count)
{
    for (uint64_t i = first; i < first + count; i++)
        tov_store_batch_append(batch, ROWS, tov_store_key_u64(i), row_value(i, ROW_SIZE));
}

uint64_t count_rows(struct tov_store *store, unsigned table)
{
    uint64_t count = 0;
    struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, table, &count) == TOV_OK);
    tov_store_read_end(read);
    return count;
}

void check_rows(struct tov_store *store, uint64_t count)
{
    uint64_t expected = 0, wrong = 0;
    struct tov_store_read *read = NULL;
    struct tov_store_iter iter;
    struct tov_store_range all = {.table = ROWS};
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &all, &iter) == TOV_OK);
    for (; tov_store_iter_next(&iter); expected++) {
        wrong += tov_store_key_to_u64(&iter.row.key) != expected;
        wrong += !tov_bytes_equal(iter.row.value, row_value(expected, ROW_SIZE));
    }
    UNIT_OK(tov_store_iter_fini(&iter));
    tov_store_read_end(read);
    UNIT_EQUAL_INT(expected, count);
    UNIT_EQUAL_INT(wrong, 0);
}

int main(void)
{
    struct unit_test tests[64];
    size_t count = 0;
    UNIT_NEED(open_test_count + commit_test_count + read_test_count + restore_test_count +
                  rot_test_count <=
              64);
    memcpy(tests + count, open_tests, open_test_count * sizeof *tests);
    count += open_test_count;
    memcpy(tests + count, commit_tests, commit_test_count * sizeof *tests);
    count += commit_test_count;
    memcpy(tests + count, read_tests, read_test_count * sizeof *tests);
    count += read_test_count;
    memcpy(tests + count, restore_tests, restore_test_count * sizeof *tests);
    count += restore_test_count;
    memcpy(tests + count, rot_tests, rot_test_count * sizeof *tests);
    count += rot_test_count;
    return unit_run("store", tests, count);
}
