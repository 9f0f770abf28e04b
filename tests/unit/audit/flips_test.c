/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bit of any file of a real export: with the manifest as it was, as a disk would flip it, and
 * with one that was made to fit, as somebody could. AUDIT_FLIPS: bits of each file.
 */
#include "damage.h"
#include "verdict.h"

#include "support/unit.h"

#include <stdio.h>
#include <string.h>

static struct world *world;

static void check_copy(const char *names, int code, const char *said)
{
    char dir[WORLD_PATH_SIZE];
    world_path(world, dir, "copy");
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    verdict_fini(&verdict);
}

struct sweep {
    const char *dir;
    uint64_t random;
    unsigned flips; /* of each file */
};

static void check_flipped(const char *dir, const char *path, const char *said)
{
    char names[VERDICT_TEXT_SIZE];
    struct verdict verdict = verdict_of_one(world, dir);
    unit_equal_int(verdict.code, 3, said, __FILE__, __LINE__);
    unit_equal_int(verdict_find(&verdict, "file-changed", path) != NULL, 1, said, __FILE__,
                   __LINE__);
    verdict_names(&verdict, "inconsistent", names);
    unit_equal_text(names, "", said, __FILE__, __LINE__);
    verdict_fini(&verdict);
}

static void flip_some(void *context, const char *path)
{
    struct sweep *sweep = context;
    char said[WORLD_PATH_SIZE];
    struct tov_buf content = damage_read(sweep->dir, path);
    for (unsigned i = 0; i < sweep->flips; i++) {
        long at = (long)(unit_random(&sweep->random) % content.size);
        unsigned bit = (unsigned)(unit_random(&sweep->random) % 8);
        (void)snprintf(said, sizeof said, "bit %u of byte %ld of %s", bit, at, path);
        damage_flip(sweep->dir, path, at, bit);
        check_flipped(sweep->dir, path, said);
        damage_write(sweep->dir, path, tov_buf_view(&content));
    }
    tov_buf_fini(&content);
}

/* The lines `software` and `time` of `about` are the exporter's word alone. */
static bool is_unsigned(const char *path, const struct tov_buf *content, long at)
{
    static const char start[] = "software ", end[] = "ledger ";
    if (strcmp(path, "about") != 0)
        return false;
    const uint8_t *first = memmem(content->data, content->size, start, sizeof start - 1);
    const uint8_t *behind = memmem(content->data, content->size, end, sizeof end - 1);
    UNIT_NEED(first != NULL && behind != NULL);
    return content->data + at >= first && content->data + at < behind;
}

static void check_resealed_flip(const char *dir, const char *said)
{
    char names[VERDICT_TEXT_SIZE];
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    verdict_names(&verdict, NULL, names);
    unit_equal_int(verdict.code == 3 || verdict.code == 4, 1, said, __FILE__, __LINE__);
    unit_equal_int(names[0] != '\0', 1, said, __FILE__, __LINE__);
    verdict_names(&verdict, "inconsistent", names);
    unit_equal_text(names, "", said, __FILE__, __LINE__);
    verdict_fini(&verdict);
}

static void flip_and_reseal(void *context, const char *path)
{
    struct sweep *sweep = context;
    char said[WORLD_PATH_SIZE];
    struct tov_buf content = damage_read(sweep->dir, path);
    for (unsigned i = 0; i < sweep->flips; i++) {
        long at = (long)(unit_random(&sweep->random) % content.size);
        unsigned bit = (unsigned)(unit_random(&sweep->random) % 8);
        if (is_unsigned(path, &content, at))
            continue;
        (void)snprintf(said, sizeof said, "bit %u of byte %ld of %s, resealed", bit, at, path);
        damage_flip(sweep->dir, path, at, bit);
        check_resealed_flip(sweep->dir, said);
        damage_write(sweep->dir, path, tov_buf_view(&content));
    }
    tov_buf_fini(&content);
}

static void no_flipped_bit_passes_with_a_manifest_that_fits(void)
{
    char dir[WORLD_PATH_SIZE];
    struct sweep sweep = {dir, 20210706, unit_rounds("AUDIT_FLIPS", 6)};
    damage_copy(world, "exports/a1", "copy", dir);
    damage_each(dir, flip_and_reseal, &sweep);
    damage_reseal(dir);
    check_copy("", 0, "all bits flipped back");
}

/* The manifest stays: what the other checks say of the flipped bit stands beside it. */
static void no_flipped_bit_passes_or_accuses_anybody(void)
{
    char dir[WORLD_PATH_SIZE];
    struct sweep sweep = {dir, 20210705, unit_rounds("AUDIT_FLIPS", 6)};
    damage_copy(world, "exports/a1", "copy", dir);
    damage_each(dir, flip_some, &sweep);
    check_copy("", 0, "all bits flipped back");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(no_flipped_bit_passes_or_accuses_anybody),
        UNIT_TEST(no_flipped_bit_passes_with_a_manifest_that_fits),
    };
    world = world_create("audit-flips");
    int code = unit_run("audit_flips", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
