/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message whose stanza comes later than its entry: told once it can be read, and only then.
 */
#include "ledger/entry.h"
#include "ledger/event.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

/* Whose parcels are lost: of the second node, the first does not learn its key. */
struct loss {
    bool loses[2];
};

static bool lose_parcels(void *context, struct sim_frame *frame)
{
    const struct loss *loss = context;
    return !loss->loses[frame->from] || sim_frame_kind(frame) != TOV_FRAME_PARCEL;
}

/* Numbers of `received` events of NODE; *OUT_NEWEST is the last. */
static unsigned count_received(struct sim_node *node, uint64_t *out_newest)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK);
        if (event.kind != TOV_EVENT_RECEIVED)
            continue;
        *out_newest = tov_store_key_to_u64(&iter.row.key);
        count++;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

static struct tov_entry load_entry(struct tov_store_read *read, uint64_t index)
{
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_get(read, TOV_TABLE_MLEAF, tov_store_key_u16_u32_u64(1, 1, index), &row) ==
              TOV_OK);
    UNIT_NEED(tov_entry_decode_mirror(row, &entry) == TOV_OK);
    return entry;
}

static void check_entry(struct sim_node *node, uint64_t index, enum tov_verdict verdict,
                        uint64_t event)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    struct tov_entry entry = load_entry(read, index);
    UNIT_EQUAL_INT(entry.verdict.verdict, verdict);
    UNIT_EQUAL_INT(entry.event, event);
}

/* Two nodes; the first sends a message before it knows a key of the second. */
static struct sim_wire *start(const char *name, struct loss *loss, uint64_t *out_index)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    wire->filter = lose_parcels;
    wire->filter_context = loss;
    sim_wire_start_all(wire);
    *out_index = sim_wire_send(wire, 0, 1).place.index;
    sim_wire_run(wire);
    return wire;
}

static void a_message_is_told_when_its_key_comes(void)
{
    struct loss loss = {{false, true}};
    uint64_t index = 0, event = 0;
    struct sim_wire *wire = start("late-key", &loss, &index);
    check_entry(&wire->nodes[1], index, TOV_VERDICT_NO_KEY, 0);
    UNIT_EQUAL_INT(count_received(&wire->nodes[1], &event), 0);
    loss.loses[1] = false;
    sim_wire_disconnect(wire, 0, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(count_received(&wire->nodes[1], &event), 1);
    check_entry(&wire->nodes[1], index, TOV_VERDICT_OPENED, event);
    sim_wire_destroy(wire);
}

/* The same stanza again while the batch that opens the message is open, and while it is being
 * committed. */
static void a_stanza_that_comes_again_before_the_commit_changes_nothing(void)
{
    struct loss loss = {{false, true}};
    uint64_t index = 0, event = 0;
    struct sim_wire *wire = start("late-twice", &loss, &index);
    struct sim_node *node = &wire->nodes[1];
    loss.loses[1] = false;
    sim_wire_disconnect(wire, 0, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_node_time(&wire->nodes[0], wire->nodes[0].now_ms + 1000, wire->nodes[0].mono_ms + 1000);
    tov_node_on_tick(wire->nodes[0].node);
    UNIT_NEED(wire->first + 1 == wire->end);
    struct tov_bytes stanza = tov_buf_view(&wire->queue[wire->first].bytes);
    tov_node_on_peer_frame(node->node, 1, stanza);
    tov_node_on_peer_frame(node->node, 1, stanza);
    tov_node_turn(node->node);
    tov_node_on_peer_frame(node->node, 1, stanza);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(count_received(node, &event), 1);
    check_entry(node, index, TOV_VERDICT_OPENED, event);
    sim_wire_destroy(wire);
}

static uint64_t count_owed(struct sim_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_OWED, &count) == TOV_OK);
    return count;
}

static void reconnect(struct sim_wire *wire)
{
    sim_wire_disconnect(wire, 0, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
}

/* The parcel without the stanza was lost; when it was made again the key was known. */
static void a_stanza_that_went_with_its_message_is_owed_no_more(void)
{
    struct loss loss = {{true, true}};
    uint64_t index = 0, event = 0;
    struct sim_wire *wire = start("owed", &loss, &index);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 1);
    loss.loses[1] = false;
    reconnect(wire);
    loss.loses[0] = false;
    reconnect(wire);
    check_entry(&wire->nodes[1], index, TOV_VERDICT_OPENED, 1);
    UNIT_EQUAL_INT(count_received(&wire->nodes[1], &event), 1);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 0);
    sim_wire_destroy(wire);
}

/* ---- of a message that comes back later still ---- */

#define HEADER 1u /* gets the header alone, and learns its key late */
#define WHOLE 2u  /* brings the message back */
#define OTHER 3u

/* Of the second node, whose parcels are lost at first. */
struct silence {
    bool loses_parcels, loses_leaves;
};

static bool lose_of_header(void *context, struct sim_frame *frame)
{
    const struct silence *silence = context;
    if (frame->from != HEADER)
        return true;
    return !(silence->loses_parcels && sim_frame_kind(frame) == TOV_FRAME_PARCEL) &&
           !(silence->loses_leaves && sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER));
}

static uint64_t send_before_the_key(struct sim_wire *wire)
{
    struct tov_message_written written;
    struct sim_order order = {
        .record = 1,
        .recipient_count = 2,
        .recipients = {{HEADER + 1, TOV_RIGHT_HEADER}, {WHOLE + 1, TOV_RIGHT_ALL}},
        .text_bytes = 100};
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(wire);
    return written.place.index;
}

static enum tov_verdict verdict_of(struct sim_node *node, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    return load_entry(read, index).verdict.verdict;
}

/* The first node is set back to before it wrote the message, and has lost it: who could bring it
 * is not heard. What the second one says of it, that it had no key, comes now. */
static struct sim_wire *lose_message(const char *name, struct silence *silence, uint64_t *out_index)
{
    struct sim_wire *wire = sim_wire_create(name, 4);
    struct sim_copy copy;
    *silence = (struct silence){.loses_parcels = true};
    wire->filter = lose_of_header;
    wire->filter_context = silence;
    sim_wire_start_all(wire);
    sim_wire_copy(wire, 0, &copy);
    *out_index = send_before_the_key(wire);
    UNIT_EQUAL_INT(verdict_of(&wire->nodes[HEADER], *out_index), TOV_VERDICT_NO_KEY);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_copy_fini(&copy);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, HEADER);
    sim_wire_connect(wire, 0, OTHER);
    sim_wire_run(wire);
    sim_wire_pass(wire, 100000);
    UNIT_NEED(sim_wire_logged(wire, "entries-lost"));
    silence->loses_parcels = false;
    sim_wire_disconnect(wire, 0, HEADER);
    sim_wire_connect(wire, 0, HEADER);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_SERVING);
    return wire;
}

static void a_stanza_is_owed_until_its_message_is_back(void)
{
    struct silence silence;
    uint64_t index = 0;
    struct sim_wire *wire = lose_message("owed-lost", &silence, &index);
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 1);
    sim_wire_connect(wire, 0, WHOLE);
    sim_wire_run(wire);
    sim_wire_pass(wire, 30000);
    UNIT_EQUAL_INT(verdict_of(&wire->nodes[HEADER], index), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 0);
    sim_wire_destroy(wire);
}

/* It is asked for that once more when the message is there (docs/recovery.md). */
static void and_until_its_place_on_the_link_is(void)
{
    struct silence silence;
    uint64_t index = 0;
    struct sim_wire *wire = lose_message("owed-link", &silence, &index);
    silence.loses_leaves = true;
    sim_wire_connect(wire, 0, WHOLE);
    sim_wire_run(wire);
    sim_wire_pass(wire, 30000);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 1);
    silence.loses_leaves = false;
    sim_wire_pass(wire, 30000);
    UNIT_EQUAL_INT(verdict_of(&wire->nodes[HEADER], index), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_owed(&wire->nodes[0]), 0);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_message_is_told_when_its_key_comes),
        UNIT_TEST(a_stanza_that_comes_again_before_the_commit_changes_nothing),
        UNIT_TEST(a_stanza_that_went_with_its_message_is_owed_no_more),
        UNIT_TEST(a_stanza_is_owed_until_its_message_is_back),
        UNIT_TEST(and_until_its_place_on_the_link_is),
    };
    return unit_run("follow_late_key", tests, sizeof tests / sizeof tests[0]);
}
