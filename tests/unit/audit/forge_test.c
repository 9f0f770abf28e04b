/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an agency signed against itself: histories written anew with the ledger's own key. Here, and
 * only here, the verdict is inconsistent.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "merkle/checkpoint.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LATE_MS 1750093692000u     /* after the last entry of a1 */
#define MESSAGE 3u                 /* the first message of a1, to a2 and a3 */
#define WITH_ATTACHMENT 6u         /* a message of a1 to a2 */
#define MARKS_PAGE_INDICES 32768u  /* audit/scratch.h */
#define FAR UINT64_C(0x1000000000) /* over the last index that is kept there */
#define FAR_ENTRIES 410u           /* of 80 such pages each: all that there may be */

#define OTHER_SIZE 200u /* of the ledger of a1, which has more */
#define OTHER_TILE "tile/0/000.p/200"

static struct world *world;
static char dir[WORLD_PATH_SIZE];

/* ---- one entry changed ---- */

struct change {
    uint64_t index;
    void (*leaf)(struct tov_leaf *leaf); /* NULL: `bytes` in its place */
    const char *bytes;                   /* NULL: one byte of it changed */
    size_t at;
    uint8_t byte;
};

static bool change_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    const struct change *change = context;
    if (index != change->index)
        return false;
    if (change->leaf == NULL) {
        tov_buf_put_bytes(out, change->bytes == NULL ? old : tov_bytes_of_text(change->bytes));
        if (change->bytes == NULL)
            out->data[change->at] = change->byte;
        return true;
    }
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    change->leaf(leaf);
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
    free(leaf);
    return true;
}

static void sign_changed(enum forge_lines lines, struct change *change)
{
    struct forge_log log = forge_ledger(world, 0);
    struct forge forge = {
        .dir = dir, .log = &log, .lines = lines, .context = change, .entry = change_entry};
    forge_history(&forge);
}

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

static void a_history_signed_anew_without_a_change_verifies(void)
{
    struct forge_log log = forge_ledger(world, 0), journal = forge_journal(world, 0);
    copy_fresh();
    forge_history(&(struct forge){.dir = dir, .log = &log});
    check(0, "", "the ledger");
    forge_history(&(struct forge){.dir = dir, .log = &journal});
    check(0, "", "the journal");
}

static void other_agency(struct tov_leaf *leaf)
{
    leaf->as.genesis.agency++;
}
static void other_roster(struct tov_leaf *leaf)
{
    leaf->as.genesis.roster_hash.bytes[0] ^= 1;
}
static void later(struct tov_leaf *leaf)
{
    leaf->time_ms += 3600000;
}
static void longer_list(struct tov_leaf *leaf)
{
    leaf->as.anchor.seen_hash.bytes[0] ^= 1;
}
static void other_journal_root(struct tov_leaf *leaf)
{
    leaf->as.journal_root.root.bytes[0] ^= 1;
}
static void larger_journal(struct tov_leaf *leaf)
{
    leaf->as.journal_root.size += 10;
}
static void next_journal(struct tov_leaf *leaf)
{
    leaf->as.journal_root.journal++;
}
static void other_message_receipted(struct tov_leaf *leaf)
{
    leaf->as.receipt.last_leaf_hash.bytes[0] ^= 1;
}
static void one_more_receipted(struct tov_leaf *leaf)
{
    leaf->as.receipt.last_link++;
}
static void unknown_peer_receipted(struct tov_leaf *leaf)
{
    leaf->as.receipt.peer = 9;
}
static void link_to_nobody(struct tov_leaf *leaf)
{
    leaf->as.message.recipients[0].link_hash = (struct tov_hash){0};
}
static void other_link(struct tov_leaf *leaf)
{
    leaf->as.message.recipients[0].link_hash.bytes[0] ^= 1;
}
static void newer_roster(struct tov_leaf *leaf)
{
    leaf->as.message.roster_version = 7;
}

static void a_signed_entry_that_breaks_a_rule_is_inconsistent(void)
{
    static const struct {
        const char *said;
        struct change change;
        int code;
        const char *names;
    } rows[] = {
        {"genesis of another agency", {0, other_agency, NULL, 0, 0}, 5, "genesis two-roots"},
        {"genesis under another roster",
         {0, other_roster, NULL, 0, 0},
         5,
         "roster-entry two-roots"},
        {"no genesis", {0, NULL, "x", 0, 0}, 5, "leaf-malformed two-roots"},
        {"time that goes back", {13, later, NULL, 0, 0}, 5, "time-backwards"},
        {"bytes that are no leaf", {13, NULL, "something else", 0, 0}, 5, "leaf-malformed"},
        {"a leaf of a newer version", {13, NULL, NULL, 4, 2}, 4, "leaf-newer"},
        {"a leaf of an unknown type", {13, NULL, NULL, 5, 31}, 4, "leaf-newer"},
        {"another list", {315, longer_list, NULL, 0, 0}, 3, "anchor-list"},
        {"another root of the journal", {13, other_journal_root, NULL, 0, 0}, 5, "journal-root"},
        {"more journal than there is", {13, larger_journal, NULL, 0, 0}, 4, "journal-beyond"},
        {"a journal that is not there", {316, next_journal, NULL, 0, 0}, 4, "journal-beyond"},
        {"a receipt for another message",
         {4, other_message_receipted, NULL, 0, 0},
         5,
         "receipt-hash"},
        {"a receipt that leaves one out",
         {4, one_more_receipted, NULL, 0, 0},
         5,
         "receipt-hash receipt-order verdict-unreceipted"},
        {"a receipt for an unknown agency",
         {4, unknown_peer_receipted, NULL, 0, 0},
         5,
         "receipt-order receipt-unchecked verdict-unreceipted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct change change = rows[i].change;
        copy_fresh();
        sign_changed(FORGE_SIGN_ALL, &change);
        check(rows[i].code, rows[i].names, rows[i].said);
    }
}

/* The next message on a link, and receipts of the peers, name a message by its hash. */
static void a_message_written_anew_contradicts_links_and_receipts(void)
{
    static const struct {
        const char *said;
        struct change change;
        const char *names;
    } rows[] = {
        {"another roster",
         {MESSAGE, newer_roster, NULL, 0, 0},
         "link-previous receipt-hash roster-unknown"},
        {"another link", {MESSAGE, other_link, NULL, 0, 0}, "link-hash link-previous receipt-hash"},
        {"no link",
         {MESSAGE, link_to_nobody, NULL, 0, 0},
         "link-hash link-own link-previous receipt-hash"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct change change = rows[i].change;
        copy_fresh();
        sign_changed(FORGE_SIGN_ALL, &change);
        check(5, rows[i].names, rows[i].said);
    }
}

/* The same change that nobody signed. */
static void an_unsigned_change_is_only_damage(void)
{
    static const uint64_t places[] = {0, 3, 4, 13, 315};
    char path[64];
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct change change = {places[i], later, NULL, 0, 0};
        struct tov_buf checkpoint, signatures;
        copy_fresh();
        checkpoint = damage_read(dir, "checkpoint");
        signatures = damage_read(dir, "signatures");
        sign_changed(FORGE_SIGN_ALL, &change);
        damage_write(dir, "checkpoint", tov_buf_view(&checkpoint));
        damage_write(dir, "signatures", tov_buf_view(&signatures));
        damage_reseal(dir);
        (void)snprintf(path, sizeof path, "entry %u", (unsigned)places[i]);
        struct verdict verdict = verdict_of_one(world, dir);
        unit_equal_int(verdict.code, 3, path, __FILE__, __LINE__);
        unit_equal_int(verdict_has(&verdict, "root-damaged"), 1, path, __FILE__, __LINE__);
        unit_equal_int(verdict_has(&verdict, "two-roots"), 0, path, __FILE__, __LINE__);
        verdict_fini(&verdict);
        tov_buf_fini(&checkpoint);
        tov_buf_fini(&signatures);
    }
}

/* ---- one entry more ---- */

static struct tov_hash unknown_hash(void)
{
    return tov_sha256(tov_bytes_of_text("nothing of this ledger"));
}

static struct tov_ref ref_to(uint64_t index)
{
    return (struct tov_ref){1, 1, index, forge_leaf_hash(dir, index)};
}

static struct tov_leaf erased(enum tov_erased_scope scope, struct tov_ref ref)
{
    return (struct tov_leaf){
        .type = TOV_LEAF_ERASED, .time_ms = LATE_MS, .as.erased = {scope, 1, 1, {ref}}};
}

static void sign_more(const struct tov_leaf *more, size_t count)
{
    struct forge_log log = forge_ledger(world, 0);
    forge_history(&(struct forge){.dir = dir, .log = &log, .more = more, .more_count = count});
}

static void a_signed_entry_more_is_checked_against_those_before_it(void)
{
    struct tov_ref wrong = {1, 1, MESSAGE, unknown_hash()}, ahead = {1, 1, 400, unknown_hash()};
    struct tov_leaf *epoch = forge_leaf(dir, 1), *roster = forge_leaf(dir, 0);
    struct tov_hash hash = roster->as.genesis.roster_hash;
    epoch->time_ms = LATE_MS;
    struct tov_leaf next_epoch = *epoch;
    next_epoch.as.epoch_key.epoch++;
    const struct {
        const char *said;
        int code;
        const char *names;
        struct tov_leaf leaf;
    } rows[] = {
        {"a later epoch", 0, "", next_epoch},
        {"the same epoch again", 5, "epoch-order", *epoch},
        {"a second genesis", 5, "genesis time-backwards", *roster},
        {"the same roster again",
         5,
         "roster-entry",
         {.type = TOV_LEAF_ROSTER, .time_ms = LATE_MS, .as.roster = {1, hash}}},
        {"a roster that is not here",
         4,
         "roster-unknown",
         {.type = TOV_LEAF_ROSTER, .time_ms = LATE_MS, .as.roster = {2, hash}}},
        {"an entry of the journal",
         5,
         "wrong-tree",
         {.type = TOV_LEAF_ACCESS, .time_ms = LATE_MS, .as.detail = {1, hash}}},
        {"an erasure of another entry", 5, "erased-ref", erased(TOV_ERASED_ALL, wrong)},
        {"an erasure of what comes later", 5, "erased-ref", erased(TOV_ERASED_ALL, ahead)},
        {"a loss of what comes later",
         5,
         "lost-range",
         {.type = TOV_LEAF_LOST, .time_ms = LATE_MS, .as.lost = {5, 400}}},
        {"an anchor without a list",
         0,
         "",
         {.type = TOV_LEAF_ANCHOR,
          .time_ms = LATE_MS,
          .as.anchor = {0, tov_sha256((struct tov_bytes){NULL, 0})}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copy_fresh();
        sign_more(&rows[i].leaf, 1);
        check(rows[i].code, rows[i].names, rows[i].said);
    }
    free(epoch);
    free(roster);
}

/* What an erasure names is in the tree that was signed, whatever size `about` gives it: that may be
 * anybody's, and so may the tile that a tree of that size would have. */
static void a_tile_of_another_size_accuses_nobody(void)
{
    static const uint8_t hashes[OTHER_SIZE * TOV_HASH_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    struct tov_export_about about;
    copy_fresh();
    struct tov_leaf erasure = erased(TOV_ERASED_CONTENT, ref_to(MESSAGE));
    sign_more(&erasure, 1);
    check(0, "", "erased in name only");
    struct tov_buf old = damage_read(dir, "about");
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&old), &about) == TOV_OK);
    about.ledger_size = OTHER_SIZE;
    UNIT_NEED(tov_export_put_about(&text, &about) == TOV_OK);
    damage_write(dir, "about", tov_buf_view(&text));
    damage_write(dir, OTHER_TILE, TOV_BYTES_OF(hashes));
    damage_reseal(dir);
    check(3, "about-differs file-misplaced", "a tile beside the true one");
    tov_buf_fini(&old);
}

/* ---- erased and lost ---- */

struct drop {
    uint64_t index;
    uint8_t from_part; /* parts from this on, and links when it is 0 */
};

static bool keep_record(void *context, struct tov_export_record *record)
{
    const struct drop *drop = context;
    if (record->index != drop->index)
        return true;
    return drop->from_part > 0 &&
           (record->kind != TOV_EXPORT_PART || record->as.part.part < drop->from_part);
}

static bool blank_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)old, (void)out;
    return index == *(const uint64_t *)context;
}

static void sign_gone(uint64_t index, const struct tov_leaf *more, size_t count)
{
    struct forge_log log = forge_ledger(world, 0);
    forge_history(&(struct forge){.dir = dir,
                                  .log = &log,
                                  .context = &index,
                                  .entry = blank_entry,
                                  .more = more,
                                  .more_count = count});
}

static void an_entry_may_be_gone_when_a_later_one_says_so(void)
{
    struct tov_leaf loss = {
        .type = TOV_LEAF_LOST, .time_ms = LATE_MS, .as.lost = {MESSAGE, MESSAGE + 1}};
    struct drop all = {MESSAGE, 0};
    copy_fresh();
    struct tov_leaf erasure = erased(TOV_ERASED_ALL, ref_to(MESSAGE));
    forge_records(dir, "detached/000", keep_record, &all);
    sign_gone(MESSAGE, NULL, 0);
    check(3, "leaf-empty", "gone, and nothing says why");
    copy_fresh();
    sign_gone(MESSAGE, &erasure, 1);
    check(3, "record-extra", "erased, but what stood beside it is still there");
    copy_fresh();
    forge_records(dir, "detached/000", keep_record, &all);
    sign_gone(MESSAGE, &erasure, 1);
    check(0, "", "erased");
    copy_fresh();
    forge_records(dir, "detached/000", keep_record, &all);
    sign_gone(MESSAGE, &loss, 1);
    check(0, "", "lost");
}

/* As many entries as take up all that is kept of entries that are named, and one that names ENTRY
 * behind them: 80 far indices each, which nobody has. */
static struct tov_leaf *name_far_before(struct tov_ref entry, size_t *out_count)
{
    const struct tov_ref nobody = {3, 1, 0, unknown_hash()};
    size_t count = FAR_ENTRIES + 1;
    struct tov_leaf *leaves = calloc(count, sizeof *leaves);
    UNIT_NEED(leaves != NULL);
    for (size_t i = 0; i < FAR_ENTRIES; i++) {
        leaves[i] = erased(TOV_ERASED_ALL, nobody);
        leaves[i].as.erased.ref_count = TOV_ERASED_REFS_MAX;
        for (size_t k = 0; k < TOV_ERASED_REFS_MAX; k++) {
            leaves[i].as.erased.refs[k] = nobody;
            leaves[i].as.erased.refs[k].index = (i * TOV_ERASED_REFS_MAX + k) * MARKS_PAGE_INDICES;
        }
    }
    leaves[FAR_ENTRIES] = erased(TOV_ERASED_ALL, entry);
    *out_count = count;
    return leaves;
}

static void what_is_over_a_limit_is_not_said_to_be_missing(void)
{
    struct drop all = {MESSAGE, 0};
    size_t count = 0;
    copy_fresh();
    struct tov_leaf *more = name_far_before(ref_to(MESSAGE), &count);
    forge_records(dir, "detached/000", keep_record, &all);
    sign_gone(MESSAGE, more, count);
    check(4, "limit", "named behind more than is kept");
    free(more);
}

/* Agency a2 fills all that is kept for it. */
static void a_limit_that_one_export_meets_is_not_met_by_another(void)
{
    struct tov_leaf loss = {
        .type = TOV_LEAF_LOST, .time_ms = LATE_MS, .as.lost = {MESSAGE, MESSAGE + 1}};
    struct drop all = {MESSAGE, 0};
    char other[WORLD_PATH_SIZE], roots[WORLD_PATH_SIZE];
    size_t count = 0;
    world_path(world, roots, "roots");
    copy_fresh();
    struct tov_leaf *more = name_far_before(ref_to(MESSAGE), &count);
    forge_records(dir, "detached/000", keep_record, &all);
    sign_gone(MESSAGE, &loss, 1);
    damage_copy(world, "exports/a2", "other", other);
    struct forge_log log = forge_ledger(world, 1);
    forge_history(
        &(struct forge){.dir = other, .log = &log, .more = more, .more_count = count - 1});
    struct verdict verdict = verdict_of(world, roots, (const char *const[]){other, dir, NULL});
    VERDICT_IS(&verdict, 4, "limit", "beside an export that names much");
    const json_t *second = json_array_get(json_object_get(verdict.report, "exports"), 1);
    CU_ASSERT_STRING_EQUAL(verdict_text(second, "verdict"), "verified");
    verdict_fini(&verdict);
    free(more);
}

/* In place of the epoch key of a2: an erasure of what can never have been written before it. */
static bool put_far_erasure(void *context, struct tov_export_record *record)
{
    struct tov_buf *bytes = context;
    struct tov_leaf leaf = erased(TOV_ERASED_ALL, (struct tov_ref){2, 1, FAR, unknown_hash()});
    if (record->kind != TOV_EXPORT_LEAF || record->index != 1)
        return true;
    struct tov_leaf *old = calloc(1, sizeof *old);
    UNIT_NEED(old != NULL && tov_leaf_decode(record->as.leaf, old) == TOV_OK);
    leaf.time_ms = old->time_ms;
    free(old);
    UNIT_NEED(tov_leaf_encode(&leaf, bytes) == TOV_OK);
    record->as.leaf = tov_buf_view(bytes);
    return true;
}

static void what_another_agency_says_of_the_future_takes_no_room(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    copy_fresh();
    forge_records(dir, "mirror/2/1/entries/000", put_far_erasure, &bytes);
    damage_reseal(dir);
    check(3, "mirror-damaged receipt-unchecked", "an index over every limit");
}

static void content_may_be_gone_when_a_later_entry_says_so(void)
{
    struct drop content = {WITH_ATTACHMENT, 1}, header = {WITH_ATTACHMENT, 0};
    copy_fresh();
    struct tov_leaf erasure = erased(TOV_ERASED_CONTENT, ref_to(WITH_ATTACHMENT));
    forge_records(dir, "detached/000", keep_record, &content);
    damage_remove(dir, "attachments/6-2");
    sign_more(NULL, 0);
    check(4, "attachment-absent part-missing", "gone, and nothing says why");
    sign_more(&erasure, 1);
    check(0, "", "erased");
    forge_records(dir, "detached/000", keep_record, &header);
    damage_reseal(dir);
    check(4, "link-missing part-missing", "the header is gone as well");
}

/* ---- links ---- */

struct relink {
    struct tov_leaf *leaf; /* of MESSAGE_2 */
    void (*change)(struct tov_link_block *block);
    uint8_t block[TOV_LINK_BLOCK_BYTES];
};

static bool change_block(void *context, struct tov_export_record *record)
{
    struct relink *relink = context;
    struct tov_link_block block;
    if (record->index != WITH_ATTACHMENT || record->kind != TOV_EXPORT_LINK)
        return true;
    UNIT_NEED(tov_link_decode(record->as.link.block, &block) == TOV_OK);
    relink->change(&block);
    tov_link_encode(&block, relink->block);
    record->as.link.block = TOV_BYTES_OF(relink->block);
    relink->leaf->as.message.recipients[0].link_hash = tov_link_hash(record->as.link.block);
    return true;
}

static bool put_relinked(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    const struct relink *relink = context;
    (void)old;
    if (index != WITH_ATTACHMENT)
        return false;
    UNIT_NEED(tov_leaf_encode(relink->leaf, out) == TOV_OK);
    return true;
}

static void skip_number(struct tov_link_block *block)
{
    block->number++;
}
static void repeat_number(struct tov_link_block *block)
{
    block->number--;
}
static void other_previous(struct tov_link_block *block)
{
    block->previous.bytes[0] ^= 1;
}
static void other_series(struct tov_link_block *block)
{
    block->series.lost_index = 5;
}

/* The changed message is named by the one after it and by receipts, too. */
static void a_link_that_does_not_go_on_is_inconsistent(void)
{
    static const struct {
        const char *said;
        void (*change)(struct tov_link_block *block);
        const char *name;
    } rows[] = {
        {"a number left out", skip_number, "link-gap"},
        {"a number used twice", repeat_number, "link-doubled"},
        {"another message before it", other_previous, "link-previous"},
        {"another series", other_series, "link-series"},
    };
    struct forge_log log = forge_ledger(world, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copy_fresh();
        struct relink relink = {.leaf = forge_leaf(dir, WITH_ATTACHMENT), .change = rows[i].change};
        forge_records(dir, "detached/000", change_block, &relink);
        forge_history(
            &(struct forge){.dir = dir, .log = &log, .context = &relink, .entry = put_relinked});
        struct verdict verdict = verdict_of_one(world, dir);
        unit_equal_int(verdict.code, 5, rows[i].said, __FILE__, __LINE__);
        const json_t *finding = verdict_find(&verdict, rows[i].name, "detached/000");
        unit_equal_text(verdict_text(finding, "class"), "inconsistent", rows[i].said, __FILE__,
                        __LINE__);
        unit_equal_int(json_integer_value(json_object_get(finding, "position")), WITH_ATTACHMENT,
                       rows[i].said, __FILE__, __LINE__);
        verdict_fini(&verdict);
        free(relink.leaf);
    }
}

/* ---- forks ---- */

/* EVIDENCE is two notes, each verified by KEY; their sizes and roots. */
static void open_notes(const char *evidence, const struct tov_vkey *key,
                       struct tov_checkpoint_opened out[2])
{
    char second[TOV_ORIGIN_MAX_BYTES + 3];
    (void)snprintf(second, sizeof second, "\n%s\n", key->name);
    const char *at = strstr(evidence, second);
    UNIT_NEED(at != NULL);
    struct tov_bytes first = {(const uint8_t *)evidence, (size_t)(at - evidence)};
    UNIT_OK(tov_checkpoint_open(first, key, &out[0], NULL));
    UNIT_OK(tov_checkpoint_open(tov_bytes_of_text(at + 1), key, &out[1], NULL));
}

static void a_history_signed_over_another_is_a_fork_with_both_notes(void)
{
    struct tov_checkpoint_opened notes[2] = {0};
    struct forge_log log = forge_ledger(world, 0);
    struct change change = {200, later, NULL, 0, 0};
    copy_fresh();
    sign_changed(FORGE_KEEP, &change);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    const json_t *fork = verdict_find(&verdict, "two-roots", "signatures");
    UNIT_EQUAL_TEXT(verdict_text(fork, "class"), "inconsistent");
    open_notes(verdict_text(fork, "evidence"), &log.key, notes);
    UNIT_EQUAL_INT(notes[0].checkpoint.size, 327);
    UNIT_EQUAL_INT(notes[1].checkpoint.size, json_integer_value(json_object_get(fork, "position")));
    UNIT_EQUAL_INT(notes[1].checkpoint.size > 200 && notes[1].checkpoint.size < 327, 1);
    verdict_fini(&verdict);
}

/* The last line of signed sizes over ROOT instead. */
static void sign_last_line(const struct forge_log *log, const struct tov_hash *root)
{
    struct tov_export_signed line = forge_sign(log, 327, root);
    struct tov_buf lines = damage_read(dir, "signatures"), last = TOV_BUF_INIT(1024);
    tov_export_put_signed(&last, &line);
    memcpy(lines.data + lines.size - last.size, last.data, last.size);
    damage_write(dir, "signatures", tov_buf_view(&lines));
    damage_reseal(dir);
    tov_buf_fini(&lines);
    tov_buf_fini(&last);
}

static void two_roots_of_one_size_exclude_each_other_even_in_a_damaged_tree(void)
{
    struct tov_checkpoint_opened notes[2] = {0};
    struct forge_log log = forge_ledger(world, 0), other = forge_ledger(world, 1);
    struct tov_hash root = unknown_hash();
    copy_fresh();
    sign_last_line(&log, &root);
    damage_flip(dir, "tile/0/000", 40, 0);
    damage_flip(dir, "leaves/001.p/71", 40, 0);
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 5,
               "file-changed leaf-differs link-previous root-damaged tile-differs two-roots",
               "two roots of one size");
    const json_t *fork = verdict_find(&verdict, "two-roots", "signatures");
    open_notes(verdict_text(fork, "evidence"), &log.key, notes);
    UNIT_EQUAL_INT(notes[0].checkpoint.size, notes[1].checkpoint.size);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(notes[1].checkpoint.root.bytes), TOV_BYTES_OF(root.bytes));
    verdict_fini(&verdict);
    copy_fresh();
    sign_last_line(&other, &root);
    check(3, "signature-bad", "by a key that is not the ledger's");
}

static void a_journal_signed_anew_is_not_the_one_in_the_ledger(void)
{
    struct forge_log log = forge_journal(world, 0);
    struct change change = {1, later, NULL, 0, 0};
    copy_fresh();
    forge_history(
        &(struct forge){.dir = dir, .log = &log, .context = &change, .entry = change_entry});
    check(5, "journal-root", "the second entry of the journal");
    copy_fresh();
    forge_history(&(struct forge){
        .dir = dir, .log = &log, .lines = FORGE_KEEP, .context = &change, .entry = change_entry});
    check(5, "journal-root", "no older size beside it");
}

/* ---- which verdict goes before ---- */

static void the_gravest_verdict_goes_before(void)
{
    struct change fork = {200, later, NULL, 0, 0}, newer = {13, NULL, NULL, 4, 2};
    copy_fresh();
    sign_changed(FORGE_KEEP, &fork);
    damage_flip(dir, "attachments/6-2", 0, 0);
    damage_remove(dir, "journal/leaves/000.p/2");
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    UNIT_EQUAL_TEXT(verdict_text(verdict.report, "verdict"), "inconsistent");
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "part-differs", "attachments/6-2"));
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "file-missing", "journal/leaves/000.p/2"));
    verdict_fini(&verdict);
    copy_fresh();
    sign_changed(FORGE_SIGN_ALL, &newer);
    check(4, "leaf-newer", "unverifiable alone");
    damage_flip(dir, "attachments/6-2", 0, 0);
    check(3, "file-changed leaf-newer part-differs", "damage goes before unverifiable");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_history_signed_anew_without_a_change_verifies),
        UNIT_TEST(a_signed_entry_that_breaks_a_rule_is_inconsistent),
        UNIT_TEST(a_message_written_anew_contradicts_links_and_receipts),
        UNIT_TEST(an_unsigned_change_is_only_damage),
        UNIT_TEST(a_signed_entry_more_is_checked_against_those_before_it),
        UNIT_TEST(a_tile_of_another_size_accuses_nobody),
        UNIT_TEST(an_entry_may_be_gone_when_a_later_one_says_so),
        UNIT_TEST(what_is_over_a_limit_is_not_said_to_be_missing),
        UNIT_TEST(a_limit_that_one_export_meets_is_not_met_by_another),
        UNIT_TEST(what_another_agency_says_of_the_future_takes_no_room),
        UNIT_TEST(content_may_be_gone_when_a_later_entry_says_so),
        UNIT_TEST(a_link_that_does_not_go_on_is_inconsistent),
        UNIT_TEST(a_history_signed_over_another_is_a_fork_with_both_notes),
        UNIT_TEST(two_roots_of_one_size_exclude_each_other_even_in_a_damaged_tree),
        UNIT_TEST(a_journal_signed_anew_is_not_the_one_in_the_ledger),
        UNIT_TEST(the_gravest_verdict_goes_before),
    };
    world = world_create("audit-forge");
    copy_fresh();
    int code = unit_run("audit_forge", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
