/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bit rot: one bit of the database file changes. Whatever bit it is, a process that opens the store
 * is either told so, by the name of the file, or finds every row as it was, and can go on writing.
 * Each bit is tried in a process of its own: LMDB may follow a damaged pointer anywhere.
 */
#include "store/store_internal.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS_COUNT 400u
#define PAGE_BYTES 4096u
#define FLIPS 100u
#define FLIPS_LEAST 30u /* most bits of a store mean nothing */

enum found { AS_BEFORE, TOLD, OTHERWISE, DIED };

static struct {
    char file[360];
    uint8_t *bytes; /* of the file, before anything happens to it */
    size_t size;
} whole;

/* Small rows, rows without a value, and rows that need pages of their own. */
static size_t size_of(unsigned table, uint64_t number)
{
    if (table == PEERS)
        return 0;
    return table == NAMES ? 2500 + number % 1500 : number % ROW_SIZE;
}

static struct tov_store_key key_of(unsigned table, uint64_t number)
{
    char name[16];
    (void)snprintf(name, sizeof name, "name %04u", (unsigned)number);
    return table == ROWS    ? tov_store_key_u64(number)
           : table == PEERS ? tov_store_key_u16_u64((uint16_t)(number % 7), number)
                            : tov_store_key_text(name);
}

static uint64_t count_of(unsigned table)
{
    return table == NAMES ? 40 : ROWS_COUNT;
}

static void fill(struct tov_store *store)
{
    struct tov_store_batch *batch = batch_create();
    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        for (uint64_t i = 0; i < count_of(table) + 60; i++)
            tov_store_batch_put(batch, table, key_of(table, i), row_value(i, size_of(table, i)));
        UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
        tov_store_batch_clear(batch);
        /* and pages that are free */
        for (uint64_t i = count_of(table); i < count_of(table) + 60; i++)
            tov_store_batch_delete(batch, table, key_of(table, i));
        UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
        tov_store_batch_clear(batch);
    }
    tov_store_batch_destroy(batch);
}

static void create_whole(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    fill(store);
    tov_store_close(store);
    struct stat info;
    (void)snprintf(whole.file, sizeof whole.file, "%s/data.mdb", store_path());
    int fd = open(whole.file, O_RDONLY);
    UNIT_NEED(fd >= 0 && fstat(fd, &info) == 0);
    whole.size = (size_t)info.st_size;
    whole.bytes = malloc(whole.size);
    UNIT_NEED(whole.bytes != NULL && read(fd, whole.bytes, whole.size) == (ssize_t)whole.size);
    (void)close(fd);
}

static void forget_whole(void)
{
    free(whole.bytes);
    folder_remove();
}

static void put_whole_back(void)
{
    int fd = open(whole.file, O_WRONLY | O_TRUNC);
    UNIT_NEED(fd >= 0 && write(fd, whole.bytes, whole.size) == (ssize_t)whole.size);
    (void)close(fd);
}

static void flip(uint64_t bit)
{
    uint8_t byte = whole.bytes[bit / 8] ^ (uint8_t)(1u << bit % 8);
    int fd = open(whole.file, O_WRONLY);
    UNIT_NEED(fd >= 0 && pwrite(fd, &byte, 1, (off_t)(bit / 8)) == 1);
    (void)close(fd);
}

/* ---- in the process that reads ---- */

static enum found of_error(const struct tov_store *store, enum tov_err err)
{
    struct tov_error error = {.text = ""};
    if (err != TOV_E_CORRUPT || tov_store_damage(store, &error) != TOV_E_CORRUPT)
        return OTHERWISE;
    return strstr(error.text, whole.file) != NULL ? TOLD : OTHERWISE;
}

static enum found read_each(struct tov_store *store, struct tov_store_read *read, unsigned table)
{
    for (uint64_t i = 0; i < count_of(table); i++) {
        struct tov_bytes value;
        enum tov_err err = tov_store_get(read, table, key_of(table, i), &value);
        if (err != TOV_OK)
            return of_error(store, err);
        if (!tov_bytes_equal(value, row_value(i, size_of(table, i))))
            return OTHERWISE;
    }
    return AS_BEFORE;
}

static enum found read_in_order(struct tov_store *store, struct tov_store_read *read,
                                unsigned table)
{
    struct tov_store_iter iter;
    struct tov_store_range all = {.table = table};
    uint64_t count = 0;
    enum tov_err err = tov_store_iter_init(read, &all, &iter);
    while (err == TOV_OK && tov_store_iter_next(&iter))
        count++;
    if (err == TOV_OK)
        err = tov_store_iter_fini(&iter);
    if (err != TOV_OK)
        return of_error(store, err);
    return count == count_of(table) ? AS_BEFORE : OTHERWISE;
}

static enum found read_all(struct tov_store *store)
{
    struct tov_store_read *read = NULL;
    enum found found = AS_BEFORE;
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    for (unsigned table = 0; table < TABLE_COUNT && found == AS_BEFORE; table++) {
        found = read_in_order(store, read, table);
        if (found == AS_BEFORE)
            found = read_each(store, read, table);
    }
    tov_store_read_end(read);
    return found;
}

/* Each row is written anew, which takes pages that are free. */
static enum tov_err write_again(struct tov_store *store)
{
    struct tov_store_batch *batch = batch_create();
    for (unsigned table = 0; table < TABLE_COUNT; table++)
        for (uint64_t i = 0; i < count_of(table); i += 3)
            tov_store_batch_put(batch, table, key_of(table, i), row_value(i, size_of(table, i)));
    enum tov_err err = tov_store_commit(store, batch, NULL);
    tov_store_batch_destroy(batch);
    return err;
}

static enum found open_and_read(void)
{
    struct tov_store_options options = test_options();
    struct tov_error error = {.text = ""};
    struct tov_store *store = NULL;
    enum tov_err err = tov_store_open(store_path(), &options, &store, &error);
    if (err != TOV_OK)
        return err == TOV_E_CORRUPT && strstr(error.text, store_path()) != NULL ? TOLD : OTHERWISE;
    enum found found = read_all(store);
    for (int i = 0; i < 2 && found == AS_BEFORE; i++)
        if (write_again(store) != TOV_OK || (found = read_all(store)) != AS_BEFORE)
            found = OTHERWISE;
    tov_store_close(store);
    return found;
}

static uint64_t bit_to_change; /* UINT64_MAX: it was changed before */

/* The bit changes while the store is open. */
static enum found rot_under_way(void)
{
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    flip(bit_to_change);
    enum found found = read_all(store);
    if (found == TOLD && write_again(store) != TOV_E_CORRUPT)
        found = OTHERWISE;
    tov_store_close(store);
    return found;
}

static enum found in_a_process(enum found (*what)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit((int)what());
    UNIT_NEED(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? (enum found)WEXITSTATUS(status) : DIED;
}

/* ---- the tests ---- */

static unsigned flips(void)
{
    unsigned rounds = unit_rounds("TOV_FLIPS", FLIPS);
    return rounds < FLIPS_LEAST ? FLIPS_LEAST : rounds;
}

static void open_with_changed(uint64_t bit, size_t tally[])
{
    put_whole_back();
    flip(bit);
    enum found found = in_a_process(open_and_read);
    if (found == OTHERWISE || found == DIED)
        (void)fprintf(stderr, "bit %llu (page %llu, byte %llu): %s\n", (unsigned long long)bit,
                      (unsigned long long)(bit / 8 / PAGE_BYTES),
                      (unsigned long long)(bit / 8 % PAGE_BYTES),
                      found == DIED ? "died" : "not told");
    tally[found]++;
}

static void tell_tally(const char *where, const size_t tally[])
{
    (void)printf("    %s: %zu told, %zu that mean nothing\n", where, tally[TOLD], tally[AS_BEFORE]);
    UNIT_EQUAL_INT(tally[OTHERWISE], 0);
    UNIT_EQUAL_INT(tally[DIED], 0);
    CU_ASSERT(tally[TOLD] > 0);
}

static void a_changed_bit_of_the_file_is_told_or_means_nothing(void)
{
    uint64_t random = 1;
    size_t tally[4] = {0};
    create_whole();
    for (unsigned i = 0; i < flips(); i++)
        open_with_changed(unit_random(&random) % (whole.size * 8), tally);
    tell_tally("anywhere", tally);
    forget_whole();
}

/* The two pages that say where all is, and the head and first pointers of every page. */
static void a_changed_bit_where_pages_begin_is_told_or_means_nothing(void)
{
    const uint64_t meta_bytes = 152;
    uint64_t random = 2;
    size_t tally[4] = {0};
    create_whole();
    for (unsigned i = 0; i < flips(); i++) {
        uint64_t byte = unit_random(&random) % 2 * PAGE_BYTES + unit_random(&random) % meta_bytes;
        open_with_changed(byte * 8 + i % 8, tally);
        byte = unit_random(&random) % (whole.size / PAGE_BYTES) * PAGE_BYTES +
               unit_random(&random) % 64;
        open_with_changed(byte * 8 + i % 8, tally);
    }
    tell_tally("heads of pages", tally);
    forget_whole();
}

/* What is read while it rots may lack a row, or end the process; a row that is given is right, and
 * the next one to open the store is told. */
static void a_bit_that_changes_in_an_open_store_is_told_then_or_at_the_next_start(void)
{
    uint64_t random = 3;
    size_t tally[4] = {0};
    create_whole();
    for (unsigned i = 0; i < flips(); i++) {
        put_whole_back();
        bit_to_change = unit_random(&random) % (whole.size * 8);
        enum found found = in_a_process(rot_under_way);
        tally[found]++;
        if (found == OTHERWISE || found == DIED)
            UNIT_EQUAL_INT(in_a_process(open_and_read), TOLD);
    }
    (void)printf("    under way: %zu told, %zu mean nothing, %zu ended it, %zu told at the start\n",
                 tally[TOLD], tally[AS_BEFORE], tally[DIED], tally[OTHERWISE]);
    CU_ASSERT(tally[TOLD] > 0);
    forget_whole();
}

/* ---- sound stores ---- */

static void commit_and_check(struct tov_store *store, struct tov_store_batch *batch)
{
    struct tov_error error = {.text = ""};
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_clear(batch);
    if (store_check_file(store, &error) != TOV_OK)
        unit_need(false, error.text, __FILE__, __LINE__);
}

/* Lists of free pages of several pages each, which LMDB makes smaller where they lie. */
static void what_lmdb_writes_is_never_damage(void)
{
    const unsigned fills = 3, rows = 20000, works = 300;
    uint64_t random = 4, next = 0;
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    for (unsigned i = 0; i < fills; i++) {
        for (unsigned k = 0; k < rows / fills; k++, next++)
            tov_store_batch_append(batch, ROWS, tov_store_key_u64(next), row_value(next, 1500));
        commit_and_check(store, batch);
    }
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(0),
                                 tov_store_key_u64(next - 1 - next / 10));
    commit_and_check(store, batch);
    for (unsigned i = 0; i < works; i++) {
        for (uint64_t k = 1 + unit_random(&random) % 10; k > 0; k--, next++)
            tov_store_batch_append(batch, ROWS, tov_store_key_u64(next),
                                   row_value(next, 200 + unit_random(&random) % 3000));
        tov_store_batch_put(batch, NAMES, key_of(NAMES, unit_random(&random) % 1000),
                            row_value(i, 300));
        commit_and_check(store, batch);
    }
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    folder_remove();
}

static void a_row_that_becomes_smaller_in_one_batch_is_no_damage(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1), row_value(1, 4096));
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1), row_value(1, 2500));
    commit_and_check(store, batch);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    folder_remove();
}

/* ---- what the file says takes no memory ---- */

/* The file of an open store is changed by WHAT until it says true, page by page. */
static void change_pages(bool (*what)(int fd, uint8_t *page, uint64_t number))
{
    char path[360];
    uint8_t page[PAGE_BYTES];
    bool is_changed = false;
    (void)snprintf(path, sizeof path, "%s/data.mdb", store_path());
    int fd = open(path, O_RDWR | O_CLOEXEC);
    UNIT_NEED(fd >= 0);
    for (uint64_t i = 2;
         pread(fd, page, sizeof page, (off_t)(i * PAGE_BYTES)) == (ssize_t)sizeof page; i++)
        is_changed = what(fd, page, i) || is_changed;
    UNIT_NEED(is_changed);
    (void)close(fd);
}

static unsigned u16_of(const uint8_t *page, size_t at)
{
    uint16_t value;
    memcpy(&value, page + at, sizeof value);
    return value;
}

/* A leaf's first row that has pages of its own is said to be of some 900 MB; the file is as long,
 * without any data there. */
static bool raise_size(int fd, uint8_t *page, uint64_t number)
{
    const uint32_t size = 900u << 20;
    size_t node = u16_of(page, 16);
    if (u16_of(page, 10) != 2 || u16_of(page, 12) <= 16 || u16_of(page, node + 4) != 1)
        return false;
    UNIT_NEED(pwrite(fd, &size, sizeof size, (off_t)(number * PAGE_BYTES + node)) == 4);
    UNIT_NEED(ftruncate(fd, 1000 << 20) == 0);
    return true;
}

static uint64_t u64_of(const uint8_t *page, size_t at)
{
    uint64_t value;
    memcpy(&value, page + at, sizeof value);
    return value;
}

/* A list of free pages that begins on PAGE names one twice, far behind its beginning. */
static bool repeat_free(int fd, uint8_t *page, uint64_t number)
{
    const uint64_t far = 3000;
    const off_t at = (off_t)(number * PAGE_BYTES + 16 + 8 + far * 8);
    uint64_t freed;
    if (u16_of(page, 10) != 4 || u64_of(page, 16) < far + 2 || u64_of(page, 16) > 100000 ||
        u64_of(page, 24) <= u64_of(page, 32))
        return false;
    UNIT_NEED(pread(fd, &freed, sizeof freed, at) == 8);
    UNIT_NEED(pwrite(fd, &freed, sizeof freed, at + 8) == 8);
    return true;
}

/* 20 MB in pages of a row each, and gone again in one commit. */
static struct tov_store *store_with_free_pages(void)
{
    const uint64_t rows = 5000;
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    for (uint64_t i = 0; i < rows; i++)
        tov_store_batch_append(batch, ROWS, tov_store_key_u64(i), row_value(i, 2500));
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1), row_value(1, 4000));
    commit_and_check(store, batch);
    tov_store_batch_delete_range(batch, ROWS, tov_store_key_u64(0), tov_store_key_u64(rows));
    commit_and_check(store, batch);
    tov_store_batch_destroy(batch);
    return store;
}

static void expect_page_told(struct tov_store *store, const char *words)
{
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(store_check_file(store, &error), TOV_E_CORRUPT);
    if (strstr(error.text, words) == NULL)
        unit_need(false, error.text, __FILE__, __LINE__);
    tov_store_close(store);
    folder_remove();
}

static void a_size_that_a_disk_has_changed_takes_no_memory(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1), row_value(1, 4000));
    commit_and_check(store, batch);
    tov_store_batch_destroy(batch);
    change_pages(raise_size);
    expect_page_told(store, "larger than any that is written");
}

static void a_long_list_of_free_pages_is_read_in_pieces_to_its_end(void)
{
    struct tov_store *store = store_with_free_pages();
    change_pages(repeat_free);
    expect_page_told(store, "the list of free pages is not in order");
}

static void a_row_has_a_largest_size(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf large = TOV_BUF_INIT(TOV_STORE_ROW_MAX_BYTES + 1);
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    UNIT_NEED(tov_buf_extend(&large, TOV_STORE_ROW_MAX_BYTES + 1) != NULL);
    memset(large.data, 1, large.size);
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1), tov_buf_view(&large));
    UNIT_EQUAL_INT(tov_store_commit(store, batch, NULL), TOV_E_LIMIT);
    tov_store_batch_clear(batch);
    tov_store_batch_put(batch, NAMES, key_of(NAMES, 1),
                        (struct tov_bytes){large.data, TOV_STORE_ROW_MAX_BYTES});
    commit_and_check(store, batch);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    folder_remove();
}

/* A disk changes the key of row 2: what lies beside it says that something is wrong. */
static void a_changed_key_is_not_taken_for_the_end_of_a_range(void)
{
    static const uint8_t key[] = {0, 0, 0, 0, 0, 0, 0, 2}, changed[] = {0x80, 0, 0, 0, 0, 0, 0, 2};
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, 0, 5);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    char path[360];
    uint8_t bytes[64 * PAGE_BYTES];
    (void)snprintf(path, sizeof path, "%s/data.mdb", store_path());
    int fd = open(path, O_RDWR | O_CLOEXEC);
    ssize_t size = read(fd, bytes, sizeof bytes);
    for (ssize_t at = 2; at + (ssize_t)sizeof key < size; at++)
        if (memcmp(bytes + at, key, sizeof key) == 0 && bytes[at - 2] == sizeof key)
            UNIT_NEED(pwrite(fd, changed, sizeof changed, at) == (ssize_t)sizeof changed);
    (void)close(fd);
    for (int backward = 0; backward < 2; backward++) {
        struct tov_store_range range = {.table = ROWS,
                                        .first = tov_store_key_u64(0),
                                        .last = tov_store_key_u64(100),
                                        .backward = backward == 1};
        struct tov_store_read *read = NULL;
        struct tov_store_iter iter;
        UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
        UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
        while (tov_store_iter_next(&iter)) {
        }
        UNIT_EQUAL_INT(tov_store_iter_fini(&iter), TOV_E_CORRUPT);
        tov_store_read_end(read);
    }
    UNIT_EQUAL_INT(tov_store_damage(store, NULL), TOV_E_CORRUPT);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    folder_remove();
}

const struct unit_test rot_tests[] = {
    UNIT_TEST(what_lmdb_writes_is_never_damage),
    UNIT_TEST(a_row_that_becomes_smaller_in_one_batch_is_no_damage),
    UNIT_TEST(a_size_that_a_disk_has_changed_takes_no_memory),
    UNIT_TEST(a_long_list_of_free_pages_is_read_in_pieces_to_its_end),
    UNIT_TEST(a_row_has_a_largest_size),
    UNIT_TEST(a_changed_key_is_not_taken_for_the_end_of_a_range),
    UNIT_TEST(a_changed_bit_of_the_file_is_told_or_means_nothing),
    UNIT_TEST(a_changed_bit_where_pages_begin_is_told_or_means_nothing),
    UNIT_TEST(a_bit_that_changes_in_an_open_store_is_told_then_or_at_the_next_start),
};
const size_t rot_test_count = sizeof rot_tests / sizeof rot_tests[0];
