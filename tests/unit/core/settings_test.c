/* SPDX-License-Identifier: EUPL-1.2
 *
 * A changed bit of what people write is told at the next start, once, or it is in a comment.
 */
#include "core_settings.h"
#include "support/unit.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char text[] = "# how long\n"
                           "[node]\n"
                           "agency = kk\n"
                           "unread-minutes = 240\n"
                           "; the end\n";

static struct tov_hash hash_of(const char *settings, size_t size)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_core_settings_add(&sha, (struct tov_bytes){(const uint8_t *)settings, size});
    tov_sha256_final(&sha, &hash);
    return hash;
}

static void a_changed_bit_outside_of_comments_gives_another_hash(void)
{
    char changed[sizeof text - 1];
    struct tov_hash before = hash_of(text, sizeof changed);
    unsigned unseen = 0;
    unsigned alarms = 0;
    for (size_t bit = 0; bit < 8 * sizeof changed; bit++) {
        memcpy(changed, text, sizeof changed);
        changed[bit / 8] ^= (char)(1 << bit % 8);
        struct tov_hash now = hash_of(changed, sizeof changed);
        bool is_first_comment = bit / 8 > 0 && bit / 8 < strcspn(text, "\n");
        if (is_first_comment && changed[bit / 8] != '\n')
            alarms += !tov_hash_equal(&before, &now);
        if (bit / 8 > strcspn(text, "\n") && bit / 8 < (size_t)(strstr(text, "; the") - text))
            unseen += tov_hash_equal(&before, &now);
    }
    UNIT_EQUAL_INT(alarms, 0);
    UNIT_EQUAL_INT(unseen, 0);
}

/* Blanks around a line, empty lines and what a file of another system ends its lines with. */
static void what_means_nothing_changes_no_hash(void)
{
    static const char *const same[] = {
        "[node]\nagency = kk\nunread-minutes = 240",
        "\n\n  [node]  \n\tagency = kk\t\n   \n \t\r\nunread-minutes = 240\n\n",
        "[node]\r\nagency = kk\r\nunread-minutes = 240\r\n",
    };
    struct tov_hash before = hash_of(text, sizeof text - 1);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct tov_hash now = hash_of(same[i], strlen(same[i]));
        CU_ASSERT(tov_hash_equal(&before, &now));
    }
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void a_start_tells_once_what_is_not_as_at_the_last(void)
{
    char folder[] = "/tmp/tov-settings-XXXXXX";
    struct tov_core_files *files = NULL;
    const struct tov_core_settings_paths paths = {"tovd.conf", "clients.txt"};
    struct tov_core_settings settings = {.config = hash_of(text, sizeof text - 1)};
    UNIT_NEED(mkdtemp(folder) != NULL);
    UNIT_NEED(tov_core_files_open(folder, &files, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false); /* the first */
    for (unsigned what = 0; what < 4; what++) { /* neither, one of them, both */
        settings.config.bytes[3] ^= (uint8_t)(what & 1);
        settings.clients.bytes[3] ^= (uint8_t)(what >> 1);
        UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), what != 0);
        UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    }
    /* A note that was damaged tells nothing, and is written anew. */
    UNIT_OK(tov_core_file_save(files, "settings", tov_bytes_of_text("not a note")));
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    settings.clients.bytes[3] ^= 1;
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), true);
    tov_core_files_close(files);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* It is told again at the next start: better twice than never. */
static void what_could_not_be_noted_is_told_again(void)
{
    char folder[] = "/tmp/tov-settings-XXXXXX";
    struct tov_core_files *files = NULL;
    const struct tov_core_settings_paths paths = {"tovd.conf", "clients.txt"};
    struct tov_core_settings settings = {.config = hash_of(text, sizeof text - 1)};
    struct rlimit before;
    UNIT_NEED(mkdtemp(folder) != NULL);
    UNIT_NEED(tov_core_files_open(folder, &files, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    settings.config.bytes[0] ^= 1;
    UNIT_NEED(getrlimit(RLIMIT_FSIZE, &before) == 0 && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    const struct rlimit none = {0, before.rlim_max}; /* as a disk that takes nothing */
    UNIT_NEED(setrlimit(RLIMIT_FSIZE, &none) == 0);
    bool told = tov_core_settings_note(files, &settings, &paths);
    UNIT_NEED(setrlimit(RLIMIT_FSIZE, &before) == 0 && signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
    CU_ASSERT(told);
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), true);
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    tov_core_files_close(files);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_changed_bit_outside_of_comments_gives_another_hash),
        UNIT_TEST(what_means_nothing_changes_no_hash),
        UNIT_TEST(a_start_tells_once_what_is_not_as_at_the_last),
        UNIT_TEST(what_could_not_be_noted_is_told_again),
    };
    return unit_run("settings", tests, sizeof tests / sizeof tests[0]);
}
