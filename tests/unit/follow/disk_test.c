/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of attachments that the own disk does not give any more, or does not take: that ends no
 * node, also not at its next starts, and what others hold of them is fetched again.
 * Not for: bits that have changed (pull_check_test.c).
 */
#include "hostile_peer.h"

#include "follow/transfers.h"

#define CHUNKS_A_TICK (TOV_PULL_CHECK_BYTES / TOV_PULL_CHUNK_BYTES)

/* The disk of one node: which of its calls fail, and how often they did. */
static struct {
    struct tov_host real;
    bool reads_fail, writes_fail, syncs_fail;
    enum tov_err err;
    unsigned failed;
} bad;

static enum tov_err fail_if(bool fails)
{
    bad.failed += fails ? 1 : 0;
    return fails ? bad.err : TOV_OK;
}

static enum tov_err read_blob(void *context, const char *name, uint64_t offset,
                              struct tov_room room, size_t *out_read)
{
    TOV_TRY(fail_if(bad.reads_fail));
    return bad.real.blob_read(context, name, offset, room, out_read);
}

static enum tov_err write_blob(void *context, const char *name, uint64_t offset,
                               struct tov_bytes data)
{
    TOV_TRY(fail_if(bad.writes_fail));
    return bad.real.blob_write(context, name, offset, data);
}

static enum tov_err sync_blob(void *context, const char *name)
{
    TOV_TRY(fail_if(bad.syncs_fail));
    return bad.real.blob_sync(context, name);
}

/* From now on, until NODE is started again. */
static void make_bad(struct sim_node *node, enum tov_err err)
{
    memset(&bad, 0, sizeof bad);
    bad.real = node->host;
    bad.err = err;
    node->host.blob_read = read_blob;
    node->host.blob_write = write_blob;
    node->host.blob_sync = sync_blob;
}

/* Two nodes, of which the first has written a message with one attachment to the second. */
static struct sim_wire *begin(const char *name, uint64_t bytes, struct tov_message_written *sent)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {bytes}};
    sim_wire_start_all(wire);
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, sent) == TOV_OK);
    return wire;
}

/* The same, when it is at the second as a whole and only half looked at. */
static struct sim_wire *begin_checking(const char *name, struct tov_message_written *sent)
{
    struct sim_wire *wire = begin(name, 2 * CHUNKS_A_TICK * TOV_PULL_CHUNK_BYTES, sent);
    sim_wire_run(wire);
    struct tov_peer *peer = tov_follow_peer(tov_node_follow(wire->nodes[1].node), 1);
    UNIT_NEED(peer->transfers[0].state == TOV_TRANSFER_CHECKING);
    return wire;
}

/* With a good disk. */
static void start_again(struct sim_wire *wire, size_t node)
{
    sim_wire_crash(wire, node);
    wire->nodes[node].host = bad.real;
    sim_wire_start(wire, node);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
}

static struct tov_transfer_view view_at(const struct sim_wire *wire, size_t node,
                                        const struct tov_message_written *sent)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name name = {1, 1, sent->place.index};
    struct tov_transfer_view view = {0};
    UNIT_NEED(tov_store_read_begin(wire->nodes[node].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_transfer(tov_node_follow(wire->nodes[node].node), read, &name, 2, &view) ==
              TOV_OK);
    return view;
}

static void blob_at(const struct sim_wire *wire, size_t node,
                    const struct tov_message_written *sent, char out[TOV_BLOB_NAME_SIZE])
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = tov_node_core(wire->nodes[node].node);
    struct tov_message_name name = {1, 1, sent->place.index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    tov_blob_name(core, &name, message->leaf.id, 2, out);
}

/* It works on, and has the attachment in the end, without a fault of the sender. */
static void need_whole(struct sim_wire *wire, size_t node, const struct tov_message_written *sent)
{
    for (unsigned i = 0; i < 60 && !view_at(wire, node, sent).complete; i++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[node].node)->failed, TOV_OK);
    CU_ASSERT(view_at(wire, node, sent).complete);
    CU_ASSERT_FALSE(view_at(wire, node, sent).failed);
    CU_ASSERT_FALSE(sim_wire_logged(wire, "peer-fault"));
    UNIT_EQUAL_INT(wire->drops, 0);
}

/* ---- while it is looked at ---- */

static void a_file_that_is_gone_while_it_is_looked_at_is_fetched_again(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_checking("disk-gone", &sent);
    char blob[TOV_BLOB_NAME_SIZE];
    blob_at(wire, 1, &sent, blob);
    UNIT_NEED(sim_disk_delete(wire->nodes[1].disk, blob) == TOV_OK);
    need_whole(wire, 1, &sent);
    CU_ASSERT(sim_wire_logged(wire, "attachment-damaged"));
    sim_wire_destroy(wire);
}

/* The same between two starts: nothing of the first one's look at it is left. */
static void a_file_that_is_gone_between_two_starts_is_fetched_again(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_checking("disk-start", &sent);
    char blob[TOV_BLOB_NAME_SIZE];
    blob_at(wire, 1, &sent, blob);
    sim_wire_crash(wire, 1);
    UNIT_NEED(sim_disk_delete(wire->nodes[1].disk, blob) == TOV_OK);
    sim_wire_start(wire, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_whole(wire, 1, &sent);
    sim_wire_destroy(wire);
}

static void a_file_that_is_cut_while_it_is_looked_at_is_fetched_again(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_checking("disk-cut", &sent);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf whole = TOV_BUF_INIT(1u << 26);
    char blob[TOV_BLOB_NAME_SIZE];
    blob_at(wire, 1, &sent, blob);
    UNIT_NEED(sim_disk_load(wire->nodes[1].disk, blob, &whole) == TOV_OK);
    UNIT_NEED(sim_disk_save(wire->nodes[1].disk, blob,
                            (struct tov_bytes){whole.data, whole.size - 1}) == TOV_OK);
    need_whole(wire, 1, &sent);
    CU_ASSERT(sim_wire_logged(wire, "attachment-damaged"));
    sim_wire_destroy(wire);
}

/* A sector that cannot be read: not for ever, and each start tries anew. */
static void a_file_that_cannot_be_read_is_given_up_until_the_next_start(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_checking("disk-sector", &sent);
    make_bad(&wire->nodes[1], TOV_E_IO);
    bad.reads_fail = true;
    for (unsigned i = 0; i < 30; i++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[1].node)->failed, TOV_OK);
    UNIT_EQUAL_INT(bad.failed, 3);
    UNIT_EQUAL_INT(tov_follow_gave_up(tov_node_follow(wire->nodes[1].node)), 1);
    start_again(wire, 1);
    need_whole(wire, 1, &sent);
    sim_wire_destroy(wire);
}

/* Without memory nothing is said of the disk. */
static void without_memory_nothing_is_fetched_again(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_checking("disk-memory", &sent);
    make_bad(&wire->nodes[1], TOV_E_NOMEM);
    wire->may_stay_down = true;
    bad.reads_fail = true;
    sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[1].node)->failed, TOV_E_NOMEM);
    CU_ASSERT_FALSE(sim_wire_logged(wire, "attachment-damaged"));
    sim_wire_destroy(wire);
}

/* ---- while it comes ---- */

static void what_the_disk_does_not_take_ends_no_node(void)
{
    static const enum tov_err errors[] = {TOV_E_IO, TOV_E_FULL, TOV_E_NOT_FOUND};
    for (size_t i = 0; i < 2 * sizeof errors / sizeof errors[0]; i++) {
        struct tov_message_written sent;
        struct sim_wire *wire = begin("disk-write", 20 * TOV_PULL_CHUNK_BYTES, &sent);
        make_bad(&wire->nodes[1], errors[i / 2]);
        bad.writes_fail = i % 2 == 0;
        bad.syncs_fail = i % 2 == 1;
        sim_wire_run(wire);
        for (unsigned k = 0; k < 60; k++)
            sim_wire_pass(wire, 1000);
        UNIT_EQUAL_INT(tov_node_core(wire->nodes[1].node)->failed, TOV_OK);
        CU_ASSERT(bad.failed > 0 && bad.failed < 10);
        CU_ASSERT_FALSE(view_at(wire, 1, &sent).complete);
        start_again(wire, 1);
        need_whole(wire, 1, &sent);
        sim_wire_destroy(wire);
    }
}

/* ---- files of own messages ---- */

static struct sim_wire *begin_lost(const char *name, struct tov_message_written *sent)
{
    struct sim_wire *wire = begin(name, 20 * TOV_PULL_CHUNK_BYTES, sent);
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name own = {1, 1, sent->place.index};
    char blob[TOV_BLOB_NAME_SIZE], tree[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE];
    sim_wire_run(wire);
    struct tov_core *core = tov_node_core(wire->nodes[0].node);
    blob_at(wire, 0, sent, blob);
    (void)snprintf(tree, sizeof tree, "%s" TOV_BLOB_TREE, blob);
    UNIT_NEED(sim_disk_delete(wire->nodes[0].disk, blob) == TOV_OK);
    UNIT_NEED(sim_disk_delete(wire->nodes[0].disk, tree) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &own, TOV_MESSAGE_LEAF, message) == TOV_OK);
    UNIT_NEED(tov_follow_want_files(tov_node_follow(wire->nodes[0].node), message) == TOV_OK);
    return wire;
}

/* It has come back, and cannot be read: its tree cannot be made. */
static void a_file_that_came_back_and_cannot_be_read_ends_no_node(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_lost("disk-back", &sent);
    make_bad(&wire->nodes[0], TOV_E_IO);
    bad.reads_fail = true;
    for (unsigned i = 0; i < 60; i++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[0].node)->failed, TOV_OK);
    CU_ASSERT(bad.failed > 0);
    start_again(wire, 0);
    need_whole(wire, 0, &sent);
    sim_wire_destroy(wire);
}

/* A peer asks for it, and asks again: the second time its entry in the journal is there. */
static void a_file_that_cannot_be_read_is_not_given_and_ends_no_node(void)
{
    struct tov_message_written sent;
    struct sim_wire *wire = begin_lost("disk-given", &sent);
    make_bad(&wire->nodes[1], TOV_E_IO);
    bad.reads_fail = true;
    for (unsigned i = 0; i < 60; i++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[1].node)->failed, TOV_OK);
    CU_ASSERT(bad.failed > 1);
    CU_ASSERT(sim_wire_logged(wire, "chunk-not-served"));
    start_again(wire, 1);
    need_whole(wire, 0, &sent);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_file_that_is_gone_while_it_is_looked_at_is_fetched_again),
        UNIT_TEST(a_file_that_is_gone_between_two_starts_is_fetched_again),
        UNIT_TEST(a_file_that_is_cut_while_it_is_looked_at_is_fetched_again),
        UNIT_TEST(a_file_that_cannot_be_read_is_given_up_until_the_next_start),
        UNIT_TEST(without_memory_nothing_is_fetched_again),
        UNIT_TEST(what_the_disk_does_not_take_ends_no_node),
        UNIT_TEST(a_file_that_came_back_and_cannot_be_read_ends_no_node),
        UNIT_TEST(a_file_that_cannot_be_read_is_not_given_and_ends_no_node),
    };
    return unit_run("follow_disk", tests, sizeof tests / sizeof tests[0]);
}
