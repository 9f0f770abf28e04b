/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that are receipted twice: no fault where the ledger has said between the two that it
 * lost the first receipt, which its peer may have withheld from it; else one.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "merkle/tile.h"
#include "merkle/tree.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELD "mirror/2/1/"
#define LEAVES_MAX 8u
#define BUNDLE_MAX_BYTES (1u << 22)

static struct world *world;
static char dir[WORLD_PATH_SIZE];

/* ---- whose ledger it is ---- */

/* In exports/a1: its own ledger with its receipts to a2, or what it holds of a2 with those to it.
 */
static const struct side {
    const char *said;
    size_t agency; /* that gives the receipts: an index */
    uint16_t peer; /* that gets them */
} sides[] = {{"its own", 0, 2}, {"held", 1, 1}};
#define SIDES (sizeof sides / sizeof sides[0])
#define OWN (&sides[0])
#define HOLDS (&sides[1])

static uint64_t own_size(const char *export)
{
    struct tov_buf text = damage_read(export, "about");
    struct tov_export_about about;
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    tov_buf_fini(&text);
    return about.ledger_size;
}

static struct tov_export_position position_held(void)
{
    struct tov_buf text = damage_read(dir, HELD "position");
    struct tov_export_position position;
    UNIT_NEED(tov_export_parse_position(tov_buf_view(&text), &position) == TOV_OK);
    tov_buf_fini(&text);
    return position;
}

static uint64_t size_of(const struct side *side)
{
    return side == OWN ? own_size(dir) : position_held().size;
}

/* ---- the last two receipts ---- */

struct given {
    uint64_t index;
    struct tov_leaf *leaf;
};
struct scene {
    const struct side *side;
    uint64_t size; /* of the ledger, before what is appended */
    struct given older, newer;
    struct tov_leaf leaves[LEAVES_MAX]; /* to be appended */
    size_t count;
    bool hides_losses; /* the holder of the mirror: it shows the hash of each instead */
};

static uint64_t first_link(const struct tov_leaf *leaf)
{
    return leaf->as.receipt.last_link - tov_receipt_span(&leaf->as.receipt) + 1;
}

/* The last receipt before entry END. */
static struct given find_receipt(const struct side *side, uint64_t end)
{
    char export[WORLD_PATH_SIZE];
    world_path(world, export, "exports/a%zu", side->agency + 1);
    for (uint64_t i = end;; i--) {
        UNIT_NEED(i > 0);
        struct tov_leaf *leaf = forge_leaf(export, i - 1);
        if (leaf->type == TOV_LEAF_RECEIPT && leaf->as.receipt.peer == side->peer &&
            leaf->as.receipt.run_count > 0)
            return (struct given){i - 1, leaf};
        free(leaf);
    }
}

static struct scene *make_scene(const struct side *side)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    damage_copy(world, "exports/a1", "copy", dir);
    scene->side = side;
    scene->size = size_of(side);
    scene->newer = find_receipt(side, scene->size);
    scene->older = find_receipt(side, scene->newer.index);
    UNIT_EQUAL_INT(first_link(scene->newer.leaf), scene->older.leaf->as.receipt.last_link + 1);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    free(scene->older.leaf);
    free(scene->newer.leaf);
    free(scene);
}

static struct tov_leaf *add(struct scene *scene, enum tov_leaf_type type)
{
    UNIT_NEED(scene->count < LEAVES_MAX);
    struct tov_leaf *leaf = &scene->leaves[scene->count++];
    *leaf = (struct tov_leaf){.type = type, .time_ms = TOV_TIME_MAX_MS};
    return leaf;
}

static void add_lost(struct scene *scene, uint64_t first, uint64_t end)
{
    struct tov_leaf *leaf = add(scene, TOV_LEAF_LOST);
    leaf->as.lost.first = first;
    leaf->as.lost.end = end;
}

/* In which all is opened, as it was in the end. */
static struct tov_leaf_receipt *add_again(struct scene *scene, const struct given *given)
{
    struct tov_leaf_receipt *receipt = &add(scene, TOV_LEAF_RECEIPT)->as.receipt;
    *receipt = given->leaf->as.receipt;
    for (size_t i = 0; i < receipt->run_count; i++)
        receipt->runs[i].value = (struct tov_verdict_value){TOV_VERDICT_OPENED, 0, 0};
    return receipt;
}

/* ---- signing it ---- */

static void append_own(const struct scene *scene)
{
    struct forge_log log = forge_ledger(world, 0);
    forge_history(&(struct forge){
        .dir = dir, .log = &log, .more = scene->leaves, .more_count = scene->count});
}

static void skip(uint64_t index, const struct tov_hash *hash)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    struct tov_export_record run = {.kind = TOV_EXPORT_SKIPPED, .index = index};
    struct tov_buf old = damage_read(dir, HELD "skipped");
    run.as.skipped = (struct tov_export_skipped){1, true, TOV_BYTES_OF(hash->bytes)};
    tov_buf_put_bytes(&out, tov_buf_view(&old));
    UNIT_NEED(tov_export_record_put(&out, &run) == TOV_OK);
    damage_write(dir, HELD "skipped", tov_buf_view(&out));
    tov_buf_fini(&old);
}

static bool is_hidden(const struct scene *scene, size_t i)
{
    return scene->hides_losses && scene->leaves[i].type == TOV_LEAF_LOST;
}

static void put_entries(const struct scene *scene, struct tov_range *range)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    struct tov_buf out = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t bundle = scene->size / TOV_EXPORT_BUNDLE_ENTRIES;
    UNIT_NEED((scene->size + scene->count) / TOV_EXPORT_BUNDLE_ENTRIES == bundle);
    tov_export_bundle_path(HELD "entries", bundle, path);
    struct tov_buf old = damage_read(dir, path);
    tov_buf_put_bytes(&out, tov_buf_view(&old));
    for (size_t i = 0; i < scene->count; i++) {
        tov_buf_clear(&bytes);
        UNIT_NEED(tov_leaf_encode(&scene->leaves[i], &bytes) == TOV_OK);
        struct tov_export_record record = {
            .kind = TOV_EXPORT_LEAF, .index = scene->size + i, .as.leaf = tov_buf_view(&bytes)};
        struct tov_hash hash = tov_merkle_leaf_hash(record.as.leaf);
        if (is_hidden(scene, i))
            skip(record.index, &hash);
        else
            UNIT_NEED(tov_export_record_put(&out, &record) == TOV_OK);
        UNIT_NEED(tov_range_append(range, &hash) == TOV_OK);
    }
    damage_write(dir, path, tov_buf_view(&out));
    tov_buf_fini(&old);
    tov_buf_fini(&out);
}

static void put_position(const struct scene *scene)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    struct tov_export_position position = position_held();
    for (size_t i = 0; i < scene->count; i++) {
        if (scene->leaves[i].type != TOV_LEAF_LOST || is_hidden(scene, i))
            continue;
        position.series.lost_index = scene->size + i;
        position.last_link = 0;
    }
    position.size = scene->size + scene->count;
    tov_export_put_position(&out, &position);
    damage_write(dir, HELD "position", tov_buf_view(&out));
}

static void put_signature(const struct scene *scene, const struct tov_range *range)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    struct forge_log log = forge_ledger(world, scene->side->agency);
    struct tov_hash root = tov_range_root(range);
    struct tov_export_signed line = forge_sign(&log, range->size, &root);
    struct tov_buf old = damage_read(dir, HELD "checkpoints");
    tov_buf_put_bytes(&out, tov_buf_view(&old));
    tov_export_put_signed(&out, &line);
    damage_write(dir, HELD "checkpoints", tov_buf_view(&out));
    forge_note(&log, range->size, &root, &out);
    damage_write(dir, HELD "checkpoint", tov_buf_view(&out));
    tov_buf_fini(&old);
}

static void append_held(const struct scene *scene)
{
    char export[WORLD_PATH_SIZE];
    world_path(world, export, "exports/a%zu", scene->side->agency + 1);
    struct tov_range range = forge_range(export, scene->size);
    put_entries(scene, &range);
    put_position(scene);
    put_signature(scene, &range);
    damage_reseal(dir);
}

static void check(const struct scene *scene, int code, const char *names, const char *said)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s: %s", scene->side->said, said);
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, text);
    verdict_fini(&verdict);
}

static void append(const struct scene *scene)
{
    if (scene->side == OWN)
        append_own(scene);
    else
        append_held(scene);
}

/* ---- on both sides ---- */

static void add_newer(struct scene *scene)
{
    (void)add_again(scene, &scene->newer);
}
static void add_older(struct scene *scene)
{
    (void)add_again(scene, &scene->older);
}
/* One that speaks of what both have said. */
static void add_both(struct scene *scene)
{
    struct tov_leaf_receipt *receipt = add_again(scene, &scene->newer);
    const struct tov_leaf_receipt *older = &scene->older.leaf->as.receipt;
    for (size_t i = 0; i < older->run_count; i++) {
        receipt->runs[receipt->run_count] = older->runs[i];
        receipt->runs[receipt->run_count++].value = receipt->runs[0].value;
    }
    UNIT_EQUAL_INT(receipt->last_link - tov_receipt_span(receipt) + 1,
                   first_link(scene->older.leaf));
}
static void lose_newer(struct scene *scene)
{
    add_lost(scene, scene->newer.index, scene->newer.index + 1);
}
static void lose_older(struct scene *scene)
{
    add_lost(scene, scene->older.index, scene->older.index + 1);
}
static void lose_both(struct scene *scene)
{
    add_lost(scene, scene->older.index, scene->newer.index + 1);
}
static void lose_last(struct scene *scene)
{
    uint64_t end = scene->size + scene->count;
    add_lost(scene, end - 1, end);
}
static void lose_all(struct scene *scene)
{
    add_lost(scene, scene->older.index, scene->size + scene->count);
}
/* Receipts behind which no entry is skipped: in the own ledger those that are there. */
static void show_both(struct scene *scene)
{
    if (scene->side == OWN)
        return;
    lose_both(scene);
    add_older(scene);
    scene->older.index = scene->size + scene->count - 1;
    add_newer(scene);
    scene->newer.index = scene->size + scene->count - 1;
}

struct story {
    const char *said;
    void (*steps[LEAVES_MAX])(struct scene *scene);
};

static void check_stories(const struct side *side, const struct story *stories, size_t count,
                          int code, const char *names)
{
    for (size_t i = 0; i < count; i++) {
        const struct story *story = &stories[i];
        struct scene *scene = make_scene(side);
        for (size_t k = 0; k < LEAVES_MAX && story->steps[k] != NULL; k++)
            story->steps[k](scene);
        append(scene);
        check(scene, code, names, story->said);
        destroy_scene(scene);
    }
}

static void a_receipt_anew_for_one_that_was_lost_before_it_accuses_nobody(void)
{
    static const struct story stories[] = {
        {"one", {lose_newer, add_newer}},
        {"one for two", {lose_both, add_both}},
        {"two for two", {lose_both, add_older, add_newer}},
        {"and lost once more", {lose_both, add_older, lose_last, add_older, add_newer}},
        {"all lost once more", {lose_newer, add_newer, lose_all, add_both}},
    };
    for (size_t i = 0; i < SIDES; i++)
        check_stories(&sides[i], stories, sizeof stories / sizeof stories[0], 4,
                      "receipt-unchecked");
}

static void a_second_receipt_without_a_loss_of_the_first_is_accused(void)
{
    static const struct story stories[] = {
        {"no loss", {show_both, add_newer}},
        {"a loss behind it", {show_both, add_newer, lose_newer}},
        {"a loss of another one", {show_both, lose_older, add_newer}},
        {"a loss of the newer of two", {show_both, lose_newer, add_both}},
        {"a loss of the older of two", {show_both, lose_older, add_both}},
    };
    static const struct story others[] = {
        {"a third one", {lose_newer, add_newer, add_newer}},
        {"a third one of two", {lose_both, add_older, add_newer, add_newer}},
        {"the first of two anew", {lose_both, add_older, add_newer, add_older}},
    };
    const char *both = "receipt-order receipt-unchecked";
    check_stories(OWN, stories, sizeof stories / sizeof stories[0], 5, "receipt-order");
    check_stories(HOLDS, stories, sizeof stories / sizeof stories[0], 5, both);
    for (size_t i = 0; i < SIDES; i++)
        check_stories(&sides[i], others, sizeof others / sizeof others[0], 5, both);
}

/* ---- in a mirror ---- */

/* What was not disclosed is a hash, and whoever holds the mirror can make what was one, too. */
static void a_loss_that_its_holder_hides_may_have_named_the_receipt(void)
{
    struct scene *scene = make_scene(HOLDS);
    scene->hides_losses = true;
    lose_both(scene);
    add_older(scene);
    add_newer(scene);
    append(scene);
    check(scene, 4, "receipt-unchecked", "the loss is hidden");
    destroy_scene(scene);
}

/* ---- in the own ledger ---- */

static bool blank_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)old, (void)out;
    return index == *(const uint64_t *)context;
}

/* A loss that stands in the own ledger is gone from the export: a second restore lost it, and of
 * the receipts that it told of one came back later; or somebody took it out. */
static void check_gone_loss(bool is_named, int code, const char *names)
{
    struct scene *scene = make_scene(OWN);
    struct forge_log log = forge_ledger(world, 0);
    uint64_t loss = scene->size;
    lose_newer(scene);
    add_newer(scene);
    if (is_named)
        add_lost(scene, loss, loss + 1);
    append(scene);
    forge_history(&(struct forge){.dir = dir, .log = &log, .context = &loss, .entry = blank_entry});
    check(scene, code, names, is_named ? "the loss is lost" : "the loss was taken out");
    destroy_scene(scene);
}

static void a_loss_that_was_lost_itself_may_have_named_the_receipt(void)
{
    check_gone_loss(true, 4, "receipt-unchecked");
}

static void a_loss_that_somebody_took_out_may_have_named_the_receipt(void)
{
    check_gone_loss(false, 3, "leaf-empty receipt-unchecked");
}

/* A byte of an entry, which is of a version or a type then that this program does not know. */
struct newer {
    uint64_t index;
    size_t at;
};

static bool make_newer(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    const struct newer *newer = context;
    if (index != newer->index)
        return false;
    tov_buf_put_bytes(out, old);
    out->data[newer->at] = 31;
    return true;
}

static const size_t newer_places[] = {4, 5}; /* proto/wire/leaf.c: version, type */

static void a_loss_of_a_newer_version_may_have_named_the_receipt(void)
{
    for (size_t i = 0; i < sizeof newer_places / sizeof newer_places[0]; i++) {
        struct scene *scene = make_scene(OWN);
        struct forge_log log = forge_ledger(world, 0);
        struct newer newer = {scene->size, newer_places[i]};
        lose_newer(scene);
        add_newer(scene);
        append(scene);
        forge_history(
            &(struct forge){.dir = dir, .log = &log, .context = &newer, .entry = make_newer});
        check(scene, 4, "leaf-newer receipt-unchecked", "the loss is of a newer version");
        destroy_scene(scene);
    }
}

/* The next one goes on behind it. */
static void a_receipt_of_a_newer_version_leaves_nothing_out(void)
{
    for (size_t i = 0; i < sizeof newer_places / sizeof newer_places[0]; i++) {
        struct scene *scene = make_scene(OWN);
        struct forge_log log = forge_ledger(world, 0);
        struct newer newer = {scene->older.index, newer_places[i]};
        forge_history(
            &(struct forge){.dir = dir, .log = &log, .context = &newer, .entry = make_newer});
        check(scene, 4, "leaf-newer receipt-unchecked verdict-unreceipted", "the older one");
        destroy_scene(scene);
    }
}

/* The loss is in the third bundle of leaves, the receipt given anew is the first of the fourth. */
static void a_loss_in_a_file_that_is_missing_may_have_named_the_receipt(void)
{
    struct scene *scene = make_scene(OWN);
    struct forge_log log = forge_ledger(world, 0);
    uint64_t loss = 2 * TOV_TILE_WIDTH, last = 3 * TOV_TILE_WIDTH;
    UNIT_NEED(scene->size < loss && scene->newer.index >= TOV_TILE_WIDTH);
    struct tov_leaf *leaves = calloc(last + 1 - scene->size, sizeof *leaves);
    UNIT_NEED(leaves != NULL);
    lose_newer(scene);
    add_newer(scene);
    for (uint64_t i = scene->size; i < last; i++) {
        leaves[i - scene->size] = scene->leaves[0];
        if (i != loss)
            leaves[i - scene->size].as.lost = (struct tov_leaf_lost){1, 2};
    }
    leaves[last - scene->size] = scene->leaves[1];
    forge_history(&(struct forge){
        .dir = dir, .log = &log, .more = leaves, .more_count = last + 1 - scene->size});
    check(scene, 4, "receipt-unchecked", "the loss is there");
    damage_remove(dir, "leaves/002");
    damage_reseal(dir);
    check(scene, 4, "file-missing receipt-unchecked", "its file is not");
    free(leaves);
    destroy_scene(scene);
}

struct store {
    uint64_t link, first; /* messages up to now; from which on it is changed */
    struct tov_verdict_value verdict;
};

static bool store_verdict(void *context, struct tov_export_record *record)
{
    struct store *store = context;
    if (record->kind == TOV_EXPORT_VERDICT && ++store->link >= store->first)
        record->as.verdict = store->verdict;
    return true;
}

/* The attachments of what comes anew are fetched anew, and the receipt that is read back weeks
 * later says of the state before. */
static void the_newer_of_two_receipts_has_the_last_word(void)
{
    struct tov_verdict_value pending = {TOV_VERDICT_PENDING, 0, 0};
    struct scene *scene = make_scene(OWN);
    struct store store = {.first = first_link(scene->newer.leaf), .verdict = pending};
    lose_newer(scene);
    struct tov_leaf_receipt *receipt = add_again(scene, &scene->newer);
    receipt->amendment_count = 0;
    for (size_t i = 0; i < receipt->run_count; i++)
        receipt->runs[i].value = pending;
    append(scene);
    forge_records(dir, HELD "entries/000", store_verdict, &store);
    UNIT_EQUAL_INT(store.link, receipt->last_link);
    damage_reseal(dir);
    check(scene, 4, "receipt-unchecked", "pending, by the newer one");
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_receipt_anew_for_one_that_was_lost_before_it_accuses_nobody),
        UNIT_TEST(a_second_receipt_without_a_loss_of_the_first_is_accused),
        UNIT_TEST(a_loss_that_its_holder_hides_may_have_named_the_receipt),
        UNIT_TEST(a_loss_that_was_lost_itself_may_have_named_the_receipt),
        UNIT_TEST(a_loss_that_somebody_took_out_may_have_named_the_receipt),
        UNIT_TEST(a_loss_of_a_newer_version_may_have_named_the_receipt),
        UNIT_TEST(a_receipt_of_a_newer_version_leaves_nothing_out),
        UNIT_TEST(a_loss_in_a_file_that_is_missing_may_have_named_the_receipt),
        UNIT_TEST(the_newer_of_two_receipts_has_the_last_word),
    };
    world = world_create("audit-twice");
    int code = unit_run("audit_twice", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
