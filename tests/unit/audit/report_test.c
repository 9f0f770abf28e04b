/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report of damaged exports for people: in Danish without a sentence of English, and no wider
 * than the page.
 * Not for: what is found (files_test.c).
 */
#include "damage.h"

#include "support/unit.h"
#include "telling/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COLUMNS 80u

static struct world *world;

/* What proto/ says of a note, a checkpoint or a roster begins or goes on like this. */
static const char *const english[] = {"på engelsk",      "a note",
                                      "a checkpoint",    "signatures",
                                      "verifier key",    "expected here",
                                      "root keys",       "must be",
                                      "stands twice",    " is not ",
                                      "the text ends",   "copy it again",
                                      "newer program",   "longer than",
                                      "no value",        "with a keyword",
                                      "take the right",  "cannot",
                                      " the ",           "malformed",
                                      "fundet:   limit", "fundet:   version",
                                      "fundet:   io",    "fundet:   nomem"};

static void check_line(const char *line, const char *said)
{
    bool is_one_word = strchr(line + strspn(line, " "), ' ') == NULL;
    bool fits = text_width(line) <= COLUMNS || is_one_word;
    if (!fits)
        (void)fprintf(stderr, "%s: too wide: %s\n", said, line);
    CU_ASSERT(fits);
}

static void check_report(const char *said)
{
    char *report = world_output(world);
    for (size_t i = 0; i < sizeof english / sizeof english[0]; i++) {
        const char *found = strstr(report, english[i]);
        if (found != NULL)
            (void)fprintf(stderr, "%s: English: %.60s\n", said, found);
        CU_ASSERT_PTR_NULL(found);
    }
    char *rest = report;
    for (char *line = strtok_r(report, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        check_line(line, said);
    free(report);
}

struct damage {
    const char *path;
    long at; /* a bit of that byte is flipped; negative from the end */
};

static void a_damaged_export_is_told_in_danish_and_within_the_page(void)
{
    static const struct damage damages[] = {
        {"roster/1", 0},
        {"roster/1", 40},
        {"roster/1", 200},
        {"roster/1", 700},
        {"roster/1", -3},
        {"roster/1", -60},
        {"checkpoint", 3},
        {"checkpoint", 30},
        {"checkpoint", -3},
        {"about", 5},
        {"manifest", 70},
        {"mirror/2/1/checkpoint", 20},
        {"mirror/2/1/position", 4},
        {"leaves/000.p/8", 40},
        {"journal/checkpoint", 30},
    };
    char dir[WORLD_PATH_SIZE];
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        for (int reseals = 0; reseals < 2; reseals++) {
            damage_copy(world, "exports/a1", "copy", dir);
            if (!damage_has(dir, damages[i].path))
                continue;
            damage_flip(dir, damages[i].path, damages[i].at, 0);
            if (reseals != 0)
                damage_reseal(dir);
            (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, NULL});
            check_report(damages[i].path);
        }
    }
}

static void what_is_not_there_is_told_in_danish(void)
{
    static const char *const removed[] = {"roster/1", "checkpoint", "about", "cosignatures"};
    char dir[WORLD_PATH_SIZE];
    for (size_t i = 0; i < sizeof removed / sizeof removed[0]; i++) {
        damage_copy(world, "exports/a1", "copy", dir);
        damage_remove(dir, removed[i]);
        damage_reseal(dir);
        (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, NULL});
        check_report(removed[i]);
    }
}

/* A Danish journal is the agency's own record of a case. */
static void what_an_export_calls_the_journal_is_the_access_log_in_danish(void)
{
    char dir[WORLD_PATH_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    struct tov_buf about = damage_read(dir, "about");
    tov_buf_put_u8(&about, 0);
    char *line = strstr((char *)about.data, "\njournal ");
    UNIT_NEED(line != NULL);
    damage_cut(dir, "about", line - (char *)about.data);
    damage_append(dir, "about", "\njournal 0 0\n");
    damage_reseal(dir);
    tov_buf_fini(&about);
    (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, NULL});
    char *report = world_output(world);
    CU_ASSERT_PTR_NOT_NULL(strstr(report, "Hovedbogen nævner en adgangslog"));
    CU_ASSERT_PTR_NULL(strstr(report, "ournalen"));
    free(report);
}

static void a_file_that_ends_early_is_told_in_danish(void)
{
    static const char *const cut[] = {"detached/000",
                                      "mirror/2/1/entries/000",
                                      "mirror/2/1/parts/000",
                                      "mirror/2/1/skipped",
                                      "mirror/2/1/checkpoints",
                                      "attachments/6-2",
                                      "leaves/000",
                                      "tile/0/000"};
    char dir[WORLD_PATH_SIZE], path[WORLD_PATH_SIZE + 32];
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        damage_copy(world, "exports/a1", "copy", dir);
        damage_cut(dir, cut[i], -3);
        (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, NULL});
        check_report(cut[i]);
    }
    damage_copy(world, "exports/a1", "copy", dir);
    damage_remove(dir, "checkpoint");
    (void)snprintf(path, sizeof path, "%s/checkpoint", dir);
    UNIT_NEED(mkdir(path, 0700) == 0);
    (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, NULL});
    check_report("a folder in the place of a file");
}

static void roots_that_cannot_be_read_are_told_in_danish(void)
{
    char dir[WORLD_PATH_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    (void)world_run(world,
                    (const char *const[]){AUDIT_PROGRAM, "verify", "--roots", "/nope", dir, NULL});
    char *report = world_output(world);
    CU_ASSERT_PTR_NOT_NULL(strstr(report, "filen findes ikke"));
    free(report);
}

/* An archive of exports is somebody else's, and so are the names of the folders in it. */
static void a_folders_name_neither_steers_the_terminal_nor_looks_like_a_verdict(void)
{
    static const char *const harmful[] = {"\x1b", "\xc2\x9b", "\xe2\x80\xae", "\nVERIFI"};
    char many[WORLD_PATH_SIZE], dir[WORLD_PATH_SIZE];
    world_path(world, many, "many");
    (void)world_run(world, (const char *const[]){"mkdir", many, NULL});
    damage_copy(world, "exports/a1",
                "many/a\x1b[2J\xc2\x9b"
                "31m\xe2\x80\xae\nVERIFICERET: alt",
                dir);
    damage_remove(dir, "cosignatures");
    (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", many, NULL});
    char *report = world_output(world);
    CU_ASSERT_PTR_NOT_NULL(strstr(report, "VERIFICERET: alt:\n"));
    for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++)
        CU_ASSERT_PTR_NULL(strstr(report, harmful[i]));
    free(report);
    (void)world_run(world, (const char *const[]){AUDIT_PROGRAM, "verify", dir, dir, NULL});
    report = world_output(world);
    CU_ASSERT_PTR_NOT_NULL(strstr(report, "VERIFICERET: alt"));
    for (size_t i = 0; i < sizeof harmful / sizeof harmful[0]; i++)
        CU_ASSERT_PTR_NULL(strstr(report, harmful[i]));
    free(report);
}

struct wrapped {
    struct text_frame frame;
    const char *text, *expected;
};

/* Its line goes on behind the indentation of the lines below, or ends before it. */
static void a_short_first_word_is_parted_from_the_next(void)
{
    static const struct wrapped rows[] = {
        {{2, 4, 80}, "kk i infohus-demo", "kk i infohus-demo\n"},
        {{0, 2, 80}, "I dag", "I dag\n"},
        {{0, 8, 80}, "Nu er\nI her", "Nu er\n        I her\n"},
        {{0, 4, 10}, "kk modtaget", "kk\n    modtaget\n"},
        {{0, 4, 6}, "modtaget", "modtaget\n"},
        {{6, 2, 10}, "modtaget", "\n  modtaget\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(256);
        text_put_wrapped(&out, rows[i].text, &rows[i].frame);
        tov_buf_put_u8(&out, 0);
        UNIT_OK(out.failed);
        UNIT_EQUAL_TEXT((const char *)out.data, rows[i].expected);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_short_first_word_is_parted_from_the_next),
        UNIT_TEST(a_damaged_export_is_told_in_danish_and_within_the_page),
        UNIT_TEST(what_is_not_there_is_told_in_danish),
        UNIT_TEST(what_an_export_calls_the_journal_is_the_access_log_in_danish),
        UNIT_TEST(a_file_that_ends_early_is_told_in_danish),
        UNIT_TEST(roots_that_cannot_be_read_are_told_in_danish),
        UNIT_TEST(a_folders_name_neither_steers_the_terminal_nor_looks_like_a_verdict),
    };
    UNIT_NEED(setenv("LC_ALL", "da_DK.UTF-8", 1) == 0 && setenv("COLUMNS", "80", 1) == 0);
    UNIT_NEED(unsetenv("LANGUAGE") == 0);
    world = world_create("audit-report");
    int code = unit_run("audit_report", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
