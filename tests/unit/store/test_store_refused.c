/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call of the system, the C library and LMDB that may be refused is refused once, while a
 * store is opened, written, read, copied and put back. What was answered with TOV_OK is there, what
 * was refused is there whole or not at all, and it works again afterwards (S1 to S4, I3).
 * Not for: a process that dies at that moment (tests/fault).
 */
#include "store_fixture.h"

#include "support/refuse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS_MAX 400u

static const int codes[] = {EIO, ENOSPC, ENOMEM};
#define CODES (sizeof codes / sizeof codes[0])

static void expect(bool holds, const char *words)
{
    char text[200];
    if (holds)
        return;
    (void)snprintf(text, sizeof text, "%s was refused: %s", refuse_what(), words);
    CU_assertImplementation(CU_FALSE, __LINE__, text, __FILE__, "", CU_FALSE);
}

static struct tov_store_options whole_options(void)
{
    struct tov_store_options options = test_options();
    options.ballast_bytes = 4096;
    options.map_bytes = 256u << 10;
    return options;
}

/* True: a call was refused, and the answer was no. */
typedef bool step(unsigned nth, int code);

/* Does it until nothing is refused any more, with each code, each time from a fresh folder. */
static void refuse_each_call_of(step *what, unsigned least)
{
    for (size_t i = 0; i < CODES; i++) {
        unsigned nth = 0;
        bool is_refused = true;
        for (; is_refused && nth < CALLS_MAX; nth++) {
            (void)folder_create();
            is_refused = what(nth, codes[i]);
            folder_remove();
        }
        CU_ASSERT(nth > least && nth < CALLS_MAX);
    }
}

static void put_rows(uint64_t count)
{
    struct tov_store_options options = whole_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, 0, count);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
}

/* ---- opening ---- */

static bool open_refused(unsigned nth, int code)
{
    struct tov_store_options options = whole_options();
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    refuse_begin(nth, code);
    enum tov_err err = tov_store_open(store_path(), &options, &store, &error);
    bool is_refused = refuse_end();
    expect(is_refused || err == TOV_OK, "it does not open though nothing is wrong");
    expect((err == TOV_OK) == (store != NULL), "a store, and an error");
    expect(err == TOV_OK || error.text[0] != '\0', "it does not say why");
    tov_store_close(store);
    put_rows(3);
    store = store_open_here(&options);
    check_rows(store, 3);
    tov_store_close(store);
    return is_refused;
}

static bool open_again_refused(unsigned nth, int code)
{
    put_rows(20);
    struct tov_store_options options = whole_options();
    static const enum tov_store_mode modes[] = {TOV_STORE_OWN, TOV_STORE_LOOK, TOV_STORE_REST};
    bool is_refused = false;
    for (size_t i = 0; i < 3; i++) {
        struct tov_store *store = NULL;
        options.mode = modes[i];
        refuse_begin(nth, code);
        enum tov_err err = tov_store_open(store_path(), &options, &store, NULL);
        bool was_refused = refuse_end();
        expect(was_refused || err == TOV_OK, "it does not open though nothing is wrong");
        if (err == TOV_OK)
            check_rows(store, 20);
        tov_store_close(store);
        is_refused = is_refused || was_refused;
    }
    options.mode = TOV_STORE_OWN;
    struct tov_store *store = store_open_here(&options);
    check_rows(store, 20);
    tov_store_close(store);
    return is_refused;
}

static void a_store_opens_whole_or_not_at_all(void)
{
    refuse_each_call_of(open_refused, 20);
    refuse_each_call_of(open_again_refused, 20);
}

/* ---- committing ---- */

#define KEPT 50u

/* All kinds of changes: with them there are rows 0 to KEPT + MORE - 1, and name "new" alone. */
static void fill(struct tov_store_batch *batch, uint64_t more)
{
    struct tov_store_key gone = tov_store_key_bytes(tov_bytes_of_text("old"));
    batch_append_rows(batch, KEPT, more);
    tov_store_batch_delete(batch, NAMES, gone);
    tov_store_batch_insert(batch, NAMES, tov_store_key_bytes(tov_bytes_of_text("new")),
                           tov_bytes_of_text("here"));
    tov_store_batch_delete_range(batch, PEERS, tov_store_key_u16_u64(1, 0),
                                 tov_store_key_u16_u64(1, UINT64_MAX));
}

static void prepare(void)
{
    struct tov_store_options options = whole_options();
    put_rows(KEPT);
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    tov_store_batch_put(batch, NAMES, tov_store_key_bytes(tov_bytes_of_text("old")),
                        tov_bytes_of_text("here"));
    for (uint64_t i = 0; i < 3; i++)
        tov_store_batch_put(batch, PEERS, tov_store_key_u16_u64(1, i), row_value(i, 10));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
}

static void check_all_or_nothing(struct tov_store *store, bool is_there, uint64_t more)
{
    struct tov_store_read *read = NULL;
    struct tov_bytes row;
    check_rows(store, is_there ? KEPT + more : KEPT);
    UNIT_EQUAL_INT(count_rows(store, PEERS), is_there ? 0 : 3);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_store_get(read, NAMES, tov_store_key_bytes(tov_bytes_of_text("new")), &row),
                   is_there ? TOV_OK : TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_store_get(read, NAMES, tov_store_key_bytes(tov_bytes_of_text("old")), &row),
                   is_there ? TOV_E_NOT_FOUND : TOV_OK);
    tov_store_read_end(read);
}

static enum tov_err commit_again(struct tov_store *store)
{
    struct tov_store_batch *batch = batch_create();
    tov_store_batch_put(batch, NAMES, tov_store_key_bytes(tov_bytes_of_text("other")),
                        tov_bytes_of_text("x"));
    enum tov_err err = tov_store_commit(store, batch, NULL);
    tov_store_batch_destroy(batch);
    return err;
}

static bool commit_refused(unsigned nth, int code, uint64_t more)
{
    struct tov_store_options options = whole_options();
    struct tov_error error = {.text = ""};
    prepare();
    struct tov_store *store = store_open_here(&options);
    struct tov_store_batch *batch = batch_create();
    fill(batch, more);
    uint64_t number = tov_store_number(store);
    refuse_begin(nth, code);
    enum tov_err err = tov_store_commit(store, batch, &error);
    bool is_refused = refuse_end();
    expect(is_refused || err == TOV_OK, "an error though nothing was refused");
    expect(err == TOV_OK || error.text[0] != '\0', "it does not say why");
    expect(tov_store_number(store) == number + (err == TOV_OK), "its number");
    bool is_lasting = err == TOV_E_IO || err == TOV_E_CORRUPT;
    expect(!is_lasting || code == EIO, "a want of room or memory is taken for a broken disk");
    expect((commit_again(store) == TOV_OK) != is_lasting, "the next commit (S4)");
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    store = store_open_here(&options);
    if (!is_lasting) /* S3: it is known */
        check_all_or_nothing(store, err == TOV_OK, more);
    else
        check_all_or_nothing(store, count_rows(store, PEERS) == 0, more);
    UNIT_EQUAL_INT(commit_again(store), TOV_OK);
    tov_store_close(store);
    return is_refused;
}

static bool small_commit_refused(unsigned nth, int code)
{
    return commit_refused(nth, code, 5);
}

/* More than the map has room for: it must grow meanwhile. */
static bool large_commit_refused(unsigned nth, int code)
{
    return commit_refused(nth < 8 ? nth : (nth - 7) * 150, code, 1000);
}

static void a_commit_is_there_whole_or_not_at_all(void)
{
    refuse_each_call_of(small_commit_refused, 12);
    refuse_each_call_of(large_commit_refused, 8);
}

/* ---- reading ---- */

struct seen {
    uint64_t count, forward, backward, first, last;
    bool has_row;
};

static enum tov_err walk(struct tov_store_read *read, bool backward, uint64_t *out_count)
{
    struct tov_store_iter iter;
    struct tov_store_range range = {.table = ROWS,
                                    .first = tov_store_key_u64(2),
                                    .last = tov_store_key_u64(7),
                                    .backward = backward};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    uint64_t count = 0;
    while (tov_store_iter_next(&iter))
        count++;
    TOV_TRY(tov_store_iter_fini(&iter));
    *out_count = count;
    return TOV_OK;
}

static enum tov_err look(struct tov_store_read *read, struct seen *out)
{
    struct tov_store_row row;
    struct tov_bytes value;
    TOV_TRY(tov_store_count(read, ROWS, &out->count));
    TOV_TRY(tov_store_first(read, ROWS, &row));
    out->first = tov_store_key_to_u64(&row.key);
    TOV_TRY(tov_store_last(read, ROWS, &row));
    out->last = tov_store_key_to_u64(&row.key);
    TOV_TRY(tov_store_get(read, ROWS, tov_store_key_u64(4), &value));
    out->has_row = tov_bytes_equal(value, row_value(4, ROW_SIZE));
    TOV_TRY(walk(read, false, &out->forward));
    return walk(read, true, &out->backward);
}

static bool read_refused(unsigned nth, int code)
{
    struct tov_store_options options = whole_options();
    struct tov_store_read *read = NULL;
    struct seen seen = {0};
    put_rows(10);
    struct tov_store *store = store_open_here(&options);
    refuse_begin(nth, code);
    enum tov_err err = tov_store_read_begin(store, &read, NULL);
    if (err == TOV_OK)
        err = look(read, &seen);
    bool is_refused = refuse_end();
    tov_store_read_end(read);
    expect((err != TOV_OK) == is_refused, "an answer that is not right and not an error");
    if (err == TOV_OK) {
        UNIT_EQUAL_INT(seen.count, 10);
        UNIT_EQUAL_INT(seen.first, 0);
        UNIT_EQUAL_INT(seen.last, 9);
        UNIT_EQUAL_INT(seen.forward, 6);
        UNIT_EQUAL_INT(seen.backward, 6);
        CU_ASSERT(seen.has_row);
    }
    check_rows(store, 10);
    UNIT_EQUAL_INT(commit_again(store), TOV_OK); /* no lock is left behind */
    tov_store_close(store);
    return is_refused;
}

static void what_is_read_is_right_or_an_error(void)
{
    refuse_each_call_of(read_refused, 15);
}

/* ---- room ---- */

static bool room_refused(unsigned nth, int code)
{
    struct tov_store_options options = whole_options();
    struct tov_store_space space = {0};
    struct tov_store_readers readers;
    struct stat ballast;
    char path[600];
    struct tov_store *store = store_open_here(&options);
    refuse_begin(nth, code);
    bool is_whole =
        tov_store_space(store, &space) == TOV_OK && tov_store_readers(store, &readers) == TOV_OK &&
        tov_store_readers_clear_dead(store) == TOV_OK &&
        tov_store_ballast_release(store) == TOV_OK && tov_store_ballast_restore(store) == TOV_OK;
    bool is_refused = refuse_end();
    /* Half a ballast takes room and gives none back. */
    (void)snprintf(path, sizeof path, "%s/ballast", store_path());
    expect(stat(path, &ballast) != 0 || ballast.st_size == 4096, "a ballast that is none is left");
    UNIT_OK(tov_store_ballast_restore(store));
    UNIT_OK(tov_store_space(store, &space));
    CU_ASSERT(space.has_ballast && space.map_bytes == options.map_bytes);
    expect(is_whole || is_refused, "an error though nothing was refused");
    tov_store_close(store);
    return is_refused;
}

static void room_is_asked_for_and_given_back(void)
{
    refuse_each_call_of(room_refused, 8);
}

/* ---- copies ---- */

static bool copy_refused(unsigned nth, int code)
{
    struct tov_store_options options = whole_options();
    struct tov_store_restore *restore = NULL;
    struct tov_store *copy = NULL;
    char path[600];
    put_rows(10);
    struct tov_store *store = store_open_here(&options);
    (void)snprintf(path, sizeof path, "%s-copy", store_path());
    UNIT_NEED(tov_store_restore_begin(path, &restore, NULL) == TOV_OK);
    (void)snprintf(path, sizeof path, "%s/data.mdb", tov_store_restore_folder(restore));
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0);
    refuse_begin(nth, code);
    enum tov_err err = tov_store_copy(store, fd, NULL);
    if (err == TOV_OK)
        err = tov_store_restore_finish(restore, NULL);
    bool is_refused = refuse_end();
    (void)close(fd);
    tov_store_restore_close(restore);
    tov_store_close(store);
    expect((err != TOV_OK) == is_refused, "the answer");
    (void)snprintf(path, sizeof path, "%s-copy", store_path());
    enum tov_err opened = tov_store_open(path, &options, &copy, NULL);
    expect(is_refused || opened == TOV_OK, "a whole copy does not open");
    if (opened == TOV_OK) /* also when the last sync of it was refused: then not for certain */
        check_rows(copy, 10);
    else
        UNIT_EQUAL_INT(opened, TOV_E_CORRUPT);
    tov_store_close(copy);
    return is_refused;
}

static bool restore_refused(unsigned nth, int code)
{
    struct tov_store_options options = whole_options();
    struct tov_store_restore *restore = NULL;
    struct tov_error error = {.text = ""};
    UNIT_NEED(tov_store_restore_begin(store_path(), &restore, NULL) == TOV_OK);
    tov_store_restore_close(restore); /* cut off: the next has something to clear away */
    restore = NULL;
    refuse_begin(nth, code);
    enum tov_err err = tov_store_restore_begin(store_path(), &restore, &error);
    bool is_refused = refuse_end();
    expect((err != TOV_OK) == is_refused && (restore != NULL) == (err == TOV_OK), "the answer");
    expect(err == TOV_OK || error.text[0] != '\0', "it does not say why");
    tov_store_restore_close(restore);
    UNIT_NEED(tov_store_restore_begin(store_path(), &restore, NULL) == TOV_OK);
    CU_ASSERT(tov_store_restore_is_again(restore));
    tov_store_restore_undo(restore);
    tov_store_restore_close(restore);
    tov_store_close(store_open_here(&options));
    return is_refused;
}

static void a_copy_is_whole_or_is_not_opened(void)
{
    refuse_each_call_of(copy_refused, 5);
    refuse_each_call_of(restore_refused, 8);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_store_opens_whole_or_not_at_all),
        UNIT_TEST(a_commit_is_there_whole_or_not_at_all),
        UNIT_TEST(what_is_read_is_right_or_an_error),
        UNIT_TEST(room_is_asked_for_and_given_back),
        UNIT_TEST(a_copy_is_whole_or_is_not_opened),
    };
    if (access("/dev/shm", W_OK) == 0) /* each of hundreds of stores is synced: not on a disk */
        (void)setenv("TMPDIR", "/dev/shm", 0);
    return unit_run("store_refused", tests, sizeof tests / sizeof tests[0]);
}
