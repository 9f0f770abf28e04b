/* SPDX-License-Identifier: EUPL-1.2
 *
 * The attacks that have names, against a whole node: what the receipt in its ledger says of each,
 * and what its people are shown. The envelope's own answers: tests/unit/envelope/attacks.c.
 */
#include "hostile_peer.h"

#include <string.h>

static struct hostile *meet(const char *name, size_t count)
{
    struct hostile *hostile = hostile_create(name, count);
    hostile_meet(hostile);
    return hostile;
}

/* A message is in nobody's inbox, and cannot be read. */
static void need_hidden(struct hostile *hostile)
{
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 0);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_E_NOT_FOUND);
}

static void need_not_opened(struct tov_verdict_value verdict, enum tov_err why)
{
    UNIT_EQUAL_INT(verdict.verdict, TOV_VERDICT_NOT_OPENED);
    UNIT_EQUAL_INT(verdict.detail, why);
}

static void a_salamander_is_refused_by_its_commitment_though_it_opens(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("salamander", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    struct tov_message_keys shown = message.keys;
    hostile_random(hostile, &message.keys.content, sizeof message.keys.content);
    hostile_message_commit(hostile, &message); /* to a key that another reader is told */
    message.keys = shown; /* stanza and part fit each other, and only the leaf says otherwise */
    need_not_opened(hostile_deliver(hostile, &message), TOV_E_COMMITMENT);
    need_hidden(hostile);
}

static void a_moved_stanza_does_not_open(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("moved", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message one;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message two;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &one);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &one).verdict, TOV_VERDICT_OPENED);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &two);
    two.stanza = one.stanza;
    two.epoch = one.epoch;
    need_not_opened(hostile_deliver(hostile, &two), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
}

static void a_right_that_was_raised_in_the_stanza_alone_is_refused(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("raised", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message all;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message header;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &all);
    hostile_message_seal(hostile, &all);
    hostile_message_make(hostile, TOV_RIGHT_HEADER, &header);
    header.stanza = all.stanza;
    header.epoch = all.epoch;
    need_not_opened(hostile_deliver(hostile, &header), TOV_E_MALFORMED);
}

/* The plaintexts as agency 3 would have written them to the victim. */
static void write_as_third(struct hostile *hostile, struct hostile_message *message)
{
    struct tov_leaf_message *leaf = &message->leaf.as.message;
    struct sim_sender sender = {sim_federation_agency(hostile->wire->federation, 2),
                                hostile_core(hostile)->now_ms, leaf->id};
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{hostile->target->number, TOV_RIGHT_ALL}},
                              .text_bytes = 80};
    tov_buf_clear(&message->header);
    tov_buf_clear(&message->content);
    UNIT_NEED(sim_message_encode(&sender, &order, &message->header, &message->content) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
    hostile_message_reseal(message, 1, tov_buf_view(&message->content), false);
}

static void a_forwarded_message_is_not_shown_as_its_first_writers(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("forwarded", 3);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    write_as_third(hostile, &message);
    need_not_opened(hostile_deliver(hostile, &message), TOV_E_SCHEMA);
    need_hidden(hostile);
}

/* The entry of agency 3 to the victim, as it went over the wire. */
static void overhear(struct hostile *hostile, struct tov_frame **out_frame,
                     struct tov_frame_item *out_item)
{
    struct tov_frame_parcel parcel;
    (void)sim_wire_send(hostile->wire, 2, 8);
    sim_wire_run(hostile->wire);
    UNIT_NEED(tov_frame_decode(tov_buf_view(&hostile->overheard), out_frame) == TOV_OK);
    UNIT_NEED(tov_frame_parcel(*out_frame, &parcel) == TOV_OK);
    for (size_t i = 0; i < parcel.item_count; i++) {
        UNIT_NEED(tov_frame_item(*out_frame, i, out_item) == TOV_OK);
        if (out_item->kind == TOV_ITEM_DISCLOSED && out_item->as.disclosed.part_count > 0)
            return;
    }
    UNIT_NEED(false && "an entry of a message was overheard");
}

static void a_reattributed_ciphertext_does_not_open(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("reattributed", 3);
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    UNIT_NEED(item != NULL);
    overhear(hostile, &frame, item);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
    /* Leaf, link block, parts and stanza byte for byte, as an entry of its own ledger. Its first
     * link has the number and the forerunner that the block says. */
    (void)hostile_append_bytes(hostile, item->as.disclosed.leaf, &item->as.disclosed);
    hostile_flush(hostile);
    need_not_opened(hostile_verdict(hostile, 1), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
}

static void a_replay_is_received_once(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("replay", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    size_t receipts = hostile_count(hostile, TOV_LEAF_RECEIPT);
    for (int i = 0; i < 3; i++)
        hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
    UNIT_EQUAL_INT(hostile_count(hostile, TOV_LEAF_RECEIPT), receipts);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
    UNIT_EQUAL_INT(hostile->position, 2);
}

static void a_gap_is_never_receipted_over(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("gap", 2);
    for (uint64_t i = 0; i < 4; i++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        hostile_message_link(hostile, &message);
        message.link.number += i == 1 ? 1 : 0; /* 1, 3, 4, 5 */
        hostile_message_append(hostile, &message);
        hostile_flush(hostile);
    }
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_OPENED);
    for (uint64_t link = 2; link <= 5; link++)
        UNIT_EQUAL_INT(hostile_verdict(hostile, link).verdict, 0);
    CU_ASSERT(sim_wire_logged(hostile->wire, "link-broken"));
    UNIT_EQUAL_INT(hostile->position, 5); /* the ledger is followed all the same */
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 4);
}

/* Goes into the tree, and to the victim as a hash. */
static void withhold(struct hostile *hostile, struct hostile_message *message)
{
    struct tov_parcel_mark mark = tov_parcel_writer_mark(&hostile->writer);
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    UNIT_NEED(item != NULL);
    hostile_message_append(hostile, message);
    tov_parcel_writer_rewind(&hostile->writer, mark);
    item->kind = TOV_ITEM_SKIPPED;
    item->as.skipped = (struct tov_frame_skipped){.count = 1,
                                                  .level0 = true,
                                                  .hash_count = 1,
                                                  .hashes = TOV_BYTES_OF(message->ref.leaf.bytes)};
    UNIT_NEED(tov_parcel_writer_add(&hostile->writer, item) == TOV_OK);
}

static void a_withheld_message_shows_by_the_next_one(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("withheld", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message one;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message two;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &one);
    withhold(hostile, &one);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(hostile->position, 2);
    CU_ASSERT(!sim_wire_logged(hostile->wire, "link-broken"));
    hostile_message_make(hostile, TOV_RIGHT_ALL, &two);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &two).verdict, 0);
    CU_ASSERT(sim_wire_logged(hostile->wire, "link-broken"));
}

/* No receipt can be claimed for it: the sender's own evidence ends before it. */
static void a_withheld_last_message_has_no_receipt(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("withheld-last", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message one;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message last;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &one);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &one).verdict, TOV_VERDICT_OPENED);
    size_t receipts = hostile_count(hostile, TOV_LEAF_RECEIPT);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &last);
    withhold(hostile, &last);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(hostile->position, 3);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 2).verdict, 0);
    UNIT_EQUAL_INT(hostile_count(hostile, TOV_LEAF_RECEIPT), receipts);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_salamander_is_refused_by_its_commitment_though_it_opens),
        UNIT_TEST(a_moved_stanza_does_not_open),
        UNIT_TEST(a_right_that_was_raised_in_the_stanza_alone_is_refused),
        UNIT_TEST(a_forwarded_message_is_not_shown_as_its_first_writers),
        UNIT_TEST(a_reattributed_ciphertext_does_not_open),
        UNIT_TEST(a_replay_is_received_once),
        UNIT_TEST(a_gap_is_never_receipted_over),
        UNIT_TEST(a_withheld_message_shows_by_the_next_one),
        UNIT_TEST(a_withheld_last_message_has_no_receipt),
    };
    return unit_run("follow_attacks", tests, sizeof tests / sizeof tests[0]);
}
