/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports after a restore that lost something: what was open on the links of the series before it
 * is amended there, and whoever reads the receipts finds them in order.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "merkle/tile.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world *world;
static bool loses_chunks;

static bool lose_chunks(void *context, struct sim_frame *frame)
{
    (void)context;
    return !loses_chunks || sim_frame_kind(frame) != TOV_FRAME_CHUNK;
}

static void send(uint64_t record, uint16_t agency, size_t attachment_bytes)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .text_bytes = 64,
                              .recipient_count = 1,
                              .recipients = {{agency, TOV_RIGHT_ALL}},
                              .attachment_count = attachment_bytes > 0 ? 1 : 0,
                              .attachment_bytes = {attachment_bytes}};
    UNIT_NEED(sim_message_submit(&world->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(world->wire);
}

/* Nobody else holds the last message: it stays in the agency. */
static void restore_first(void)
{
    struct sim_wire *wire = world->wire;
    struct sim_copy copy;
    wire->filter = lose_chunks;
    loses_chunks = true;
    send(1001, 2, 1000);
    sim_wire_copy(wire, 0, &copy);
    send(1002, 1, 0);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_wire_start_again(wire, 0);
    sim_wire_pass(wire, 120000);
    UNIT_NEED(sim_wire_logged(wire, "entries-lost"));
    send(1003, 2, 0);
    loses_chunks = false;
    sim_wire_pass(wire, 60000);
    send(1004, 2, 0);
    send(1005, 3, 0);
    sim_wire_pass(wire, 60000);
    sim_copy_fini(&copy);
}

static void folders_of(char folders[WORLD_AGENCIES][WORLD_PATH_SIZE])
{
    for (size_t i = 0; i < WORLD_AGENCIES; i++)
        world_path(world, folders[i], "restored-a%zu", i + 1);
}

static void export_all(void)
{
    char folders[WORLD_AGENCIES][WORLD_PATH_SIZE];
    folders_of(folders);
    for (size_t i = 0; i < WORLD_AGENCIES; i++)
        UNIT_NEED(world_export(world, i, folders[i]) == TOV_OK);
}

static void amendments_of_a_former_series_are_in_order(void)
{
    char roots[WORLD_PATH_SIZE], folders[WORLD_AGENCIES][WORLD_PATH_SIZE];
    folders_of(folders);
    world_path(world, roots, "roots");
    struct verdict verdict =
        verdict_of(world, roots, (const char *const[]){folders[0], folders[1], folders[2], NULL});
    VERDICT_IS(&verdict, 0, "", "of all");
    verdict_fini(&verdict);
}

static bool blank_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)old, (void)out;
    return index == *(const uint64_t *)context;
}

/* The entry `lost` with which the present series of links began, and the first that it names. */
static uint64_t find_loss(const char *dir, uint64_t *out_first)
{
    struct tov_buf text = damage_read(dir, "about");
    struct tov_export_about about;
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    tov_buf_fini(&text);
    uint64_t found = 0;
    for (uint64_t i = about.ledger_size; i > 0 && found == 0; i--) { /* below it some are gone */
        struct tov_leaf *leaf = forge_leaf(dir, i - 1);
        if (leaf->type == TOV_LEAF_LOST) {
            found = i - 1;
            *out_first = leaf->as.lost.first;
        }
        free(leaf);
    }
    UNIT_NEED(found > 0);
    return found;
}

/* The first behind the entry CONTEXT. */
static bool drop_first_link(void *context, struct tov_export_record *record)
{
    uint64_t *after = context;
    if (record->kind != TOV_EXPORT_LINK || record->index <= *after)
        return true;
    *after = UINT64_MAX;
    return false;
}

/* A later restore names a range in which it stands; who holds the export can take out what is
 * named, without any key. */
static void a_series_whose_beginning_was_taken_out_accuses_nobody(void)
{
    char dir[WORLD_PATH_SIZE], records[TOV_EXPORT_PATH_SIZE];
    struct forge_log log = forge_ledger(world, 0);
    damage_copy(world, "restored-a1", "copy", dir);
    uint64_t first, loss = find_loss(dir, &first);
    struct tov_leaf again = {
        .type = TOV_LEAF_LOST, .time_ms = TOV_TIME_MAX_MS, .as.lost = {first, loss + 1}};
    forge_history(&(struct forge){.dir = dir,
                                  .log = &log,
                                  .context = &loss,
                                  .entry = blank_entry,
                                  .more = &again,
                                  .more_count = 1});
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 4, "link-unseen", "the first loss is gone");
    verdict_fini(&verdict);
    (void)snprintf(records, sizeof records, "detached/%03u",
                   (unsigned)(loss / TOV_EXPORT_BUNDLE_ENTRIES));
    forge_records(dir, records, drop_first_link, &loss);
    damage_reseal(dir);
    verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 4, "link-missing link-unseen", "and the first link behind it");
    verdict_fini(&verdict);
}

struct relink {
    uint64_t after;           /* an index */
    struct tov_hash previous; /* what the first message behind it then names before it */
    uint64_t index;           /* of that message; 0: not found yet */
    uint16_t agency;
    uint8_t block[TOV_LINK_BLOCK_BYTES];
};

/* Whether RECORD is the link of the first message behind relink->after. */
static bool is_first_behind(const struct relink *relink, const struct tov_export_record *record,
                            struct tov_link_block *out_block)
{
    if (record->kind != TOV_EXPORT_LINK || record->index <= relink->after || relink->index != 0)
        return false;
    UNIT_NEED(tov_link_decode(record->as.link.block, out_block) == TOV_OK);
    return true;
}

static void replace_link(struct relink *relink, struct tov_export_record *record,
                         struct tov_link_block *block)
{
    block->previous = relink->previous;
    tov_link_encode(block, relink->block);
    record->as.link.block = TOV_BYTES_OF(relink->block);
    relink->index = record->index;
    relink->agency = record->as.link.agency;
}

static bool leave_one_out(void *context, struct tov_export_record *record)
{
    struct tov_link_block block;
    if (!is_first_behind(context, record, &block))
        return true;
    UNIT_NEED(block.number == 1);
    block.number = 2;
    replace_link(context, record, &block);
    return true;
}

/* It names what it stands behind as the loss that began its series. */
static bool begin_a_series(void *context, struct tov_export_record *record)
{
    struct relink *relink = context;
    struct tov_link_block block;
    if (!is_first_behind(relink, record, &block))
        return true;
    block.series.lost_index = relink->after;
    block.number = 1;
    replace_link(relink, record, &block);
    return true;
}

static bool put_relinked(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    const struct relink *relink = context;
    if (index != relink->index)
        return false;
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    for (size_t i = 0; i < leaf->as.message.recipient_count; i++) {
        struct tov_leaf_recipient *recipient = &leaf->as.message.recipients[i];
        if (recipient->agency == relink->agency)
            recipient->link_hash = tov_link_hash(TOV_BYTES_OF(relink->block));
    }
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
    free(leaf);
    return true;
}

static struct tov_hash tile_hash(const char *dir, uint64_t index)
{
    char path[TOV_TILE_PATH_SIZE];
    struct tov_hash hash;
    struct tov_buf text = damage_read(dir, "about");
    struct tov_export_about about;
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    uint64_t n = index / TOV_TILE_WIDTH;
    tov_tile_path((struct tov_tile){0, n, tov_tile_width(about.ledger_size, 0, n)}, path);
    struct tov_buf tile = damage_read(dir, path);
    memcpy(hash.bytes, tile.data + index % TOV_TILE_WIDTH * TOV_HASH_BYTES, TOV_HASH_BYTES);
    tov_buf_fini(&text);
    tov_buf_fini(&tile);
    return hash;
}

/* Who withholds the first message of a series can name one that was lost before it. */
static void a_number_is_not_excused_by_what_was_lost_in_another_series(void)
{
    char dir[WORLD_PATH_SIZE], records[TOV_EXPORT_PATH_SIZE];
    struct forge_log log = forge_ledger(world, 0);
    uint64_t first;
    damage_copy(world, "restored-a1", "copy", dir);
    struct relink relink = {.after = find_loss(dir, &first)};
    relink.previous = tile_hash(dir, first);
    (void)snprintf(records, sizeof records, "detached/%03u",
                   (unsigned)(relink.after / TOV_EXPORT_BUNDLE_ENTRIES));
    forge_records(dir, records, leave_one_out, &relink);
    UNIT_NEED(relink.index > relink.after);
    forge_history(
        &(struct forge){.dir = dir, .log = &log, .context = &relink, .entry = put_relinked});
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "link-gap", records));
    verdict_fini(&verdict);
}

/* ---- an erased message behind the loss ---- */

struct erased {
    char dir[WORLD_PATH_SIZE], records[TOV_EXPORT_PATH_SIZE];
    uint64_t loss, index;
    struct tov_leaf erasure;
};

static bool find_message(void *context, struct tov_export_record *record)
{
    struct erased *erased = context;
    if (record->kind == TOV_EXPORT_LINK && record->index > erased->loss && erased->index == 0)
        erased->index = record->index;
    return true;
}

/* Of the first message behind the loss, in a copy of the export. */
static void prepare_erasure(struct erased *out)
{
    uint64_t first;
    *out = (struct erased){.index = 0};
    damage_copy(world, "restored-a1", "copy", out->dir);
    out->loss = find_loss(out->dir, &first);
    (void)snprintf(out->records, sizeof out->records, "detached/%03u",
                   (unsigned)(out->loss / TOV_EXPORT_BUNDLE_ENTRIES));
    forge_records(out->dir, out->records, find_message, out);
    UNIT_NEED(out->index > out->loss);
    struct tov_ref message = {1, 1, out->index, forge_leaf_hash(out->dir, out->index)};
    out->erasure = (struct tov_leaf){.type = TOV_LEAF_ERASED,
                                     .time_ms = TOV_TIME_MAX_MS,
                                     .as.erased = {TOV_ERASED_ALL, 1, 1, {message}}};
}

struct erase {
    const struct erased *erased;
    struct relink relink;
};

static bool erase_and_relink(void *context, uint64_t index, struct tov_bytes old,
                             struct tov_buf *out)
{
    struct erase *erase = context;
    return index == erase->erased->index || put_relinked(&erase->relink, index, old, out);
}

static void check_accused(struct erase *erase, const char *finding)
{
    struct forge_log log = forge_ledger(world, 0);
    UNIT_NEED(erase->relink.index > erase->relink.after);
    forge_history(&(struct forge){.dir = erase->erased->dir,
                                  .log = &log,
                                  .context = erase,
                                  .entry = erase_and_relink,
                                  .more = &erase->erased->erasure,
                                  .more_count = 1});
    struct verdict verdict = verdict_of_one(world, erase->erased->dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, finding, erase->erased->records));
    verdict_fini(&verdict);
}

/* What an erasure names was a message. Who erased one cannot begin to count anew behind it. */
static void an_erasure_begins_no_series(void)
{
    struct erased erased;
    prepare_erasure(&erased);
    struct erase erase = {.erased = &erased, .relink = {.after = erased.index}};
    forge_records(erased.dir, erased.records, begin_a_series, &erase.relink);
    check_accused(&erase, "link-series");
}

/* A block that is not there leaves the one line without track, and excuses nothing on another. */
static void an_erasure_leaves_no_doubt_in_which_series_a_line_is(void)
{
    struct erased erased;
    prepare_erasure(&erased);
    struct erase erase = {.erased = &erased};
    uint64_t dropped = erased.index;
    forge_records(erased.dir, erased.records, drop_first_link, &dropped);
    UNIT_NEED(dropped == UINT64_MAX);
    erase.relink =
        (struct relink){.after = erased.index, .previous = tile_hash(erased.dir, erased.loss)};
    forge_records(erased.dir, erased.records, leave_one_out, &erase.relink);
    UNIT_EQUAL_INT(erase.relink.agency, 3);
    check_accused(&erase, "link-gap");
}

static bool leave_another_out(void *context, struct tov_export_record *record)
{
    struct tov_link_block block;
    if (!is_first_behind(context, record, &block))
        return true;
    UNIT_NEED(block.number == 2);
    block.number = 3;
    replace_link(context, record, &block);
    return true;
}

/* Who erased one message of a line has explained one number, not those of others beside it. */
static void an_erasure_explains_one_number(void)
{
    struct erased erased;
    prepare_erasure(&erased);
    struct erase erase = {
        .erased = &erased,
        .relink = {.after = erased.index, .previous = tile_hash(erased.dir, erased.index)}};
    forge_records(erased.dir, erased.records, leave_another_out, &erase.relink);
    UNIT_EQUAL_INT(erase.relink.agency, 2);
    check_accused(&erase, "link-gap");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(amendments_of_a_former_series_are_in_order),
        UNIT_TEST(a_series_whose_beginning_was_taken_out_accuses_nobody),
        UNIT_TEST(a_number_is_not_excused_by_what_was_lost_in_another_series),
        UNIT_TEST(an_erasure_begins_no_series),
        UNIT_TEST(an_erasure_leaves_no_doubt_in_which_series_a_line_is),
        UNIT_TEST(an_erasure_explains_one_number),
    };
    world = world_create("audit-restored");
    restore_first();
    export_all();
    int code = unit_run("audit_restored", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
