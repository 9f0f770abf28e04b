/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking at a store that another process owns, reading a copy, and putting one back.
 */
#include "store_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void path_below(char out[512], const char *name)
{
    (void)snprintf(out, 512, "%s/%s", store_path(), name);
}

static void write_rows(const struct tov_store_options *options, uint64_t first, uint64_t count)
{
    struct tov_store *store = store_open_here(options);
    struct tov_store_batch *batch = batch_create();
    batch_append_rows(batch, first, count);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
}

/* In a process of its own: an environment is opened once in a process (L9). */
static void write_rows_elsewhere(const struct tov_store_options *options, uint64_t first,
                                 uint64_t count)
{
    int status = -1;
    pid_t pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0) {
        write_rows(options, first, count);
        _exit(0);
    }
    UNIT_NEED(waitpid(pid, &status, 0) == pid && status == 0);
}

static void copy_into(struct tov_store *store, const char *folder)
{
    char path[600];
    UNIT_NEED(mkdir(folder, 0700) == 0);
    (void)snprintf(path, sizeof path, "%s/data.mdb", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0);
    UNIT_NEED(tov_store_copy(store, fd, NULL) == TOV_OK);
    (void)close(fd);
}

static void check_copy(const char *folder, uint64_t count)
{
    struct tov_store_options options = test_options();
    struct tov_store *copy = NULL;
    char lock[600];
    options.mode = TOV_STORE_REST;
    UNIT_NEED(tov_store_open(folder, &options, &copy, NULL) == TOV_OK);
    check_rows(copy, count);
    tov_store_close(copy);
    (void)snprintf(lock, sizeof lock, "%s/lock.mdb", folder);
    UNIT_EQUAL_INT(access(lock, F_OK), -1); /* nothing was written beside it */
}

static void a_copy_follows_a_map_that_its_owner_has_grown(void)
{
    struct tov_store_options options = test_options();
    struct tov_store *look = NULL;
    char copy[512];
    (void)folder_create();
    options.map_bytes = 256u << 10;
    write_rows_elsewhere(&options, 0, 100);
    options.mode = TOV_STORE_LOOK;
    UNIT_NEED(tov_store_open(store_path(), &options, &look, NULL) == TOV_OK);
    options.mode = TOV_STORE_OWN;
    write_rows_elsewhere(&options, 100, 9900); /* three megabytes */
    (void)snprintf(copy, sizeof copy, "%s-copy", store_path());
    copy_into(look, copy);
    tov_store_close(look);
    check_copy(copy, 10000);
    folder_remove();
}

static void what_is_not_there_is_not_made_by_looking(void)
{
    struct tov_store_options options = test_options();
    struct tov_store *store = NULL;
    (void)folder_create();
    options.mode = TOV_STORE_LOOK;
    UNIT_EQUAL_INT(tov_store_open(store_path(), &options, &store, NULL), TOV_E_NOT_FOUND);
    UNIT_NEED(mkdir(store_path(), 0700) == 0);
    options.mode = TOV_STORE_REST;
    UNIT_EQUAL_INT(tov_store_open(store_path(), &options, &store, NULL), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(rmdir(store_path()), 0); /* still empty */
    folder_remove();
}

static void an_owner_may_work_while_another_process_looks(void)
{
    struct tov_store_options options = test_options();
    struct tov_store *look = NULL;
    (void)folder_create();
    write_rows_elsewhere(&options, 0, 10);
    options.mode = TOV_STORE_LOOK;
    UNIT_NEED(tov_store_open(store_path(), &options, &look, NULL) == TOV_OK);
    options.mode = TOV_STORE_OWN;
    write_rows_elsewhere(&options, 10, 10); /* it would have been refused as a second owner */
    check_rows(look, 20);
    tov_store_close(look);
    folder_remove();
}

/* Killed while it reads, as a backup may be. */
static void look_and_die(void)
{
    int status = -1;
    pid_t pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0) {
        struct tov_store_options options = test_options();
        struct tov_store *look = NULL;
        struct tov_store_read *read = NULL;
        options.mode = TOV_STORE_LOOK;
        bool reads = tov_store_open(store_path(), &options, &look, NULL) == TOV_OK &&
                     tov_store_read_begin(look, &read, NULL) == TOV_OK;
        _exit(reads ? 0 : 1);
    }
    UNIT_NEED(waitpid(pid, &status, 0) == pid && status == 0);
}

static void a_look_that_was_killed_is_cleared_away(void)
{
    struct tov_store_options options = test_options();
    struct tov_store_readers readers;
    (void)folder_create();
    struct tov_store *store = store_open_here(&options);
    look_and_die();
    UNIT_OK(tov_store_readers(store, &readers));
    UNIT_EQUAL_INT(readers.count, 1);
    UNIT_OK(tov_store_readers_clear_dead(store));
    UNIT_OK(tov_store_readers(store, &readers));
    UNIT_EQUAL_INT(readers.count, 0);
    tov_store_close(store);
    folder_remove();
}

/* ---- restoring ---- */

static void put_copy(const struct tov_store_restore *restore)
{
    struct tov_store_options options = test_options();
    struct tov_store *store = NULL;
    struct tov_store_batch *batch = batch_create();
    UNIT_NEED(tov_store_open(tov_store_restore_folder(restore), &options, &store, NULL) == TOV_OK);
    batch_append_rows(batch, 0, 5);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
}

static enum tov_err open_own(struct tov_error *error)
{
    struct tov_store_options options = test_options();
    struct tov_store *store = NULL;
    enum tov_err err = tov_store_open(store_path(), &options, &store, error);
    if (err == TOV_OK)
        check_rows(store, 5);
    tov_store_close(store);
    return err;
}

static void a_restored_store_is_one_once_it_is_finished(void)
{
    struct tov_store_restore *restore = NULL;
    char left[512];
    (void)folder_create();
    UNIT_NEED(tov_store_restore_begin(store_path(), &restore, NULL) == TOV_OK);
    CU_ASSERT(!tov_store_restore_is_again(restore));
    put_copy(restore);
    UNIT_EQUAL_INT(open_own(NULL), TOV_E_BUSY); /* no node starts meanwhile */
    UNIT_EQUAL_INT(tov_store_restore_finish(restore, NULL), TOV_OK);
    tov_store_restore_close(restore);
    path_below(left, "restoring");
    UNIT_EQUAL_INT(access(left, F_OK), -1);
    UNIT_EQUAL_INT(open_own(NULL), TOV_OK);
    folder_remove();
}

static void a_restore_that_was_cut_off_is_no_store(void)
{
    struct tov_store_restore *restore = NULL;
    struct tov_error error = {.text = ""};
    (void)folder_create();
    UNIT_NEED(tov_store_restore_begin(store_path(), &restore, NULL) == TOV_OK);
    put_copy(restore);
    tov_store_restore_close(restore);
    UNIT_EQUAL_INT(open_own(&error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "tovd restore") != NULL);
    UNIT_NEED(tov_store_restore_begin(store_path(), &restore, NULL) == TOV_OK);
    CU_ASSERT(tov_store_restore_is_again(restore));
    put_copy(restore); /* from nothing: appending rows 0 to 4 again succeeds */
    UNIT_EQUAL_INT(tov_store_restore_finish(restore, NULL), TOV_OK);
    tov_store_restore_close(restore);
    UNIT_EQUAL_INT(open_own(NULL), TOV_OK);
    folder_remove();
}

static void a_store_is_never_restored_over(void)
{
    struct tov_store_options options = test_options();
    struct tov_store_restore *restore = NULL;
    (void)folder_create();
    struct tov_store *store = store_open_here(&options);
    struct tov_error error = {.text = ""};
    char holder[32];
    UNIT_EQUAL_INT(tov_store_restore_begin(store_path(), &restore, &error), TOV_E_BUSY);
    (void)snprintf(holder, sizeof holder, "process %ld", (long)getpid());
    CU_ASSERT(strstr(error.text, holder) != NULL);
    tov_store_close(store);
    UNIT_EQUAL_INT(tov_store_restore_begin(store_path(), &restore, NULL), TOV_E_EXISTS);
    store = store_open_here(&options); /* and it is as it was */
    tov_store_close(store);
    folder_remove();
}

const struct unit_test restore_tests[] = {
    UNIT_TEST(a_copy_follows_a_map_that_its_owner_has_grown),
    UNIT_TEST(what_is_not_there_is_not_made_by_looking),
    UNIT_TEST(an_owner_may_work_while_another_process_looks),
    UNIT_TEST(a_look_that_was_killed_is_cleared_away),
    UNIT_TEST(a_restored_store_is_one_once_it_is_finished),
    UNIT_TEST(a_restore_that_was_cut_off_is_no_store),
    UNIT_TEST(a_store_is_never_restored_over),
};
const size_t restore_test_count = sizeof restore_tests / sizeof restore_tests[0];
