/* SPDX-License-Identifier: EUPL-1.2 */
#include "hostile_peer.h"

#include "envelope/part_tree.h"
#include "follow/follow.h"
#include "merkle/ed25519.h"
#include "merkle/tree.h"
#include "wire/api.h"

#include <string.h>

#define CONNECTION 77u

/* ---- life ---- */

static void note_frame(struct hostile *hostile, const struct tov_frame *frame);

static bool take_frame(void *context, struct sim_frame *frame)
{
    struct hostile *hostile = context;
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    UNIT_NEED(tov_frame_decode(tov_buf_view(&frame->bytes), &decoded) == TOV_OK);
    if (tov_frame_kind(decoded) == TOV_FRAME_PARCEL &&
        (frame->to == hostile->index || frame->to == hostile->victim)) {
        struct tov_buf *kept =
            frame->to == hostile->index ? &hostile->kept_parcel : &hostile->overheard;
        tov_buf_clear(kept);
        tov_buf_put_bytes(kept, tov_buf_view(&frame->bytes));
    }
    if (frame->to != hostile->index)
        return true;
    if (frame->from == hostile->victim)
        note_frame(hostile, decoded);
    return false;
}

struct hostile *hostile_create(const char *name, size_t count)
{
    struct hostile *hostile = calloc(1, sizeof *hostile);
    UNIT_NEED(hostile != NULL);
    hostile->wire = sim_wire_create(name, count);
    hostile->index = 1;
    const struct sim_federation *federation = hostile->wire->federation;
    hostile->agency = sim_federation_agency(federation, 1);
    hostile->target = sim_federation_agency(federation, 0);
    hostile->random = 4711;
    hostile->series.generation = hostile->agency->generation;
    hostile->writer = TOV_PARCEL_WRITER_INIT;
    hostile->last_parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    hostile->kept_parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    hostile->overheard = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    sim_secret_of(&federation->agencies[1].ledger, hostile->ledger_secret);
    sim_secret_of(&federation->agencies[1].control, hostile->control_secret);
    hostile->wire->filter = take_frame;
    hostile->wire->filter_context = hostile;
    return hostile;
}

void hostile_destroy(struct hostile *hostile)
{
    tov_parcel_writer_fini(&hostile->writer);
    tov_buf_fini(&hostile->last_parcel);
    tov_buf_fini(&hostile->kept_parcel);
    tov_buf_fini(&hostile->overheard);
    sim_wire_destroy(hostile->wire);
    free(hostile);
}

void hostile_random(struct hostile *hostile, void *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)out)[i] = (uint8_t)unit_random(&hostile->random);
}

struct tov_node *hostile_victim(const struct hostile *hostile)
{
    return hostile->wire->nodes[hostile->victim].node;
}

struct tov_core *hostile_core(const struct hostile *hostile)
{
    return tov_node_core(hostile_victim(hostile));
}

/* ---- talk ---- */

static void note_parcel(struct hostile *hostile, const struct tov_frame *frame)
{
    struct tov_frame_parcel parcel;
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    UNIT_NEED(item != NULL && tov_frame_parcel(frame, &parcel) == TOV_OK);
    hostile->parcels++;
    for (size_t i = 0; i < parcel.item_count; i++) {
        UNIT_NEED(tov_frame_item(frame, i, item) == TOV_OK);
        if (item->kind == TOV_ITEM_DISCLOSED)
            hostile->stanzas += item->as.disclosed.stanza_count;
    }
}

static void note_control(struct hostile *hostile, const struct tov_frame *frame)
{
    struct tov_frame_control outer;
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL && tov_frame_control(frame, &outer) == TOV_OK);
    UNIT_NEED(tov_control_decode(outer.body, control, &arena) == TOV_OK);
    if (control->kind != TOV_CONTROL_LEAF_ANSWER)
        return;
    hostile->leaf_answers++;
    hostile->leaves += control->as.leaf_answer.count;
    hostile->leaves_to = control->as.leaf_answer.to;
}

static void note_frame(struct hostile *hostile, const struct tov_frame *frame)
{
    struct tov_frame_position position;
    switch (tov_frame_kind(frame)) {
    case TOV_FRAME_HELLO:
        UNIT_NEED(tov_frame_hello(frame, &hostile->hello) == TOV_OK);
        hostile->hellos++;
        return;
    case TOV_FRAME_PARCEL:
        note_parcel(hostile, frame);
        return;
    case TOV_FRAME_POSITION:
        UNIT_NEED(tov_frame_position(frame, &position) == TOV_OK);
        hostile->position = position.size;
        hostile->positions++;
        return;
    case TOV_FRAME_LATE_STANZAS:
        hostile->late_stanzas += tov_frame_late_stanza_count(frame);
        return;
    case TOV_FRAME_CHUNK:
        hostile->chunks++;
        return;
    case TOV_FRAME_CONTROL:
        hostile->chunk_requests++;
        note_control(hostile, frame);
        return;
    case TOV_FRAME_ROSTER_OFFER:
    case TOV_FRAME_ROSTER_REQUEST:
    case TOV_FRAME_ROSTER_PIECE:
    case TOV_FRAME_COSIGNATURES:
        return;
    }
}

void hostile_say(struct hostile *hostile, struct tov_bytes frame)
{
    sim_wire_inject(hostile->wire, hostile->index, hostile->victim, frame);
    sim_wire_run(hostile->wire);
}

void hostile_hello(struct hostile *hostile, const struct tov_frame_checkpoint *held)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_core *core = hostile_core(hostile);
    struct tov_frame_hello hello = {.protocol_min = 1,
                                    .protocol_max = 1,
                                    .agency = hostile->agency->number,
                                    .roster_version = tov_roster_version(core->roster),
                                    .roster_hash = tov_roster_hash(core->roster),
                                    .window_bytes = 1u << 20,
                                    .started = true,
                                    .is_answer = true,
                                    .now_ms = core->now_ms};
    if (held != NULL)
        hello.held = *held;
    hostile_random(hostile, hostile->nonce, sizeof hostile->nonce);
    memcpy(hello.nonce, hostile->nonce, sizeof hello.nonce);
    memcpy(hello.answers, hostile->hello.nonce, sizeof hello.answers);
    UNIT_NEED(tov_frame_encode_hello(&hello, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

void hostile_say_signed(struct hostile *hostile, const struct tov_control *control,
                        const uint8_t secret[64])
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_control outer;
    UNIT_NEED(tov_control_encode(control, &body) == TOV_OK);
    tov_control_signed_bytes(SIM_FEDERATION, tov_buf_view(&body), &message);
    tov_ed25519_sign(secret, tov_buf_view(&message), outer.signature);
    outer.body = tov_buf_view(&body);
    UNIT_NEED(tov_frame_encode_control(&outer, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

void hostile_say_control(struct hostile *hostile, struct tov_control *control)
{
    control->from = hostile->agency->number;
    control->to = hostile->target->number;
    memcpy(control->nonce, hostile->hello.nonce, sizeof control->nonce);
    hostile_say_signed(hostile, control, hostile->control_secret);
}

void hostile_connect(struct hostile *hostile)
{
    struct sim_wire *wire = hostile->wire;
    for (size_t i = 0; i < wire->count; i++) {
        if (i != hostile->index)
            sim_wire_start(wire, i);
    }
    sim_wire_connect_all(wire, hostile->victim);
    wire->is_up[hostile->victim][hostile->index] = true;
    tov_node_on_peer_up(hostile_victim(hostile), hostile->agency->number);
    sim_wire_run(wire);
}

void hostile_answer(struct hostile *hostile)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_RESTORE_ANSWER;
    control->as.restore_answer.counts = true;
    hostile_say_control(hostile, control);
}

void hostile_meet(struct hostile *hostile)
{
    hostile_connect(hostile);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    UNIT_NEED(tov_node_state(hostile_victim(hostile)) == TOV_NODE_SERVING);
    hostile_append_genesis(hostile);
    hostile_flush(hostile);
    if (hostile->wire->count > 2)
        sim_wire_pass(hostile->wire,
                      31000); /* the honest ones wait for this one's answer in vain */
}

/* ---- entries ---- */

struct tov_ref hostile_append_bytes(struct hostile *hostile, struct tov_bytes leaf,
                                    struct tov_frame_disclosed *disclosed)
{
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    struct tov_hash hash = tov_merkle_leaf_hash(leaf);
    struct tov_ref ref = {hostile->agency->number, hostile->agency->generation, hostile->range.size,
                          hash};
    UNIT_NEED(item != NULL);
    item->kind = TOV_ITEM_DISCLOSED;
    if (disclosed != NULL)
        item->as.disclosed = *disclosed;
    item->as.disclosed.leaf = leaf;
    UNIT_NEED(tov_parcel_writer_add(&hostile->writer, item) == TOV_OK);
    UNIT_NEED(tov_range_append(&hostile->range, &hash) == TOV_OK);
    return ref;
}

static void encode_leaf(struct hostile *hostile, struct tov_leaf *leaf, struct tov_buf *out)
{
    if (leaf->time_ms == 0)
        leaf->time_ms = hostile_core(hostile)->now_ms;
    hostile_random(hostile, leaf->blind, sizeof leaf->blind);
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
}

void hostile_append(struct hostile *hostile, struct tov_leaf *leaf)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    encode_leaf(hostile, leaf, &bytes);
    (void)hostile_append_bytes(hostile, tov_buf_view(&bytes), NULL);
}

void hostile_make_parcel(struct hostile *hostile, struct tov_buf *out)
{
    struct tov_checkpoint checkpoint;
    struct tov_frame_parcel parcel = {.generation = hostile->agency->generation,
                                      .from = hostile->sent,
                                      .to = hostile->range.size,
                                      .root = tov_range_root(&hostile->range)};
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(hostile->agency->ledger.name), parcel.to,
                                  &parcel.root, &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, hostile->ledger_secret, parcel.signature);
    UNIT_NEED(tov_parcel_writer_finish(&hostile->writer, &parcel, out) == TOV_OK);
    sim_sign_parcel(hostile->control_secret, hostile->agency->number, hostile->target->number, out);
    hostile->sent = hostile->range.size;
    tov_parcel_writer_clear(&hostile->writer);
}

void hostile_flush(struct hostile *hostile)
{
    tov_buf_clear(&hostile->last_parcel);
    hostile_make_parcel(hostile, &hostile->last_parcel);
    hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
}

/* ---- messages ---- */

void hostile_message_reseal(struct hostile_message *message, uint8_t part, struct tov_bytes bytes,
                            bool is_garbage)
{
    struct tov_leaf_message *leaf = &message->leaf.as.message;
    struct tov_part_claim claim;
    struct tov_key key;
    tov_buf_clear(&message->sealed[part]);
    UNIT_NEED(tov_part_key(&message->keys, leaf->salt, part, &key) == TOV_OK);
    key.bytes[0] ^= is_garbage ? 1 : 0;
    UNIT_NEED(tov_part_seal(&key, bytes, &message->sealed[part], &claim) == TOV_OK);
    leaf->parts[part] = (struct tov_leaf_part){claim.sealed_size, part < 2, claim.root};
}

void hostile_message_make(struct hostile *hostile, enum tov_right right,
                          struct hostile_message *message)
{
    *message = (struct hostile_message){.header = TOV_BUF_INIT(1u << 17),
                                        .content = TOV_BUF_INIT(1u << 17),
                                        .has_stanza = true,
                                        .has_link = true};
    struct tov_leaf_message *leaf = &message->leaf.as.message;
    struct sim_order order = {.record = 1, .recipient_count = 1, .text_bytes = 80};
    for (size_t i = 0; i < 3; i++)
        message->sealed[i] = TOV_BUF_INIT(1u << 22);
    message->leaf.type = TOV_LEAF_MESSAGE;
    leaf->suite = TOV_SUITE_X25519_CHACHA;
    hostile_random(hostile, leaf->id, sizeof leaf->id);
    hostile_random(hostile, leaf->salt, sizeof leaf->salt);
    hostile_random(hostile, &message->keys, sizeof message->keys);
    message->keys.has_content = true;
    leaf->roster_version = 1;
    leaf->recipient_count = 1;
    leaf->recipients[0] = (struct tov_leaf_recipient){hostile->target->number, right, {{0}}};
    order.recipients[0] = (struct tov_message_recipient){hostile->target->number, right};
    struct sim_sender sender = {hostile->agency, hostile_core(hostile)->now_ms, leaf->id};
    UNIT_NEED(sim_message_encode(&sender, &order, &message->header, &message->content) == TOV_OK);
    leaf->part_count = 2;
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
    hostile_message_reseal(message, 1, tov_buf_view(&message->content), false);
}

void hostile_message_fini(struct hostile_message *message)
{
    tov_buf_fini(&message->header);
    tov_buf_fini(&message->content);
    for (size_t i = 0; i < 3; i++)
        tov_buf_fini(&message->sealed[i]);
}

void hostile_message_answer(struct hostile_message *message, const struct tov_ref *target)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                                NULL) == TOV_OK);
    UNIT_NEED(tov_record_put_ref(header, "in_reply_to", target) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(header, "relation", "response") == TOV_OK);
    tov_buf_clear(&message->header);
    UNIT_NEED(tov_record_encode(header, &message->header) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
}

void hostile_message_attach(struct hostile *hostile, struct hostile_message *message, size_t size)
{
    TOV_FREE uint8_t *data = calloc(1, size);
    (void)hostile;
    UNIT_NEED(data != NULL);
    message->is_pulled = true;
    message->leaf.as.message.part_count = 3;
    hostile_message_reseal(message, 2, (struct tov_bytes){data, size}, false);
}

static struct tov_hash ctx_of(const struct hostile *hostile, const struct hostile_message *message)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf envelope = TOV_BUF_INIT(1024);
    UNIT_NEED(tov_leaf_envelope_encode(&message->leaf.as.message, &envelope) == TOV_OK);
    return tov_message_ctx(tov_bytes_of_text(hostile->agency->ledger.name),
                           tov_buf_view(&envelope));
}

void hostile_message_commit(const struct hostile *hostile, struct hostile_message *message)
{
    struct tov_hash ctx = ctx_of(hostile, message);
    struct tov_commitments commitments;
    tov_message_commit(&message->keys, &ctx, &commitments);
    message->leaf.as.message.header_commitment = commitments.header;
    message->leaf.as.message.content_commitment = commitments.content;
}

void hostile_message_seal(struct hostile *hostile, struct hostile_message *message)
{
    const struct tov_epochs *epochs = hostile_core(hostile)->epochs;
    struct tov_hash ctx = ctx_of(hostile, message);
    struct tov_key seed;
    message->epoch = tov_epochs_newest(epochs);
    const struct tov_hpke_pair *pair = tov_epochs_secret(epochs, message->epoch);
    struct tov_stanza_scope scope = {
        .suite = message->leaf.as.message.suite,
        .epoch = message->epoch,
        .wrapper_origin = tov_bytes_of_text(hostile->agency->ledger.name),
        .recipient_origin = tov_bytes_of_text(hostile->target->ledger.name)};
    struct tov_stanza_subject subject = {&ctx, message->leaf.as.message.recipients[0].right ==
                                                   TOV_RIGHT_ALL};
    UNIT_NEED(pair != NULL);
    hostile_random(hostile, seed.bytes, sizeof seed.bytes);
    UNIT_NEED(tov_stanza_sender_init(&hostile->sender, &scope, &pair->public_key, &seed) == TOV_OK);
    UNIT_NEED(tov_stanza_seal(&hostile->sender, &subject, &message->keys, &message->stanza) ==
              TOV_OK);
}

void hostile_message_link(struct hostile *hostile, struct hostile_message *message)
{
    message->link = (struct tov_link_block){
        .series = hostile->series, .number = hostile->link + 1, .previous = hostile->link_leaf};
    hostile_random(hostile, message->link.salt, sizeof message->link.salt);
}

static void fill_disclosed(const struct hostile_message *message,
                           struct tov_frame_disclosed *disclosed)
{
    const struct tov_leaf_message *leaf = &message->leaf.as.message;
    bool all = leaf->recipients[0].right == TOV_RIGHT_ALL;
    disclosed->part_count = leaf->part_count;
    for (size_t i = 0; i < leaf->part_count; i++) {
        if (i > 0 && !all)
            disclosed->parts[i].state = TOV_PART_NOT_YOURS;
        else if (!leaf->parts[i].is_inline)
            disclosed->parts[i].state = TOV_PART_PULLED;
        else
            disclosed->parts[i] =
                (struct tov_frame_part){TOV_PART_INLINE, tov_buf_view(&message->sealed[i])};
    }
    if (!message->has_stanza)
        return;
    disclosed->stanza_count = 1;
    disclosed->stanzas[0] =
        (struct tov_frame_stanza){tov_stanza_view(&message->stanza), message->epoch};
}

void hostile_message_append(struct hostile *hostile, struct hostile_message *message)
{
    TOV_FREE struct tov_frame_disclosed *disclosed = calloc(1, sizeof *disclosed);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    uint8_t block[TOV_LINK_BLOCK_BYTES];
    UNIT_NEED(disclosed != NULL);
    if (tov_hash_is_zero(&message->leaf.as.message.header_commitment))
        hostile_message_commit(hostile, message);
    if (message->has_stanza && message->stanza.size == 0)
        hostile_message_seal(hostile, message);
    if (message->has_link && message->link.number == 0)
        hostile_message_link(hostile, message);
    fill_disclosed(message, disclosed);
    if (message->has_link) {
        tov_link_encode(&message->link, block);
        disclosed->link_block = TOV_BYTES_OF(block);
        message->leaf.as.message.recipients[0].link_hash = tov_link_hash(TOV_BYTES_OF(block));
    }
    encode_leaf(hostile, &message->leaf, &bytes);
    message->ref = hostile_append_bytes(hostile, tov_buf_view(&bytes), disclosed);
    if (message->has_link) {
        hostile->link = message->link.number;
        hostile->link_leaf = message->ref.leaf;
    }
}

struct tov_verdict_value hostile_deliver(struct hostile *hostile, struct hostile_message *message)
{
    hostile_message_append(hostile, message);
    hostile_flush(hostile);
    return hostile_verdict(hostile, hostile->link);
}

void hostile_say_late_stanza(struct hostile *hostile, const struct hostile_message *message,
                             const struct tov_ref *ref)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_late_stanza late = {*ref, {tov_stanza_view(&message->stanza), message->epoch}};
    UNIT_NEED(tov_frame_encode_late_stanzas(&late, 1, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

/* The attachment has one chunk. */
void hostile_say_chunk(struct hostile *hostile, const struct hostile_message *message)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_chunk chunk = {
        .ref = message->ref, .part = 2, .data = tov_buf_view(&message->sealed[2])};
    UNIT_NEED(tov_frame_encode_chunk(&chunk, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

/* ---- what the victim says of it ---- */

struct looking {
    const struct hostile *hostile;
    uint64_t link;
    struct tov_verdict_value value;
    struct tov_hash hash;
    enum tov_leaf_type type;
    size_t count;
};

static void look_at_receipt(struct looking *looking, const struct tov_leaf_receipt *receipt)
{
    if (receipt->peer != looking->hostile->agency->number ||
        !tov_series_equal(receipt->series, looking->hostile->series))
        return;
    uint64_t link = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++) {
        if (looking->link >= link && looking->link < link + receipt->runs[i].count)
            looking->value = receipt->runs[i].value;
        link += receipt->runs[i].count;
    }
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        if (receipt->amendments[i].link_number != looking->link)
            continue;
        looking->value = receipt->amendments[i].value;
        looking->hash = receipt->amendments[i].leaf_hash;
    }
}

static void look(struct looking *looking)
{
    struct tov_core *core = hostile_core(looking->hostile);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t i = 0; i < tov_ledger_committed(core->ledger); i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(i), &row) == TOV_OK);
        UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
        UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK);
        looking->count += leaf->type == looking->type ? 1 : 0;
        if (leaf->type == TOV_LEAF_RECEIPT)
            look_at_receipt(looking, &leaf->as.receipt);
    }
}

struct tov_verdict_value hostile_verdict(const struct hostile *hostile, uint64_t link)
{
    struct looking looking = {.hostile = hostile, .link = link};
    look(&looking);
    return looking.value;
}

struct tov_hash hostile_amended_hash(const struct hostile *hostile, uint64_t link)
{
    struct looking looking = {.hostile = hostile, .link = link};
    look(&looking);
    return looking.hash;
}

size_t hostile_count(const struct hostile *hostile, enum tov_leaf_type type)
{
    struct looking looking = {.hostile = hostile, .type = type};
    look(&looking);
    return looking.count;
}

bool hostile_victim_works(struct hostile *hostile)
{
    struct tov_error error = {.text = ""};
    struct tov_core *core = hostile_core(hostile);
    if (tov_node_failed(hostile_victim(hostile), &error) != TOV_OK) {
        (void)fprintf(stderr, "the victim: %s\n", error.text);
        return false;
    }
    struct tov_message_written written = sim_wire_send(hostile->wire, hostile->victim, 99);
    sim_wire_run(hostile->wire);
    return tov_node_failed(hostile_victim(hostile), NULL) == TOV_OK &&
           tov_ledger_signed(core->ledger) > written.place.index;
}

bool hostile_is_suspended(const struct hostile *hostile)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(hostile_victim(hostile)), 0, &view);
    return view.is_suspended;
}

/* ---- a client of the victim ---- */

static enum tov_err keep_reply(void *context, size_t index, uint64_t connection,
                               struct tov_bytes frame)
{
    struct tov_buf *kept = context;
    (void)index;
    (void)connection;
    tov_buf_clear(kept);
    tov_buf_put_bytes(kept, frame);
    return TOV_OK;
}

static void make_request(const char *name, uint64_t number, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 1) == TOV_OK);
    UNIT_NEED(tov_record_open(request, name, &body) == TOV_OK);
    if (number > 0)
        UNIT_NEED(tov_record_put_number(body, "number", number) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

static void client_key(const struct hostile *hostile, uint8_t out[32])
{
    memset(out, 0, 32);
    tov_put_be16(out + 30, (uint16_t)(0x1000u + hostile->target->number));
}

void hostile_ask_and_go(struct hostile *hostile, const char *request, uint64_t number,
                        uint64_t connection)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct sim_node *node = &hostile->wire->nodes[hostile->victim];
    uint8_t key[32];
    client_key(hostile, key);
    make_request(request, number, &frame);
    tov_node_on_client_frame(node->node, key, connection, tov_buf_view(&frame));
    tov_node_on_client_gone(node->node, connection);
    sim_node_settle(node);
}

struct tov_record hostile_ask(struct hostile *hostile, const char *request, uint64_t number)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf kept = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct sim_node *node = &hostile->wire->nodes[hostile->victim];
    struct tov_record reply = {0};
    uint8_t key[32];
    client_key(hostile, key);
    make_request(request, number, &frame);
    node->hooks.client_context = &kept;
    node->hooks.send_client = keep_reply;
    tov_node_on_client_frame(node->node, key, CONNECTION, tov_buf_view(&frame));
    sim_node_settle(node);
    node->hooks.send_client = NULL;
    UNIT_NEED(kept.size > 0 && tov_api_reply_decode(tov_buf_view(&kept), &reply, NULL) == TOV_OK);
    return reply;
}

uint64_t hostile_ask_error(struct hostile *hostile, const char *request, uint64_t number)
{
    struct tov_record reply = hostile_ask(hostile, request, number);
    uint64_t error = tov_record_number(reply, "error");
    tov_record_destroy(&reply);
    return error;
}

size_t hostile_count_shown(struct hostile *hostile)
{
    struct tov_record reply = hostile_ask(hostile, "list", 0);
    struct tov_record list;
    size_t count = 0;
    if (tov_record_child(reply, "list", 0, &list))
        count = tov_record_count(list, "messages");
    tov_record_destroy(&reply);
    return count;
}

uint64_t hostile_count_answers(struct hostile *hostile, uint64_t number)
{
    struct tov_record reply = hostile_ask(hostile, "get", number);
    struct tov_record get;
    struct tov_record summary;
    uint64_t count = UINT64_MAX;
    if (tov_record_child(reply, "get", 0, &get) && tov_record_child(get, "summary", 0, &summary)) {
        count = tov_record_number(summary, "reply_count");
        UNIT_EQUAL_INT(tov_record_count(get, "replies"), count);
    }
    tov_record_destroy(&reply);
    return count;
}
