/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/inbox.h"

#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"
#include "wire/api.h"

#include <stdlib.h>
#include <string.h>

#define WATCH_ID 1u
#define CASES_ID 2u

void inbox_fini(struct inbox *inbox)
{
    free(inbox->told);
}

static struct inbox_told *find(const struct inbox *inbox, const struct tov_ref *ref)
{
    for (size_t i = 0; i < inbox->told_count; i++) {
        struct inbox_told *told = &inbox->told[i];
        if (told->agency == ref->agency && told->index == ref->index &&
            tov_hash_equal(&told->leaf_hash, &ref->leaf))
            return told;
    }
    return NULL;
}

const struct inbox_told *inbox_find(const struct inbox *inbox, const struct tov_ref *ref)
{
    return find(inbox, ref);
}

static struct inbox_told *find_or_make(struct inbox *inbox, const struct tov_ref *ref)
{
    struct inbox_told *told = find(inbox, ref);
    if (told != NULL)
        return told;
    if (inbox->told_count == inbox->told_capacity) {
        inbox->told_capacity = inbox->told_capacity == 0 ? 64 : inbox->told_capacity * 2;
        inbox->told = realloc(inbox->told, inbox->told_capacity * sizeof *inbox->told);
        UNIT_NEED(inbox->told != NULL);
    }
    inbox->told[inbox->told_count] =
        (struct inbox_told){.agency = ref->agency, .index = ref->index, .leaf_hash = ref->leaf};
    return &inbox->told[inbox->told_count++];
}

void inbox_copy(const struct inbox *inbox, struct inbox *out)
{
    *out = (struct inbox){.cursor = inbox->cursor,
                          .told_count = inbox->told_count,
                          .told_capacity = inbox->told_count + 1};
    out->told = calloc(out->told_capacity, sizeof *out->told);
    UNIT_NEED(out->told != NULL);
    if (inbox->told_count > 0)
        memcpy(out->told, inbox->told, inbox->told_count * sizeof *out->told);
}

void inbox_put_back(struct inbox *inbox, const struct inbox *copy)
{
    struct inbox_told *old = inbox->told;
    uint64_t connections = inbox->connections;
    inbox_copy(copy, inbox);
    inbox->connections = connections;
    free(old);
}

/* ---- asking ---- */

static void put_watch(const struct inbox *inbox, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record watch;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", WATCH_ID) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "watch", &watch) == TOV_OK);
    UNIT_NEED(tov_record_put_number(watch, "after", inbox->cursor) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

/* Whoever asks for cases once has a node that keeps its case book in snapshots. */
static void put_cases(struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record cases;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", CASES_ID) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "cases", &cases) == TOV_OK);
    UNIT_NEED(tov_record_put_number(cases, "ended", 1) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

void inbox_open(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf asking = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct inbox *inbox = &world->inboxes[node];
    uint8_t key[32];
    sim_caseworker_key(world->federation, node, key);
    inbox->connection = ++inbox->connections;
    put_watch(inbox, &frame);
    tov_node_on_client_frame(world->nodes[node].node, key, inbox->connection, tov_buf_view(&frame));
    put_cases(&asking);
    tov_node_on_client_frame(world->nodes[node].node, key, inbox->connection,
                             tov_buf_view(&asking));
}

void inbox_close(struct world *world, size_t node)
{
    struct inbox *inbox = &world->inboxes[node];
    if (world->nodes[node].node != NULL && inbox->connection != 0)
        tov_node_on_client_gone(world->nodes[node].node, inbox->connection);
    inbox->connection = 0;
}

/* ---- being told ---- */

static void note_told(struct world *world, size_t node, bool is_message, const struct tov_ref *ref)
{
    struct inbox_told *told = find_or_make(&world->inboxes[node], ref);
    unsigned *count = is_message ? &told->messages : &told->attachments;
    (*count)++;
    if (is_message && told->messages > 1)
        world_break(world, BROKE_TWICE, "a%zu told its client of message %llu of a%u twice",
                    node + 1, (unsigned long long)ref->index, ref->agency);
}

static void take_event(struct world *world, size_t node, struct tov_record event)
{
    struct inbox *inbox = &world->inboxes[node];
    struct tov_record summary;
    struct tov_ref ref;
    uint64_t number = tov_record_number(event, "number");
    const char *kind = tov_record_enum(event, "kind");
    if (kind == NULL || strcmp(kind, "caught_up") == 0)
        return;
    trace_line(&world->trace, "  a%zu tells event %llu: %s", node + 1, (unsigned long long)number,
               kind);
    if (number > world->model.nodes[node].newest_event)
        world_break(world, BROKE_EARLY, "a%zu told event %llu, durable are %llu", node + 1,
                    (unsigned long long)number,
                    (unsigned long long)world->model.nodes[node].newest_event);
    if (number <= inbox->cursor)
        world_break(world, BROKE_TWICE, "a%zu told event %llu after %llu", node + 1,
                    (unsigned long long)number, (unsigned long long)inbox->cursor);
    inbox->cursor = number;
    bool is_message = strcmp(kind, "attachment") != 0;
    if (!tov_record_child(event, "summary", 0, &summary) ||
        !tov_record_ref(summary, "ref", 0, &ref) || (is_message && plant_deafens_client(world)))
        return;
    note_told(world, node, is_message, &ref);
}

static void take_reply(struct world *world, size_t node, struct tov_bytes frame)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record event;
    UNIT_NEED(tov_api_reply_decode(frame, &reply, NULL) == TOV_OK);
    if (tov_record_number(reply, "id") == CASES_ID && tov_record_number(reply, "error") == 0)
        return; /* what it shows is for the tests of the core */
    if (tov_record_child(reply, "event", 0, &event))
        take_event(world, node, event);
    else
        world_break(world, BROKE_UNTOLD, "a%zu refused to be watched", node + 1);
}

enum tov_err inbox_take(void *context, size_t node, uint64_t connection, struct tov_bytes frame)
{
    struct world *world = context;
    if (connection != world->inboxes[node].connection)
        return TOV_OK;
    if (!world->is_healing && world_chance(world, 15)) {
        world->more[node].needs_turn = true;
        return TOV_E_BUSY;
    }
    take_reply(world, node, frame);
    if (plant_doubles_client_frame(world))
        take_reply(world, node, frame);
    return TOV_OK;
}
