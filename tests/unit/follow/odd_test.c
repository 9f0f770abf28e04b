/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries and words of a peer that are well made and signed, and do not fit: a genesis of somebody
 * else, a leaf of a journal, receipts for what was never sent, an older key, a foreign protocol.
 * Each is said in the log, changes nothing of what is known, and holds up nothing that comes after
 * it. Not for: bytes that mean nothing (hostile_test.c), nor messages (verdicts_test.c).
 */
#include "hostile_peer.h"

#include "ledger/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tov_peer_view view_of(const struct hostile *hostile)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(hostile_victim(hostile)), 0, &view);
    return view;
}

/* It goes into the mirror like any other, and the log has EVENT. */
static void append_odd(struct hostile *hostile, struct tov_leaf *leaf, const char *event)
{
    hostile->wire->log[0] = '\0';
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    if (!sim_wire_logged(hostile->wire, event))
        UNIT_EQUAL_TEXT(hostile->wire->log, event);
    UNIT_EQUAL_INT(view_of(hostile).held, hostile->range.size);
    CU_ASSERT(!hostile_is_suspended(hostile));
}

static void check_goes_on(struct hostile *hostile)
{
    struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    hostile_message_fini(&message);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* ---- entries ---- */

static void a_genesis_that_does_not_fit_is_said(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-genesis", 2);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    hostile_connect(hostile);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    leaf->type = TOV_LEAF_GENESIS;
    const struct tov_leaf_genesis good = {.agency = hostile->agency->number,
                                          .generation = hostile->agency->generation,
                                          .roster_version = 1,
                                          .federation = SIM_FEDERATION};
    leaf->as.genesis = good;
    leaf->as.genesis.agency++;
    append_odd(hostile, leaf, "genesis-does-not-fit"); /* the first entry, and another agency's */
    leaf->as.genesis = good;
    append_odd(hostile, leaf, "genesis-does-not-fit"); /* the second */
    check_goes_on(hostile);
}

/* At the beginning, where a good one may stand. */
static void nor_does_one_of_another_ledger(void)
{
    for (int which = 0; which < 3; which++) {
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-first", 2);
        TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
        UNIT_NEED(leaf != NULL);
        hostile_connect(hostile);
        hostile_hello(hostile, NULL);
        hostile_answer(hostile);
        leaf->type = TOV_LEAF_GENESIS;
        leaf->as.genesis = (struct tov_leaf_genesis){.agency = hostile->agency->number,
                                                     .generation = hostile->agency->generation,
                                                     .roster_version = 1,
                                                     .federation = SIM_FEDERATION};
        if (which == 0)
            leaf->as.genesis.journal = 1;
        else if (which == 1)
            leaf->as.genesis.generation++;
        else
            (void)snprintf(leaf->as.genesis.federation, sizeof leaf->as.genesis.federation, "%s",
                           "other-demo");
        append_odd(hostile, leaf, "genesis-does-not-fit");
        check_goes_on(hostile);
    }
}

static void a_leaf_of_a_journal_is_read_as_nothing(void)
{
    static const enum tov_leaf_type types[] = {TOV_LEAF_ACCESS, TOV_LEAF_FOLD, TOV_LEAF_REWRAP,
                                               TOV_LEAF_OVERRIDE, TOV_LEAF_GRANT};
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-journal", 2);
    hostile_meet(hostile);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
        UNIT_NEED(leaf != NULL);
        leaf->type = types[i];
        leaf->as.detail.class_code = 1;
        append_odd(hostile, leaf, "entry-not-read");
    }
    check_goes_on(hostile);
}

static void a_key_that_is_not_newer_is_not_used(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-key", 2);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    hostile_meet(hostile);
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key = (struct tov_leaf_epoch_key){
        .epoch = 5, .not_before_ms = 1, .not_after_ms = 1u << 30, .public_key = {9}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    append_odd(hostile, leaf, "epoch-not-newer");
    leaf->as.epoch_key.epoch = 4;
    append_odd(hostile, leaf, "epoch-not-newer");
    check_goes_on(hostile);
}

/* ---- receipts ---- */

static struct tov_hash leaf_hash_of(const struct hostile *hostile, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    return tov_entry_hash(&entry);
}

/* The victim has sent two messages on links 1 and 2; *OUT is a receipt for the first. */
static void make_receipt(struct hostile *hostile, struct tov_hash hashes[2], struct tov_leaf *out)
{
    hostile_meet(hostile);
    for (size_t i = 0; i < 2; i++) {
        uint64_t index = sim_wire_send(hostile->wire, hostile->victim, 50 + i).place.index;
        sim_wire_run(hostile->wire);
        hashes[i] = leaf_hash_of(hostile, index);
    }
    out->type = TOV_LEAF_RECEIPT;
    out->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                .series = {1, 0},
                                                .last_link = 1,
                                                .last_leaf_hash = hashes[0],
                                                .run_count = 1,
                                                .runs = {{1, {TOV_VERDICT_OPENED, 0, 0}}}};
}

static void a_receipt_that_is_not_for_this_ledger_counts_for_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-receipt", 2);
    TOV_FREE struct tov_leaf *good = calloc(1, sizeof *good);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_hash hashes[2];
    UNIT_NEED(good != NULL && leaf != NULL);
    make_receipt(hostile, hashes, good);
    const struct {
        uint16_t peer;
        uint32_t generation;
        uint64_t lost_index;
    } rows[] = {{3, 1, 0}, {1, 2, 0}, {1, 1, 99}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *leaf = *good;
        leaf->as.receipt.peer = rows[i].peer;
        leaf->as.receipt.series = (struct tov_series){rows[i].generation, rows[i].lost_index};
        append_odd(hostile, leaf, "receipt-of-another-series");
        UNIT_EQUAL_INT(view_of(hostile).links_receipted, 0);
    }
    check_goes_on(hostile);
}

static void a_receipt_that_does_not_fit_the_links_counts_for_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-links", 2);
    TOV_FREE struct tov_leaf *good = calloc(1, sizeof *good);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_hash hashes[2];
    UNIT_NEED(good != NULL && leaf != NULL);
    make_receipt(hostile, hashes, good);
    const struct {
        uint64_t last_link;
        struct tov_hash hash;
    } rows[] = {{3, hashes[1]},  /* was never sent */
                {2, hashes[1]},  /* over a gap: the first is not receipted */
                {1, hashes[1]}}; /* another message */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *leaf = *good;
        leaf->as.receipt.last_link = rows[i].last_link;
        leaf->as.receipt.last_leaf_hash = rows[i].hash;
        append_odd(hostile, leaf, "receipt-does-not-fit");
        UNIT_EQUAL_INT(view_of(hostile).links_receipted, 0);
    }
    hostile_append(hostile, good); /* the true one still does */
    hostile_flush(hostile);
    UNIT_EQUAL_INT(view_of(hostile).links_receipted, 1);
    check_goes_on(hostile);
}

static void an_amendment_before_its_receipt_or_of_another_message_counts_for_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-amended", 2);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_hash hashes[2];
    UNIT_NEED(leaf != NULL);
    make_receipt(hostile, hashes, leaf);
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(view_of(hostile).links_receipted, 1);
    leaf->as.receipt.run_count = 0;
    leaf->as.receipt.amendment_count = 1;
    leaf->as.receipt.amendments[0] =
        (struct tov_receipt_amendment){2, hashes[1], {TOV_VERDICT_NOT_OPENED, 0, TOV_E_DECRYPT}};
    append_odd(hostile, leaf, "receipt-does-not-fit");
    leaf->as.receipt.amendments[0].link_number = 1;
    append_odd(hostile, leaf, "receipt-does-not-fit");
    UNIT_EQUAL_INT(view_of(hostile).links_receipted, 1);
    check_goes_on(hostile);
}

/* ---- words ---- */

static void say_hello(struct hostile *hostile, uint32_t least, uint32_t most)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_hello hello = {.protocol_min = least,
                                    .protocol_max = most,
                                    .agency = hostile->agency->number,
                                    .roster_version = 1,
                                    .window_bytes = 1u << 20,
                                    .now_ms = hostile_core(hostile)->now_ms};
    hostile_random(hostile, hello.nonce, sizeof hello.nonce);
    UNIT_NEED(tov_frame_encode_hello(&hello, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

/* An upgrade of one agency stops nobody: it is heard once both know a protocol again. */
static void a_peer_of_another_protocol_is_not_heard(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-protocol", 2);
    hostile_connect(hostile);
    say_hello(hostile, 2, 9);
    CU_ASSERT(tov_node_state(hostile_victim(hostile)) != TOV_NODE_SERVING);
    sim_wire_pass(hostile->wire, 60000);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
}

static void keys_for_what_was_never_sent_are_not_sealed_again(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("odd-expired", 2);
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    hostile_meet(hostile);
    uint64_t index = sim_wire_send(hostile->wire, hostile->victim, 50).place.index;
    sim_wire_run(hostile->wire);
    const struct tov_ref good = {1, 1, index, leaf_hash_of(hostile, index)};
    struct tov_ref refs[5] = {good, good, good, good, good};
    refs[0].agency = 2;
    refs[1].generation = 2;
    refs[2].index = 1u << 20;
    refs[3].leaf.bytes[0] ^= 1;
    refs[4].index = 0; /* the genesis, which is no message */
    refs[4].leaf = leaf_hash_of(hostile, 0);
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) {
        size_t before = hostile->late_stanzas;
        hostile->wire->log[0] = '\0';
        *control = (struct tov_control){.kind = TOV_CONTROL_EPOCH_EXPIRED};
        control->as.epoch_expired.count = 1;
        control->as.epoch_expired.refs[0] = refs[i];
        hostile_say_control(hostile, control);
        CU_ASSERT(sim_wire_logged(hostile->wire, "keys-not-sealed-again"));
        sim_wire_pass(hostile->wire, 2000);
        UNIT_EQUAL_INT(hostile->late_stanzas, before);
    }
    CU_ASSERT(hostile_victim_works(hostile));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_genesis_that_does_not_fit_is_said),
        UNIT_TEST(nor_does_one_of_another_ledger),
        UNIT_TEST(a_leaf_of_a_journal_is_read_as_nothing),
        UNIT_TEST(a_key_that_is_not_newer_is_not_used),
        UNIT_TEST(a_receipt_that_is_not_for_this_ledger_counts_for_nothing),
        UNIT_TEST(a_receipt_that_does_not_fit_the_links_counts_for_nothing),
        UNIT_TEST(an_amendment_before_its_receipt_or_of_another_message_counts_for_nothing),
        UNIT_TEST(a_peer_of_another_protocol_is_not_heard),
        UNIT_TEST(keys_for_what_was_never_sent_are_not_sealed_again),
    };
    return unit_run("follow_odd", tests, sizeof tests / sizeof tests[0]);
}
