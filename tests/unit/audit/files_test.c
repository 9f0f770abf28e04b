/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every kind of file of a real export, damaged, cut, taken away, put in and exchanged: with the
 * manifest as it was, as a disk would, and with one that was made to fit, as somebody could.
 */
#include "damage.h"
#include "verdict.h"

#include "support/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct world *world;

enum act { FLIP, LETTER, CUT, REMOVE, EMPTY, APPEND, SWAP, ADD };

struct row {
    const char *path;
    enum act act;
    long at; /* FLIP, LETTER of base64: the byte; CUT: what is kept; negative from the end */
    /* With a manifest that fits: */
    int code;
    const char *names;
    const char *other; /* SWAP: with it; ADD: the content */
};

static void act(const char *dir, const struct row *row)
{
    switch (row->act) {
    case FLIP:
        damage_flip(dir, row->path, row->at, 0);
        return;
    case LETTER:
        damage_letter(dir, row->path, row->at);
        return;
    case CUT:
        damage_cut(dir, row->path, row->at);
        return;
    case REMOVE:
        damage_remove(dir, row->path);
        return;
    case EMPTY:
        damage_write(dir, row->path, (struct tov_bytes){NULL, 0});
        return;
    case APPEND:
        damage_append(dir, row->path, "x");
        return;
    case SWAP:
        damage_swap(dir, row->path, row->other);
        return;
    case ADD:
        damage_write(dir, row->path, tov_bytes_of_text(row->other));
        return;
    }
}

static const char *const act_names[] = {"flip",  "another letter", "cut",  "remove",
                                        "empty", "append",         "swap", "add"};

static void describe(const struct row *row, const char *manifest, char *out, size_t size)
{
    (void)snprintf(out, size, "%s %s at %ld, %s", act_names[row->act], row->path, row->at,
                   manifest);
}

static void check_resealed(const struct row *row)
{
    char dir[WORLD_PATH_SIZE], said[WORLD_PATH_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    act(dir, row);
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    describe(row, "with a manifest that fits", said, sizeof said);
    VERDICT_IS(&verdict, row->code, row->names, said);
    verdict_fini(&verdict);
}

/* What the manifest's own check finds of it. */
static const char *manifest_name(const struct row *row)
{
    return row->act == REMOVE ? "file-missing" : row->act == ADD ? "file-extra" : "file-changed";
}

/* All that is found with a manifest that fits is found as well beside what the manifest tells. */
static void check_as_it_was(const struct row *row)
{
    char dir[WORLD_PATH_SIZE], said[WORLD_PATH_SIZE], names[VERDICT_TEXT_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    act(dir, row);
    struct verdict verdict = verdict_of_one(world, dir);
    describe(row, "with the manifest as it was", said, sizeof said);
    int code = row->act == REMOVE ? 4 : 3;
    unit_equal_int(verdict.code, row->code == 3 ? 3 : code, said, __FILE__, __LINE__);
    unit_equal_int(verdict_find(&verdict, manifest_name(row), row->path) != NULL, 1, said, __FILE__,
                   __LINE__);
    (void)snprintf(names, sizeof names, "%s", row->act == ADD ? "" : row->names);
    for (char *rest = names, *name = NULL; (name = strtok_r(rest, " ", &rest)) != NULL;)
        unit_equal_int(verdict_has(&verdict, name), 1, said, __FILE__, __LINE__);
    verdict_fini(&verdict);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_resealed(&rows[i]);
        check_as_it_was(&rows[i]);
    }
}
#define CHECK_ROWS(rows) check_rows((rows), sizeof(rows) / sizeof(rows)[0])

static void damage_to_small_files_is_found(void)
{
    static const struct row rows[] = {
        {"about", FLIP, 0, 3, "file-malformed", NULL},
        {"about", FLIP, 24, 3, "about-differs", NULL},  /* the federation */
        {"about", FLIP, -14, 3, "about-differs", NULL}, /* the ledger's size */
        {"about", FLIP, -2, 3, "about-differs", NULL},  /* the journal's size */
        {"about", CUT, -1, 3, "file-malformed", NULL},
        {"about", EMPTY, 0, 3, "file-malformed", NULL},
        {"about", REMOVE, 0, 4, "file-missing", NULL},
        {"checkpoint", FLIP, 0, 3, "about-differs checkpoint-signature", NULL},
        {"checkpoint", LETTER, 20, 3, "checkpoint-signature root-damaged", NULL},
        {"checkpoint", LETTER, 100, 3, "checkpoint-signature", NULL},
        {"checkpoint", CUT, -1, 3, "file-malformed verdict-unchecked", NULL},
        {"checkpoint", EMPTY, 0, 3, "file-malformed verdict-unchecked", NULL},
        {"checkpoint", REMOVE, 0, 4, "file-missing verdict-unchecked", NULL},
        {"signatures", LETTER, 20, 3, "anchor-unsigned signature-bad", NULL},
        {"signatures", LETTER, -30, 3, "signature-bad", NULL},
        {"signatures", CUT, -1, 3, "file-malformed", NULL},
        {"signatures", CUT, -136, 3, "file-malformed", NULL}, /* the last line */
        {"signatures", REMOVE, 0, 4, "file-missing", NULL},
        {"cosignatures", FLIP, 0, 3, "cosignature", NULL},
        {"cosignatures", LETTER, 20, 3, "cosignature", NULL},
        {"cosignatures", CUT, -1, 3, "file-malformed", NULL},
        {"roster/1", FLIP, 0, 3,
         "file-malformed key-missing receipt-unchecked roots-differ roster-unknown", NULL},
        {"roster/1", REMOVE, 0, 4, "file-missing key-missing receipt-unchecked roster-unknown",
         NULL},
    };
    CHECK_ROWS(rows);
}

static void damage_to_tiles_and_leaves_is_found(void)
{
    static const struct row rows[] = {
        {"tile/0/000", FLIP, 20, 3, "leaf-differs tile-differs", NULL},
        {"tile/0/000", FLIP, -2, 3, "leaf-differs tile-differs", NULL},
        {"tile/0/000", CUT, -32, 3, "file-malformed", NULL},
        {"tile/0/000", APPEND, 0, 3, "file-malformed", NULL},
        {"tile/0/000", REMOVE, 0, 4, "file-missing", NULL},
        {"tile/1/000.p/1", FLIP, 0, 3, "tile-differs", NULL},
        {"tile/1/000.p/1", EMPTY, 0, 3, "file-malformed", NULL},
        {"tile/1/000.p/1", REMOVE, 0, 4, "file-missing", NULL},
        {"leaves/000", FLIP, 0, 3, "file-malformed receipt-unchecked verdict-unchecked", NULL},
        {"leaves/000", FLIP, 20, 3, "leaf-differs", NULL},
        {"leaves/000", FLIP, 100, 3, "leaf-differs leaf-malformed", NULL},
        {"leaves/000", CUT, -1, 3, "file-malformed receipt-unchecked verdict-unchecked", NULL},
        {"leaves/000", REMOVE, 0, 4, "file-missing receipt-unchecked verdict-unchecked", NULL},
        {"journal/checkpoint", LETTER, 20, 3, "checkpoint-signature", NULL},
        {"journal/checkpoint", CUT, -1, 3, "file-malformed", NULL},
        {"journal/checkpoint", REMOVE, 0, 4, "file-missing", NULL},
        {"journal/signatures", LETTER, 20, 3, "signature-bad", NULL},
        {"journal/signatures", REMOVE, 0, 4, "file-missing", NULL},
        {"journal/tile/0/000.p/2", FLIP, 20, 3, "leaf-differs", NULL},
        {"journal/tile/0/000.p/2", REMOVE, 0, 4, "file-missing", NULL},
        {"journal/leaves/000.p/2", FLIP, 20, 3, "leaf-differs", NULL},
        {"journal/leaves/000.p/2", FLIP, 0, 3, "file-malformed", NULL},
        {"journal/leaves/000.p/2", REMOVE, 0, 4, "file-missing", NULL},
        {"tile/0/000", SWAP, 0, 3,
         "file-malformed receipt-unchecked root-damaged verdict-unchecked", "leaves/000"},
        /* It claims the journal's size, and everything is read by it. */
        {"checkpoint", SWAP, 0, 3,
         "about-differs beyond-tree checkpoint-signature file-malformed file-missing record-extra "
         "root-damaged verdict-unchecked",
         "journal/checkpoint"},
        {"signatures", SWAP, 0, 3, "anchor-unsigned file-malformed signature-bad",
         "journal/signatures"},
    };
    CHECK_ROWS(rows);
}

static void damage_to_what_stands_beside_entries_is_found(void)
{
    static const struct row rows[] = {
        {"detached/000", FLIP, 0, 3, "file-malformed", NULL},
        {"detached/000", FLIP, 20, 3, "link-hash", NULL},
        {"detached/000", FLIP, -2, 3, "part-differs", NULL},
        {"detached/000", CUT, -1, 3, "file-malformed", NULL},
        {"detached/000", EMPTY, 0, 4, "link-missing part-missing", NULL},
        {"detached/000", APPEND, 0, 3, "file-malformed", NULL},
        {"detached/000", REMOVE, 0, 4, "file-missing", NULL},
        {"detached/001", EMPTY, 0, 4, "link-missing list-missing part-missing", NULL},
        {"detached/001", SWAP, 0, 3, "link-missing list-missing part-missing record-extra",
         "detached/000"},
        {"attachments/6-2", FLIP, 0, 3, "part-differs", NULL},
        {"attachments/6-2", FLIP, -1, 3, "part-differs", NULL},
        {"attachments/6-2", CUT, -1, 3, "part-differs", NULL},
        {"attachments/6-2", APPEND, 0, 3, "part-differs", NULL},
        {"attachments/6-2", SWAP, 0, 3, "part-differs", "attachments/320-2"},
        {"mirror/2/1/attachments/7-2", FLIP, 0, 3, "part-differs", NULL},
        {"mirror/2/1/parts/000", FLIP, 20, 3, "part-differs", NULL},
        {"mirror/2/1/parts/000", FLIP, 0, 3, "file-malformed", NULL},
        {"mirror/2/1/parts/000", EMPTY, 0, 4, "list-missing part-missing", NULL},
        {"mirror/2/1/parts/000", REMOVE, 0, 4, "file-missing", NULL},
    };
    CHECK_ROWS(rows);
}

static void damage_to_mirrors_is_found(void)
{
    static const struct row rows[] = {
        {"mirror/2/1/checkpoint", FLIP, 20, 3, "checkpoint-signature", NULL},
        {"mirror/2/1/checkpoint", EMPTY, 0, 3, "checkpoint-signature", NULL},
        {"mirror/2/1/checkpoint", REMOVE, 0, 4, "file-missing", NULL},
        {"mirror/2/1/checkpoints", FLIP, 20, 3, "anchor-unsigned signature-bad", NULL},
        {"mirror/2/1/checkpoints", CUT, -1, 3, "file-malformed receipt-unchecked", NULL},
        {"mirror/2/1/checkpoints", REMOVE, 0, 4, "file-missing receipt-unchecked", NULL},
        {"mirror/2/1/entries/000", FLIP, 20, 3, "leaf-malformed mirror-damaged receipt-unchecked",
         NULL},
        {"mirror/2/1/entries/000", FLIP, 0, 4, "receipt-unchecked version-newer", NULL},
        {"mirror/2/1/entries/000", CUT, -1, 3, "file-malformed receipt-unchecked", NULL},
        {"mirror/2/1/entries/000", REMOVE, 0, 4, "mirror-gap receipt-unchecked", NULL},
        {"mirror/2/1/skipped", FLIP, -2, 3, "mirror-damaged receipt-unchecked", NULL},
        {"mirror/2/1/skipped", EMPTY, 0, 4, "mirror-gap receipt-unchecked", NULL},
        {"mirror/2/1/skipped", REMOVE, 0, 4, "file-missing receipt-unchecked", NULL},
        {"mirror/2/1/position", FLIP, 4, 3, "file-malformed receipt-unchecked", NULL},
        {"mirror/2/1/position", FLIP, 5, 4, "mirror-gap receipt-unchecked", NULL}, /* its size */
        {"mirror/2/1/position", FLIP, -2, 3, "mirror-position", NULL}, /* the link number */
        {"mirror/2/1/position", REMOVE, 0, 4, "file-missing receipt-unchecked", NULL},
        {"mirror/2/1/checkpoints", SWAP, 0, 3,
         "file-malformed mirror-gap mirror-tail receipt-unchecked signature-bad",
         "mirror/3/1/checkpoints"},
        {"mirror/2/1/entries/000", SWAP, 0, 3,
         "genesis mirror-damaged mirror-gap receipt-unchecked", "mirror/3/1/entries/000"},
    };
    CHECK_ROWS(rows);
}

static void a_file_that_is_put_in_is_found(void)
{
    static const struct row rows[] = {
        {"tile/0/002", ADD, 0, 3, "file-misplaced", "x"},
        {"tile/0/001.p/70", ADD, 0, 3, "file-misplaced", "x"},
        {"tile/2/000.p/1", ADD, 0, 3, "file-misplaced", "x"},
        {"leaves/001", ADD, 0, 3, "file-misplaced", "x"},
        {"journal/leaves/000", ADD, 0, 3, "file-misplaced", "x"},
        {"detached/002", ADD, 0, 3, "file-misplaced", "x"},
        {"attachments/1-2", ADD, 0, 3, "file-misplaced", "x"},
        {"mirror/2/1/entries/001", ADD, 0, 3, "file-misplaced", "x"},
        {"mirror/2/1/attachments/1-2", ADD, 0, 3, "file-misplaced", "x"},
        {"roster/2", ADD, 0, 3, "file-malformed", "x"},
        {"roster/3", ADD, 0, 3, "file-malformed", "x"},
        {"notes", ADD, 0, 4, "file-unknown", "x"},
        {"journal/about", ADD, 0, 4, "file-unknown", "x"},
        {"detached/1", ADD, 0, 4, "file-unknown", "x"},
        {"mirror/2/1/notes", ADD, 0, 4, "file-unknown", "x"},
    };
    CHECK_ROWS(rows);
}

/* ---- what is no row ---- */

static void every_failure_is_listed(void)
{
    static const char *const paths[] = {"leaves/001.p/71",        "detached/000",
                                        "journal/tile/0/000.p/2", "mirror/2/1/skipped",
                                        "attachments/6-2",        "roster/1"};
    char dir[WORLD_PATH_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0] - 1; i++)
        damage_flip(dir, paths[i], -2, 0);
    damage_append(dir, "roster/1", "x");
    damage_remove(dir, "about");
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 3);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        unit_equal_int(verdict_find(&verdict, "file-changed", paths[i]) != NULL, 1, paths[i],
                       __FILE__, __LINE__);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "file-missing", "about"));
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "file-malformed", "roster/1"));
    verdict_fini(&verdict);
}

static void check_manifest(const char *names, int code, const char *said)
{
    char dir[WORLD_PATH_SIZE];
    world_path(world, dir, "copy");
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    verdict_fini(&verdict);
}

static void damage_to_the_manifest_is_found(void)
{
    static const char twice[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 about\n";
    char dir[WORLD_PATH_SIZE];
    damage_copy(world, "exports/a1", "copy", dir);
    damage_flip(dir, "manifest", 0, 0);
    check_manifest("file-changed", 3, "a hash");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_flip(dir, "manifest", -2, 0);
    check_manifest("file-extra file-missing file-unknown", 3, "a path");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_cut(dir, "manifest", -1);
    check_manifest("manifest-line", 3, "the last newline");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_append(dir, "manifest", twice);
    check_manifest("file-changed manifest-order", 3, "a line twice, out of order");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_append(dir, "manifest", "x ../a1/about\n");
    check_manifest("manifest-line", 3, "a path that leads out");
    damage_cut(dir, "manifest", 0);
    check_manifest("manifest-line", 3, "an empty one");
    damage_remove(dir, "manifest");
    check_manifest("no-export", 4, "no manifest");
}

static void what_is_no_plain_file_is_found(void)
{
    char dir[WORLD_PATH_SIZE], path[WORLD_PATH_SIZE + 32];
    damage_copy(world, "exports/a1", "copy", dir);
    damage_remove(dir, "cosignatures");
    (void)snprintf(path, sizeof path, "%s/cosignatures", dir);
    UNIT_NEED(symlink("../exports/a1/cosignatures", path) == 0);
    check_manifest("file-kind", 3, "a link to the very file");
    damage_copy(world, "exports/a1", "copy", dir);
    UNIT_NEED(mkfifo((snprintf(path, sizeof path, "%s/detached/002", dir), path), 0600) == 0);
    check_manifest("file-kind", 3, "a pipe");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_write(dir, "roster/Readme", tov_bytes_of_text("x"));
    check_manifest("file-kind", 3, "a name that no export has");
    damage_copy(world, "exports/a1", "copy", dir);
    damage_write(dir, ".hidden", tov_bytes_of_text("x"));
    check_manifest("file-kind", 3, "a hidden file");
}

static void what_is_beyond_the_list_accuses_nobody(void)
{
    char dir[WORLD_PATH_SIZE], path[64];
    damage_copy(world, "exports/a1", "copy", dir);
    for (unsigned i = 0; i < 10001; i++) {
        (void)snprintf(path, sizeof path, "extra/%u", i);
        damage_write(dir, path, tov_bytes_of_text("x"));
    }
    damage_flip(dir, "leaves/000", 100, 0); /* leaf-malformed, were it signed */
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 3, "file-changed file-extra", "10,001 files more");
    UNIT_EQUAL_INT(json_array_size(json_object_get(verdict.report, "findings")), 10000);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(verdict.report, "unlisted")) >= 3, 1);
    verdict_fini(&verdict);
}

/* By all that the entries of a file lack, and whether or not the list has room for it. */
static void a_missing_file_is_counted_once(void)
{
    static const char *const rows[][3] = {
        {"exports/a1", "detached/000", "detached/001"},
        {"exports/a2", "mirror/1/1/parts/000", "mirror/1/1/parts/001"}};
    char dir[WORLD_PATH_SIZE], path[64];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        damage_copy(world, rows[i][0], "copy", dir);
        damage_remove(dir, rows[i][1]);
        damage_remove(dir, rows[i][2]);
        damage_reseal(dir);
        for (unsigned k = 0; k < 10000; k++) {
            (void)snprintf(path, sizeof path, "extra/%u", k);
            damage_write(dir, path, tov_bytes_of_text("x"));
        }
        struct verdict verdict = verdict_of_one(world, dir);
        UNIT_EQUAL_INT(json_array_size(json_object_get(verdict.report, "findings")), 10000);
        UNIT_EQUAL_INT(json_integer_value(json_object_get(verdict.report, "unlisted")), 2);
        verdict_fini(&verdict);
    }
}

/* Notes may carry signatures that a reader does not know; none of them is evidence. */
static void a_signature_line_of_nobody_is_told(void)
{
    static const char *const notes[] = {"checkpoint", "journal/checkpoint", "roster/1",
                                        "mirror/2/1/checkpoint"};
    char dir[WORLD_PATH_SIZE];
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        damage_copy(world, "exports/a1", "copy", dir);
        damage_append(dir, notes[i], "\xe2\x80\x94 nobody AAAAAAAAAAAA\n");
        damage_reseal(dir);
        struct verdict verdict = verdict_of_one(world, dir);
        VERDICT_IS(&verdict, 0, "signature-unknown", notes[i]);
        CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "signature-unknown", notes[i]));
        verdict_fini(&verdict);
    }
}

static void double_last_line(const char *dir, const char *path)
{
    char line[512];
    struct tov_buf text = damage_read(dir, path);
    size_t at = text.size - 1;
    while (at > 0 && text.data[at - 1] != '\n')
        at--;
    UNIT_NEED(text.size - at < sizeof line);
    memcpy(line, text.data + at, text.size - at);
    line[text.size - at] = '\0';
    damage_append(dir, path, line);
    tov_buf_fini(&text);
}

static void signed_sizes_that_do_not_ascend_are_found(void)
{
    static const char *const files[] = {"signatures", "journal/signatures",
                                        "mirror/2/1/checkpoints"};
    char dir[WORLD_PATH_SIZE];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        damage_copy(world, "exports/a1", "copy", dir);
        double_last_line(dir, files[i]);
        damage_reseal(dir);
        struct verdict verdict = verdict_of_one(world, dir);
        UNIT_EQUAL_INT(verdict.code, 3);
        CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "file-malformed", files[i]));
        verdict_fini(&verdict);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(damage_to_small_files_is_found),
        UNIT_TEST(damage_to_tiles_and_leaves_is_found),
        UNIT_TEST(damage_to_what_stands_beside_entries_is_found),
        UNIT_TEST(damage_to_mirrors_is_found),
        UNIT_TEST(a_file_that_is_put_in_is_found),
        UNIT_TEST(every_failure_is_listed),
        UNIT_TEST(damage_to_the_manifest_is_found),
        UNIT_TEST(what_is_no_plain_file_is_found),
        UNIT_TEST(what_is_beyond_the_list_accuses_nobody),
        UNIT_TEST(a_missing_file_is_counted_once),
        UNIT_TEST(a_signature_line_of_nobody_is_told),
        UNIT_TEST(signed_sizes_that_do_not_ascend_are_found),
    };
    world = world_create("audit-files");
    int code = unit_run("audit_files", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
