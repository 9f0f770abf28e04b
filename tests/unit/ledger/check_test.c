/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node's own trees, read again from the first leaf to the last: every kind of damage is found and
 * named, and what is erased or not signed yet is none.
 * Not for: what a node does about it (tests/unit/backup).
 */
#include "ledger/entry.h"
#include "ledger/journal.h"
#include "ledger/ledger.h"

#include "support/refuse.h"
#include "support/sim_message.h"
#include "support/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW_MS 1637000000000u
#define MESSAGES 560u /* more than two tiles */

static struct {
    struct sim_federation *federation;
    struct sim_node *node; /* ended */
    char folder[64];
    struct tov_store *store;
    struct tov_ledger_setup ledger, journal;
    struct tov_ledger_found whole;
} scene;

static void submit(uint64_t record)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{1, TOV_RIGHT_ALL}},
                              .text_bytes = 64};
    UNIT_NEED(sim_message_submit(scene.node, &order, &written) == TOV_OK);
    if (record % 8 == 0)
        sim_node_settle(scene.node);
}

static void open_store(void)
{
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .any_filesystem = true};
    UNIT_NEED(tov_store_open(scene.node->dir, &options, &scene.store, NULL) == TOV_OK);
}

static enum tov_err check(const struct tov_ledger_setup *setup, struct tov_ledger_found *out_found,
                          struct tov_error *error)
{
    struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(scene.store, &read, error));
    enum tov_err err = tov_ledger_check(read, setup, out_found, error);
    tov_store_read_end(read);
    return err;
}

static void scene_begin(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    char store[96];
    scene.node = calloc(1, sizeof *scene.node);
    UNIT_NEED(scene.node != NULL);
    scene.federation = sim_federation_create(1, 0);
    (void)snprintf(scene.folder, sizeof scene.folder, "%s/tov-check-XXXXXX", base);
    UNIT_NEED(mkdtemp(scene.folder) != NULL);
    (void)snprintf(store, sizeof store, "%s/store", scene.folder);
    sim_node_init(scene.node, scene.federation, 0, store);
    sim_node_time(scene.node, NOW_MS, 1000);
    UNIT_NEED(sim_node_start(scene.node, NULL) == TOV_OK);
    sim_node_settle(scene.node);
    for (uint64_t i = 1; i <= MESSAGES; i++)
        submit(i);
    sim_node_settle(scene.node);
    sim_node_crash(scene.node);
    const struct tov_agency *agency = sim_federation_agency(scene.federation, 0);
    scene.ledger = (struct tov_ledger_setup){.kind = TOV_TREE_LEDGER, .key = agency->ledger};
    UNIT_NEED(tov_journal_setup(&agency->journal, 1, &scene.journal) == TOV_OK);
    open_store();
    UNIT_NEED(check(&scene.ledger, &scene.whole, NULL) == TOV_OK);
}

static void scene_end(void)
{
    tov_store_close(scene.store);
    sim_node_fini(scene.node);
    free(scene.node);
    (void)rmdir(scene.folder);
    sim_federation_destroy(scene.federation);
}

/* ---- rows ---- */

static void load_row(unsigned table, struct tov_store_key key, struct tov_buf *out)
{
    struct tov_store_read *read = NULL;
    struct tov_bytes row;
    tov_buf_clear(out);
    UNIT_NEED(tov_store_read_begin(scene.store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, table, key, &row) == TOV_OK);
    tov_buf_put(out, row.data, row.size);
    tov_store_read_end(read);
}

/* Without bytes: the row is gone. */
static void save_row(unsigned table, struct tov_store_key key, struct tov_bytes row)
{
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    if (row.size == 0)
        tov_store_batch_delete(batch, table, key);
    else
        tov_store_batch_put(batch, table, key, row);
    UNIT_NEED(tov_store_commit(scene.store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static struct tov_store_key last_signature(const struct tov_ledger_setup *setup, unsigned table)
{
    struct tov_ledger_found found;
    UNIT_NEED(check(setup, &found, NULL) == TOV_OK);
    UNIT_NEED(table == TOV_TABLE_SIGNATURE || table == TOV_TABLE_JSIGNATURE);
    return tov_store_key_u64(setup->base + found.newest.size);
}

enum { WHOLE_ROW = -1, HALF_ROW = -2, LAST_BYTE = -3 };

/* Byte AT of the row is another, or the row is gone, or has half its bytes; then it is as before.
 */
static void expect_damage(const struct tov_ledger_setup *setup, unsigned table,
                          struct tov_store_key key, int at, const char *words)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(1u << 20);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(1u << 20);
    struct tov_ledger_found found = {.size = 77};
    struct tov_error error = {.text = ""};
    load_row(table, key, &row);
    tov_buf_put(&changed, row.data, at == HALF_ROW ? row.size / 2 : row.size);
    if (at >= 0 || at == LAST_BYTE)
        changed.data[at >= 0 ? (size_t)at : row.size - 1] ^= 1;
    save_row(table, key, at == WHOLE_ROW ? (struct tov_bytes){0} : tov_buf_view(&changed));
    UNIT_EQUAL_INT(check(setup, &found, &error), TOV_E_CORRUPT);
    if (strstr(error.text, words) == NULL || strstr(error.text, setup->key.name) == NULL)
        UNIT_EQUAL_TEXT(error.text, words);
    UNIT_EQUAL_INT(found.size, 77); /* nothing is said of a damaged one */
    save_row(table, key, tov_buf_view(&row));
    UNIT_EQUAL_INT(check(setup, &found, NULL), TOV_OK);
}

/* ---- tests ---- */

static void a_whole_tree_is_found_as_it_is(void)
{
    struct tov_ledger_found journal;
    CU_ASSERT(scene.whole.size > MESSAGES);
    UNIT_EQUAL_INT(scene.whole.newest.size, scene.whole.size);
    UNIT_EQUAL_INT(scene.whole.erased + scene.whole.lost, 0);
    CU_ASSERT(tov_hash_equal(&scene.whole.root, &scene.whole.newest.root));
    UNIT_OK(check(&scene.journal, &journal, NULL));
    CU_ASSERT(journal.size > 0);
    struct tov_ledger_setup next; /* a journal that was never begun has nothing */
    UNIT_NEED(tov_journal_setup(&scene.journal.key, 2, &next) == TOV_OK);
    UNIT_OK(check(&next, &journal, NULL));
    UNIT_EQUAL_INT(journal.size + journal.newest.size, 0);
}

static void a_leaf_that_changed_is_damage(void)
{
    static const uint64_t indexes[] = {0, 1, 255, 256, 300};
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
        struct tov_store_key key = tov_store_key_u64(indexes[i]);
        expect_damage(&scene.ledger, TOV_TABLE_LEAF, key, LAST_BYTE, "give");
        expect_damage(&scene.ledger, TOV_TABLE_LEAF, key, WHOLE_ROW, "there is a gap at entry");
    }
    expect_damage(&scene.ledger, TOV_TABLE_LEAF, tov_store_key_u64(5), 0,
                  "the row is damaged of entry 5");
}

static void entries_that_are_missing_at_the_end_are_damage(void)
{
    expect_damage(&scene.ledger, TOV_TABLE_LEAF, tov_store_key_u64(scene.whole.size - 1), WHOLE_ROW,
                  "entries are missing below the signed size");
}

static void a_tile_that_is_not_what_the_entries_give_is_damage(void)
{
    for (uint64_t n = 0; n < 2; n++) {
        struct tov_store_key key = tov_key_tile(0, n);
        expect_damage(&scene.ledger, TOV_TABLE_TILE, key, 17, "a tile is missing or not what");
        expect_damage(&scene.ledger, TOV_TABLE_TILE, key, HALF_ROW,
                      "a tile is missing or not what");
        expect_damage(&scene.ledger, TOV_TABLE_TILE, key, WHOLE_ROW, "a tile is missing or not");
    }
}

static void a_signature_that_does_not_fit_is_damage(void)
{
    struct tov_store_key last = last_signature(&scene.ledger, TOV_TABLE_SIGNATURE);
    expect_damage(&scene.ledger, TOV_TABLE_SIGNATURE, last, 0, "do not give the root");
    expect_damage(&scene.ledger, TOV_TABLE_SIGNATURE, last, 40, "not by this ledger's key");
    expect_damage(&scene.ledger, TOV_TABLE_SIGNATURE, last, HALF_ROW,
                  "the signature row is damaged behind size");
    struct tov_store_key own = last_signature(&scene.journal, TOV_TABLE_JSIGNATURE);
    expect_damage(&scene.journal, TOV_TABLE_JSIGNATURE, own, 40, "not by this ledger's key");
}

static void a_tree_by_another_key_is_not_this_ledgers(void)
{
    struct tov_ledger_setup other = scene.ledger;
    struct tov_ledger_found found;
    struct tov_error error = {.text = ""};
    other.key = scene.journal.key;
    UNIT_EQUAL_INT(check(&other, &found, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "not by this ledger's key") != NULL);
}

/* I8: the hash stays where the leaf stood. */
static void what_is_erased_or_lost_is_counted_and_is_no_damage(void)
{
    static const enum tov_entry_state states[] = {TOV_ENTRY_ERASED, TOV_ENTRY_LOST};
    for (size_t i = 0; i < 2; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(1u << 20);
        struct tov_store_key key = tov_store_key_u64(100);
        struct tov_ledger_found found;
        struct tov_entry entry;
        uint8_t gone[TOV_ENTRY_GONE_BYTES];
        load_row(TOV_TABLE_LEAF, key, &row);
        UNIT_NEED(tov_entry_decode_own(tov_buf_view(&row), &entry) == TOV_OK);
        struct tov_hash hash = tov_entry_hash(&entry);
        tov_entry_put_gone(gone, states[i], &hash);
        save_row(TOV_TABLE_LEAF, key, TOV_BYTES_OF(gone));
        UNIT_OK(check(&scene.ledger, &found, NULL));
        UNIT_EQUAL_INT(found.erased, states[i] == TOV_ENTRY_ERASED);
        UNIT_EQUAL_INT(found.lost, states[i] == TOV_ENTRY_LOST);
        CU_ASSERT(tov_hash_equal(&found.root, &scene.whole.root));
        gone[sizeof gone - 1] ^= 1; /* another hash is not erasure */
        save_row(TOV_TABLE_LEAF, key, TOV_BYTES_OF(gone));
        UNIT_EQUAL_INT(check(&scene.ledger, &found, NULL), TOV_E_CORRUPT);
        save_row(TOV_TABLE_LEAF, key, tov_buf_view(&row));
    }
}

static void entries_behind_the_newest_signature_are_whole_but_not_signed(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(1000);
    struct tov_store_key last = last_signature(&scene.ledger, TOV_TABLE_SIGNATURE);
    struct tov_ledger_found found;
    load_row(TOV_TABLE_SIGNATURE, last, &row);
    save_row(TOV_TABLE_SIGNATURE, last, (struct tov_bytes){0});
    UNIT_OK(check(&scene.ledger, &found, NULL));
    UNIT_EQUAL_INT(found.size, scene.whole.size);
    CU_ASSERT(found.newest.size < found.size);
    save_row(TOV_TABLE_SIGNATURE, last, tov_buf_view(&row));
}

/* A disk that cannot be read is not a tree that is whole, nor one that is damaged. */
static void a_reading_that_is_refused_is_no_verdict(void)
{
    bool is_refused = true;
    for (unsigned round = 0; is_refused; round++) {
        struct tov_ledger_found found;
        refuse_begin(round < 20 ? round : (round - 19) * 20, EIO);
        enum tov_err err = check(&scene.ledger, &found, NULL);
        is_refused = refuse_end();
        CU_ASSERT((err == TOV_OK) == !is_refused);
        CU_ASSERT(err != TOV_E_CORRUPT);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_whole_tree_is_found_as_it_is),
        UNIT_TEST(a_leaf_that_changed_is_damage),
        UNIT_TEST(entries_that_are_missing_at_the_end_are_damage),
        UNIT_TEST(a_tile_that_is_not_what_the_entries_give_is_damage),
        UNIT_TEST(a_signature_that_does_not_fit_is_damage),
        UNIT_TEST(a_tree_by_another_key_is_not_this_ledgers),
        UNIT_TEST(what_is_erased_or_lost_is_counted_and_is_no_damage),
        UNIT_TEST(entries_behind_the_newest_signature_are_whole_but_not_signed),
        UNIT_TEST(a_reading_that_is_refused_is_no_verdict),
    };
    scene_begin();
    int code = unit_run("ledger_check", tests, sizeof tests / sizeof tests[0]);
    scene_end();
    return code;
}
