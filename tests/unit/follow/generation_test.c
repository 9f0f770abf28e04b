/* SPDX-License-Identifier: EUPL-1.2
 *
 * A ledger that begins anew in a next generation: its first entry quotes where the roster closed
 * the one before, and it never begins in the store of that one. Not for: how peers follow the new
 * one (tests/federation), nor entries above a revocation (inbox_test.c).
 */
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_generation.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static struct tov_leaf_genesis genesis_of(const struct sim_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(leaf != NULL && tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(0), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK && leaf->type == TOV_LEAF_GENESIS);
    return leaf->as.genesis;
}

/* Both nodes have gone, at the newest tree of the first one. */
static struct sim_wire *end_of_first(const char *name, struct tov_signed_size *out_newest)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    sim_wire_start_all(wire);
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_NEED(tov_ledger_newest(tov_node_core(wire->nodes[0].node)->ledger, out_newest));
    sim_wire_crash(wire, 0);
    sim_wire_crash(wire, 1);
    return wire;
}

/* With an empty folder and a guard that never signed. */
static void check_begins(struct sim_wire *wire, uint32_t generation,
                         const struct tov_signed_size *former)
{
    static const struct tov_hash none;
    struct sim_node *node = &wire->nodes[0];
    sim_generation_empty(wire->federation, node);
    sim_wire_start_all(wire);
    struct tov_leaf_genesis genesis = genesis_of(node);
    UNIT_EQUAL_INT(genesis.generation, generation);
    UNIT_EQUAL_INT(genesis.former_size, former == NULL ? 0 : former->size);
    CU_ASSERT(tov_hash_equal(&genesis.former_root, former == NULL ? &none : &former->root));
}

static void a_new_generation_says_where_the_one_before_was_closed(void)
{
    struct tov_signed_size newest;
    struct sim_wire *wire = end_of_first("generation", &newest);
    sim_begin_generation(wire->federation, 2, &(struct sim_closed){.ledger = &newest});
    check_begins(wire, 2, &newest);
    sim_wire_destroy(wire);
}

static void what_the_roster_does_not_say_no_generation_quotes(void)
{
    struct tov_signed_size newest;
    struct sim_wire *wire = end_of_first("generation-unsaid", &newest);
    sim_begin_generation(wire->federation, 2, &(struct sim_closed){NULL, NULL});
    check_begins(wire, 2, NULL);
    sim_wire_destroy(wire);
}

/* Its entries would be signed a second time. */
static void no_generation_begins_in_the_store_of_another(void)
{
    struct tov_signed_size newest;
    struct tov_error error = {.text = ""};
    struct sim_wire *wire = end_of_first("generation-store", &newest);
    sim_begin_generation(wire->federation, 2, &(struct sim_closed){.ledger = &newest});
    wire->nodes[0].has_images = false; /* the guard of the new one is made with its key */
    UNIT_EQUAL_INT(sim_node_start(&wire->nodes[0], &error), TOV_E_CONFIG);
    CU_ASSERT(strstr(error.text, "holds generation 1") != NULL);
    UNIT_OK(sim_node_start(&wire->nodes[1], NULL)); /* whose generation is the same */
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_new_generation_says_where_the_one_before_was_closed),
        UNIT_TEST(what_the_roster_does_not_say_no_generation_quotes),
        UNIT_TEST(no_generation_begins_in_the_store_of_another),
    };
    return unit_run("follow generation", tests, sizeof tests / sizeof tests[0]);
}
