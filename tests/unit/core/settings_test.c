/* SPDX-License-Identifier: EUPL-1.2
 *
 * A changed bit of what people write is told at the next start, once, or it is in a comment.
 */
#include "core_settings.h"
#include "support/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    settings.clients.bytes[3] ^= 1;
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), true);
    UNIT_EQUAL_INT(tov_core_settings_note(files, &settings, &paths), false);
    tov_core_files_close(files);
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_changed_bit_outside_of_comments_gives_another_hash),
        UNIT_TEST(a_start_tells_once_what_is_not_as_at_the_last),
    };
    return unit_run("settings", tests, sizeof tests / sizeof tests[0]);
}
