/* SPDX-License-Identifier: EUPL-1.2
 *
 * A peer with good keys and bad intentions against a real node: what it says never stops the node,
 * never enters a receipt as something else than it is, and never blocks what is good.
 */
#include "counted.h"
#include "hostile_peer.h"

#include "ledger/series.h"
#include "merkle/checkpoint.h"

#include <string.h>

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    return hostile;
}

static void a_good_message_is_opened(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("good");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile->position, 2);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* ---- what must not stop the node ---- */

static void say_epoch_expired(struct hostile *hostile, const struct tov_ref *ref)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_EPOCH_EXPIRED;
    control->as.epoch_expired.count = 1;
    control->as.epoch_expired.refs[0] = *ref;
    hostile_say_control(hostile, control);
}

static void say_position(struct hostile *hostile, uint64_t size)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_position position = {
        .generation = hostile->target->generation, .size = size, .window_bytes = 1u << 20};
    UNIT_NEED(tov_frame_encode_position(&position, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

static void append_epoch_key(struct hostile *hostile, const uint8_t key[32])
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key =
        (struct tov_leaf_epoch_key){.epoch = 1, .not_before_ms = 1, .not_after_ms = 1900000000000};
    memcpy(leaf->as.epoch_key.public_key, key, 32);
    hostile_append(hostile, leaf);
}

static void stanzas_are_not_owed_for_what_is_no_message_to_the_asker(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("owed");
    static const uint8_t base_point[32] = {9};
    append_epoch_key(hostile, base_point);
    hostile_flush(hostile);
    uint64_t size = tov_ledger_signed(hostile_core(hostile)->ledger);
    say_position(hostile, size);
    for (uint64_t i = 0; i < size; i++) {
        struct tov_ref ref = {hostile->target->number, hostile->target->generation, i, {{0}}};
        say_epoch_expired(hostile, &ref);
    }
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    sim_wire_pass(hostile->wire, 3000);
    UNIT_EQUAL_INT(hostile->late_stanzas, 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void append_receipt(struct hostile *hostile, const struct tov_message_written *written,
                           enum tov_verdict verdict)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                 .series = {hostile->target->generation, 0},
                                                 .last_link = written->links[0].number,
                                                 .last_leaf_hash = written->place.leaf_hash,
                                                 .run_count = 1,
                                                 .runs = {{1, {verdict, 0, 0}}}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
}

/* Nobody brought back the messages of a series that has ended, so no hash bounds what is said of
 * them (I11). */
static void a_receipt_of_an_ended_series_speaks_of_no_more_than_there_can_be(void)
{
    static const struct {
        uint64_t lost_index, last_link;
        size_t rows;
    } said[] = {{0, 7, 1}, {0, 8, 0}, {0, 1ull << 40, 0}, {3, 7, 1},
                {3, 8, 0}, {2, 2, 0}, {6, 2, 0},          {3, 1, 1}};
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("ended-series");
    struct tov_core *core = hostile_core(hostile);
    tov_series_note(core, 3);
    tov_series_note(core, 7);
    (void)sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    core->series.lost_index = 7;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
        size_t before = count_rows(hostile_core(hostile), TOV_TABLE_COVER);
        UNIT_NEED(leaf != NULL);
        leaf->type = TOV_LEAF_RECEIPT;
        leaf->as.receipt =
            (struct tov_leaf_receipt){.peer = hostile->target->number,
                                      .series = {hostile->target->generation, said[i].lost_index},
                                      .last_link = said[i].last_link,
                                      .run_count = 1,
                                      .runs = {{1, {TOV_VERDICT_NOT_OPENED, 0, TOV_E_SCHEMA}}}};
        hostile_append(hostile, leaf);
        hostile_flush(hostile);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER) - before, said[i].rows);
    }
    CU_ASSERT(sim_wire_logged(hostile->wire, "receipt-does-not-fit"));
}

static void ask_again(struct hostile *hostile, const struct tov_message_written *written)
{
    struct tov_ref ref = {hostile->target->number, hostile->target->generation,
                          written->place.index, written->place.leaf_hash};
    say_position(hostile, tov_ledger_signed(hostile_core(hostile)->ledger));
    say_epoch_expired(hostile, &ref);
    sim_wire_pass(hostile->wire, 3000);
}

static void keys_are_not_sealed_again_for_who_has_opened_the_message(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("again");
    static const uint8_t base_point[32] = {9};
    append_epoch_key(hostile, base_point);
    hostile_flush(hostile);
    struct tov_message_written first = sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(hostile->stanzas, 1);
    append_receipt(hostile, &first, TOV_VERDICT_OPENED);
    ask_again(hostile, &first);
    UNIT_EQUAL_INT(hostile->late_stanzas, 0);
    /* Nor by claiming to hold nothing: the entries come again, the keys do not. */
    size_t parcels = hostile->parcels;
    hostile_hello(hostile, NULL);
    CU_ASSERT(hostile->parcels > parcels);
    UNIT_EQUAL_INT(hostile->stanzas, 1);
    /* Who says that it had no key is given them. */
    struct tov_message_written second = sim_wire_send(hostile->wire, 0, 2);
    sim_wire_run(hostile->wire);
    append_receipt(hostile, &second, TOV_VERDICT_NO_KEY);
    ask_again(hostile, &second);
    CU_ASSERT(hostile->late_stanzas > 0);
}

static void an_epoch_key_of_small_order_stops_no_node(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("small-order");
    static const uint8_t zero[32] = {0};
    append_epoch_key(hostile, zero);
    hostile_flush(hostile);
    CU_ASSERT(hostile_victim_works(hostile));
    UNIT_EQUAL_INT(hostile->stanzas, 0);
    /* A good key that comes later is used. */
    static const uint8_t base_point[32] = {9};
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key =
        (struct tov_leaf_epoch_key){.epoch = 2, .not_before_ms = 1, .not_after_ms = 1900000000000};
    memcpy(leaf->as.epoch_key.public_key, base_point, 32);
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    CU_ASSERT(hostile_victim_works(hostile));
    UNIT_EQUAL_INT(hostile->stanzas, 1);
}

static void a_loss_behind_a_message_leaves_a_good_receipt(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("lost");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message before;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message after;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &before);
    hostile_message_append(hostile, &before);
    leaf->type = TOV_LEAF_LOST;
    leaf->as.lost = (struct tov_leaf_lost){0, 1};
    uint64_t lost_index = hostile->range.size;
    hostile_append(hostile, leaf);
    struct tov_series first = hostile->series;
    hostile->series.lost_index = lost_index;
    hostile->link = 0;
    hostile->link_leaf = (struct tov_hash){{0}};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &after);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &after).verdict, TOV_VERDICT_OPENED);
    hostile->series = first;
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_OPENED);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void a_late_stanza_that_names_another_leaf_is_a_fault(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("late-hash");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 100);
    hostile_message_commit(hostile, &message);
    message.has_stanza = false;
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_NO_KEY);
    hostile_message_seal(hostile, &message);
    struct tov_ref ref = message.ref;
    ref.leaf.bytes[0] ^= 1;
    hostile_say_late_stanza(hostile, &message, &ref);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "list", 0), TOV_OK);
    /* The honest one still opens it. */
    hostile_say_late_stanza(hostile, &message, &message.ref);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_PENDING);
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "list", 0), TOV_OK);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void a_poison_entry_blocks_neither_the_link_nor_the_inbox(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("poison");
    static const uint8_t noise[100] = {0xff, 0x01, 0xee};
    for (unsigned kind = 0; kind < 4; kind++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        hostile_message_reseal(&message, kind % 2, TOV_BYTES_OF(noise), kind < 2);
        struct tov_verdict_value verdict = hostile_deliver(hostile, &message);
        UNIT_EQUAL_INT(verdict.verdict, TOV_VERDICT_NOT_OPENED);
        UNIT_EQUAL_INT(verdict.detail, kind < 2 ? TOV_E_DECRYPT : TOV_E_SCHEMA);
    }
    TOV_CLEANUP(hostile_message_fini) struct hostile_message good;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &good);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &good).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "list", 0), TOV_OK);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "status", 0), TOV_OK);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 5), TOV_OK);
    CU_ASSERT(hostile_count_shown(hostile) >= 1);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* ---- one history ---- */

/* A checkpoint of the victim's ledger that its key signed, with any root. */
static struct tov_frame_checkpoint signed_by_victim(const struct hostile *hostile, uint64_t size,
                                                    uint8_t fill)
{
    uint8_t secret[64];
    struct tov_checkpoint checkpoint;
    struct tov_frame_checkpoint held = {
        .present = true, .generation = hostile->target->generation, .size = size};
    memset(held.root.bytes, fill, sizeof held.root.bytes);
    sim_secret_of(&hostile->wire->federation->agencies[0].ledger, secret);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(hostile->target->ledger.name), size, &held.root,
                                  &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, secret, held.signature);
    return held;
}

static void need_stopped(struct hostile *hostile, enum tov_node_state state)
{
    struct tov_core *core = hostile_core(hostile);
    uint64_t before = tov_ledger_signed(core->ledger);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), state);
    (void)sim_wire_send(hostile->wire, 0, 5);
    sim_wire_pass(hostile->wire, 3000);
    UNIT_EQUAL_INT(tov_ledger_signed(core->ledger), before);
    CU_ASSERT(!hostile_is_suspended(hostile));
}

static void a_rollback_that_a_peer_shows_while_serving_stops_signing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("rollback");
    uint64_t size = tov_ledger_committed(hostile_core(hostile)->ledger);
    struct tov_frame_checkpoint held = signed_by_victim(hostile, size + 5, 1);
    hostile_hello(hostile, &held);
    need_stopped(hostile, TOV_NODE_RECOVERING);
}

static void another_history_under_the_own_key_stops_signing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("own-fork");
    uint64_t size = tov_ledger_committed(hostile_core(hostile)->ledger);
    struct tov_frame_checkpoint held = signed_by_victim(hostile, size, 1);
    hostile_hello(hostile, &held);
    need_stopped(hostile, TOV_NODE_BEHIND);
}

static void a_larger_size_that_the_own_key_did_not_sign_is_a_fault(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("no-rollback");
    struct tov_frame_checkpoint held = signed_by_victim(hostile, 1000, 1);
    held.signature[0] ^= 1;
    hostile_hello(hostile, &held);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* It is no other history: nobody signed it. */
static void a_history_that_the_own_key_did_not_sign_is_told_as_a_fault(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("no-history");
    uint64_t size = tov_ledger_committed(hostile_core(hostile)->ledger);
    struct tov_frame_checkpoint held = signed_by_victim(hostile, size, 1);
    held.signature[0] ^= 1;
    hostile_hello(hostile, &held);
    CU_ASSERT(sim_wire_logged(hostile->wire, "peer-fault"));
    CU_ASSERT(!sim_wire_logged(hostile->wire, "peer-holds-another-history"));
}

static void append_root(struct hostile *hostile)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_JOURNAL_ROOT;
    leaf->as.journal_root.journal = 1;
    hostile_append(hostile, leaf);
}

static void a_fork_is_suspected_when_it_comes_again_and_its_note_is_kept(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("fork");
    struct tov_range other = hostile->range;
    append_root(hostile);
    hostile_flush(hostile);
    /* The same size with another leaf, and one more on top of it. */
    struct tov_hash leaf_hash = {{7}};
    UNIT_NEED(tov_range_append(&other, &leaf_hash) == TOV_OK);
    hostile->range = other;
    append_root(hostile);
    hostile_flush(hostile);
    CU_ASSERT(!hostile_is_suspended(hostile));
    hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
    CU_ASSERT(!hostile_is_suspended(hostile));
    hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
    CU_ASSERT(hostile_is_suspended(hostile));
    UNIT_EQUAL_INT(hostile->position, 2);
    CU_ASSERT(sim_wire_logged(hostile->wire, "suspected-fork"));
    /* It outlives a restart; the node goes on. */
    sim_wire_crash(hostile->wire, 0);
    sim_wire_start(hostile->wire, 0);
    CU_ASSERT(hostile_is_suspended(hostile));
}

static size_t read_peer_row(const struct sim_node *node, uint8_t *room, size_t size)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_PEER, tov_store_key_u16(2), &row) == TOV_OK);
    UNIT_NEED(row.size <= size);
    memcpy(room, row.data, row.size);
    return row.size;
}

/* The store as it was when the roster still named another generation. */
static void set_generation(struct hostile *hostile, uint32_t generation)
{
    struct sim_node *node = &hostile->wire->nodes[0];
    struct tov_store_batch *batch = NULL;
    uint8_t room[4096];
    size_t size = read_peer_row(node, room, sizeof room);
    tov_put_be32(room, generation);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, TOV_TABLE_PEER, tov_store_key_u16(2),
                        (struct tov_bytes){room, size});
    UNIT_NEED(tov_store_commit(node->store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static void a_new_generation_is_followed_from_its_beginning(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("generation");
    struct tov_peer_view view;
    set_generation(hostile, 7);
    sim_wire_crash(hostile->wire, 0);
    sim_wire_start(hostile->wire, 0);
    tov_follow_peer_view(tov_node_follow(hostile_victim(hostile)), 0, &view);
    UNIT_EQUAL_INT(view.held, 0);
    CU_ASSERT(!view.is_suspended);
}

/* Its core read a leaf wrongly, and signed that: once is no fork. On the way: gateway_test.c. */
static void a_parcel_that_was_made_wrong_is_no_fork(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("made-wrong");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    append_root(hostile);
    hostile_make_parcel(hostile, &parcel);
    uint8_t *magic = memmem(parcel.data, parcel.size, "TOVL", 4);
    UNIT_NEED(magic != NULL);
    magic[20] ^= 1; /* in the blind */
    sim_sign_parcel(hostile->control_secret, hostile->agency->number, hostile->target->number,
                    &parcel);
    hostile_say(hostile, tov_buf_view(&parcel));
    UNIT_EQUAL_INT(hostile->position, 1);
    hostile_say(hostile, tov_buf_view(&parcel));
    magic[20] ^= 1;
    sim_sign_parcel(hostile->control_secret, hostile->agency->number, hostile->target->number,
                    &parcel);
    hostile_say(hostile, tov_buf_view(&parcel));
    UNIT_EQUAL_INT(hostile->position, 2);
    CU_ASSERT(!hostile_is_suspended(hostile));
    CU_ASSERT(hostile_victim_works(hostile));
}

/* It had taken an entry, and had not committed it, when the connection came: a node that was set
 * back to the time before that entry must hear of it, though Hello could not tell. */
static void what_hello_could_not_tell_is_told_once_it_is_committed(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("told-late");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_node *victim = hostile_victim(hostile);
    uint16_t agency = hostile->agency->number;
    append_root(hostile);
    hostile_make_parcel(hostile, &parcel);
    tov_node_on_peer_frame(victim, agency, tov_buf_view(&parcel)); /* and no turn */
    tov_node_on_peer_down(victim, agency);
    tov_node_on_peer_up(victim, agency);
    sim_wire_run(hostile->wire);
    CU_ASSERT(hostile->hello.held.present);
    UNIT_EQUAL_INT(hostile->hello.held.size, 2);
    size_t hellos = hostile->hellos;
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(hostile->hellos, hellos); /* once */
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_receipt_of_an_ended_series_speaks_of_no_more_than_there_can_be),
        UNIT_TEST(a_good_message_is_opened),
        UNIT_TEST(stanzas_are_not_owed_for_what_is_no_message_to_the_asker),
        UNIT_TEST(keys_are_not_sealed_again_for_who_has_opened_the_message),
        UNIT_TEST(an_epoch_key_of_small_order_stops_no_node),
        UNIT_TEST(a_loss_behind_a_message_leaves_a_good_receipt),
        UNIT_TEST(a_late_stanza_that_names_another_leaf_is_a_fault),
        UNIT_TEST(a_poison_entry_blocks_neither_the_link_nor_the_inbox),
        UNIT_TEST(a_rollback_that_a_peer_shows_while_serving_stops_signing),
        UNIT_TEST(another_history_under_the_own_key_stops_signing),
        UNIT_TEST(a_larger_size_that_the_own_key_did_not_sign_is_a_fault),
        UNIT_TEST(a_history_that_the_own_key_did_not_sign_is_told_as_a_fault),
        UNIT_TEST(a_fork_is_suspected_when_it_comes_again_and_its_note_is_kept),
        UNIT_TEST(a_new_generation_is_followed_from_its_beginning),
        UNIT_TEST(a_parcel_that_was_made_wrong_is_no_fork),
        UNIT_TEST(what_hello_could_not_tell_is_told_once_it_is_committed),
    };
    return unit_run("follow_hostile", tests, sizeof tests / sizeof tests[0]);
}
