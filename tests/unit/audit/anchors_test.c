/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists of anchors: what an agency signed that it saw of others must be held, and what the others
 * saw of it must be its history. So nobody drops a peer's ledger, or their own newest entries,
 * unseen.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "merkle/checkpoint.h"
#include "merkle/tree.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_BYTES 110u
#define LIST_MAX_BYTES 4096u
#define CHECKPOINTS "mirror/2/1/checkpoints"

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static void check(int code, const char *names, const char *said)
{
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    verdict_fini(&verdict);
}

static void copy_fresh(void)
{
    damage_copy(world, "exports/a1", "copy", dir);
}

/* ---- the newest own anchor and its list ---- */

struct anchor {
    uint64_t index;
    uint16_t count;
    uint8_t list[LIST_MAX_BYTES];
    size_t size;
};

static char *list_path(const struct anchor *anchor)
{
    static char path[64];
    (void)snprintf(path, sizeof path, "detached/%03u",
                   (unsigned)(anchor->index / TOV_EXPORT_BUNDLE_ENTRIES));
    return path;
}

static bool read_list(void *context, struct tov_export_record *record)
{
    struct anchor *anchor = context;
    if (record->kind == TOV_EXPORT_LIST && record->index == anchor->index) {
        UNIT_NEED(record->as.leaf.size <= sizeof anchor->list);
        memcpy(anchor->list, record->as.leaf.data, record->as.leaf.size);
        anchor->size = record->as.leaf.size;
    }
    return true;
}

static struct anchor newest_anchor(void)
{
    struct anchor anchor = {.index = 0};
    struct tov_buf text = damage_read(dir, "about");
    struct tov_export_about about;
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    tov_buf_fini(&text);
    for (uint64_t i = about.ledger_size; i > 0 && anchor.count == 0; i--) {
        struct tov_leaf *leaf = forge_leaf(dir, i - 1);
        anchor.index = i - 1;
        if (leaf->type == TOV_LEAF_ANCHOR)
            anchor.count = leaf->as.anchor.seen_count;
        free(leaf);
    }
    UNIT_NEED(anchor.count == WORLD_AGENCIES - 1);
    forge_records(dir, list_path(&anchor), read_list, &anchor);
    UNIT_NEED(anchor.size == anchor.count * ITEM_BYTES && anchor.list[1] == 2);
    return anchor;
}

static bool write_list(void *context, struct tov_export_record *record)
{
    struct anchor *anchor = context;
    if (record->kind == TOV_EXPORT_LIST && record->index == anchor->index)
        record->as.leaf = (struct tov_bytes){anchor->list, anchor->size};
    return true;
}

static bool write_anchor(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    const struct anchor *anchor = context;
    if (index != anchor->index)
        return false;
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    leaf->as.anchor.seen_count = anchor->count;
    leaf->as.anchor.seen_hash = tov_sha256((struct tov_bytes){anchor->list, anchor->size});
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
    free(leaf);
    return true;
}

/* As if the exporter had written the list so. */
static void sign_list(struct anchor *anchor)
{
    struct forge_log log = forge_ledger(world, 0);
    forge_records(dir, list_path(anchor), write_list, anchor);
    forge_history(
        &(struct forge){.dir = dir, .log = &log, .context = anchor, .entry = write_anchor});
}

/* The first item, of agency 2, says SIZE and ROOT, signed by SIGNER. */
static void put_item(struct anchor *anchor, size_t signer, uint64_t size,
                     const struct tov_hash *root)
{
    struct forge_log log = forge_ledger(world, 1), other = forge_ledger(world, signer);
    memcpy(log.secret, other.secret, sizeof log.secret);
    struct tov_export_signed value = forge_sign(&log, size, root);
    tov_put_be64(anchor->list + 6, size);
    memcpy(anchor->list + 14, root->bytes, sizeof root->bytes);
    memcpy(anchor->list + 46, value.signature, sizeof value.signature);
}

static uint64_t item_size(const struct anchor *anchor)
{
    return tov_get_be64(anchor->list + 6);
}

static struct tov_hash unknown_root(void)
{
    return tov_sha256(tov_bytes_of_text("no tree of agency 2"));
}

/* ---- what own anchors saw ---- */

static void a_ledger_that_an_own_anchor_saw_cannot_be_left_out(void)
{
    char folder[2 * WORLD_PATH_SIZE];
    copy_fresh();
    (void)snprintf(folder, sizeof folder, "%s/mirror/2", dir);
    UNIT_NEED(world_run(world, (const char *const[]){"rm", "-rf", folder, NULL}) == 0);
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 4);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "mirror-gap", "mirror/2/1"));
    verdict_fini(&verdict);
}

static void more_was_seen_than_is_held(void)
{
    struct tov_hash root = unknown_root();
    copy_fresh();
    struct anchor anchor = newest_anchor();
    sign_list(&anchor);
    check(0, "", "the list as it was");
    put_item(&anchor, 1, 100000, &root);
    sign_list(&anchor);
    check(4, "mirror-gap", "a size beyond the mirror");
}

static void a_checkpoint_that_an_own_anchor_saw_cannot_be_left_out(void)
{
    struct tov_buf out = TOV_BUF_INIT(1u << 16);
    copy_fresh();
    struct anchor anchor = newest_anchor();
    struct tov_buf lines = damage_read(dir, CHECKPOINTS);
    char start[32];
    (void)snprintf(start, sizeof start, "%llu ", (unsigned long long)item_size(&anchor));
    struct tov_reader reader = tov_reader_of(tov_buf_view(&lines));
    unsigned dropped = 0;
    while (reader.left > 0) {
        const uint8_t *end = memchr(reader.at, '\n', reader.left);
        UNIT_NEED(end != NULL);
        struct tov_bytes line = tov_read_bytes(&reader, (size_t)(end - reader.at) + 1);
        if (memcmp(line.data, start, strlen(start)) == 0)
            dropped++;
        else
            tov_buf_put_bytes(&out, line);
    }
    UNIT_EQUAL_INT(dropped, 1);
    damage_write(dir, CHECKPOINTS, tov_buf_view(&out));
    damage_reseal(dir);
    check(4, "anchor-unsigned", "the line of the size that was seen");
    tov_buf_fini(&out);
    tov_buf_fini(&lines);
}

static void another_root_than_the_one_seen_is_a_fork_with_both_notes(void)
{
    struct tov_hash root = unknown_root();
    struct tov_vkey key = forge_ledger(world, 1).key;
    copy_fresh();
    struct anchor anchor = newest_anchor();
    put_item(&anchor, 1, item_size(&anchor), &root);
    sign_list(&anchor);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    const json_t *fork = verdict_find(&verdict, "mirror-fork", CHECKPOINTS);
    const char *evidence = verdict_text(fork, "evidence");
    char second[TOV_ORIGIN_MAX_BYTES + 3];
    struct tov_checkpoint_opened notes[2] = {0};
    (void)snprintf(second, sizeof second, "\n%s\n", key.name);
    const char *at = strstr(evidence, second);
    UNIT_NEED(at != NULL);
    UNIT_OK(
        tov_checkpoint_open((struct tov_bytes){(const uint8_t *)evidence, (size_t)(at - evidence)},
                            &key, &notes[0], NULL));
    UNIT_OK(tov_checkpoint_open(tov_bytes_of_text(at + 1), &key, &notes[1], NULL));
    UNIT_EQUAL_INT(notes[0].checkpoint.size, notes[1].checkpoint.size);
    UNIT_EQUAL_INT(tov_hash_equal(&notes[0].checkpoint.root, &notes[1].checkpoint.root), 0);
    verdict_fini(&verdict);
    anchor = newest_anchor();
    put_item(&anchor, 2, item_size(&anchor), &root);
    sign_list(&anchor);
    check(3, "signature-bad", "signed by another agency, which accuses nobody");
}

static void a_list_that_is_none_breaks_the_entry(void)
{
    copy_fresh();
    struct anchor anchor = newest_anchor();
    anchor.count++;
    sign_list(&anchor);
    check(5, "leaf-malformed", "fewer than the entry says");
    copy_fresh();
    anchor = newest_anchor();
    anchor.list[1] = 3;
    sign_list(&anchor);
    check(5, "leaf-malformed", "not ascending");
}

/* ---- what is disclosed to all ---- */

struct first {
    struct tov_hash hash;
    bool is_there;
};

static bool drop_first(void *context, struct tov_export_record *record)
{
    struct first *first = context;
    if (record->index != 0)
        return true;
    UNIT_NEED(record->kind == TOV_EXPORT_LEAF);
    first->hash = tov_merkle_leaf_hash(record->as.leaf);
    first->is_there = true;
    return false;
}

/* Its hash in its place: the tree is as it was. */
static void a_genesis_cannot_be_passed_over(void)
{
    struct first first = {.is_there = false};
    struct tov_buf out = TOV_BUF_INIT(1u << 16);
    copy_fresh();
    forge_records(dir, "mirror/2/1/entries/000", drop_first, &first);
    UNIT_NEED(first.is_there);
    struct tov_export_record run = {.kind = TOV_EXPORT_SKIPPED,
                                    .as.skipped = {1, true, TOV_BYTES_OF(first.hash.bytes)}};
    struct tov_buf old = damage_read(dir, "mirror/2/1/skipped");
    UNIT_NEED(tov_export_record_put(&out, &run) == TOV_OK);
    tov_buf_put_bytes(&out, tov_buf_view(&old));
    damage_write(dir, "mirror/2/1/skipped", tov_buf_view(&out));
    damage_reseal(dir);
    check(4, "mirror-gap", "the first entry of a peer");
    tov_buf_fini(&old);
    tov_buf_fini(&out);
}

/* ---- what peers' anchors saw ---- */

static bool change_first(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)context;
    if (index != 1)
        return false;
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    leaf->blind[0] ^= 1;
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
    free(leaf);
    return true;
}

/* All of it signed anew: within the own ledger nothing contradicts. */
static void a_history_written_anew_is_not_the_one_that_peers_saw(void)
{
    struct forge_log log = forge_ledger(world, 0);
    copy_fresh();
    forge_history(&(struct forge){.dir = dir, .log = &log, .entry = change_first});
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 5, "two-roots", "one byte of the second entry");
    const json_t *fork = verdict_find(&verdict, "two-roots", NULL);
    UNIT_EQUAL_INT(strncmp(verdict_text(fork, "path"), "mirror/", 7), 0);
    UNIT_EQUAL_INT(strstr(verdict_text(fork, "evidence"), log.key.name) != NULL, 1);
    verdict_fini(&verdict);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_ledger_that_an_own_anchor_saw_cannot_be_left_out),
        UNIT_TEST(more_was_seen_than_is_held),
        UNIT_TEST(a_checkpoint_that_an_own_anchor_saw_cannot_be_left_out),
        UNIT_TEST(another_root_than_the_one_seen_is_a_fork_with_both_notes),
        UNIT_TEST(a_list_that_is_none_breaks_the_entry),
        UNIT_TEST(a_genesis_cannot_be_passed_over),
        UNIT_TEST(a_history_written_anew_is_not_the_one_that_peers_saw),
    };
    world = world_create("audit-anchors");
    int code = unit_run("audit_anchors", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
