/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading every row by and by: each is looked at once a round, whatever is written meanwhile, and
 * what a disk has changed is told although nobody asks for it.
 * Not for: which bits are told (test_store_rot.c).
 */
#include "store/store_internal.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 300u
#define PAGE_BYTES 4096u
#define CALLS_MAX 10000u

static struct tov_store *store_with_rows(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, 0, COUNT);
    for (uint64_t i = 0; i < COUNT; i++)
        tov_store_batch_put(batch, PEERS, tov_store_key_u16_u64((uint16_t)(i % 7), i),
                            (struct tov_bytes){0});
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    return store;
}

static void end(struct tov_store *store)
{
    tov_store_close(store);
    folder_remove();
}

/* How many calls of BYTES a round takes; *OUT_ROWS as the last one says. */
static unsigned read_round(struct tov_store *store, size_t bytes, uint64_t *out_rows)
{
    unsigned calls = 1;
    enum tov_err err;
    while ((err = tov_store_scrub(store, bytes, out_rows, NULL)) == TOV_E_AGAIN)
        UNIT_NEED(++calls < CALLS_MAX);
    UNIT_EQUAL_INT(err, TOV_OK);
    return calls;
}

static void every_row_is_read_once_a_round_in_pieces(void)
{
    uint64_t rows = 0;
    struct tov_store *store = store_with_rows();
    UNIT_EQUAL_INT(read_round(store, SIZE_MAX, &rows), 1);
    UNIT_EQUAL_INT(rows, 2 * COUNT);
    /* A row a call: the last of each table is not seen to be the last. */
    unsigned calls = read_round(store, 1, &rows);
    UNIT_EQUAL_INT(rows, 2 * COUNT);
    CU_ASSERT(calls > 2 * COUNT && calls <= 2 * COUNT + 4);
    CU_ASSERT(read_round(store, 4096, &rows) > COUNT * 64 / 4096);
    UNIT_EQUAL_INT(rows, 2 * COUNT);
    end(store);
}

static void an_empty_store_is_read_at_once(void)
{
    uint64_t rows = 77;
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    UNIT_EQUAL_INT(tov_store_scrub(store, 1, &rows, NULL), TOV_OK);
    UNIT_EQUAL_INT(rows, 0);
    end(store);
}

/* The row at which it stands is deleted, and others come before it and behind it. */
static void what_is_written_meanwhile_takes_the_place_from_nobody(void)
{
    uint64_t rows = 0;
    struct tov_store *store = store_with_rows();
    UNIT_EQUAL_INT(tov_store_scrub(store, 20000, &rows, NULL), TOV_E_AGAIN);
    uint64_t seen = store->scrub.rows;
    CU_ASSERT(seen > 10 && seen < COUNT);
    struct tov_store_batch *batch = batch_create();
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(seen - 3),
                                 tov_store_key_u64(seen - 1));
    batch_append_rows(batch, COUNT, 10);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    (void)read_round(store, 20000, &rows);
    UNIT_EQUAL_INT(rows, 2 * COUNT + 10); /* three that were seen are gone since */
    (void)read_round(store, 20000, &rows);
    UNIT_EQUAL_INT(rows, 2 * COUNT + 10 - 3);
    end(store);
}

/* ---- what a disk has changed ---- */

struct image {
    int fd;
    uint8_t *bytes;
    size_t size;
};

static struct image open_image(void)
{
    char path[400];
    struct stat info;
    struct image image;
    (void)snprintf(path, sizeof path, "%s/data.mdb", store_path());
    image.fd = open(path, O_RDWR | O_CLOEXEC);
    UNIT_NEED(image.fd >= 0 && fstat(image.fd, &info) == 0);
    image.size = (size_t)info.st_size;
    image.bytes = malloc(image.size);
    UNIT_NEED(image.bytes != NULL &&
              pread(image.fd, image.bytes, image.size, 0) == (ssize_t)image.size);
    return image;
}

static void close_image(struct image *image)
{
    free(image->bytes);
    (void)close(image->fd);
}

static void expect_told(struct tov_store *store)
{
    uint64_t rows = 0;
    struct tov_error error = {.text = ""};
    enum tov_err err;
    unsigned calls = 0;
    while ((err = tov_store_scrub(store, 4096, &rows, &error)) == TOV_E_AGAIN)
        UNIT_NEED(++calls < CALLS_MAX);
    UNIT_EQUAL_INT(err, TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "data.mdb") != NULL && strstr(error.text, " of table ") != NULL);
    /* It sticks, and nothing is written any more. */
    UNIT_EQUAL_INT(tov_store_damage(store, NULL), TOV_E_CORRUPT);
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, COUNT, 1);
    UNIT_EQUAL_INT(tov_store_commit(store, batch, NULL), TOV_E_CORRUPT);
    tov_store_batch_destroy(batch);
}

static void a_row_that_nobody_asks_for_is_found_to_be_damaged(void)
{
    struct tov_store *store = store_with_rows();
    struct tov_bytes value = row_value(COUNT - 20, ROW_SIZE);
    struct image image = open_image();
    uint8_t *at = memmem(image.bytes, image.size, value.data, value.size);
    UNIT_NEED(at != NULL);
    uint8_t changed = at[100] ^ 4u;
    UNIT_NEED(pwrite(image.fd, &changed, 1, at + 100 - image.bytes) == 1);
    close_image(&image);
    expect_told(store);
    end(store);
}

static unsigned u16_at(const uint8_t *bytes, size_t offset)
{
    uint16_t value;
    memcpy(&value, bytes + offset, sizeof value);
    return value;
}

/* LMDB's branch pages: a head of 16 bytes (flags at 10, the end of the pointers at 12), pointers to
 * nodes of 8 bytes and a key. Raises the first keys of 8 bytes that are there: who looks for a row
 * of before goes another way, and who reads all in their order meets each. */
static unsigned change_ways(struct image *image)
{
    unsigned changed = 0;
    for (size_t page = 2 * PAGE_BYTES; page < image->size; page += PAGE_BYTES) {
        const uint8_t *head = image->bytes + page;
        if (u16_at(head, 10) != 1)
            continue;
        size_t node = u16_at(head, 16 + 2); /* the second: the first has no key */
        if (u16_at(head, 12) < 16 + 4 || node + 16 > PAGE_BYTES || u16_at(head, node + 6) != 8)
            continue;
        uint8_t raised = (uint8_t)(head[node + 15] + 1);
        UNIT_NEED(pwrite(image->fd, &raised, 1, (off_t)(page + node + 15)) == 1);
        changed++;
    }
    return changed;
}

static void a_row_to_which_no_way_leads_is_found_to_be_damaged(void)
{
    struct tov_store *store = store_with_rows();
    struct image image = open_image();
    CU_ASSERT(change_ways(&image) > 0);
    close_image(&image);
    UNIT_EQUAL_INT(count_rows(store, ROWS), COUNT); /* read in their order, all are there */
    expect_told(store);
    end(store);
}

const struct unit_test scrub_tests[] = {
    UNIT_TEST(every_row_is_read_once_a_round_in_pieces),
    UNIT_TEST(an_empty_store_is_read_at_once),
    UNIT_TEST(what_is_written_meanwhile_takes_the_place_from_nobody),
    UNIT_TEST(a_row_that_nobody_asks_for_is_found_to_be_damaged),
    UNIT_TEST(a_row_to_which_no_way_leads_is_found_to_be_damaged),
};
const size_t scrub_test_count = sizeof scrub_tests / sizeof scrub_tests[0];
