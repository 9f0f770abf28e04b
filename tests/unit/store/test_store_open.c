/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/filesystem.h"
#include "store_fixture.h"

#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static enum tov_err open_again(const struct tov_store_options *options, struct tov_error *error)
{
    struct tov_store *store = NULL;
    enum tov_err err = tov_store_open(store_path(), options, &store, error);
    tov_store_close(store);
    return err;
}

static void a_new_store_has_a_folder_for_its_user_only(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct stat folder, file;
    char data[320];
    (void)snprintf(data, sizeof data, "%s/data.mdb", store_path());
    UNIT_NEED(stat(store_path(), &folder) == 0 && stat(data, &file) == 0);
    UNIT_EQUAL_INT(folder.st_mode & 07777, 0700);
    UNIT_EQUAL_INT(file.st_mode & 07777, 0600);
    UNIT_EQUAL_INT(tov_store_number(store), 0);
    UNIT_EQUAL_INT(count_rows(store, ROWS), 0);
    tov_store_close(store);
    folder_remove();
}

static void count_call(void *context)
{
    (*(unsigned *)context)++;
}

/* After 1,000 reads, and after 16 MiB. */
static void reading_the_file_whole_tells_how_it_goes(void)
{
    (void)folder_create();
    unsigned calls = 0;
    struct tov_store_options options = test_options();
    options.progress = (struct tov_store_progress){count_call, &calls};
    struct tov_store *store = store_open_here(&options);
    UNIT_EQUAL_INT(calls, 0); /* little to read */
    struct tov_store_batch *batch = batch_create();
    for (uint64_t i = 0; i < 3000; i++) /* a page each */
        tov_store_batch_put(batch, ROWS, tov_store_key_u64(i), row_value(i, 3000));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_clear(batch);
    tov_store_close(store);
    UNIT_OK(open_again(&options, NULL));
    CU_ASSERT(calls == 3 || calls == 4);
    unsigned before = calls;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf large = TOV_BUF_INIT(TOV_STORE_ROW_MAX_BYTES);
    uint8_t *bytes = tov_buf_extend(&large, TOV_STORE_ROW_MAX_BYTES);
    UNIT_NEED(bytes != NULL);
    memset(bytes, 1, TOV_STORE_ROW_MAX_BYTES);
    store = store_open_here(&options);
    for (uint64_t i = 0; i < 5; i++)
        tov_store_batch_put(batch, PEERS, tov_store_key_u16_u64(1, i), tov_buf_view(&large));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    calls = 0;
    UNIT_OK(open_again(&options, NULL));
    UNIT_EQUAL_INT(calls, before + 1);
    folder_remove();
}

static void a_folder_without_a_parent_is_refused(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(tov_store_open("/nonexistent/tov/store", &options, &store, &error) != TOV_OK, 1);
    CU_ASSERT(strstr(error.text, "/nonexistent/tov/store: cannot make the folder") != NULL);
    folder_remove();
}

static void a_second_opener_in_this_process_is_refused(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store *store = store_open_here(&options);
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_BUSY);
    CU_ASSERT(strstr(error.text, "another tovd uses ") != NULL);
    tov_store_close(store);
    UNIT_OK(open_again(&options, &error));
    folder_remove();
}

static void a_second_process_is_refused_and_the_lock_dies_with_its_holder(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    int ready[2];
    UNIT_NEED(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct tov_store *store = store_open_here(&options);
        (void)!write(ready[1], store != NULL ? "y" : "n", 1);
        pause();
        _exit(0);
    }
    char answer = 0;
    UNIT_NEED(read(ready[0], &answer, 1) == 1 && answer == 'y');
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_BUSY);
    UNIT_NEED(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
    UNIT_OK(open_again(&options, &error));
    (void)close(ready[0]);
    (void)close(ready[1]);
    folder_remove();
}

static void a_newer_format_is_refused_and_left_alone(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_error error = {.text = ""};
    UNIT_OK(open_again(&options, &error));
    options.format = 2;
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_VERSION);
    CU_ASSERT(strstr(error.text, "newer tovd (format 2.3, this one knows 2.2)") != NULL);
    CU_ASSERT(strstr(error.text, "install that version") != NULL);
    options.format = 3;
    UNIT_OK(open_again(&options, &error));
    folder_remove();
}

static void an_older_format_is_refused(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_error error = {.text = ""};
    UNIT_OK(open_again(&options, &error));
    options.format = 4;
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_VERSION);
    CU_ASSERT(strstr(error.text, "older tovd") != NULL);
    folder_remove();
}

/* The format row, by LMDB itself: ROW in place of it. */
static void put_format(struct tov_bytes row)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi dbi = 0;
    MDB_val key = {strlen("format"), (void *)(uintptr_t) "format"};
    MDB_val value = {row.size, (void *)(uintptr_t)row.data};
    UNIT_NEED(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 10) == 0);
    UNIT_NEED(mdb_env_open(env, store_path(), 0, 0600) == 0);
    UNIT_NEED(mdb_txn_begin(env, NULL, 0, &txn) == 0 && mdb_dbi_open(txn, "meta", 0, &dbi) == 0);
    UNIT_NEED(mdb_get(txn, dbi, &key, &(MDB_val){0, NULL}) == 0);
    UNIT_NEED(mdb_put(txn, dbi, &key, &value, 0) == 0 && mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

/* Its format is not guessed, and what wrote no sums is told by its version. */
static void a_format_row_that_is_damaged_or_of_the_first_layout_is_refused(void)
{
    static const uint8_t first_layout[8] = {0, 0, 0, 1, 0, 0, 0, 3}, noise[20] = {1, 2, 3};
    const struct {
        struct tov_bytes row;
        enum tov_err err;
        const char *words;
    } rows[] = {{TOV_BYTES_OF(first_layout), TOV_E_VERSION, "older tovd"},
                {TOV_BYTES_OF(noise), TOV_E_CORRUPT, ""},
                {{noise, 3}, TOV_E_CORRUPT, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)folder_create();
        struct tov_store_options options = test_options();
        struct tov_store *store = store_open_here(&options);
        struct tov_error error = {.text = ""};
        tov_store_close(store);
        put_format(rows[i].row);
        store = NULL;
        options.mode = TOV_STORE_LOOK; /* who does not read the file whole before */
        UNIT_EQUAL_INT(tov_store_open(store_path(), &options, &store, &error), rows[i].err);
        CU_ASSERT(store == NULL && strstr(error.text, rows[i].words) != NULL);
        CU_ASSERT(strstr(error.text, store_path()) != NULL);
        folder_remove();
    }
}

/* A backup of a version that knew fewer tables: what it has can be read, the others are empty. */
static void a_table_that_a_store_lacks_is_empty_to_who_only_looks(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    struct tov_store_batch *batch = batch_create();
    struct tov_store_read *read = NULL;
    struct tov_store_row row;
    struct tov_store_iter iter;
    struct tov_bytes value;
    struct tov_store_range all = {.table = NAMES};
    uint64_t count = 77;
    options.table_count = NAMES; /* all but the last */
    struct tov_store *store = store_open_here(&options);
    batch_append_rows(batch, 0, 3);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    options.table_count = TABLE_COUNT;
    options.mode = TOV_STORE_LOOK;
    store = store_open_here(&options);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_store_count(read, NAMES, &count));
    UNIT_EQUAL_INT(count, 0);
    UNIT_EQUAL_INT(tov_store_get(read, NAMES, tov_store_key_text("x"), &value), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_store_first(read, NAMES, &row), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_store_last(read, NAMES, &row), TOV_E_NOT_FOUND);
    UNIT_OK(tov_store_iter_init(read, &all, &iter));
    CU_ASSERT(!tov_store_iter_next(&iter));
    CU_ASSERT(!tov_store_iter_next(&iter));
    UNIT_OK(tov_store_iter_fini(&iter));
    UNIT_OK(tov_store_count(read, ROWS, &count));
    UNIT_EQUAL_INT(count, 3);
    tov_store_read_end(read);
    tov_store_close(store);
    folder_remove();
}

static void somebody_elses_database_is_refused(void)
{
    (void)folder_create();
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi dbi;
    UNIT_NEED(mkdir(store_path(), 0700) == 0);
    UNIT_NEED(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 4) == 0);
    UNIT_NEED(mdb_env_open(env, store_path(), 0, 0600) == 0);
    UNIT_NEED(mdb_txn_begin(env, NULL, 0, &txn) == 0);
    UNIT_NEED(mdb_dbi_open(txn, "theirs", MDB_CREATE, &dbi) == 0 && mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
    struct tov_store_options options = test_options();
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "not tovd's") != NULL);
    folder_remove();
}

static void a_file_that_is_no_database_is_refused(void)
{
    (void)folder_create();
    char data[320];
    char junk[8192];
    memset(junk, 'x', sizeof junk);
    UNIT_NEED(mkdir(store_path(), 0700) == 0);
    (void)snprintf(data, sizeof data, "%s/data.mdb", store_path());
    int fd = open(data, O_CREAT | O_WRONLY, 0600);
    UNIT_NEED(fd >= 0 && write(fd, junk, sizeof junk) == (ssize_t)sizeof junk && close(fd) == 0);
    struct tov_store_options options = test_options();
    struct tov_error error = {.text = ""};
    UNIT_EQUAL_INT(open_again(&options, &error), TOV_E_CORRUPT);
    folder_remove();
}

static void network_and_memory_filesystems_are_named_and_refused(void)
{
    static const uint64_t refused[] = {0x6969,     0xff534d42, 0xfe534d42, 0x00c36400,
                                       0x794c7630, 0x01021994, 0x65735546, 0x01021997};
    static const uint64_t kept[] = {0xef53, 0x58465342, 0x9123683e, 0xf2f52010};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        CU_ASSERT(tov_filesystem_refusal(refused[i]) != NULL);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        CU_ASSERT(tov_filesystem_refusal(kept[i]) == NULL);
}

static void a_store_in_memory_is_refused_with_what_to_do(void)
{
    struct tov_store_options options = test_options();
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    char path[64];
    (void)snprintf(path, sizeof path, "/dev/shm/tov-store-%d", (int)getpid());
    options.any_filesystem = false;
    UNIT_EQUAL_INT(tov_store_open(path, &options, &store, &error), TOV_E_CONFIG);
    CU_ASSERT(strstr(error.text, "is on tmpfs") != NULL);
    CU_ASSERT(strstr(error.text, "put the store on ext4 or XFS") != NULL);
    (void)rmdir(path);
}

static void ballast_is_taken_given_away_and_taken_again(void)
{
    (void)folder_create();
    struct tov_store_options options = test_options();
    options.ballast_bytes = 1u << 20;
    struct tov_store *store = store_open_here(&options);
    struct tov_store_space before, after;
    UNIT_OK(tov_store_space(store, &before));
    UNIT_EQUAL_INT(before.has_ballast, 1);
    UNIT_EQUAL_INT(before.total_bytes >= before.free_bytes && before.file_bytes > 0, 1);
    UNIT_OK(tov_store_ballast_release(store));
    UNIT_OK(tov_store_ballast_release(store));
    UNIT_OK(tov_store_space(store, &after));
    UNIT_EQUAL_INT(after.has_ballast, 0);
    UNIT_OK(tov_store_ballast_restore(store));
    UNIT_OK(tov_store_space(store, &after));
    UNIT_EQUAL_INT(after.has_ballast, 1);
    tov_store_close(store);
    folder_remove();
}

const struct unit_test open_tests[] = {
    UNIT_TEST(a_new_store_has_a_folder_for_its_user_only),
    UNIT_TEST(reading_the_file_whole_tells_how_it_goes),
    UNIT_TEST(a_folder_without_a_parent_is_refused),
    UNIT_TEST(a_second_opener_in_this_process_is_refused),
    UNIT_TEST(a_second_process_is_refused_and_the_lock_dies_with_its_holder),
    UNIT_TEST(a_newer_format_is_refused_and_left_alone),
    UNIT_TEST(an_older_format_is_refused),
    UNIT_TEST(a_format_row_that_is_damaged_or_of_the_first_layout_is_refused),
    UNIT_TEST(a_table_that_a_store_lacks_is_empty_to_who_only_looks),
    UNIT_TEST(somebody_elses_database_is_refused),
    UNIT_TEST(a_file_that_is_no_database_is_refused),
    UNIT_TEST(network_and_memory_filesystems_are_named_and_refused),
    UNIT_TEST(a_store_in_memory_is_refused_with_what_to_do),
    UNIT_TEST(ballast_is_taken_given_away_and_taken_again),
};
const size_t open_test_count = sizeof open_tests / sizeof open_tests[0];
