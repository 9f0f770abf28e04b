/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_wire.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUEUE_MAX 65536u
#define RUNS_MAX 100000u
#define STARTS_MAX 100u

static enum tov_err take_frame(void *context, size_t index, uint16_t to, struct tov_bytes frame)
{
    struct sim_wire *wire = context;
    size_t target = (size_t)to - 1;
    if (!wire->is_up[index][target])
        return TOV_E_CLOSED;
    if (wire->end == wire->capacity) {
        wire->capacity = wire->capacity == 0 ? 256 : wire->capacity * 2;
        UNIT_NEED(wire->capacity <= QUEUE_MAX);
        wire->queue = realloc(wire->queue, wire->capacity * sizeof *wire->queue);
        UNIT_NEED(wire->queue != NULL);
    }
    struct sim_frame *queued = &wire->queue[wire->end++];
    *queued = (struct sim_frame){index, target, TOV_BUF_INIT(TOV_FRAME_MAX_BYTES)};
    tov_buf_put_bytes(&queued->bytes, frame);
    return TOV_OK;
}

static void note_drop(void *context, size_t index, uint16_t peer, uint32_t ms)
{
    struct sim_wire *wire = context;
    (void)index;
    (void)peer;
    (void)ms;
    wire->drops++;
}

static void note_log(void *context, size_t index, const char *event, const char *details)
{
    struct sim_wire *wire = context;
    size_t used = strlen(wire->log);
    (void)snprintf(wire->log + used, sizeof wire->log - used, "%zu %s %s\n", index, event, details);
}

static void note_acknowledged(void *context, size_t index, uint64_t record)
{
    struct sim_wire *wire = context;
    (void)index;
    (void)record;
    wire->acknowledged++;
}

static void make_dir(const char *name, size_t index, char out[256])
{
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(out, 256, "%s/tov-%s-%d-%zu", root, name, (int)getpid(), index);
}

static struct sim_wire *create(const char *name, struct sim_federation *federation)
{
    struct sim_wire *wire = calloc(1, sizeof *wire);
    size_t count = federation->count;
    char dir[256];
    UNIT_NEED(wire != NULL);
    wire->federation = federation;
    wire->count = count;
    for (size_t i = 0; i < count; i++) {
        make_dir(name, i, dir);
        sim_node_init(&wire->nodes[i], wire->federation, i, dir);
        wire->nodes[i].hooks = (struct sim_hooks){.context = wire,
                                                  .send = take_frame,
                                                  .drop = note_drop,
                                                  .log = note_log,
                                                  .acknowledged = note_acknowledged};
    }
    return wire;
}

struct sim_wire *sim_wire_create(const char *name, size_t count)
{
    return create(name, sim_federation_create(count, 0));
}

struct sim_wire *sim_wire_create_kept(const char *name, size_t count, size_t keepers)
{
    return create(name, sim_federation_create(count, keepers));
}

struct sim_wire *sim_wire_create_infohus(const char *name, size_t count)
{
    return create(name, sim_federation_create_infohus(count));
}

void sim_wire_destroy(struct sim_wire *wire)
{
    if (getenv("TOV_SHOW_LOG") != NULL)
        (void)fprintf(stderr, "%s", wire->log);
    for (size_t i = 0; i < wire->count; i++)
        sim_node_fini(&wire->nodes[i]);
    for (size_t i = wire->first; i < wire->end; i++)
        tov_buf_fini(&wire->queue[i].bytes);
    free(wire->queue);
    sim_federation_destroy(wire->federation);
    free(wire);
}

void sim_wire_start(struct sim_wire *wire, size_t index)
{
    struct tov_error error = {.text = ""};
    enum tov_err err = sim_node_start(&wire->nodes[index], &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "start: %s: %s\n", tov_err_name(err), error.text);
    UNIT_NEED(err == TOV_OK);
    sim_node_settle(&wire->nodes[index]);
}

void sim_wire_connect(struct sim_wire *wire, size_t a, size_t b)
{
    wire->is_up[a][b] = true;
    wire->is_up[b][a] = true;
    tov_node_on_peer_up(wire->nodes[a].node, wire->nodes[b].agency->number);
    tov_node_on_peer_up(wire->nodes[b].node, wire->nodes[a].agency->number);
}

static void drop_frames(struct sim_wire *wire, size_t a, size_t b)
{
    for (size_t i = wire->first; i < wire->end; i++) {
        struct sim_frame *frame = &wire->queue[i];
        if ((frame->from == a && frame->to == b) || (frame->from == b && frame->to == a))
            tov_buf_clear(&frame->bytes);
    }
}

static void tell_down(struct sim_wire *wire, size_t at, size_t peer)
{
    if (wire->nodes[at].node != NULL)
        tov_node_on_peer_down(wire->nodes[at].node, wire->nodes[peer].agency->number);
}

void sim_wire_disconnect(struct sim_wire *wire, size_t a, size_t b)
{
    if (!wire->is_up[a][b])
        return;
    wire->is_up[a][b] = false;
    wire->is_up[b][a] = false;
    drop_frames(wire, a, b);
    tell_down(wire, a, b);
    tell_down(wire, b, a);
}

void sim_wire_crash(struct sim_wire *wire, size_t index)
{
    sim_node_crash(&wire->nodes[index]);
    for (size_t i = 0; i < wire->count; i++)
        sim_wire_disconnect(wire, index, i);
}

void sim_wire_inject(struct sim_wire *wire, size_t from, size_t to, struct tov_bytes frame)
{
    tov_node_on_peer_frame(wire->nodes[to].node, wire->nodes[from].agency->number, frame);
    sim_node_settle(&wire->nodes[to]);
}

static void settle_all(struct sim_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++)
        sim_node_settle(&wire->nodes[i]);
}

static void deliver_one(struct sim_wire *wire)
{
    struct sim_frame frame = wire->queue[wire->first++];
    if (wire->first == wire->end)
        wire->first = wire->end = 0;
    bool passes = frame.bytes.size > 0 &&
                  (wire->filter == NULL || wire->filter(wire->filter_context, &frame));
    if (passes && wire->nodes[frame.to].node != NULL)
        sim_wire_inject(wire, frame.from, frame.to, tov_buf_view(&frame.bytes));
    tov_buf_fini(&frame.bytes);
}

/* A peer that a test plays has no node. */
static void connect_again(struct sim_wire *wire, size_t a, size_t b)
{
    wire->is_up[a][b] = true;
    wire->is_up[b][a] = true;
    tov_node_on_peer_up(wire->nodes[a].node, wire->nodes[b].agency->number);
    if (wire->nodes[b].node != NULL)
        tov_node_on_peer_up(wire->nodes[b].node, wire->nodes[a].agency->number);
}

static bool wants_start(const struct sim_wire *wire, size_t index)
{
    const struct sim_node *node = &wire->nodes[index];
    return sim_node_wants_start(node) || (wire->may_fail && sim_node_has_failed(node));
}

/* False: it does not start, and may stay down. */
static bool start_one_again(struct sim_wire *wire, size_t index)
{
    unsigned starts = 0;
    if (wire->may_stay_down && sim_node_start(&wire->nodes[index], NULL) != TOV_OK)
        return false;
    while (wire->may_fail && sim_node_start(&wire->nodes[index], NULL) != TOV_OK)
        UNIT_NEED(++starts < STARTS_MAX);
    if (!wire->may_fail && !wire->may_stay_down)
        sim_wire_start(wire, index);
    sim_node_settle(&wire->nodes[index]);
    return true;
}

/* As the supervisor does. True: there was one. */
static bool start_wanted(struct sim_wire *wire)
{
    bool found = false;
    for (size_t i = 0; i < wire->count; i++) {
        bool was_up[SIM_NODES_MAX];
        if (!wants_start(wire, i))
            continue;
        memcpy(was_up, wire->is_up[i], sizeof was_up);
        sim_wire_crash(wire, i);
        bool is_there = start_one_again(wire, i);
        for (size_t k = 0; k < wire->count; k++) {
            if (is_there && was_up[k])
                connect_again(wire, i, k);
        }
        found = true;
    }
    return found;
}

static void run_once(struct sim_wire *wire)
{
    settle_all(wire);
    for (unsigned i = 0; i < RUNS_MAX && wire->first < wire->end; i++) {
        deliver_one(wire);
        if (wire->first == wire->end)
            settle_all(wire);
    }
    UNIT_NEED(wire->first == wire->end);
}

void sim_wire_run(struct sim_wire *wire)
{
    unsigned starts = 0;
    run_once(wire);
    while (start_wanted(wire)) {
        UNIT_NEED(++starts < STARTS_MAX);
        run_once(wire);
    }
}

void sim_wire_run_some(struct sim_wire *wire, unsigned count)
{
    settle_all(wire);
    for (unsigned i = 0; i < count && wire->first < wire->end; i++)
        deliver_one(wire);
    settle_all(wire);
    (void)start_wanted(wire);
}

static void tick_all(struct sim_wire *wire, uint64_t ms)
{
    for (size_t i = 0; i < wire->count; i++) {
        struct sim_node *node = &wire->nodes[i];
        sim_node_time(node, node->now_ms + ms, node->mono_ms + ms);
        if (node->node != NULL)
            tov_node_on_tick(node->node);
    }
    sim_wire_run(wire);
}

void sim_wire_pass(struct sim_wire *wire, uint64_t ms)
{
    for (unsigned i = 0; i < 60 && ms > 1000; i++, ms -= 1000)
        tick_all(wire, 1000);
    tick_all(wire, ms);
}

void sim_wire_start_all(struct sim_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++)
        sim_wire_start(wire, i);
    for (size_t a = 0; a < wire->count; a++) {
        for (size_t b = a + 1; b < wire->count; b++)
            sim_wire_connect(wire, a, b);
    }
    sim_wire_run(wire);
    for (size_t i = 0; i < wire->count; i++)
        UNIT_NEED(tov_node_state(wire->nodes[i].node) == TOV_NODE_SERVING);
}

void sim_wire_connect_all(struct sim_wire *wire, size_t a)
{
    for (size_t b = 0; b < wire->count; b++) {
        if (b != a && wire->nodes[b].node != NULL)
            sim_wire_connect(wire, a, b);
    }
}

void sim_wire_start_again(struct sim_wire *wire, size_t index)
{
    sim_wire_start(wire, index);
    sim_wire_connect_all(wire, index);
    sim_wire_run(wire);
}

void sim_wire_copy(struct sim_wire *wire, size_t index, struct sim_copy *out)
{
    sim_wire_crash(wire, index);
    sim_node_copy(&wire->nodes[index], out);
    sim_wire_start_again(wire, index);
}

struct tov_message_written sim_wire_send(struct sim_wire *wire, size_t from, uint64_t record)
{
    struct sim_order order = {.record = record, .text_bytes = 100};
    struct tov_message_written written;
    for (size_t i = 0; i < wire->count; i++) {
        if (i != from)
            order.recipients[order.recipient_count++] =
                (struct tov_message_recipient){wire->nodes[i].agency->number, TOV_RIGHT_ALL};
    }
    UNIT_NEED(sim_message_submit(&wire->nodes[from], &order, &written) == TOV_OK);
    return written;
}

bool sim_wire_logged(const struct sim_wire *wire, const char *event)
{
    char needle[80];
    (void)snprintf(needle, sizeof needle, " %s ", event);
    return strstr(wire->log, needle) != NULL;
}
