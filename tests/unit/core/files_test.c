/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's files on a real folder: what was saved is read back, names lead nowhere else, and a
 * call that the system refuses leaves the old or the new (tests/support/refuse.h).
 * Not for: what is in them.
 */
#include "core_files.h"

#include "base/cleanup.h"
#include "support/refuse.h"
#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS_MAX 100u

static char folder[64];
static const int codes[] = {EIO, ENOSPC, EDQUOT, ENOMEM};
static const enum tov_err answers[] = {TOV_E_IO, TOV_E_FULL, TOV_E_FULL, TOV_E_NOMEM};
#define CODES (sizeof codes / sizeof codes[0])

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void folder_create(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/tov-files-XXXXXX", base);
    UNIT_NEED(mkdtemp(folder) != NULL);
}

static void folder_remove(void)
{
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct tov_core_files *open_files(void)
{
    struct tov_core_files *files = NULL;
    UNIT_NEED(tov_core_files_open(folder, &files, NULL) == TOV_OK);
    return files;
}

static void expect_small(struct tov_core_files *files, const char *name, const char *content)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf read = TOV_BUF_INIT(100);
    UNIT_EQUAL_INT(tov_core_file_load(files, name, &read), TOV_OK);
    UNIT_EQUAL_BYTES(tov_buf_view(&read), tov_bytes_of_text(content));
}

static void expect_blob(struct tov_core_files *files, const char *name, const char *content)
{
    uint8_t read[64];
    size_t size = 0;
    UNIT_EQUAL_INT(tov_core_blob_read(files, name, 0, (struct tov_room){read, sizeof read}, &size),
                   TOV_OK);
    UNIT_EQUAL_BYTES(((struct tov_bytes){read, size}), tov_bytes_of_text(content));
}

static enum tov_err write_blob(struct tov_core_files *files, const char *name, const char *content)
{
    return tov_core_blob_write(files, name, 0, tov_bytes_of_text(content));
}

/* ---- as they are meant ---- */

static void a_small_file_is_replaced_as_a_whole_and_can_be_gone(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf read = TOV_BUF_INIT(100);
    folder_create();
    struct tov_core_files *files = open_files();
    UNIT_EQUAL_INT(tov_core_file_load(files, "epochs", &read), TOV_E_NOT_FOUND);
    UNIT_OK(tov_core_file_save(files, "epochs", tov_bytes_of_text("a longer first one")));
    UNIT_OK(tov_core_file_save(files, "epochs", tov_bytes_of_text("second")));
    expect_small(files, "epochs", "second");
    tov_core_files_close(files);
    files = open_files(); /* over a start */
    expect_small(files, "epochs", "second");
    UNIT_OK(tov_core_file_delete(files, "epochs"));
    UNIT_OK(tov_core_file_delete(files, "epochs")); /* what is gone already is gone */
    UNIT_EQUAL_INT(tov_core_file_load(files, "epochs", &read), TOV_E_NOT_FOUND);
    tov_core_files_close(files);
    folder_remove();
}

static void a_blob_is_written_in_pieces_named_and_read_from_anywhere(void)
{
    uint8_t read[4];
    size_t size = 0;
    folder_create();
    struct tov_core_files *files = open_files();
    UNIT_OK(write_blob(files, "tmp-1", "abc"));
    UNIT_OK(tov_core_blob_write(files, "tmp-1", 3, tov_bytes_of_text("def")));
    UNIT_OK(write_blob(files, "tmp-2", "xyz"));
    UNIT_OK(tov_core_blob_sync(files, "tmp-1"));
    UNIT_OK(tov_core_blob_rename(files, "tmp-1", "part"));
    expect_blob(files, "part", "abcdef");
    UNIT_OK(tov_core_blob_read(files, "part", 4, (struct tov_room){read, 4}, &size));
    UNIT_EQUAL_INT(size, 2); /* it ends there */
    UNIT_OK(tov_core_blob_read(files, "part", 60, (struct tov_room){read, 4}, &size));
    UNIT_EQUAL_INT(size, 0);
    UNIT_EQUAL_INT(tov_core_blob_read(files, "tmp-1", 0, (struct tov_room){read, 4}, &size),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_core_blob_sync(files, "tmp-1"), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_core_blob_rename(files, "tmp-1", "other"), TOV_E_NOT_FOUND);
    UNIT_OK(tov_core_blob_delete(files, "part"));
    UNIT_OK(tov_core_blob_delete(files, "part"));
    expect_blob(files, "tmp-2", "xyz");
    tov_core_files_close(files);
    folder_remove();
}

static void a_sweep_takes_what_begins_so_and_nothing_else(void)
{
    folder_create();
    struct tov_core_files *files = open_files();
    UNIT_OK(write_blob(files, "tmp-1", "a"));
    UNIT_OK(write_blob(files, "tmp-2.tree", "b"));
    UNIT_OK(write_blob(files, "not-tmp-3", "kept"));
    UNIT_OK(tov_core_blob_sweep(files, "tmp-"));
    UNIT_EQUAL_INT(tov_core_blob_sync(files, "tmp-1"), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_core_blob_sync(files, "tmp-2.tree"), TOV_E_NOT_FOUND);
    expect_blob(files, "not-tmp-3", "kept");
    tov_core_files_close(files);
    folder_remove();
}

static void a_blob_that_is_a_link_is_not_followed_and_a_long_name_is_refused(void)
{
    char outside[100], link[100], name[200];
    folder_create();
    struct tov_core_files *files = open_files();
    (void)snprintf(outside, sizeof outside, "%s/outside", folder);
    (void)snprintf(link, sizeof link, "%s/blobs/link", folder);
    UNIT_NEED(symlink(outside, link) == 0);
    UNIT_EQUAL_INT(write_blob(files, "link", "x"), TOV_E_IO);
    UNIT_EQUAL_INT(access(outside, F_OK), -1);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    UNIT_EQUAL_INT(write_blob(files, name, "x"), TOV_E_LIMIT);
    name[127] = '\0';
    UNIT_OK(write_blob(files, name, "x"));
    tov_core_files_close(files);
    tov_core_files_close(NULL);
    folder_remove();
}

static void a_folder_that_cannot_be_used_is_named(void)
{
    struct tov_core_files *files = NULL;
    struct tov_error error = {.text = ""};
    char path[100];
    folder_create();
    (void)snprintf(path, sizeof path, "%s/none", folder);
    UNIT_EQUAL_INT(tov_core_files_open(path, &files, &error), TOV_E_IO);
    CU_ASSERT(strstr(error.text, path) != NULL);
    (void)snprintf(path, sizeof path, "%s/blobs", folder);
    UNIT_NEED(close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0); /* no folder */
    UNIT_EQUAL_INT(tov_core_files_open(folder, &files, &error), TOV_E_IO);
    CU_ASSERT(strstr(error.text, folder) != NULL);
    CU_ASSERT(files == NULL);
    folder_remove();
}

/* ---- refused ---- */

typedef enum tov_err act(struct tov_core_files *files);
typedef void look(struct tov_core_files *files, bool is_done);

static bool is_sync(const char *call)
{
    return strcmp(call, "fsync") == 0 || strcmp(call, "fdatasync") == 0;
}

/* ACT is done with each of its calls refused; then LOOK, also by files that are opened anew. It
 * syncs SYNCS times: only then is what it did sure to be there after a power cut. */
static void refuse_each(act *what, look *then, unsigned syncs)
{
    for (size_t i = 0; i < CODES; i++) {
        bool is_refused = true;
        unsigned synced = 0;
        unsigned nth = 0;
        for (; is_refused && nth < CALLS_MAX; nth++) {
            folder_create();
            struct tov_core_files *files = open_files();
            UNIT_NEED(tov_core_file_save(files, "small", tov_bytes_of_text("old")) == TOV_OK);
            UNIT_NEED(write_blob(files, "blob", "old") == TOV_OK);
            UNIT_NEED(write_blob(files, "other", "other") == TOV_OK);
            refuse_begin(nth, codes[i]);
            enum tov_err err = what(files);
            is_refused = refuse_end();
            synced += is_sync(refuse_what());
            if (!is_refused || err != TOV_E_NOMEM) /* as an allocation says always */
                UNIT_EQUAL_INT(err, is_refused ? answers[i] : TOV_OK);
            then(files, err == TOV_OK);
            tov_core_files_close(files);
            files = open_files();
            then(files, err == TOV_OK);
            tov_core_files_close(files);
            folder_remove();
        }
        CU_ASSERT(nth > 1 && nth < CALLS_MAX);
        UNIT_EQUAL_INT(synced, syncs);
    }
}

static enum tov_err save(struct tov_core_files *files)
{
    return tov_core_file_save(files, "small", tov_bytes_of_text("new"));
}
static void look_at_small(struct tov_core_files *files, bool is_done)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf read = TOV_BUF_INIT(100);
    UNIT_EQUAL_INT(tov_core_file_load(files, "small", &read), TOV_OK);
    bool is_new = tov_bytes_equal(tov_buf_view(&read), tov_bytes_of_text("new"));
    CU_ASSERT(is_new || tov_bytes_equal(tov_buf_view(&read), tov_bytes_of_text("old")));
    CU_ASSERT(is_new || !is_done);
}

static enum tov_err delete_small(struct tov_core_files *files)
{
    return tov_core_file_delete(files, "small");
}
static void look_whether_it_is_gone(struct tov_core_files *files, bool is_done)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf read = TOV_BUF_INIT(100);
    UNIT_EQUAL_INT(tov_core_file_load(files, "small", &read), is_done ? TOV_E_NOT_FOUND : TOV_OK);
}

static enum tov_err load(struct tov_core_files *files)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf read = TOV_BUF_INIT(100);
    TOV_TRY(tov_core_file_load(files, "small", &read));
    UNIT_EQUAL_BYTES(tov_buf_view(&read), tov_bytes_of_text("old"));
    return TOV_OK;
}
static void look_at_nothing(struct tov_core_files *files, bool is_done)
{
    (void)is_done;
    expect_small(files, "small", "old");
    expect_blob(files, "blob", "old");
    expect_blob(files, "other", "other");
}

static enum tov_err write_synced(struct tov_core_files *files)
{
    TOV_TRY(write_blob(files, "fresh", "new"));
    TOV_TRY(tov_core_blob_sync(files, "fresh"));
    return tov_core_blob_rename(files, "fresh", "blob");
}
static void look_at_blob(struct tov_core_files *files, bool is_done)
{
    uint8_t read[8];
    size_t size = 0;
    UNIT_OK(tov_core_blob_read(files, "blob", 0, (struct tov_room){read, sizeof read}, &size));
    struct tov_bytes found = {read, size};
    bool is_new = tov_bytes_equal(found, tov_bytes_of_text("new"));
    CU_ASSERT(is_new || tov_bytes_equal(found, tov_bytes_of_text("old")));
    CU_ASSERT(is_new || !is_done);
    expect_blob(files, "other", "other");
}

static enum tov_err read_two(struct tov_core_files *files)
{
    uint8_t read[8];
    size_t size = 0;
    TOV_TRY(tov_core_blob_read(files, "blob", 0, (struct tov_room){read, sizeof read}, &size));
    UNIT_EQUAL_BYTES(((struct tov_bytes){read, size}), tov_bytes_of_text("old"));
    TOV_TRY(tov_core_blob_read(files, "other", 0, (struct tov_room){read, sizeof read}, &size));
    UNIT_EQUAL_BYTES(((struct tov_bytes){read, size}), tov_bytes_of_text("other"));
    return TOV_OK;
}

static enum tov_err delete_blob(struct tov_core_files *files)
{
    return tov_core_blob_delete(files, "blob");
}
static void look_whether_the_blob_is_gone(struct tov_core_files *files, bool is_done)
{
    UNIT_EQUAL_INT(tov_core_blob_sync(files, "blob"), is_done ? TOV_E_NOT_FOUND : TOV_OK);
    expect_blob(files, "other", "other");
}

static void what_the_system_refuses_leaves_the_old_or_the_new(void)
{
    refuse_each(save, look_at_small, 2);
    refuse_each(delete_small, look_whether_it_is_gone, 0);
    refuse_each(load, look_at_nothing, 0);
    refuse_each(write_synced, look_at_blob, 3);
    refuse_each(read_two, look_at_nothing, 0);
    refuse_each(delete_blob, look_whether_the_blob_is_gone, 0);
}

/* A blob that is not swept is swept at the next start: only its own failure is told. */
static void a_sweep_that_is_refused_can_be_done_again(void)
{
    bool is_refused = true;
    for (unsigned nth = 0; is_refused; nth++) {
        folder_create();
        struct tov_core_files *files = open_files();
        UNIT_NEED(write_blob(files, "tmp-1", "a") == TOV_OK);
        refuse_begin(nth, EIO);
        (void)!tov_core_blob_sweep(files, "tmp-");
        is_refused = refuse_end();
        UNIT_OK(tov_core_blob_sweep(files, "tmp-"));
        UNIT_EQUAL_INT(tov_core_blob_sync(files, "tmp-1"), TOV_E_NOT_FOUND);
        tov_core_files_close(files);
        folder_remove();
    }
}

static void a_folder_whose_opening_is_refused_opens_afterwards(void)
{
    for (size_t i = 0; i < CODES; i++) {
        bool is_refused = true;
        for (unsigned nth = 0; is_refused; nth++) {
            struct tov_core_files *files = NULL;
            folder_create();
            refuse_begin(nth, codes[i]);
            enum tov_err err = tov_core_files_open(folder, &files, NULL);
            is_refused = refuse_end();
            if (err != TOV_E_NOMEM)
                UNIT_EQUAL_INT(err, is_refused ? answers[i] : TOV_OK);
            CU_ASSERT((files != NULL) == !is_refused);
            tov_core_files_close(files);
            tov_core_files_close(open_files());
            folder_remove();
        }
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_small_file_is_replaced_as_a_whole_and_can_be_gone),
        UNIT_TEST(a_blob_is_written_in_pieces_named_and_read_from_anywhere),
        UNIT_TEST(a_sweep_takes_what_begins_so_and_nothing_else),
        UNIT_TEST(a_blob_that_is_a_link_is_not_followed_and_a_long_name_is_refused),
        UNIT_TEST(a_folder_that_cannot_be_used_is_named),
        UNIT_TEST(what_the_system_refuses_leaves_the_old_or_the_new),
        UNIT_TEST(a_sweep_that_is_refused_can_be_done_again),
        UNIT_TEST(a_folder_whose_opening_is_refused_opens_afterwards),
    };
    return unit_run("core_files", tests, sizeof tests / sizeof tests[0]);
}
