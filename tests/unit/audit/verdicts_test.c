/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verdicts stored with received messages: local rows, which say nothing that the own signed
 * receipts do not say.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES "mirror/2/1/entries/000"
#define PARTS "mirror/2/1/parts/000"
#define RECORDS_MAX 512u

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static void check(int code, const char *names, const char *said)
{
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    verdict_fini(&verdict);
}

static void copy_fresh(void)
{
    damage_copy(world, "exports/a1", "copy", dir);
}

/* ---- the records of the mirror ---- */

struct search {
    enum tov_export_kind kind;
    size_t count;
    struct found {
        uint64_t index;
        struct tov_verdict_value verdict;
    } items[RECORDS_MAX];
};

static bool note_record(void *context, struct tov_export_record *record)
{
    struct search *search = context;
    if (record->kind == search->kind) {
        UNIT_NEED(search->count < RECORDS_MAX);
        search->items[search->count].index = record->index;
        if (record->kind == TOV_EXPORT_VERDICT)
            search->items[search->count].verdict = record->as.verdict;
        search->count++;
    }
    return true;
}

static struct search *find_records(const char *path, enum tov_export_kind kind)
{
    struct search *search = calloc(1, sizeof *search);
    UNIT_NEED(search != NULL);
    search->kind = kind;
    forge_records(dir, path, note_record, search);
    UNIT_NEED(search->count > 0);
    return search;
}

/* The message of agency 2 whose attachment this agency pulled. */
static uint64_t message_with_attachment(void)
{
    char path[64];
    struct search *search = find_records(ENTRIES, TOV_EXPORT_VERDICT);
    uint64_t index = 0;
    for (size_t i = 0; i < search->count && index == 0; i++) {
        (void)snprintf(path, sizeof path, "mirror/2/1/attachments/%llu-2",
                       (unsigned long long)search->items[i].index);
        if (damage_has(dir, path))
            index = search->items[i].index;
    }
    free(search);
    UNIT_NEED(index != 0);
    return index;
}

struct put {
    uint64_t index;
    struct tov_verdict_value verdict;
    bool is_dropped;
};

static bool put_verdict(void *context, struct tov_export_record *record)
{
    const struct put *put = context;
    if (record->kind != TOV_EXPORT_VERDICT || record->index != put->index)
        return true;
    record->as.verdict = put->verdict;
    return !put->is_dropped;
}

static void store_verdict(uint64_t index, struct tov_verdict_value verdict)
{
    struct put put = {.index = index, .verdict = verdict};
    forge_records(dir, ENTRIES, put_verdict, &put);
}

static void every_bit_of_every_stored_verdict_is_compared(void)
{
    static const struct tov_verdict_value others[] = {
        {TOV_VERDICT_OPENED, 1, 0},     {TOV_VERDICT_OPENED, 0, 1},
        {TOV_VERDICT_OPENED, 0, 32768}, {TOV_VERDICT_NOT_OPENED, 0, 0},
        {TOV_VERDICT_NO_KEY, 0, 0},     {TOV_VERDICT_REFUSED, 0, 0},
        {TOV_VERDICT_REFUSED, 0, 7},    {TOV_VERDICT_NOT_UNDERSTOOD, 0, 0},
        {TOV_VERDICT_PENDING, 0, 0},    {TOV_VERDICT_ERASED, 0, 0},
    };
    char said[64];
    copy_fresh();
    struct search *search = find_records(ENTRIES, TOV_EXPORT_VERDICT);
    for (size_t i = 0; i < search->count; i++) {
        UNIT_EQUAL_INT(search->items[i].verdict.verdict, TOV_VERDICT_OPENED);
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            (void)snprintf(said, sizeof said, "entry %u says row %zu",
                           (unsigned)search->items[i].index, k);
            store_verdict(search->items[i].index, others[k]);
            check(3, "verdict-differs", said);
        }
        store_verdict(search->items[i].index, search->items[i].verdict);
    }
    check(0, "", "all as they were");
    free(search);
}

static void a_difference_names_both_verdicts_and_the_place(void)
{
    struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 7};
    copy_fresh();
    uint64_t index = message_with_attachment();
    store_verdict(index, refused);
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    const json_t *finding = verdict_find(&verdict, "verdict-differs", ENTRIES);
    UNIT_EQUAL_TEXT(verdict_text(finding, "class"), "local-corruption");
    UNIT_EQUAL_TEXT(verdict_text(finding, "expected"), "opened (verdict 1, flags 0, detail 0)");
    UNIT_EQUAL_TEXT(verdict_text(finding, "found"), "refused (verdict 4, flags 0, detail 7)");
    UNIT_EQUAL_INT(json_integer_value(json_object_get(finding, "position")), index);
    verdict_fini(&verdict);
}

static void a_verdict_that_was_taken_out_is_missed(void)
{
    copy_fresh();
    struct put put = {.index = message_with_attachment(), .is_dropped = true};
    forge_records(dir, ENTRIES, put_verdict, &put);
    check(4, "verdict-missing", "its verdict");
    damage_write(dir, PARTS, (struct tov_bytes){NULL, 0});
    check(4, "list-missing part-missing verdict-missing", "its verdict, and all parts");
}

/* Damage cannot be explained by a verdict that says that the parts came so. */
static void a_verdict_excuses_no_parts_that_the_receipt_does_not(void)
{
    struct tov_verdict_value not_opened = {TOV_VERDICT_NOT_OPENED, 0, 5};
    copy_fresh();
    struct search *parts = find_records(PARTS, TOV_EXPORT_PART);
    store_verdict(parts->items[parts->count - 1].index, not_opened);
    damage_flip(dir, PARTS, -2, 0);
    check(3, "part-differs verdict-differs", "the last part");
    free(parts);
}

/* ---- records that no entry has ---- */

/* The first entry behind INDEX that is no message; 0: none. */
static uint64_t next_plain(uint64_t index)
{
    struct search *leaves = find_records(ENTRIES, TOV_EXPORT_LEAF);
    struct search *verdicts = find_records(ENTRIES, TOV_EXPORT_VERDICT);
    uint64_t found = 0;
    for (size_t i = 0; i < leaves->count && found == 0; i++) {
        bool is_message = false;
        for (size_t k = 0; k < verdicts->count; k++)
            is_message = is_message || verdicts->items[k].index == leaves->items[i].index;
        if (!is_message && leaves->items[i].index > index)
            found = leaves->items[i].index;
    }
    free(leaves);
    free(verdicts);
    return found;
}

struct insert {
    uint64_t after;
    struct tov_export_record record;
    struct tov_buf *out;
};

static bool copy_and_insert(void *context, struct tov_export_record *record)
{
    struct insert *insert = context;
    UNIT_NEED(tov_export_record_put(insert->out, record) == TOV_OK);
    if (record->index == insert->after && record->kind == TOV_EXPORT_LEAF)
        UNIT_NEED(tov_export_record_put(insert->out, &insert->record) == TOV_OK);
    return true;
}

static void insert_record(uint64_t index, const struct tov_export_record *record)
{
    struct tov_buf out = TOV_BUF_INIT(1u << 20);
    struct insert insert = {index, *record, &out};
    insert.record.index = index;
    forge_records(dir, ENTRIES, copy_and_insert, &insert);
    damage_write(dir, ENTRIES, tov_buf_view(&out));
    tov_buf_fini(&out);
}

static void a_verdict_or_link_of_no_message_is_found(void)
{
    struct tov_link_block first = {.series = {1, 0}, .number = 1};
    uint8_t block[TOV_LINK_BLOCK_BYTES];
    struct tov_export_record verdict = {.kind = TOV_EXPORT_VERDICT,
                                        .as.verdict = {TOV_VERDICT_OPENED, 0, 0}};
    struct tov_export_record link = {.kind = TOV_EXPORT_LINK, .as.link = {1, TOV_BYTES_OF(block)}};
    tov_link_encode(&first, block);
    copy_fresh();
    uint64_t plain = next_plain(0);
    UNIT_NEED(plain != 0);
    insert_record(plain, &verdict);
    check(3, "record-extra", "a verdict");
    copy_fresh();
    insert_record(plain, &link);
    check(3, "record-extra", "a link block");
}

/* ---- what the receipts say ---- */

/* A change of the receipts of this agency to agency 2. */
struct rewrite {
    void (*change)(struct tov_leaf_receipt *receipt);
    unsigned changed;
};

static bool rewrite_receipt(void *context, uint64_t index, struct tov_bytes old,
                            struct tov_buf *out)
{
    struct rewrite *rewrite = context;
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    (void)index;
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    bool is_it = leaf->type == TOV_LEAF_RECEIPT && leaf->as.receipt.peer == 2;
    struct tov_buf before = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    UNIT_NEED(tov_leaf_encode(leaf, &before) == TOV_OK);
    if (is_it) {
        rewrite->change(&leaf->as.receipt);
        UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
        rewrite->changed += out->size < before.size || memcmp(out->data + out->size - before.size,
                                                              before.data, before.size) != 0;
    }
    tov_buf_fini(&before);
    free(leaf);
    return is_it;
}

static void sign_receipts(void (*change)(struct tov_leaf_receipt *receipt))
{
    struct forge_log log = forge_ledger(world, 0);
    struct rewrite rewrite = {.change = change};
    forge_history(
        &(struct forge){.dir = dir, .log = &log, .context = &rewrite, .entry = rewrite_receipt});
    UNIT_NEED(rewrite.changed > 0);
}

static void amend_to(struct tov_leaf_receipt *receipt, enum tov_verdict verdict)
{
    for (size_t i = 0; i < receipt->amendment_count; i++)
        receipt->amendments[i].value = (struct tov_verdict_value){verdict, 0, 0};
}
static void amend_to_pending(struct tov_leaf_receipt *receipt)
{
    amend_to(receipt, TOV_VERDICT_PENDING);
}
static void amend_to_no_key(struct tov_leaf_receipt *receipt)
{
    amend_to(receipt, TOV_VERDICT_NO_KEY);
}
static void amend_to_refused(struct tov_leaf_receipt *receipt)
{
    amend_to(receipt, TOV_VERDICT_REFUSED);
}
static void amend_with_flag(struct tov_leaf_receipt *receipt)
{
    amend_to(receipt, TOV_VERDICT_PENDING);
    for (size_t i = 0; i < receipt->amendment_count; i++)
        receipt->amendments[i].value.flags = TOV_VERDICT_FLAG_CLOCK_AHEAD;
}
static void say_of_all(struct tov_leaf_receipt *receipt, enum tov_verdict verdict)
{
    amend_to(receipt, verdict);
    for (size_t i = 0; i < receipt->run_count; i++)
        receipt->runs[i].value = (struct tov_verdict_value){verdict, 0, 0};
}
static void all_not_opened(struct tov_leaf_receipt *receipt)
{
    say_of_all(receipt, TOV_VERDICT_NOT_OPENED);
}
static void all_not_understood(struct tov_leaf_receipt *receipt)
{
    say_of_all(receipt, TOV_VERDICT_NOT_UNDERSTOOD);
}

/* An export ends at the newest signed size; what it holds of peers may be newer. */
static void a_verdict_may_be_newer_than_the_receipts(void)
{
    copy_fresh();
    sign_receipts(amend_to_pending);
    check(0, "verdict-unreceipted", "opened after pending");
    copy_fresh();
    sign_receipts(amend_to_no_key);
    check(0, "verdict-unreceipted", "opened after no key");
    copy_fresh();
    sign_receipts(amend_to_refused);
    check(3, "verdict-differs", "opened after refused");
    copy_fresh();
    sign_receipts(amend_with_flag);
    check(3, "verdict-differs", "without the mark on the sender's clock");
}

static void store_all(struct tov_verdict_value verdict)
{
    struct search *search = find_records(ENTRIES, TOV_EXPORT_VERDICT);
    for (size_t i = 0; i < search->count; i++)
        store_verdict(search->items[i].index, verdict);
    free(search);
}

/* Its ledger says that entries were lost, as after a restore. */
static void lose_an_entry(void)
{
    static const struct tov_leaf lost = {
        .type = TOV_LEAF_LOST, .time_ms = 1900000000000, .as.lost = {1, 2}};
    struct forge_log log = forge_ledger(world, 0);
    forge_history(&(struct forge){.dir = dir, .log = &log, .more = &lost, .more_count = 1});
}

/* A restore takes keys, and the receipts stay as they were signed: nothing is damaged then. */
static void what_cannot_be_read_since_a_restore_is_told_and_no_failure(void)
{
    copy_fresh();
    store_all((struct tov_verdict_value){TOV_VERDICT_NO_KEY, 0, 0});
    check(3, "verdict-differs", "no key after opened, and no restore");
    lose_an_entry();
    check(0, "text-lost", "no key after opened, since a restore");
    store_all((struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, 9});
    check(3, "verdict-differs", "a restore changes no other verdict");
}

/* Its roster, or a program that knows it, or an attachment that does not open. */
static void what_is_not_understood_may_become_what_its_roster_makes_it(void)
{
    static const enum tov_verdict later[] = {TOV_VERDICT_NOT_OPENED, TOV_VERDICT_REFUSED,
                                             TOV_VERDICT_PENDING};
    copy_fresh();
    sign_receipts(all_not_understood);
    check(0, "verdict-unreceipted", "opened after not understood");
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        store_all((struct tov_verdict_value){later[i], 0, 0});
        check(0, "verdict-unreceipted", "another one after not understood");
    }
    store_all((struct tov_verdict_value){TOV_VERDICT_NO_KEY, 0, 0});
    check(3, "verdict-differs", "no key after not understood");
    store_all((struct tov_verdict_value){TOV_VERDICT_ERASED, 0, 0});
    check(3, "verdict-differs", "erased after not understood");
}

static void parts_that_came_wrong_are_told_and_accuse_nobody(void)
{
    copy_fresh();
    sign_receipts(all_not_opened);
    check(3, "verdict-differs", "opened, by the mirror");
    store_all((struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, 0});
    check(0, "", "not opened, by both");
    damage_flip(dir, PARTS, -2, 0);
    check(0, "part-unseen", "a part that does not fit");
    damage_write(dir, PARTS, (struct tov_bytes){NULL, 0});
    check(4, "list-missing part-unseen", "no parts");
}

static void without_readable_receipts_no_verdict_is_called_wrong(void)
{
    struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 7};
    copy_fresh();
    store_verdict(message_with_attachment(), refused);
    damage_remove(dir, "leaves/000");
    check(4, "file-missing receipt-unchecked verdict-unchecked", "a bundle of leaves is gone");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(every_bit_of_every_stored_verdict_is_compared),
        UNIT_TEST(a_difference_names_both_verdicts_and_the_place),
        UNIT_TEST(a_verdict_that_was_taken_out_is_missed),
        UNIT_TEST(a_verdict_excuses_no_parts_that_the_receipt_does_not),
        UNIT_TEST(a_verdict_or_link_of_no_message_is_found),
        UNIT_TEST(a_verdict_may_be_newer_than_the_receipts),
        UNIT_TEST(what_cannot_be_read_since_a_restore_is_told_and_no_failure),
        UNIT_TEST(what_is_not_understood_may_become_what_its_roster_makes_it),
        UNIT_TEST(parts_that_came_wrong_are_told_and_accuse_nobody),
        UNIT_TEST(without_readable_receipts_no_verdict_is_called_wrong),
    };
    world = world_create("audit-verdicts");
    int code = unit_run("audit_verdicts", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
