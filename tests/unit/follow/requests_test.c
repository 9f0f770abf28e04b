/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a peer asks for and answers outside the order of entries: chunks go to those with the right
 * alone (I10), answers count from who signed them for this session, and noise costs a pause.
 */
#include "hostile_peer.h"

#include "follow/transfers.h"

#include <string.h>

static struct hostile *meet(const char *name, size_t count)
{
    struct hostile *hostile = hostile_create(name, count);
    hostile_meet(hostile);
    return hostile;
}

/* ---- chunks ---- */

static struct tov_ref write_attachment(struct hostile *hostile, uint16_t agency,
                                       enum tov_right right, size_t bytes)
{
    struct sim_order order = {.record = 3,
                              .recipient_count = 1,
                              .recipients = {{agency, right}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {bytes}};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&hostile->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(hostile->wire);
    return (struct tov_ref){hostile->target->number, hostile->target->generation,
                            written.place.index, written.place.leaf_hash};
}

/* How many chunks come when they are asked for. */
static size_t ask_chunks(struct hostile *hostile, const struct tov_ref *ref, uint8_t part,
                         uint32_t count)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    size_t before = hostile->chunks;
    control->kind = TOV_CONTROL_CHUNK_REQUEST;
    control->as.chunk_request.ref = *ref;
    control->as.chunk_request.part = part;
    control->as.chunk_request.count = count;
    hostile_say_control(hostile, control);
    return hostile->chunks - before;
}

static void chunks_go_to_recipients_with_the_right_to_all_alone(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("chunks", 3);
    struct tov_ref other = write_attachment(hostile, 3, TOV_RIGHT_ALL, 1000);
    struct tov_ref header = write_attachment(hostile, 2, TOV_RIGHT_HEADER, 1000);
    struct tov_ref all = write_attachment(hostile, 2, TOV_RIGHT_ALL, 1000);
    UNIT_EQUAL_INT(ask_chunks(hostile, &other, 2, 1), 0);
    UNIT_EQUAL_INT(ask_chunks(hostile, &header, 2, 1), 0);
    UNIT_EQUAL_INT(ask_chunks(hostile, &all, 2, 1), 1);
    /* Not what is inline, not what is not there, not under another's hash. */
    UNIT_EQUAL_INT(ask_chunks(hostile, &all, 1, 1), 0);
    UNIT_EQUAL_INT(ask_chunks(hostile, &all, 3, 1), 0);
    struct tov_ref wrong = all;
    wrong.leaf = other.leaf;
    UNIT_EQUAL_INT(ask_chunks(hostile, &wrong, 2, 1), 0);
    wrong = other;
    wrong.leaf = all.leaf;
    UNIT_EQUAL_INT(ask_chunks(hostile, &wrong, 2, 1), 0);
    /* Not of another's ledger that is mirrored here, and not of what is no message. */
    wrong = all;
    wrong.agency = 3;
    UNIT_EQUAL_INT(ask_chunks(hostile, &wrong, 2, 1), 0);
    wrong = (struct tov_ref){all.agency, all.generation, 0, all.leaf};
    UNIT_EQUAL_INT(ask_chunks(hostile, &wrong, 2, 1), 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void one_request_is_answered_by_a_bounded_number_of_chunks(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("many-chunks", 2);
    struct tov_ref all = write_attachment(hostile, 2, TOV_RIGHT_ALL, 20 * TOV_PULL_CHUNK_BYTES);
    UNIT_EQUAL_INT(ask_chunks(hostile, &all, 2, UINT32_MAX), 16);
}

static void a_chunk_that_is_not_the_parts_is_a_fault_and_not_kept(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("bad-chunk", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 5000);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_PENDING);
    message.sealed[2].data[77] ^= 1;
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_PENDING);
    CU_ASSERT(sim_wire_logged(hostile->wire, "peer-fault"));
    message.sealed[2].data[77] ^= 1;
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_OPENED);
}

static void an_attachment_that_does_not_open_is_said_so(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("bad-attachment", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    static const uint8_t noise[300] = {1};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 10);
    hostile_message_reseal(&message, 2, TOV_BYTES_OF(noise), true);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_PENDING);
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_NOT_OPENED);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).detail, TOV_E_DECRYPT);
    /* Header and content are good, and stay readable. */
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 1);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_OK);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void a_size_that_no_sealing_gives_is_not_pulled(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("bad-size", 2);
    static const uint64_t sizes[] = {17, 300, UINT64_MAX, UINT64_MAX / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        hostile_message_attach(hostile, &message, 10);
        message.leaf.as.message.parts[2].sealed_size = sizes[i];
        struct tov_verdict_value verdict = hostile_deliver(hostile, &message);
        UNIT_EQUAL_INT(verdict.verdict, TOV_VERDICT_NOT_OPENED);
        UNIT_EQUAL_INT(verdict.detail, TOV_E_MALFORMED);
    }
    sim_wire_pass(hostile->wire, 20000);
    UNIT_EQUAL_INT(hostile->chunk_requests, 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void attachments_wait_while_the_disk_has_no_room_for_them(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("no-room", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_core *core = hostile_core(hostile);
    core->disk_reserve_bytes = UINT64_MAX;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 5000);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_PENDING);
    sim_wire_pass(hostile->wire, 30000);
    UNIT_EQUAL_INT(hostile->chunk_requests, 0);
    CU_ASSERT(sim_wire_logged(hostile->wire, "no-room-for-attachment"));
    core->disk_reserve_bytes = 0;
    sim_wire_pass(hostile->wire, TOV_PULL_ASK_AGAIN_MS); /* looked at again by then */
    UNIT_EQUAL_INT(hostile->chunk_requests, 1);
}

/* ---- control frames ---- */

static struct tov_control *answer_to(const struct hostile *hostile, bool counts)
{
    struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_RESTORE_ANSWER;
    control->from = hostile->agency->number;
    control->to = hostile->target->number;
    memcpy(control->nonce, hostile->hello.nonce, sizeof control->nonce);
    control->as.restore_answer.counts = counts;
    return control;
}

static void a_forged_or_stale_answer_starts_no_node(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("forged-answer", 2);
    const struct sim_federation *federation = hostile->wire->federation;
    uint8_t wrong_key[64];
    hostile_connect(hostile);
    hostile_hello(hostile, NULL);
    sim_secret_of(&federation->agencies[1].ledger, wrong_key);
    TOV_FREE struct tov_control *forged = answer_to(hostile, true);
    hostile_say_signed(hostile, forged, wrong_key);
    TOV_FREE struct tov_control *stale = answer_to(hostile, true);
    stale->nonce[0] ^= 1;
    hostile_say_signed(hostile, stale, hostile->control_secret);
    TOV_FREE struct tov_control *others = answer_to(hostile, true);
    others->from = 1;
    hostile_say_signed(hostile, others, hostile->control_secret);
    TOV_FREE struct tov_control *reflected = answer_to(hostile, true);
    reflected->to = 2;
    hostile_say_signed(hostile, reflected, hostile->control_secret);
    TOV_FREE struct tov_control *recovering = answer_to(hostile, false);
    hostile_say_signed(hostile, recovering, hostile->control_secret);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_KEEPERS);
    TOV_FREE struct tov_control *good = answer_to(hostile, true);
    hostile_say_signed(hostile, good, hostile->control_secret);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
}

/* ---- clients ---- */

static void requests_of_connections_that_went_away_count_no_more(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("gone", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_OK);
    for (uint64_t connection = 1000; connection < 5200; connection++)
        hostile_ask_and_go(hostile, "get", 1, connection);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_OK);
}

/* ---- noise ---- */

static void change(struct hostile *hostile, struct tov_buf *frame)
{
    uint64_t how = unit_random(&hostile->random);
    size_t at = (size_t)(unit_random(&hostile->random) % frame->size);
    if (how % 3 == 0)
        frame->size = at + 1;
    else
        frame->data[at] ^= (uint8_t)(1u << (how / 3 % 8));
}

static void changed_frames_never_stop_the_node_nor_enter_its_ledger(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("noise", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_append(hostile, &message);
    hostile_make_parcel(hostile, &parcel);
    for (unsigned i = 0; i < 2000; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        tov_buf_put_bytes(&frame, tov_buf_view(i % 4 == 0 ? &hostile->kept_parcel : &parcel));
        change(hostile, &frame);
        UNIT_NEED(frame.failed == TOV_OK);
        sim_wire_inject(hostile->wire, 1, 0, tov_buf_view(&frame));
        if (hostile->position > 1 || hostile_is_suspended(hostile))
            break;
    }
    CU_ASSERT(hostile_victim_works(hostile));
    CU_ASSERT(hostile->wire->drops > 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(chunks_go_to_recipients_with_the_right_to_all_alone),
        UNIT_TEST(one_request_is_answered_by_a_bounded_number_of_chunks),
        UNIT_TEST(a_chunk_that_is_not_the_parts_is_a_fault_and_not_kept),
        UNIT_TEST(an_attachment_that_does_not_open_is_said_so),
        UNIT_TEST(a_size_that_no_sealing_gives_is_not_pulled),
        UNIT_TEST(attachments_wait_while_the_disk_has_no_room_for_them),
        UNIT_TEST(a_forged_or_stale_answer_starts_no_node),
        UNIT_TEST(requests_of_connections_that_went_away_count_no_more),
        UNIT_TEST(changed_frames_never_stop_the_node_nor_enter_its_ledger),
    };
    return unit_run("follow_requests", tests, sizeof tests / sizeof tests[0]);
}
