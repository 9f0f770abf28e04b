/* SPDX-License-Identifier: EUPL-1.2
 *
 * Need to know (I10) for an entry that says what was erased: it goes to those who hold something of
 * it, who sent it or whom it was sent to, and to nobody else.
 * Not for: erasing.
 */
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdlib.h>

static const struct tov_ref no_ref = {.agency = 0};

static struct tov_ref ref_of(struct sim_wire *wire, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_ref ref = {.agency = 1, .generation = 1, .index = index};
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    ref.leaf = tov_entry_hash(&entry);
    return ref;
}

/* A message of node 0 to AGENCY alone. */
static struct tov_ref send_to(struct sim_wire *wire, uint16_t agency)
{
    struct tov_message_written written;
    struct sim_order order = {.record = agency,
                              .text_bytes = 64,
                              .recipient_count = 1,
                              .recipients = {{agency, TOV_RIGHT_ALL}}};
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(wire);
    return ref_of(wire, written.place.index);
}

/* As after an erasure to the last byte. */
static void forget(struct sim_wire *wire, const struct tov_ref *ref)
{
    uint8_t gone[TOV_ENTRY_GONE_BYTES];
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    tov_entry_put_gone(gone, TOV_ENTRY_ERASED, &ref->leaf);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, TOV_TABLE_LEAF, tov_store_key_u64(ref->index), TOV_BYTES_OF(gone));
    UNIT_NEED(tov_store_commit(wire->nodes[0].store, batch, NULL) == TOV_OK);
}

/* Node 0's entry that REFS were erased; its index. */
static uint64_t say_erased(struct sim_wire *wire, const struct tov_ref *first,
                           const struct tov_ref *second)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_core *core = tov_node_core(wire->nodes[0].node);
    struct tov_ledger_place place;
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_ERASED;
    leaf->as.erased.scope = TOV_ERASED_CONTENT;
    leaf->as.erased.basis = 1;
    leaf->as.erased.refs[leaf->as.erased.ref_count++] = *first;
    if (second->agency != 0)
        leaf->as.erased.refs[leaf->as.erased.ref_count++] = *second;
    UNIT_NEED(tov_core_append_leaf(core, core->ledger, leaf, 0, &place) == TOV_OK);
    sim_wire_run(wire);
    sim_wire_pass(wire, 2000);
    return place.index;
}

static bool holds(struct sim_wire *wire, size_t node, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(wire->nodes[node].store, &read, NULL) == TOV_OK);
    enum tov_err err =
        tov_store_get(read, TOV_TABLE_MLEAF, tov_store_key_u16_u32_u64(1, 1, index), &row);
    UNIT_NEED(err == TOV_OK || err == TOV_E_NOT_FOUND);
    return err == TOV_OK;
}

static void check_told(struct sim_wire *wire, uint64_t index, bool second, bool third)
{
    struct tov_peer_view view;
    UNIT_EQUAL_INT(holds(wire, 1, index), second);
    UNIT_EQUAL_INT(holds(wire, 2, index), third);
    for (size_t k = 0; k < 2; k++) { /* and both have followed all of it */
        tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), k, &view);
        CU_ASSERT(view.acknowledged > index || !(k == 0 ? second : third));
        CU_ASSERT(!view.is_suspended);
    }
}

static void an_erasure_is_told_to_those_who_hold_what_was_erased(void)
{
    struct sim_wire *wire = sim_wire_create("erased", 3);
    sim_wire_start_all(wire);
    struct tov_ref to_second = send_to(wire, 2), to_third = send_to(wire, 3);
    check_told(wire, say_erased(wire, &to_second, &no_ref), true, false);
    check_told(wire, say_erased(wire, &to_third, &no_ref), false, true);
    check_told(wire, say_erased(wire, &to_second, &to_third), true, true);
    sim_wire_destroy(wire);
}

/* What others sent: they know that it was held here. */
static void an_erasure_of_what_a_peer_sent_is_told_to_it_alone(void)
{
    struct sim_wire *wire = sim_wire_create("erased-theirs", 3);
    sim_wire_start_all(wire);
    struct tov_ref of_third = {.agency = 3, .generation = 1, .index = 1};
    check_told(wire, say_erased(wire, &of_third, &no_ref), false, true);
    sim_wire_destroy(wire);
}

static void of_what_was_forgotten_whole_all_may_be_told(void)
{
    struct sim_wire *wire = sim_wire_create("erased-whole", 3);
    sim_wire_start_all(wire);
    struct tov_ref to_second = send_to(wire, 2);
    forget(wire, &to_second);
    check_told(wire, say_erased(wire, &to_second, &no_ref), true, true);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_erasure_is_told_to_those_who_hold_what_was_erased),
        UNIT_TEST(an_erasure_of_what_a_peer_sent_is_told_to_it_alone),
        UNIT_TEST(of_what_was_forgotten_whole_all_may_be_told),
    };
    return unit_run("follow_erased", tests, sizeof tests / sizeof tests[0]);
}
