/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows and small files of one node that are not what its program writes: cut, longer, empty, or
 * with another byte, in each table, with the sum that belongs to them. The node says so at its
 * start or ends when it reads them, or they mean nothing to it. It never signs another tree (I4),
 * and nobody is accused for it.
 * Not for: what a disk changes, which the sums find (tests/unit/core/rot_test.c).
 */
#include "ledger/small_file.h"
#include "ledger/tables.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdio.h>
#include <string.h>

#define NODES 2u
#define ROWS_MAX 400u
#define ROW_MAX_BYTES (1u << 20)

enum change { CUT, LONGER, EMPTY, FIRST_BYTE, NINTH_BYTE, TWELFTH_BYTE, CHANGES };

static const char *const files[] = {"epochs", "buckets"};
#define FILES (sizeof files / sizeof files[0])

struct row {
    unsigned table;
    struct tov_store_key key;
};

static struct world {
    struct sim_wire *wire;
    struct sim_copy copies[NODES];
    struct tov_signed_size newest; /* of node 0 */
    struct tov_buf files[FILES];   /* as they were */
    struct row rows[ROWS_MAX];
    size_t row_count;
    bool keeps_leaves; /* answers to a recovery do not come */
    size_t ended, went_on;
} world;

static bool filter(void *context, struct sim_frame *frame)
{
    (void)context;
    return !world.keeps_leaves || !sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER);
}

/* ---- what there is to change ---- */

#define ROWS_EACH 8u

/* The first and the last rows of a table; all facts. */
static void find_rows_of(struct tov_store_read *read, unsigned table)
{
    struct tov_store_range range = {.table = table};
    uint64_t count = 0, at = 0;
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_count(read, table, &count) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    for (; tov_store_iter_next(&iter); at++) {
        if (table != TOV_TABLE_FACT && at >= ROWS_EACH / 2 && at + ROWS_EACH / 2 < count)
            continue;
        UNIT_NEED(world.row_count < ROWS_MAX);
        world.rows[world.row_count++] = (struct row){table, iter.row.key};
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
}

static void note_rows(void)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(world.wire->nodes[0].store, &read, NULL) == TOV_OK);
    for (unsigned table = 0; table < TOV_TABLE_COUNT; table++)
        find_rows_of(read, table);
}

static void talk(uint64_t first)
{
    for (size_t i = 0; i < NODES; i++)
        (void)sim_wire_send(world.wire, i, first + i);
    sim_wire_run(world.wire);
}

static void copy_all(void)
{
    UNIT_NEED(tov_ledger_newest(tov_node_core(world.wire->nodes[0].node)->ledger, &world.newest) ||
              world.newest.size > 0);
    note_rows();
    for (size_t i = 0; i < NODES; i++)
        sim_wire_crash(world.wire, i);
    for (size_t i = 0; i < NODES; i++)
        sim_node_copy(&world.wire->nodes[i], &world.copies[i]);
    for (size_t i = 0; i < FILES; i++) {
        world.files[i] = TOV_BUF_INIT(ROW_MAX_BYTES);
        UNIT_NEED(sim_disk_load(world.wire->nodes[0].disk, files[i], &world.files[i]) == TOV_OK);
    }
}

static void begin(const char *name)
{
    struct tov_message_written written;
    struct sim_order large = {.record = 9,
                              .text_bytes = 100,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .attachment_count = 1,
                              .attachment_bytes = {1000}};
    world = (struct world){.wire = sim_wire_create(name, NODES)};
    world.wire->may_stay_down = true;
    world.wire->filter = filter;
    sim_wire_start_all(world.wire);
    talk(1);
    UNIT_NEED(sim_message_submit(&world.wire->nodes[0], &large, &written) == TOV_OK);
    sim_wire_run(world.wire);
    for (int hour = 0; hour < 26; hour++) /* an anchor, which is cosigned */
        sim_wire_pass(world.wire, 3600000u);
}

static void end(void)
{
    for (size_t i = 0; i < NODES; i++)
        sim_copy_fini(&world.copies[i]);
    for (size_t i = 0; i < FILES; i++)
        tov_buf_fini(&world.files[i]);
    sim_wire_destroy(world.wire);
}

/* ---- one change ---- */

static void put_back_all(void)
{
    for (size_t i = 0; i < NODES; i++) {
        sim_wire_crash(world.wire, i);
        sim_node_put_back(&world.wire->nodes[i], &world.copies[i],
                          SIM_STORE | SIM_GUARD | SIM_EPOCHS);
    }
    for (size_t i = 0; i < FILES; i++)
        UNIT_NEED(sim_disk_save(world.wire->nodes[0].disk, files[i],
                                tov_buf_view(&world.files[i])) == TOV_OK);
    for (size_t i = world.wire->first; i < world.wire->end; i++)
        tov_buf_fini(&world.wire->queue[i].bytes);
    world.wire->first = world.wire->end = 0;
    world.wire->log[0] = '\0';
}

static void change_byte(struct tov_buf *bytes, size_t at)
{
    if (at < bytes->size)
        bytes->data[at] ^= 0x41;
}

static void change_bytes(enum change change, struct tov_buf *bytes)
{
    switch (change) {
    case CUT:
        bytes->size -= bytes->size > 0 ? 1 : 0;
        return;
    case LONGER:
        tov_buf_put(bytes, "", 1);
        return;
    case EMPTY:
        bytes->size = 0;
        return;
    case FIRST_BYTE:
        change_byte(bytes, 0);
        return;
    case NINTH_BYTE: /* where many rows and files have a number or a count */
        change_byte(bytes, 8);
        return;
    case TWELFTH_BYTE:
        change_byte(bytes, 11);
        return;
    case CHANGES:
        return;
    }
}

static void change_row(const struct row *row, enum change change)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(ROW_MAX_BYTES);
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct tov_store_read *read = NULL;
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .any_filesystem = true};
    struct tov_bytes found;
    UNIT_NEED(tov_store_open(world.wire->nodes[0].dir, &options, &store, NULL) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, row->table, row->key, &found) == TOV_OK);
    tov_buf_put_bytes(&bytes, found);
    tov_store_read_end(read);
    change_bytes(change, &bytes);
    UNIT_NEED(bytes.failed == TOV_OK && tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, row->table, row->key, tov_buf_view(&bytes));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
}

static void change_file(size_t file, enum change change)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(ROW_MAX_BYTES);
    tov_buf_put(&bytes, world.files[file].data, world.files[file].size - TOV_SMALL_FILE_SUM_BYTES);
    change_bytes(change, &bytes);
    tov_small_file_seal(files[file], &bytes);
    UNIT_NEED(sim_disk_save(world.wire->nodes[0].disk, files[file], tov_buf_view(&bytes)) ==
              TOV_OK);
}

static bool is_working(size_t node)
{
    const struct sim_node *sim = &world.wire->nodes[node];
    return sim->node != NULL && !sim_node_has_failed(sim);
}

/* I4 */
static void check_tree(void)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = tov_node_core(world.wire->nodes[0].node);
    struct tov_range range;
    struct tov_checkpoint checkpoint;
    struct tov_signed_size newest;
    const struct tov_vkey *key = tov_ledger_key(core->ledger);
    if (!tov_ledger_newest(core->ledger, &newest) || newest.size < world.newest.size)
        return; /* it has signed nothing beyond */
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_ledger_range_at(core->ledger, read, world.newest.size, &range) == TOV_OK);
    struct tov_hash root = tov_range_root(&range);
    CU_ASSERT(tov_hash_equal(&root, &world.newest.root));
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(key->name), newest.size, &newest.root,
                                  &checkpoint) == TOV_OK);
    UNIT_OK(tov_checkpoint_verify(&checkpoint, key, newest.signature));
}

static void live_on(void)
{
    struct sim_wire *wire = world.wire;
    UNIT_NEED(sim_node_start(&wire->nodes[1], NULL) == TOV_OK);
    sim_node_settle(&wire->nodes[1]);
    if (sim_node_start(&wire->nodes[0], NULL) == TOV_OK) {
        sim_node_settle(&wire->nodes[0]);
        sim_wire_connect(wire, 0, 1);
        sim_wire_run(wire);
        (void)sim_wire_send(wire, 1, 500);
        sim_wire_run(wire);
        sim_wire_pass(wire, 4000);
    }
    UNIT_NEED(is_working(1)); /* the other one lives */
    CU_ASSERT(!sim_wire_logged(wire, "suspected-fork"));
    if (is_working(0)) {
        check_tree();
        world.went_on++;
    } else {
        world.ended++;
    }
}

static void say_where(const char *what, enum change change, unsigned failures_before)
{
    if (CU_get_number_of_failures() != failures_before)
        (void)fprintf(stderr, "%s, change %u: %s\n", what, (unsigned)change, world.wire->log);
}

static void try_each(void)
{
    for (size_t i = 0; i < world.row_count * CHANGES; i++) {
        unsigned failures = CU_get_number_of_failures();
        const struct row *row = &world.rows[i / CHANGES];
        put_back_all();
        change_row(row, (enum change)(i % CHANGES));
        live_on();
        say_where(tov_tables[row->table].name, (enum change)(i % CHANGES), failures);
    }
    for (size_t i = 0; i < FILES * CHANGES; i++) {
        unsigned failures = CU_get_number_of_failures();
        size_t ended = world.ended;
        put_back_all();
        change_file(i / CHANGES, (enum change)(i % CHANGES));
        live_on();
        CU_ASSERT(world.ended > ended || i % CHANGES >= NINTH_BYTE); /* keys are not guessed */
        say_where(files[i / CHANGES], (enum change)(i % CHANGES), failures);
    }
    (void)printf("    %zu rows: %zu ended it, %zu did not\n", world.row_count, world.ended,
                 world.went_on);
    CU_ASSERT(world.ended > 0 && world.went_on > 0);
}

static void a_row_that_nobody_wrote_so_forks_nothing_and_accuses_nobody(void)
{
    begin("rows");
    copy_all();
    try_each();
    end();
}

static void nor_does_one_while_a_node_comes_back(void)
{
    struct sim_copy old;
    begin("rows-back");
    sim_wire_crash(world.wire, 0);
    sim_node_copy(&world.wire->nodes[0], &old);
    sim_wire_start(world.wire, 0);
    sim_wire_connect(world.wire, 0, 1);
    sim_wire_run(world.wire);
    talk(20);
    UNIT_NEED(tov_ledger_newest(tov_node_core(world.wire->nodes[0].node)->ledger, &world.newest));
    sim_wire_crash(world.wire, 0);
    sim_node_put_back(&world.wire->nodes[0], &old, SIM_STORE);
    world.keeps_leaves = true;
    sim_wire_start(world.wire, 0);
    sim_wire_connect(world.wire, 0, 1);
    sim_wire_run(world.wire);
    sim_wire_pass(world.wire, 3000);
    UNIT_NEED(tov_node_state(world.wire->nodes[0].node) == TOV_NODE_RECOVERING);
    copy_all();
    world.keeps_leaves = false;
    try_each();
    sim_copy_fini(&old);
    end();
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_row_that_nobody_wrote_so_forks_nothing_and_accuses_nobody),
        UNIT_TEST(nor_does_one_while_a_node_comes_back),
    };
    return unit_run("follow_rows", tests, sizeof tests / sizeof tests[0]);
}
