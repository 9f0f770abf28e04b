/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one frame of a peer may cost that takes few bytes of it (I11): rows looked at, rows written,
 * hashes made. Counted, never timed.
 * Not for: how often it may (quota_test.c), nor how much (day_quota_test.c).
 */
#include "counted.h"
#include "hostile_peer.h"

#include "follow/peer.h"
#include "ledger/series.h"
#include "store/read.h"

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    return hostile;
}

/* ---- leaves that are asked for ---- */

#define ROWS_MAX 1024u /* recall.c */

static void ask_leaves(struct hostile *hostile, uint64_t from, uint64_t to)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_LEAF_REQUEST;
    control->as.leaf_request.from = from;
    control->as.leaf_request.to = to;
    hostile_say_control(hostile, control);
}

/* What has no leaf any more takes no bytes of the answer, and is looked at all the same. */
static void a_request_for_leaves_looks_at_so_many_rows(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-leaves");
    uint64_t from = hostile->range.size;
    hostile_say_erased(hostile, 2 * ROWS_MAX + 1);
    UNIT_NEED(hostile->position == from + 2 * ROWS_MAX + 1);
    ask_leaves(hostile, from, from + ROWS_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    ask_leaves(hostile, from, from + ROWS_MAX + 1);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    ask_leaves(hostile, from, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    /* Who goes on from there comes to the end. */
    ask_leaves(hostile, hostile->leaves_to, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + 2 * ROWS_MAX);
    ask_leaves(hostile, hostile->leaves_to, UINT64_MAX);
    CU_ASSERT(hostile->leaves_to == UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaf_answers, 5);
    UNIT_EQUAL_INT(hostile->leaves, 0);
    ask_leaves(hostile, 0, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves, from);
}

/* ---- receipts ---- */

#define VERDICTS_MAX 262144u /* receipt.c */

/* The victim's series ended, and the present one began behind LOST_INDEX. */
static void end_series(struct hostile *hostile, uint64_t lost_index)
{
    tov_series_note(hostile_core(hostile), lost_index);
    sim_wire_run(hostile->wire);
    hostile_core(hostile)->series.lost_index = lost_index;
}

/* Of COUNT links of the ended series, up to LAST. */
static void append_receipt(struct hostile *hostile, uint64_t last, uint16_t count,
                           enum tov_verdict verdict)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                 .series = {hostile->target->generation, 0},
                                                 .last_link = last,
                                                 .run_count = 1,
                                                 .runs = {{count, {verdict, 0, 0}}}};
    hostile_append(hostile, leaf);
}

static void send_three(struct hostile *hostile, struct tov_hash hashes[3])
{
    for (uint64_t i = 0; i < 3; i++) {
        struct tov_message_written written = sim_wire_send(hostile->wire, 0, i + 1);
        UNIT_NEED(written.links[0].number == i + 1);
        hashes[i] = written.place.leaf_hash;
    }
    sim_wire_run(hostile->wire);
}

/* The same, of COUNT links up to LAST of those three. */
static void append_receipt_of(struct hostile *hostile, const struct tov_hash hashes[3],
                              uint64_t last, uint16_t count, enum tov_verdict verdict)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                 .series = {hostile->target->generation, 0},
                                                 .last_link = last,
                                                 .last_leaf_hash = hashes[last - 1],
                                                 .run_count = 1,
                                                 .runs = {{count, {verdict, 0, 0}}}};
    hostile_append(hostile, leaf);
}

/* As after a start: what is stored tells. */
static void forget_spoken(struct hostile *hostile)
{
    struct tov_peer *peer = tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 2);
    peer->spoken_count = peer->spoken_next = 0;
}

/* In the parcel of the first, in one of its own, and after a start. */
static void a_receipt_of_an_ended_series_counts_once(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-once");
    struct tov_hash hashes[3];
    send_three(hostile, hashes);
    end_series(hostile, 100);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_REFUSED);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EXCEPTION), 3);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    forget_spoken(hostile);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EXCEPTION), 3);
}

/* What lies between what was said is not said with it, before a start and after one. */
static void a_link_between_those_that_were_receipted_is_told_when_its_receipt_comes(void)
{
    for (unsigned starts = 0; starts < 2; starts++) {
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-between");
        struct tov_hash hashes[3];
        send_three(hostile, hashes);
        end_series(hostile, 100);
        append_receipt_of(hostile, hashes, 1, 1, TOV_VERDICT_OPENED);
        append_receipt_of(hostile, hashes, 3, 1, TOV_VERDICT_OPENED);
        hostile_flush(hostile);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EXCEPTION), 0);
        if (starts > 0)
            forget_spoken(hostile);
        append_receipt_of(hostile, hashes, 2, 1, TOV_VERDICT_REFUSED);
        hostile_flush(hostile);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EXCEPTION), 1);
        append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_NO_KEY);
        hostile_flush(hostile);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    }
}

static struct tov_delivery delivery_of(struct hostile *hostile, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {hostile->target->generation, 0}, .number = link};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &block, &delivery) == TOV_OK);
    return delivery;
}

/* Its next receipt may begin anywhere. */
static void append_lost(struct hostile *hostile)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_LOST;
    leaf->as.lost.first = 1;
    leaf->as.lost.end = 2;
    hostile_append(hostile, leaf);
}

/* When a message was received decides deadlines: who lost entries moves it for no message that it
 * had receipted, and for none between. */
static void receipts_behind_lost_entries_move_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-lost");
    struct tov_hash hashes[3];
    send_three(hostile, hashes);
    append_receipt_of(hostile, hashes, 1, 1, TOV_VERDICT_OPENED);
    hostile_flush(hostile);
    struct tov_delivery once = delivery_of(hostile, 1);
    size_t events = count_rows(hostile_core(hostile), TOV_TABLE_EVENT);
    sim_wire_pass(hostile->wire, 1000);
    append_lost(hostile);
    append_receipt_of(hostile, hashes, 1, 1, TOV_VERDICT_REFUSED);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EVENT), events);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), 1);
    append_receipt_of(hostile, hashes, 3, 1, TOV_VERDICT_OPENED);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(delivery_of(hostile, 2).verdict.verdict, 0);
    CU_ASSERT(delivery_of(hostile, 3).received_ms > once.received_ms);
    append_lost(hostile);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_REFUSED);
    hostile_flush(hostile);
    CU_ASSERT(delivery_of(hostile, 1).receipt_index == once.receipt_index);
    CU_ASSERT(delivery_of(hostile, 1).received_ms == once.received_ms);
    CU_ASSERT(delivery_of(hostile, 1).verdict.verdict == TOV_VERDICT_OPENED);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* A receipt that lies within a later one hides none of what that one speaks of. */
static void a_wider_receipt_speaks_of_all_its_links(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-wider");
    struct tov_hash hashes[3];
    send_three(hostile, hashes);
    end_series(hostile, 100);
    append_receipt_of(hostile, hashes, 2, 1, TOV_VERDICT_OPENED);
    append_receipt_of(hostile, hashes, 3, 3, TOV_VERDICT_OPENED);
    hostile_flush(hostile);
    for (uint64_t link = 1; link <= 3; link++)
        UNIT_EQUAL_INT(delivery_of(hostile, link).verdict.verdict, TOV_VERDICT_OPENED);
}

static void nothing_is_noted_of_messages_that_nobody_brought_back(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-gone");
    struct tov_hash hashes[3];
    send_three(hostile, hashes);
    end_series(hostile, 5000);
    append_receipt(hostile, 1024, 1024, TOV_VERDICT_NO_KEY);
    append_receipt(hostile, 2048, 1024, TOV_VERDICT_REFUSED);
    hostile_flush(hostile);
    /* The three that there are. */
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_EXCEPTION), 3);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 3);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), 2);
}

/* 100 bytes speak of 1,024 links: as many as a parcel has room for would look up millions. */
static void the_receipts_of_one_parcel_speak_of_so_many_links(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-parcel");
    size_t most = VERDICTS_MAX / TOV_RECEIPT_MAX_VERDICTS;
    end_series(hostile, 1u << 30);
    for (size_t i = 0; i < most; i++)
        append_receipt(hostile, (i + 1) * TOV_RECEIPT_MAX_VERDICTS, TOV_RECEIPT_MAX_VERDICTS,
                       TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    CU_ASSERT_FALSE(sim_wire_logged(hostile->wire, "receipt-does-not-fit"));
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), most);
    for (size_t i = most; i < 2 * most; i++)
        append_receipt(hostile, (i + 1) * TOV_RECEIPT_MAX_VERDICTS, TOV_RECEIPT_MAX_VERDICTS,
                       TOV_VERDICT_NO_KEY);
    append_receipt(hostile, 2 * VERDICTS_MAX + 1, 1, TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    CU_ASSERT(sim_wire_logged(hostile->wire, "receipt-does-not-fit"));
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), 2 * most);
    append_receipt(hostile, 2 * VERDICTS_MAX + 1, 1, TOV_VERDICT_NO_KEY);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), 2 * most + 1);
    UNIT_EQUAL_INT(hostile_core(hostile)->failed, TOV_OK);
}

/* What is opened costs nothing for a link: an honest peer's whole ledger may come in few parcels.
 */
static void what_was_opened_is_not_limited(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-opened");
    size_t count = VERDICTS_MAX / TOV_RECEIPT_MAX_VERDICTS + 1;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_EPOCH_KEY; /* so that it is known that nothing is owed */
    leaf->as.epoch_key = (struct tov_leaf_epoch_key){
        .epoch = 1, .not_before_ms = 1, .not_after_ms = 1900000000000, .public_key = {9}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    end_series(hostile, 1u << 30);
    sim_wire_pass(hostile->wire, 5000);
    UNIT_NEED(!tov_stanza_owes_any(
        tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number)));
    for (size_t i = 0; i < count; i++)
        append_receipt(hostile, (i + 1) * TOV_RECEIPT_MAX_VERDICTS, TOV_RECEIPT_MAX_VERDICTS,
                       TOV_VERDICT_OPENED);
    hostile_flush(hostile);
    CU_ASSERT_FALSE(sim_wire_logged(hostile->wire, "receipt-does-not-fit"));
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_COVER), count);
}

/* ---- lines of the log ---- */

#define LINES_MAX 64u /* session.c */

static void append_unreadable(struct hostile *hostile, size_t count)
{
    static const uint8_t junk[40] = {7};
    for (size_t i = 0; i < count; i++)
        (void)hostile_append_bytes(hostile, TOV_BYTES_OF(junk), NULL);
    hostile_flush(hostile);
}

/* Each such entry is worth a line; what a peer has written in a day is not. */
static void what_a_peer_says_wrong_is_so_many_lines(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-lines");
    struct tov_peer *peer =
        tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number);
    append_unreadable(hostile, LINES_MAX);
    CU_ASSERT(sim_wire_logged(hostile->wire, "entry-not-read"));
    UNIT_EQUAL_INT(peer->lines_left_out, 0);
    append_unreadable(hostile, 100);
    UNIT_EQUAL_INT(peer->lines_left_out, 100);
    CU_ASSERT_FALSE(sim_wire_logged(hostile->wire, "peer-lines-left-out"));
    sim_wire_pass(hostile->wire, 2000);
    append_unreadable(hostile, 3);
    CU_ASSERT(sim_wire_logged(hostile->wire, "peer-lines-left-out"));
    UNIT_EQUAL_INT(peer->lines_left_out, 1);
    CU_ASSERT(hostile_victim_works(hostile));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_a_peer_says_wrong_is_so_many_lines),
        UNIT_TEST(a_receipt_of_an_ended_series_counts_once),
        UNIT_TEST(a_link_between_those_that_were_receipted_is_told_when_its_receipt_comes),
        UNIT_TEST(receipts_behind_lost_entries_move_nothing),
        UNIT_TEST(a_wider_receipt_speaks_of_all_its_links),
        UNIT_TEST(nothing_is_noted_of_messages_that_nobody_brought_back),
        UNIT_TEST(the_receipts_of_one_parcel_speak_of_so_many_links),
        UNIT_TEST(what_was_opened_is_not_limited),
        UNIT_TEST(a_request_for_leaves_looks_at_so_many_rows),
    };
    return unit_run("follow_flood", tests, sizeof tests / sizeof tests[0]);
}
