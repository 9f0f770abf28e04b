/* SPDX-License-Identifier: EUPL-1.2
 *
 * A whole node with its store and its guard, told by a hostile peer and by a client what the input
 * says: a list of steps, each a byte that names it, a u16 length, and bytes. The peer has the keys
 * of its agency, so what it says is signed where it must be: frames, entries, messages, controls.
 * The node never ends by it, sends only frames that are whole (the fixture decodes each), and goes
 * on to write and sign what its own people write.
 */
#include "fuzz.h"

#include "unit/follow/hostile_peer.h"

#define STEPS_MAX 16u
#define LEAF_MAX_BYTES 4000u
#define CONNECTION 5u

/* ---- what the peer says ---- */

static void say_frame(struct hostile *hostile, struct tov_bytes bytes)
{
    if (bytes.size > 0)
        hostile_say(hostile, bytes);
}

static void say_entry(struct hostile *hostile, struct tov_bytes bytes)
{
    if (bytes.size == 0 || bytes.size > LEAF_MAX_BYTES)
        return;
    (void)hostile_append_bytes(hostile, bytes, NULL);
    hostile_flush(hostile);
}

/* A message whose part PART is BYTES, rightly sealed. */
static void say_message(struct hostile *hostile, uint8_t part, struct tov_bytes bytes)
{
    TOV_FREE struct hostile_message *message = calloc(1, sizeof *message);
    MUST(message != NULL);
    if (bytes.size <= TOV_INLINE_MAX_BYTES / 4) {
        hostile_message_make(hostile, TOV_RIGHT_ALL, message);
        hostile_message_reseal(message, part, bytes, false);
        hostile_message_append(hostile, message);
        hostile_flush(hostile);
        hostile_message_fini(message);
    }
}

static void say_header(struct hostile *hostile, struct tov_bytes bytes)
{
    say_message(hostile, 0, bytes);
}

static void say_content(struct hostile *hostile, struct tov_bytes bytes)
{
    say_message(hostile, 1, bytes);
}

/* The link block is BYTES, as far as they go. */
static void say_link(struct hostile *hostile, struct tov_bytes bytes)
{
    TOV_FREE struct hostile_message *message = calloc(1, sizeof *message);
    struct tov_reader reader = tov_reader_of(bytes);
    MUST(message != NULL);
    hostile_message_make(hostile, TOV_RIGHT_ALL, message);
    hostile_message_link(hostile, message);
    message->link.series.generation = tov_read_u32(&reader) % 4 + 1;
    message->link.series.lost_index = tov_read_u8(&reader);
    message->link.number = tov_read_u64(&reader);
    if (message->link.number == 0)
        message->link.number = 1;
    hostile_message_append(hostile, message);
    hostile_flush(hostile);
    hostile_message_fini(message);
}

static void say_control(struct hostile *hostile, struct tov_bytes bytes)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    MUST(control != NULL);
    if (tov_control_decode(bytes, control, &arena) == TOV_OK)
        hostile_say_control(hostile, control);
}

/* Its core has made it so: else nothing but the signature would be looked at. */
static void sign_again(const struct hostile *hostile, struct tov_buf *parcel)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    struct tov_frame_parcel value;
    if (tov_frame_decode(tov_buf_view(parcel), &frame) == TOV_OK &&
        tov_frame_kind(frame) == TOV_FRAME_PARCEL && tov_frame_parcel(frame, &value) == TOV_OK)
        sim_sign_parcel(hostile->control_secret, hostile->agency->number, hostile->target->number,
                        parcel);
}

/* The last parcel again, changed where the bytes say: u16 place, u8 bits. */
static void say_changed_parcel(struct hostile *hostile, struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_buf *parcel = &hostile->last_parcel;
    while (reader.left >= 3 && parcel->size > 0) {
        size_t at = tov_read_u16(&reader) % parcel->size;
        parcel->data[at] ^= tov_read_u8(&reader);
    }
    sign_again(hostile, parcel);
    say_frame(hostile, tov_buf_view(parcel));
}

static void say_hello(struct hostile *hostile, struct tov_bytes bytes)
{
    (void)bytes;
    hostile_hello(hostile, NULL);
}

/* ---- what else happens ---- */

static void pass_time(struct hostile *hostile, struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    sim_wire_pass(hostile->wire, (uint64_t)tov_read_u16(&reader) * 1000u);
}

/* The first byte: odd, the auditor asks; even, a caseworker. */
static void ask_as_client(struct hostile *hostile, struct tov_bytes bytes)
{
    struct sim_node *node = &hostile->wire->nodes[hostile->victim];
    uint8_t key[32];
    if (bytes.size < 2)
        return;
    bool is_auditor = bytes.data[0] % 2 != 0;
    if (is_auditor)
        sim_auditor_key(hostile->wire->federation, hostile->victim, key);
    else
        sim_caseworker_key(hostile->wire->federation, hostile->victim, key);
    tov_node_on_client_frame(node->node, key, is_auditor ? CONNECTION + 1 : CONNECTION,
                             (struct tov_bytes){bytes.data + 1, bytes.size - 1});
    sim_node_settle(node);
}

static void read_inbox(struct hostile *hostile, struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    (void)hostile_count_shown(hostile);
    (void)hostile_ask_error(hostile, "get", tov_read_u8(&reader) + 1u);
}

/* The power goes; the peer greets again, and counts as a keeper. */
static void crash(struct hostile *hostile, struct tov_bytes bytes)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    MUST(control != NULL);
    (void)bytes;
    sim_wire_crash(hostile->wire, hostile->victim);
    hostile_connect(hostile);
    hostile_hello(hostile, NULL);
    control->kind = TOV_CONTROL_RESTORE_ANSWER;
    control->as.restore_answer.counts = true;
    hostile_say_control(hostile, control);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const steps[])(struct hostile * hostile, struct tov_bytes bytes) = {
        say_frame, say_entry, say_header,    say_content, say_control, say_changed_parcel,
        say_hello, pass_time, ask_as_client, read_inbox,  crash,       say_link};
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("fuzz-node", 2);
    struct tov_reader reader = tov_reader_of((struct tov_bytes){data, size});
    hostile_meet(hostile);
    for (unsigned i = 0; i < STEPS_MAX && reader.left > 0; i++) {
        uint8_t what = tov_read_u8(&reader);
        size_t length = tov_read_u16(&reader);
        struct tov_bytes bytes =
            tov_read_bytes(&reader, length < reader.left ? length : reader.left);
        steps[what % (sizeof steps / sizeof steps[0])](hostile, bytes);
        MUST(tov_node_failed(hostile_victim(hostile), NULL) == TOV_OK);
    }
    if (tov_node_state(hostile_victim(hostile)) == TOV_NODE_SERVING)
        MUST(hostile_victim_works(hostile));
    return 0;
}
