/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/keyfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "support/unit.h"

static char folder[64];
static char path[96];

static void write_file(const char *name, const char *text, mode_t mode)
{
    struct tov_file_save save = {.path = name,
                                 .content = tov_bytes_of_text(text),
                                 .mode = mode,
                                 .replace = TOV_FILE_REPLACE};
    UNIT_NEED(tov_file_save(&save, NULL) == TOV_OK);
}

static struct tov_key_info ledger_info(void)
{
    struct tov_key secret;
    struct tov_key_info info = {
        .purpose = TOV_KEY_LEDGER, .owner = "kk", .name = "infohus-demo/kk/1"};
    memset(secret.bytes, 7, sizeof secret.bytes);
    UNIT_NEED(tov_key_public(TOV_KEY_LEDGER, &secret, info.public_key) == TOV_OK);
    return info;
}

/* A ledger key at `path`, in clear or (PASSPHRASE not NULL) locked. */
static void write_key(const char *passphrase)
{
    static const struct tov_keytext_lock cheap = {.passes = 1, .memory_kib = 8};
    struct tov_key_info info = ledger_info();
    struct tov_key secret;
    struct tov_keytext_text text;
    memset(secret.bytes, 7, sizeof secret.bytes);
    if (passphrase == NULL) {
        UNIT_NEED(tov_keytext_format_plain(&info, &secret, &text) == TOV_OK);
    } else {
        struct tov_keytext_seal seal = {&info, &secret, tov_bytes_of_text(passphrase), &cheap};
        UNIT_NEED(tov_keytext_format_locked(&seal, &text) == TOV_OK);
    }
    text.text[text.size] = '\0';
    write_file(path, text.text, 0600);
}

static enum tov_err load(const struct tov_passphrase_source *source, struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile key = {.secret = NULL};
    enum tov_err err = tov_keyfile_load(path, TOV_KEY_LEDGER, source, &key, error);
    if (err == TOV_OK) {
        UNIT_EQUAL_INT(tov_secret_view(key.secret).size, 32);
        UNIT_EQUAL_INT(tov_secret_data(key.secret)[0], 7);
        UNIT_EQUAL_TEXT(key.info.name, "infohus-demo/kk/1");
    }
    return err;
}

static void a_private_key_file_is_loaded(void)
{
    write_key(NULL);
    UNIT_OK(load(NULL, NULL));
    UNIT_OK(chmod(path, 0400));
    UNIT_OK(load(NULL, NULL));
}

static void a_key_file_that_others_can_use_is_refused_with_the_remedy(void)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0666};
    write_key(NULL);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct tov_error error = {.text = ""};
        UNIT_OK(chmod(path, modes[i]));
        UNIT_EQUAL_INT(load(NULL, &error), TOV_E_KEY);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "chmod 600"));
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, path));
    }
}

static void a_credential_may_show_a_group_bit_for_reading_only(void)
{
    write_key(NULL);
    UNIT_NEED(setenv("CREDENTIALS_DIRECTORY", folder, 1) == 0);
    UNIT_OK(chmod(path, 0440));
    UNIT_OK(load(NULL, NULL));
    UNIT_OK(chmod(path, 0444));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_OK(chmod(path, 0460));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_NEED(setenv("CREDENTIALS_DIRECTORY", "/tmp", 1) == 0);
    UNIT_OK(chmod(path, 0440));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_NEED(unsetenv("CREDENTIALS_DIRECTORY") == 0);
}

static void links_folders_and_pipes_are_no_key_files(void)
{
    char other[112];
    write_key(NULL);
    (void)snprintf(other, sizeof other, "%s.real", path);
    UNIT_OK(rename(path, other));
    UNIT_OK(symlink(other, path));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_OK(unlink(path));
    UNIT_OK(mkdir(path, 0700));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_OK(rmdir(path));
    UNIT_OK(mkfifo(path, 0600));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY); /* and does not wait for a writer */
    UNIT_OK(unlink(path));
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_NOT_FOUND);
    UNIT_OK(unlink(other));
}

static void a_key_file_of_another_user_is_refused(void)
{
    write_key(NULL);
    if (chown(path, 12345, (gid_t)-1) != 0) {
        printf("(needs root: left out) ");
        return;
    }
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    UNIT_OK(unlink(path));
}

static void a_key_of_another_purpose_is_refused_before_a_passphrase_is_asked(void)
{
    struct tov_keyfile key = {.secret = NULL};
    struct tov_error error = {.text = ""};
    struct tov_passphrase_source closed = {.kind = TOV_PASSPHRASE_FD, .fd = -1};
    write_key("hemmelig");
    UNIT_EQUAL_INT(tov_keyfile_load(path, TOV_KEY_WITNESS, &closed, &key, &error), TOV_E_KEY);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "a ledger key, but a witness key is needed"));
}

static enum tov_err load_by_pipe(const char *text)
{
    int ends[2];
    UNIT_NEED(pipe(ends) == 0);
    UNIT_NEED(write(ends[1], text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(ends[1]);
    struct tov_passphrase_source source = {.kind = TOV_PASSPHRASE_FD, .fd = ends[0]};
    enum tov_err err = load(&source, NULL);
    (void)close(ends[0]);
    return err;
}

static void a_locked_key_file_takes_its_passphrase_from_a_descriptor(void)
{
    char most[TOV_PASSPHRASE_MAX_BYTES + 2];
    write_key("hemmelig");
    UNIT_OK(load_by_pipe("hemmelig"));
    UNIT_OK(load_by_pipe("hemmelig\nmore\n"));
    UNIT_EQUAL_INT(load_by_pipe("forkert\n"), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(load_by_pipe("\n"), TOV_E_KEY);
    UNIT_EQUAL_INT(load_by_pipe(""), TOV_E_KEY);
    UNIT_EQUAL_INT(load(NULL, NULL), TOV_E_KEY);
    memset(most, 'x', sizeof most);
    most[TOV_PASSPHRASE_MAX_BYTES] = '\0';
    UNIT_EQUAL_INT(load_by_pipe(most), TOV_E_DECRYPT); /* long enough, but wrong */
    most[TOV_PASSPHRASE_MAX_BYTES] = 'x';
    most[TOV_PASSPHRASE_MAX_BYTES + 1] = '\0';
    UNIT_EQUAL_INT(load_by_pipe(most), TOV_E_KEY);
}

static void a_passphrase_file_must_be_private_too(void)
{
    char name[112];
    (void)snprintf(name, sizeof name, "%s/passphrase", folder);
    struct tov_passphrase_source source = {.kind = TOV_PASSPHRASE_FILE, .path = name};
    write_key("hemmelig");
    write_file(name, "hemmelig\n", 0600);
    UNIT_OK(load(&source, NULL));
    UNIT_OK(chmod(name, 0644));
    UNIT_EQUAL_INT(load(&source, NULL), TOV_E_KEY);
    UNIT_OK(unlink(name));
}

static void what_may_be_shown_needs_no_passphrase(void)
{
    struct tov_key_info info;
    write_key("hemmelig");
    UNIT_OK(tov_keyfile_info(path, &info, NULL));
    UNIT_EQUAL_INT(info.purpose, TOV_KEY_LEDGER);
    UNIT_EQUAL_TEXT(info.owner, "kk");
}

static void saving_new_overwrites_nothing_and_leaves_nothing_behind(void)
{
    struct stat status;
    struct tov_error error = {.text = ""};
    (void)unlink(path);
    struct tov_file_save save = {.path = path, .content = tov_bytes_of_text("one"), .mode = 0600};
    UNIT_OK(tov_file_save(&save, &error));
    UNIT_OK(stat(path, &status));
    UNIT_EQUAL_INT(status.st_mode & 07777, 0600);
    save.content = tov_bytes_of_text("two");
    UNIT_EQUAL_INT(tov_file_save(&save, &error), TOV_E_EXISTS);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(16);
    UNIT_OK(tov_file_read(path, 16, &text, &error));
    UNIT_EQUAL_BYTES(tov_buf_view(&text), tov_bytes_of_text("one"));
    UNIT_OK(unlink(path));
    UNIT_OK(rmdir(folder)); /* empty, so no temporary file is left */
    UNIT_OK(mkdir(folder, 0700));
}

static void replacing_changes_content_and_mode_at_once(void)
{
    struct stat status;
    write_file(path, "one", 0600);
    write_file(path, "two", 0644);
    UNIT_OK(stat(path, &status));
    UNIT_EQUAL_INT(status.st_mode & 07777, 0644);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(16);
    UNIT_OK(tov_file_read(path, 16, &text, NULL));
    UNIT_EQUAL_BYTES(tov_buf_view(&text), tov_bytes_of_text("two"));
    UNIT_OK(unlink(path));
}

static void saving_into_no_folder_says_so(void)
{
    struct tov_error error = {.text = ""};
    struct tov_file_save save = {
        .path = "/tmp/no-such-folder-of-tov/x", .content = tov_bytes_of_text("x"), .mode = 0600};
    UNIT_EQUAL_INT(tov_file_save(&save, &error), TOV_E_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, save.path));
}

static void reading_meets_its_limit_on_both_sides(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(3);
    write_file(path, "abc", 0600);
    UNIT_OK(tov_file_read(path, 3, &text, NULL));
    tov_buf_clear(&text);
    UNIT_EQUAL_INT(tov_file_read(path, 2, &text, NULL), TOV_E_LIMIT);
    UNIT_OK(unlink(path));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_private_key_file_is_loaded),
        UNIT_TEST(a_key_file_that_others_can_use_is_refused_with_the_remedy),
        UNIT_TEST(a_credential_may_show_a_group_bit_for_reading_only),
        UNIT_TEST(links_folders_and_pipes_are_no_key_files),
        UNIT_TEST(a_key_file_of_another_user_is_refused),
        UNIT_TEST(a_key_of_another_purpose_is_refused_before_a_passphrase_is_asked),
        UNIT_TEST(a_locked_key_file_takes_its_passphrase_from_a_descriptor),
        UNIT_TEST(a_passphrase_file_must_be_private_too),
        UNIT_TEST(what_may_be_shown_needs_no_passphrase),
        UNIT_TEST(saving_new_overwrites_nothing_and_leaves_nothing_behind),
        UNIT_TEST(replacing_changes_content_and_mode_at_once),
        UNIT_TEST(saving_into_no_folder_says_so),
        UNIT_TEST(reading_meets_its_limit_on_both_sides),
    };
    UNIT_NEED(sodium_init() >= 0);
    (void)snprintf(folder, sizeof folder, "/tmp/tov-keyfile-XXXXXX");
    UNIT_NEED(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/ledger.key", folder);
    int result = unit_run("key files", tests, sizeof tests / sizeof tests[0]);
    (void)unlink(path);
    (void)rmdir(folder);
    return result;
}
