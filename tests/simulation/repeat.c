/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/repeat.h"

#include "ledger/entry.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"
#include "wire/api.h"
#include "wire/leaf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OTHER_CHANCE 0x7265706561740000ull
#define FIRST_CONNECTION (1ull << 32) /* those of the inboxes are below */
#define RECORDS_FROM 1000000u
#define STEP_PERCENT 15u
#define REFUSED_PERCENT 20u /* a node that takes nothing now is asked so often all the same */
#define UNTOLD_PERCENT 60u  /* what it was not told of comes first */
#define NEW_PERCENT 60u
#define LOST_PERCENT 25u /* of the answers */

static uint64_t below(struct repeats *repeats, uint64_t limit)
{
    return unit_random(&repeats->random) % limit;
}

static bool chance(struct repeats *repeats, unsigned percent)
{
    return below(repeats, 100) < percent;
}

void repeat_init(struct world *world)
{
    bool wanted = world->plants.plant == PLANT_NONE || world->plants.plant == PLANT_TAG_ROW;
    world->repeats = (struct repeats){.random = world->seed ^ OTHER_CHANCE};
    world->repeats.happen = wanted && !world->restores.happen && world_may(world, FAULT_REPEAT) &&
                            world->count <= WORLD_FEW_NODES;
}

/* ---- asking ---- */

static void key_of(size_t node, size_t index, char out[40])
{
    (void)snprintf(out, 40, "simulation-a%zu-message-%zu", node + 1, index + 1);
}

/* The same message each time, to the next agency or to all others. */
static void order_of(const struct world *world, size_t node, size_t index, struct sim_order *out)
{
    *out = (struct sim_order){.record = RECORDS_FROM + node * REPEAT_MESSAGES_MAX + index,
                              .text_bytes = 64 + 40 * index};
    for (size_t i = 0; i < world->count; i++) {
        if (i != node && (index % 2 == 1 || i == (node + 1) % world->count))
            out->recipients[out->recipient_count++] =
                (struct tov_message_recipient){(uint16_t)(i + 1), TOV_RIGHT_ALL};
    }
}

static void put_request(const struct world *world, size_t node, size_t index, struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    static const uint8_t id[TOV_MESSAGE_ID_BYTES] = {7}; /* the core gives it its own */
    struct tov_core *core = tov_node_core(world->nodes[node].node);
    struct sim_sender sender = {core->own, tov_core_leaf_time(core), id};
    struct sim_order order;
    struct tov_record body;
    char key[40];
    uint64_t number = world->repeats.clients[node].requests * REPEAT_MESSAGES_MAX + index;
    key_of(node, index, key);
    order_of(world, node, index, &order);
    UNIT_NEED(sim_message_encode(&sender, &order, &header, &content) == TOV_OK);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", number) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "submit", &body) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "header", tov_buf_view(&header)) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "content", tov_buf_view(&content)) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "idempotency_key", tov_bytes_of_text(key)) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

static void ask(struct world *world, size_t node, size_t index)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct repeat_client *client = &world->repeats.clients[node];
    uint8_t key[32];
    sim_caseworker_key(world->federation, node, key);
    if (client->connection == 0)
        client->connection = FIRST_CONNECTION + ++client->connections;
    client->requests++;
    if (client->messages[index].asked++ > 0)
        world_fault(world, FAULT_REPEAT);
    trace_line(&world->trace, "%llu a%zu's client sends its message %zu",
               (unsigned long long)world->step, node + 1, index + 1);
    world_touch(world, node);
    put_request(world, node, index, &frame);
    tov_node_on_client_frame(world->nodes[node].node, key, client->connection,
                             tov_buf_view(&frame));
}

static void leave(struct world *world, size_t node)
{
    struct repeat_client *client = &world->repeats.clients[node];
    if (client->left != 0 && world->nodes[node].node != NULL)
        tov_node_on_client_gone(world->nodes[node].node, client->left);
    client->left = 0;
}

static bool is_at(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL && !liar_is(world, node);
}

static size_t first_untold(const struct repeat_client *client)
{
    size_t index = 0;
    while (index < client->count && client->messages[index].is_told)
        index++;
    return index;
}

void repeat_step(struct world *world)
{
    struct repeats *repeats = &world->repeats;
    if (!repeats->happen || !chance(repeats, STEP_PERCENT))
        return;
    size_t node = (size_t)below(repeats, world->count);
    struct repeat_client *client = &repeats->clients[node];
    if (!is_at(world, node) || (!world_may_write(world, node) && !chance(repeats, REFUSED_PERCENT)))
        return;
    leave(world, node);
    size_t index = first_untold(client);
    if (index == client->count || !chance(repeats, UNTOLD_PERCENT)) {
        bool is_new = client->count < REPEAT_MESSAGES_MAX && chance(repeats, NEW_PERCENT);
        if (!is_new && client->count == 0)
            return;
        index = is_new ? client->count++ : (size_t)below(repeats, client->count);
    }
    ask(world, node, index);
}

void repeat_lose(struct world *world, size_t node)
{
    world->repeats.clients[node].connection = world->repeats.clients[node].left = 0;
}

/* ---- being told ---- */

static bool is_there(struct world *world, size_t node, const struct tov_ref *ref)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    if (ref->agency != node + 1 ||
        tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(ref->index), &row) != TOV_OK ||
        tov_entry_decode_own(row, &entry) != TOV_OK || entry.state != TOV_ENTRY_PRESENT)
        return false;
    struct tov_hash hash = tov_merkle_leaf_hash(entry.leaf);
    return tov_hash_equal(&hash, &ref->leaf);
}

static void take_place(struct world *world, size_t node, size_t index, const struct tov_ref *ref)
{
    struct repeat_message *message = &world->repeats.clients[node].messages[index];
    if (!is_there(world, node, ref))
        world_break(world, BROKE_EARLY, "a%zu tells a client of entry %llu, which is not there",
                    node + 1, (unsigned long long)ref->index);
    if (message->is_told && !tov_ref_equal(ref, &message->ref))
        world_break(world, BROKE_TWICE,
                    "a%zu wrote a client's message %zu at %llu and again at %llu", node + 1,
                    index + 1, (unsigned long long)message->ref.index,
                    (unsigned long long)ref->index);
    message->is_told = true;
    message->ref = *ref;
}

/* What a node may say that takes nothing now, or (TOV_E_TIMEOUT) whose commit of the message waits
 * for room: it is asked again later. */
static bool is_later(uint64_t error)
{
    return error == TOV_E_UNAVAILABLE || error == TOV_E_FULL || error == TOV_E_BUSY ||
           error == TOV_E_TIMEOUT;
}

static void take_reply(struct world *world, size_t node, struct tov_bytes frame)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record answer;
    struct tov_ref ref;
    UNIT_NEED(tov_api_reply_decode(frame, &reply, NULL) == TOV_OK);
    size_t index = (size_t)(tov_record_number(reply, "id") % REPEAT_MESSAGES_MAX);
    uint64_t error = tov_record_number(reply, "error");
    trace_line(&world->trace, "  a%zu answers its message %zu: %llu", node + 1, index + 1,
               (unsigned long long)error);
    if (error == 0 && tov_record_child(reply, "submit", 0, &answer) &&
        tov_record_ref(answer, "ref", 0, &ref))
        take_place(world, node, index, &ref);
    else if (!is_later(error))
        world_break(world, BROKE_FAILED, "a%zu refuses a client's message: %s", node + 1,
                    tov_err_name((enum tov_err)error));
}

bool repeat_take(struct world *world, size_t node, uint64_t connection, struct tov_bytes frame)
{
    struct repeats *repeats = &world->repeats;
    struct repeat_client *client = &repeats->clients[node];
    if (connection < FIRST_CONNECTION)
        return false;
    if (connection != client->connection)
        return true; /* it has left that one */
    if (!world->is_healing && chance(repeats, LOST_PERCENT)) {
        client->left = client->connection;
        client->connection = 0;
    } else {
        take_reply(world, node, frame);
    }
    return true;
}

/* ---- at rest ---- */

bool repeat_order_at(const struct world *world, size_t node, const struct tov_ref *ref,
                     struct sim_order *out)
{
    const struct repeat_client *client = &world->repeats.clients[node];
    for (size_t i = 0; i < client->count; i++) {
        if (!client->messages[i].is_told || !tov_ref_equal(&client->messages[i].ref, ref))
            continue;
        order_of(world, node, i, out);
        return true;
    }
    return false;
}

void repeat_ask_all(struct world *world)
{
    for (size_t node = 0; node < world->count; node++) {
        for (size_t i = 0; is_at(world, node) && i < world->repeats.clients[node].count; i++)
            ask(world, node, i);
    }
}

/* How many messages of the ledger of NODE are one of those before them: of the same id. */
static unsigned count_doubles(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    uint64_t all = world->model.nodes[node].trees[0].count;
    TOV_FREE uint8_t *ids = calloc((size_t)all + 1, TOV_MESSAGE_ID_BYTES);
    size_t count = 0;
    unsigned doubles = 0;
    UNIT_NEED(leaf != NULL && ids != NULL);
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    for (uint64_t i = 0; i < all; i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(i), &row) == TOV_OK);
        UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
        UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK);
        if (leaf->type != TOV_LEAF_MESSAGE)
            continue;
        for (size_t k = 0; k < count; k++)
            doubles += memcmp(ids + k * TOV_MESSAGE_ID_BYTES, leaf->as.message.id,
                              TOV_MESSAGE_ID_BYTES) == 0;
        memcpy(ids + count++ * TOV_MESSAGE_ID_BYTES, leaf->as.message.id, TOV_MESSAGE_ID_BYTES);
    }
    return doubles;
}

void repeat_check(struct world *world)
{
    for (size_t node = 0; node < world->count && !world_is_broken(world); node++) {
        const struct repeat_client *client = &world->repeats.clients[node];
        if (!is_at(world, node))
            continue;
        for (size_t i = 0; i < client->count; i++) {
            if (!client->messages[i].is_told)
                world_break(world, BROKE_UNTOLD, "a%zu never told where a client's message %zu is",
                            node + 1, i + 1);
        }
        if (count_doubles(world, node) > 0)
            world_break(world, BROKE_TWICE, "a%zu has a message twice in its ledger", node + 1);
    }
}
