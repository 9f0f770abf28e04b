/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is held of a peer's ledger: what a proof of it costs, and when the disk has changed it, as
 * rows of skipped runs that say they have more hashes than they have.
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

/* ---- what a proof costs ---- */

/* At each level of 256 as many as there are, for both ends of the proof. */
#define LOOKS_MAX 1024u

struct counting {
    struct tov_node_source inner;
    size_t looks;
};

static enum tov_err count_look(void *context, unsigned level, uint64_t index,
                               struct tov_hash *out_hash)
{
    struct counting *counting = context;
    counting->looks++;
    return counting->inner.node(counting->inner.ctx, level, index, out_hash);
}

/* How many nodes are looked at for the root that the mirror has at SIZE, which must be ROOT, and
 * for the proof that all that is held extends it. */
static size_t count_looks(struct hostile *hostile, uint64_t size, const struct tov_hash *root)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_hash made;
    struct tov_proof proof;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    struct tov_mirror_nodes nodes = {hostile_core(hostile), read, hostile->agency->number,
                                     hostile->agency->generation};
    struct counting counting = {.inner = tov_mirror_node_source(&nodes)};
    struct tov_node_source source = {&counting, count_look};
    uint64_t all = hostile->range.size;
    UNIT_EQUAL_INT(tov_proof_make_root(&source, size, &made), TOV_OK);
    CU_ASSERT(tov_hash_equal(&made, root));
    UNIT_EQUAL_INT(tov_proof_make_consistency(&source, size, all, &proof), TOV_OK);
    struct tov_consistency claim = {size, all, *root, tov_range_root(&hostile->range)};
    UNIT_EQUAL_INT(tov_consistency_verify(&claim, &proof), TOV_OK);
    return counting.looks;
}

/* COUNT entries as one skipped run of the largest subtrees, or of each entry. */
static void append_skipped(struct hostile *hostile, uint64_t count, bool level0)
{
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf hashes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint64_t from = hostile->range.size;
    struct tov_canon canon = tov_canon_of(from, from + count);
    struct tov_subtree at = {0, 0};
    UNIT_NEED(item != NULL);
    for (uint64_t i = 0; level0 ? i < count : tov_canon_next(&canon, &at); i++) {
        struct tov_hash hash = {{0}};
        hostile_random(hostile, hash.bytes, 8);
        tov_buf_put(&hashes, hash.bytes, sizeof hash.bytes);
        UNIT_NEED(tov_range_append_subtree(&hostile->range, at.level, &hash) == TOV_OK);
    }
    item->kind = TOV_ITEM_SKIPPED;
    item->as.skipped = (struct tov_frame_skipped){.count = count,
                                                  .level0 = level0,
                                                  .hash_count = hashes.size / TOV_HASH_BYTES,
                                                  .hashes = tov_buf_view(&hashes)};
    UNIT_NEED(tov_parcel_writer_add(&hostile->writer, item) == TOV_OK);
}

/* A Hello has one made at any size that the peer signed. */
static void a_proof_reads_little_of_what_is_held(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("mirror-cost", 2);
    hostile_meet(hostile);
    hostile_say_erased(hostile, 70000);
    uint64_t size = hostile->range.size;
    struct tov_hash root = tov_range_root(&hostile->range);
    append_skipped(hostile, 5000, true);
    append_skipped(hostile, 60000, false);
    hostile_say_erased(hostile, 3000);
    UNIT_NEED(hostile->position == hostile->range.size);
    CU_ASSERT(count_looks(hostile, size, &root) <= LOOKS_MAX);
    CU_ASSERT(hostile_victim_works(hostile));
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(a_proof_reads_little_of_what_is_held),
                                             UNIT_TEST(a_skipped_run_that_lacks_hashes_is_damage)};
    return unit_run("follow_mirror", tests, sizeof tests / sizeof tests[0]);
}
