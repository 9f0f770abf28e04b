/* SPDX-License-Identifier: EUPL-1.2
 *
 * Damage planted in the database file, each at a place that is known from LMDB's format: the check
 * of the file names the page and what is wrong with it. Whatever byte of a page's head, pointers or
 * rows' heads is another, the check ends, with a verdict.
 * Not for: whether what is not told means nothing (test_store_rot.c).
 */
#include "store/store_internal.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096u
#define HEAD 16u
#define NO_PAGE UINT64_MAX

static struct {
    struct tov_store *store;
    char file[360];
    uint8_t *bytes;
    size_t size;
} whole;

static void change_rows(struct tov_store *store)
{
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, 0, 600);
    for (uint64_t i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "name %02u", (unsigned)i);
        tov_store_batch_put(batch, NAMES, tov_store_key_text(name), row_value(i, 4000));
    }
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_clear(batch);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(100), tov_store_key_u64(300));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static void begin(void)
{
    struct stat info;
    (void)folder_create();
    struct tov_store_options options = test_options();
    whole.store = store_open_here(&options);
    change_rows(whole.store);
    (void)snprintf(whole.file, sizeof whole.file, "%s/data.mdb", store_path());
    int fd = open(whole.file, O_RDONLY | O_CLOEXEC);
    UNIT_NEED(fd >= 0 && fstat(fd, &info) == 0);
    whole.size = (size_t)info.st_size;
    whole.bytes = malloc(whole.size);
    UNIT_NEED(whole.bytes != NULL && read(fd, whole.bytes, whole.size) == (ssize_t)whole.size);
    (void)close(fd);
    UNIT_NEED(store_check_file(whole.store, NULL) == TOV_OK);
}

/* Nobody has looked at the file through LMDB meanwhile, and it is whole again. */
static void end(void)
{
    UNIT_OK(store_check_file(whole.store, NULL));
    UNIT_EQUAL_INT(count_rows(whole.store, ROWS), 399);
    tov_store_close(whole.store);
    free(whole.bytes);
    folder_remove();
}

static void write_at(uint64_t at, const void *bytes, size_t size)
{
    int fd = open(whole.file, O_WRONLY | O_CLOEXEC);
    UNIT_NEED(fd >= 0 && pwrite(fd, bytes, size, (off_t)at) == (ssize_t)size);
    (void)close(fd);
}

static uint64_t value_at(uint64_t at, unsigned width)
{
    uint64_t value = 0;
    memcpy(&value, whole.bytes + at, width);
    return value;
}

/* ---- where things are ---- */

static uint64_t newest_meta(void)
{
    return value_at(PAGE + HEAD + 128, 8) > value_at(HEAD + 128, 8) ? PAGE : 0;
}

static uint64_t root_of_tables(void)
{
    return value_at(newest_meta() + HEAD + 72 + 40, 8) * PAGE;
}

static uint64_t node_of(uint64_t page, unsigned i)
{
    return page + value_at(page + HEAD + 2 * i, 2);
}

/* The node by which the table of tables knows NAME. */
static uint64_t table_named(const char *name)
{
    uint64_t page = root_of_tables();
    uint64_t count = (value_at(page + 12, 2) - HEAD) / 2;
    for (unsigned i = 0; i < count; i++) {
        uint64_t node = node_of(page, i);
        if (value_at(node + 6, 2) == strlen(name) &&
            memcmp(whole.bytes + node + 8, name, strlen(name)) == 0)
            return node;
    }
    UNIT_NEED(false && "a table of that name");
    return 0;
}

static uint64_t data_of(uint64_t node)
{
    return node + 8 + value_at(node + 6, 2);
}

static uint64_t root_of(const char *name)
{
    return value_at(data_of(table_named(name)) + 40, 8) * PAGE;
}

static uint64_t first_leaf_of(const char *name)
{
    uint64_t page = root_of(name);
    while (value_at(page + 10, 2) == 1)
        page = (value_at(node_of(page, 0), 4)) * PAGE;
    return page;
}

/* ---- planted ---- */

static void plant(uint64_t at, unsigned width, uint64_t value, const char *words)
{
    struct tov_error error = {.text = ""};
    UNIT_NEED(value_at(at, width) != value);
    write_at(at, &value, width);
    enum tov_err err = store_check_file(whole.store, &error);
    if (err != TOV_E_CORRUPT || strstr(error.text, words) == NULL)
        (void)fprintf(stderr, "byte %llu of page %llu, %llx: %s, not: %s\n",
                      (unsigned long long)(at % PAGE), (unsigned long long)(at / PAGE),
                      (unsigned long long)value, error.text, words);
    UNIT_EQUAL_INT(err, TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, words) != NULL);
    write_at(at, whole.bytes + at, width);
}

static void damage_of_what_says_where_all_is_is_named(void)
{
    static const char two[] = "two that say where all is", not_fit[] = "do not fit each other";
    begin();
    const uint64_t meta = newest_meta(), other = PAGE - meta, at = meta + HEAD;
    uint64_t transaction = value_at(at + 128, 8);
    plant(meta, 8, 7, two);
    plant(meta + 10, 2, 2, two);
    plant(other, 8, 7, two);
    plant(PAGE + HEAD + 24, 4, 8192, two);
    plant(HEAD + 24, 4, 512, two);
    plant(HEAD + 24, 4, 100, two);
    plant(HEAD + 24, 4, 131072, two);
    plant(HEAD + 24, 4, 4097, two);
    plant(at, 4, 1, not_fit);
    plant(at + 4, 4, 2, not_fit);
    plant(at + 24 + 4, 2, 0, not_fit);
    plant(at + 72 + 4, 2, 8, not_fit);
    plant(at + 128, 8, transaction + 1, not_fit);
    plant(at + 128, 8, transaction + 2, not_fit);
    plant(other + HEAD + 128, 8, transaction, not_fit);
    plant(at + 120, 8, 3, "there is no such page");
    plant(at + 120, 8, UINT64_MAX / 2, "far behind the end");
    end();
}

static void damage_of_a_table_is_named(void)
{
    begin();
    uint64_t tree = data_of(table_named("rows")), root = root_of("rows");
    static const char other[] = "more or fewer rows", own[] = "a table's own row is damaged";
    plant(tree + 4, 2, 4, own);
    plant(tree + 6, 2, 0, "says that it is empty");
    plant(tree + 6, 2, 1, "its head is damaged");
    plant(tree + 6, 2, 3, "its head is damaged");
    for (unsigned field = 8; field <= 32; field += 8)
        plant(tree + field, 8, value_at(tree + field, 8) + 1, other);
    plant(tree + 40, 8, NO_PAGE, "lost its root");
    plant(node_of(root, 1), 4, value_at(node_of(root, 0), 4), "used twice");
    plant(tree + 40, 8, 1, "there is no such page");
    plant(tree + 40, 8, value_at(newest_meta() + HEAD + 120, 8) + 1, "there is no such page");
    plant(table_named("names") + 8, 1, 'x', "its keys are not in order");
    plant(table_named("rows") + 11, 1, 'x', "lost its name");
    plant(table_named("rows") + 4, 2, 0, own);
    plant(table_named("rows"), 2, 40, own);
    plant(table_named("rows") + 4, 2, 4, "a row's head is damaged");
    end();
}

static void damage_of_a_page_is_named(void)
{
    begin();
    uint64_t root = root_of("rows"), leaf = first_leaf_of("rows");
    UNIT_NEED(root != leaf);
    const uint64_t pages[] = {root, leaf};
    static const char head[] = "its head is damaged", pointer[] = "a pointer in it is damaged";
    for (size_t i = 0; i < 2; i++) {
        uint64_t page = pages[i], node = node_of(page, 1);
        plant(page, 8, 5, head);
        plant(page + 10, 2, 4, head);
        plant(page + 12, 2, 8, head);
        plant(page + 12, 2, value_at(page + 12, 2) + 1, head);
        plant(page + 12, 2, value_at(page + 14, 2) + 2, head);
        plant(page + 14, 2, PAGE + 2, head);
        plant(page + HEAD + 2, 2, value_at(page + HEAD + 2, 2) + 1, pointer);
        plant(page + HEAD + 2, 2, value_at(page + 14, 2) - 2, pointer);
        plant(page + HEAD + 2, 2, PAGE - 4, pointer);
        plant(node + 6, 2, PAGE, pointer);
        plant(node + 8, 1, 0xff, "its keys are not in order");
    }
    plant(node_of(leaf, 1), 2, PAGE, pointer);
    plant(node_of(leaf, 1) + 4, 2, 2, "a row's head is damaged");
    plant(node_of(leaf, 1) + 4, 2, 8, "a row's head is damaged");
    plant(data_of(node_of(leaf, 1)) + 30, 1, 0xee, "a row of table rows is not what was written");
    plant(node_of(leaf, 0) + 8, 1, 0xff, "its keys are not in order"); /* above the page's bound */
    uint64_t second = value_at(node_of(root, 1), 4) * PAGE;
    plant(node_of(second, 0) + 15, 1, 0, "its keys are not in order"); /* below it */
    end();
}

static void damage_of_a_large_row_is_named(void)
{
    begin();
    uint64_t node = node_of(first_leaf_of("names"), 0), page = value_at(data_of(node), 8);
    uint64_t at = page * PAGE;
    static const char head[] = "its head is damaged", ends[] = "the file ends before it";
    UNIT_NEED(value_at(node + 4, 2) == 1);
    plant(at, 8, page + 1, head);
    plant(at + 10, 2, 2, head);
    plant(at + 12, 4, 0, head);
    plant(at + 12, 4, UINT32_MAX, "there is no such page");
    plant(data_of(node), 8, UINT64_MAX / PAGE, ends);
    plant(node, 4, UINT32_MAX / 2, ends);
    plant(at + 100, 1, (uint8_t)(value_at(at + 100, 1) + 1), "is not what was written");
    plant(node + 4, 2, 0, "a pointer in it is damaged");
    end();
}

static void damage_of_the_list_of_free_pages_is_named(void)
{
    begin();
    uint64_t page = value_at(newest_meta() + HEAD + 24 + 40, 8) * PAGE, node = node_of(page, 0);
    uint64_t data = data_of(node);
    static const char list[] = "the list of free pages is damaged";
    UNIT_NEED(value_at(page + 10, 2) == 2 && value_at(data, 8) > 1);
    plant(node + 8, 8, UINT64_MAX - 1, list);
    plant(node, 2, value_at(node, 2) - 4, list);
    plant(node, 2, 0, list);
    plant(data, 8, 100000, list);
    plant(data + 16, 8, value_at(data + 8, 8), "not in order");
    plant(data + 8, 8, root_of("rows") / PAGE + (1u << 20), "there is no such page");
    plant(data + 8 * value_at(data, 8), 8, 1, "there is no such page");
    plant(newest_meta() + HEAD + 24 + 6, 2, 0, "says that it is empty");
    plant(newest_meta() + HEAD + 24 + 32, 8, 100, "more or fewer rows");
    end();
}

static void a_file_that_ends_too_early_is_named(void)
{
    begin();
    struct tov_error error = {.text = ""};
    uint64_t last = root_of_tables();
    UNIT_NEED(truncate(whole.file, (off_t)last) == 0);
    UNIT_EQUAL_INT(store_check_file(whole.store, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "the file ends before it") != NULL);
    write_at(last, whole.bytes + last, whole.size - last);
    end();
}

const struct unit_test planted_tests[] = {
    UNIT_TEST(damage_of_what_says_where_all_is_is_named),
    UNIT_TEST(damage_of_a_table_is_named),
    UNIT_TEST(damage_of_a_page_is_named),
    UNIT_TEST(damage_of_a_large_row_is_named),
    UNIT_TEST(damage_of_the_list_of_free_pages_is_named),
    UNIT_TEST(a_file_that_ends_too_early_is_named),
};
const size_t planted_test_count = sizeof planted_tests / sizeof planted_tests[0];
