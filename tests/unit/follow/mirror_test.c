/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is held of a peer's ledger, when the disk has changed it: rows of skipped runs that say they
 * have more hashes than they have.
 */
#include "hostile_peer.h"

#include "merkle/proof.h"

#define START 1000u
#define NODES_MAX 8u

static void put_run(struct hostile *hostile, struct tov_bytes row)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct tov_error error = {.text = ""};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(
        batch, TOV_TABLE_MSKIP,
        tov_store_key_u16_u32_u64(hostile->agency->number, hostile->agency->generation, START),
        row);
    UNIT_NEED(tov_store_commit(hostile_core(hostile)->store, batch, &error) == TOV_OK);
}

/* A run of COUNT entries from START on, with HELD hashes: what is said of the subtree AT. */
static enum tov_err ask(struct hostile *hostile, uint64_t count, size_t held, bool level0,
                        struct tov_subtree at)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint8_t row[9 + NODES_MAX * TOV_HASH_BYTES] = {0};
    struct tov_hash hash;
    UNIT_NEED(held <= NODES_MAX);
    tov_put_be64(row, count);
    row[8] = level0 ? 1 : 0;
    put_run(hostile, (struct tov_bytes){row, 9 + held * TOV_HASH_BYTES});
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    struct tov_mirror_nodes nodes = {hostile_core(hostile), read, hostile->agency->number,
                                     hostile->agency->generation};
    struct tov_node_source source = tov_mirror_node_source(&nodes);
    return source.node(source.ctx, at.level, at.index, &hash);
}

static void a_skipped_run_that_lacks_hashes_is_damage(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("mirror-damage", 2);
    hostile_meet(hostile);
    struct tov_subtree last = {0, START + 3}; /* of four single hashes */
    UNIT_EQUAL_INT(ask(hostile, 4, 4, true, last), TOV_OK);
    UNIT_EQUAL_INT(ask(hostile, 4, 3, true, last), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(ask(hostile, 1u << 30, 4, true, (struct tov_subtree){0, START + (1u << 20)}),
                   TOV_E_CORRUPT);
    /* [1000, 1004) is one subtree of level 2; [1000, 1006) has one of level 1 behind it. */
    UNIT_EQUAL_INT(ask(hostile, 6, 2, false, (struct tov_subtree){1, 502}), TOV_OK);
    UNIT_EQUAL_INT(ask(hostile, 6, 1, false, (struct tov_subtree){1, 502}), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(ask(hostile, UINT64_MAX, 1, false, (struct tov_subtree){1, 502}), TOV_E_CORRUPT);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(a_skipped_run_that_lacks_hashes_is_damage)};
    return unit_run("follow_mirror", tests, sizeof tests / sizeof tests[0]);
}
