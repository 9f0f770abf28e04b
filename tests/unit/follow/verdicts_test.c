/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each verdict of a receipt, by the entry that brings it about; and that the link goes on behind
 * every one of them.
 */
#include "hostile_peer.h"

#include <stdlib.h>
#include <string.h>

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    return hostile;
}

static void need_verdict(const struct hostile *hostile, enum tov_verdict verdict, unsigned detail)
{
    struct tov_verdict_value value = hostile_verdict(hostile, hostile->link);
    UNIT_EQUAL_INT(value.verdict, verdict);
    UNIT_EQUAL_INT(value.detail, detail);
}

/* A good message is opened: nothing before it blocks the link. */
static void need_going_on(struct hostile *hostile)
{
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void opened_with_the_right_to_the_header(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-header");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_HEADER, &message);
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    need_going_on(hostile);
}

static void no_key_without_a_stanza_and_for_an_epoch_that_is_not_held(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-no-key");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message none;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message old;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &none);
    none.has_stanza = false;
    (void)hostile_deliver(hostile, &none);
    need_verdict(hostile, TOV_VERDICT_NO_KEY, 0);
    UNIT_EQUAL_INT(hostile->chunk_requests, 0);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &old);
    hostile_message_commit(hostile, &old);
    hostile_message_seal(hostile, &old);
    old.epoch = 77;
    (void)hostile_deliver(hostile, &old);
    need_verdict(hostile, TOV_VERDICT_NO_KEY, 0);
    UNIT_EQUAL_INT(hostile->chunk_requests, 1); /* "epoch expired" for the second alone */
    need_going_on(hostile);
}

static void a_late_stanza_amends_no_key_once(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-late");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.has_stanza = false;
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NO_KEY, 0);
    hostile_message_seal(hostile, &message);
    hostile_say_late_stanza(hostile, &message, &message.ref);
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    struct tov_hash hash = hostile_amended_hash(hostile, 1);
    CU_ASSERT(tov_hash_equal(&hash, &message.ref.leaf));
    size_t receipts = hostile_count(hostile, TOV_LEAF_RECEIPT);
    hostile_say_late_stanza(hostile, &message, &message.ref);
    UNIT_EQUAL_INT(hostile_count(hostile, TOV_LEAF_RECEIPT), receipts);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
    need_going_on(hostile);
}

static void many_late_stanzas_at_once_amend_once(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-late-many");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_late_stanza late[500];
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.has_stanza = false;
    (void)hostile_deliver(hostile, &message);
    hostile_message_seal(hostile, &message);
    for (size_t i = 0; i < 500; i++)
        late[i] = (struct tov_frame_late_stanza){message.ref,
                                                 {tov_stanza_view(&message.stanza), message.epoch}};
    UNIT_NEED(tov_frame_encode_late_stanzas(late, 500, &frame) == TOV_OK);
    size_t receipts = hostile_count(hostile, TOV_LEAF_RECEIPT);
    hostile_say(hostile, tov_buf_view(&frame));
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    UNIT_EQUAL_INT(hostile_count(hostile, TOV_LEAF_RECEIPT), receipts + 1);
}

static void refused_by_the_number_of_the_rule(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-refused");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message.header), &header,
                                NULL) == TOV_OK);
    tov_record_clear(header, "legal_bases");
    UNIT_NEED(tov_record_put_text(header, "legal_bases", "INGEN-1") == TOV_OK);
    tov_buf_clear(&message.header);
    UNIT_NEED(tov_record_encode(header, &message.header) == TOV_OK);
    hostile_message_reseal(&message, 0, tov_buf_view(&message.header), false);
    struct tov_verdict_value value = hostile_deliver(hostile, &message);
    UNIT_EQUAL_INT(value.verdict, TOV_VERDICT_REFUSED);
    UNIT_EQUAL_INT(value.detail, 1);                 /* the basis is not in the catalogue */
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1); /* kept and shown */
    need_going_on(hostile);
}

static void not_understood_of_another_suite(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-suite");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_seal(hostile, &message);
    message.leaf.as.message.suite = 2;
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NOT_UNDERSTOOD, 0);
    need_going_on(hostile);
}

/* Its units may be unknown to the roster that is here: that refuses nothing for good. */
static void not_understood_of_a_newer_roster_though_its_attachment_is_fetched(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-roster");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 100);
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message.header), &header,
                                NULL) == TOV_OK);
    tov_record_clear(header, "sender_unit");
    UNIT_NEED(tov_record_put_text(header, "sender_unit", "ny") == TOV_OK);
    tov_buf_clear(&message.header);
    UNIT_NEED(tov_record_encode(header, &message.header) == TOV_OK);
    hostile_message_reseal(&message, 0, tov_buf_view(&message.header), false);
    message.leaf.as.message.roster_version = 2;
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NOT_UNDERSTOOD, 0);
    UNIT_EQUAL_INT(hostile->chunk_requests, 1);
    hostile_say_chunk(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NOT_UNDERSTOOD, 0);
    need_going_on(hostile);
}

static void not_opened_by_no_roster(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-no-roster");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.leaf.as.message.roster_version = 0;
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NOT_OPENED, TOV_E_MALFORMED);
    need_going_on(hostile);
}

/* A message leaf with one byte changed, with the link block that fits it. */
static void deliver_changed_leaf(struct hostile *hostile, size_t at, uint8_t value)
{
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    TOV_FREE struct tov_frame_disclosed *disclosed = calloc(1, sizeof *disclosed);
    uint8_t block[TOV_LINK_BLOCK_BYTES];
    UNIT_NEED(disclosed != NULL);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_link(hostile, &message);
    tov_link_encode(&message.link, block);
    message.leaf.as.message.recipients[0].link_hash = tov_link_hash(TOV_BYTES_OF(block));
    message.leaf.time_ms = 1;
    UNIT_NEED(tov_leaf_encode(&message.leaf, &bytes) == TOV_OK);
    bytes.data[at] = value;
    disclosed->link_block = TOV_BYTES_OF(block);
    struct tov_ref ref = hostile_append_bytes(hostile, tov_buf_view(&bytes), disclosed);
    hostile->link = message.link.number;
    hostile->link_leaf = ref.leaf;
    hostile_flush(hostile);
}

static void not_understood_of_a_newer_leaf(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-version");
    deliver_changed_leaf(hostile, 4, 2);
    need_verdict(hostile, TOV_VERDICT_NOT_UNDERSTOOD, 0);
    need_going_on(hostile);
}

static void not_opened_of_a_leaf_that_breaks_the_layout(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-malformed");
    deliver_changed_leaf(hostile, 6, 1);
    need_verdict(hostile, TOV_VERDICT_NOT_OPENED, TOV_E_MALFORMED);
    need_going_on(hostile);
}

static void not_opened_when_a_part_is_not_the_leafs(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-part");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.sealed[1].data[3] ^= 1;
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_NOT_OPENED, TOV_E_PROOF);
    need_going_on(hostile);
}

static void not_opened_when_the_receiver_is_no_recipient(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-denied");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.leaf.as.message.recipients[0].agency = 7;
    message.has_link = false;
    hostile_message_append(hostile, &message);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, 0); /* it stands on no link of ours */
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 0);
    need_going_on(hostile);
}

/* The header names other recipients than the leaf, whom the sender's own agency would see (I10). */
static void not_opened_when_the_header_names_others_than_the_leaf(void)
{
    static const struct {
        size_t count;
        struct tov_message_recipient recipients[2];
    } rows[] = {{1, {{1, TOV_RIGHT_HEADER}}},
                {1, {{2, TOV_RIGHT_ALL}}},
                {2, {{1, TOV_RIGHT_ALL}, {2, TOV_RIGHT_ALL}}},
                {0, {{0, TOV_RIGHT_ALL}}}};
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-other-header");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(1u << 17);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(1u << 17);
        struct sim_order order = {.record = 1, .text_bytes = 80, .recipient_count = rows[i].count};
        memcpy(order.recipients, rows[i].recipients, sizeof rows[i].recipients);
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        struct sim_sender sender = {hostile->agency, hostile_core(hostile)->now_ms,
                                    message.leaf.as.message.id};
        UNIT_NEED(sim_message_encode(&sender, &order, &header, &content) == TOV_OK);
        hostile_message_reseal(&message, 0, tov_buf_view(&header), false);
        (void)hostile_deliver(hostile, &message);
        need_verdict(hostile, TOV_VERDICT_NOT_OPENED, TOV_E_SCHEMA);
    }
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 0);
    need_going_on(hostile);
}

/* Nor under another's name, or as another message. */
static void not_opened_when_the_header_is_of_another_message(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-other-id");
    static const uint8_t other_id[TOV_MESSAGE_ID_BYTES] = {1, 2, 3};
    for (int which = 0; which < 2; which++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(1u << 17);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(1u << 17);
        struct sim_order order = {.record = 1,
                                  .text_bytes = 80,
                                  .recipient_count = 1,
                                  .recipients = {{1, TOV_RIGHT_ALL}}};
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        struct sim_sender sender = {which == 0 ? hostile->agency : hostile->target,
                                    hostile_core(hostile)->now_ms,
                                    which == 0 ? other_id : message.leaf.as.message.id};
        UNIT_NEED(sim_message_encode(&sender, &order, &header, &content) == TOV_OK);
        hostile_message_reseal(&message, 0, tov_buf_view(&header), false);
        (void)hostile_deliver(hostile, &message);
        need_verdict(hostile, TOV_VERDICT_NOT_OPENED, TOV_E_SCHEMA);
    }
    need_going_on(hostile);
}

static void a_clock_that_runs_ahead_is_flagged(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-clock");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.leaf.time_ms = hostile_core(hostile)->now_ms + 300001;
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).flags, TOV_VERDICT_FLAG_CLOCK_AHEAD);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message next;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &next);
    next.leaf.time_ms = hostile_core(hostile)->now_ms + 300000;
    UNIT_EQUAL_INT(hostile_deliver(hostile, &next).flags, 0);
}

/* A number that was used before is receipted for the message that had it first. */
static void a_late_stanza_for_a_broken_link_amends_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-late-broken");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message first;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message again;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &first);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &first).verdict, TOV_VERDICT_OPENED);
    hostile->link = 0;
    hostile->link_leaf = (struct tov_hash){{0}};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &again);
    again.has_stanza = false;
    (void)hostile_deliver(hostile, &again);
    size_t receipts = hostile_count(hostile, TOV_LEAF_RECEIPT);
    hostile_message_seal(hostile, &again);
    hostile_say_late_stanza(hostile, &again, &again.ref);
    UNIT_EQUAL_INT(hostile_count(hostile, TOV_LEAF_RECEIPT), receipts);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 2);
}

/* The mark is about the moment at which the message came, and outlives the wait for a key. */
static void a_late_stanza_keeps_the_mark_of_a_clock_that_ran_ahead(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-late-clock");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.leaf.time_ms = hostile_core(hostile)->now_ms + 300001;
    message.has_stanza = false;
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_NO_KEY);
    hostile_message_seal(hostile, &message);
    hostile_say_late_stanza(hostile, &message, &message.ref);
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).flags, TOV_VERDICT_FLAG_CLOCK_AHEAD);
}

static void pending_until_the_attachment_is_here(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-pending");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 100);
    (void)hostile_deliver(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_PENDING, 0);
    UNIT_EQUAL_INT(hostile->chunk_requests, 1);
    hostile_say_chunk(hostile, &message);
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    need_going_on(hostile);
}

/* ---- what is said of the own messages ---- */

static uint64_t undelivered(struct hostile *hostile)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = hostile_ask(hostile, "status", 0);
    struct tov_record body;
    UNIT_NEED(tov_record_child(reply, "status", 0, &body));
    return tov_record_number(body, "undelivered");
}

/* It comes by itself as a rule; where it does not, nobody could read it for ever. */
static void what_a_peer_has_no_key_for_is_told_as_undelivered(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-nokey");
    struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    sim_wire_run(hostile->wire);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                 .series = {hostile->target->generation, 0},
                                                 .last_link = sent.links[0].number,
                                                 .last_leaf_hash = sent.place.leaf_hash,
                                                 .run_count = 1,
                                                 .runs = {{1, {TOV_VERDICT_NO_KEY, 0, 0}}}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(undelivered(hostile), 0);
    for (int i = 0; i < 10; i++)
        sim_wire_pass(hostile->wire, 1800000);
    UNIT_EQUAL_INT(undelivered(hostile), 1);
}

/* ---- what lies here without a key ---- */

struct awaited {
    uint64_t count, since_ms;
};

static struct awaited awaited_of(struct hostile *hostile)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = hostile_ask(hostile, "status", 0);
    struct tov_record body, peer;
    UNIT_NEED(tov_record_child(reply, "status", 0, &body));
    UNIT_NEED(tov_record_child(body, "peers", 0, &peer));
    return (struct awaited){tov_record_number(peer, "keys_awaited"),
                            tov_record_number(peer, "keys_awaited_since_ms")};
}

/* A caseworker asks: whose it is, nobody knows, and so not how many there are. */
static void that_a_key_does_not_come_is_told_here_too(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("v-awaited");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    message.has_stanza = false;
    (void)hostile_deliver(hostile, &message);
    uint64_t came_ms = hostile_core(hostile)->now_ms;
    UNIT_EQUAL_INT(awaited_of(hostile).since_ms, 0);
    for (int i = 0; i < 10; i++)
        sim_wire_pass(hostile->wire, 1800000);
    struct awaited awaited = awaited_of(hostile);
    UNIT_EQUAL_INT(awaited.count, 0);
    CU_ASSERT(awaited.since_ms != 0 && awaited.since_ms <= came_ms);
    hostile_message_seal(hostile, &message);
    hostile_say_late_stanza(hostile, &message, &message.ref);
    need_verdict(hostile, TOV_VERDICT_OPENED, 0);
    UNIT_EQUAL_INT(awaited_of(hostile).since_ms, 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(opened_with_the_right_to_the_header),
        UNIT_TEST(no_key_without_a_stanza_and_for_an_epoch_that_is_not_held),
        UNIT_TEST(a_late_stanza_amends_no_key_once),
        UNIT_TEST(many_late_stanzas_at_once_amend_once),
        UNIT_TEST(refused_by_the_number_of_the_rule),
        UNIT_TEST(not_understood_of_another_suite),
        UNIT_TEST(not_understood_of_a_newer_leaf),
        UNIT_TEST(not_understood_of_a_newer_roster_though_its_attachment_is_fetched),
        UNIT_TEST(not_opened_by_no_roster),
        UNIT_TEST(not_opened_of_a_leaf_that_breaks_the_layout),
        UNIT_TEST(not_opened_when_a_part_is_not_the_leafs),
        UNIT_TEST(not_opened_when_the_receiver_is_no_recipient),
        UNIT_TEST(not_opened_when_the_header_names_others_than_the_leaf),
        UNIT_TEST(not_opened_when_the_header_is_of_another_message),
        UNIT_TEST(a_clock_that_runs_ahead_is_flagged),
        UNIT_TEST(a_late_stanza_for_a_broken_link_amends_nothing),
        UNIT_TEST(a_late_stanza_keeps_the_mark_of_a_clock_that_ran_ahead),
        UNIT_TEST(pending_until_the_attachment_is_here),
        UNIT_TEST(what_a_peer_has_no_key_for_is_told_as_undelivered),
        UNIT_TEST(that_a_key_does_not_come_is_told_here_too),
    };
    return unit_run("follow_verdicts", tests, sizeof tests / sizeof tests[0]);
}
