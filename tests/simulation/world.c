/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/world.h"

#include "support/unit.h"
#include "wire/frame.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS 1750000000000ull
#define ORDERS_MIN 4u
#define ORDERS_SPAN 20u
#define RESTORES_MAX 3u

/* ---- chance ---- */

uint64_t world_below(struct world *world, uint64_t limit)
{
    return limit == 0 ? 0 : unit_random(&world->random) % limit;
}

bool world_chance(struct world *world, unsigned percent)
{
    return world_below(world, 100) < percent;
}

bool world_may(const struct world *world, enum fault fault)
{
    return (world->without & FAULT_BIT(fault)) == 0;
}

void world_fault(struct world *world, enum fault fault)
{
    world->tally.faults[fault]++;
}

/* ---- breaks ---- */

bool world_is_broken(const struct world *world)
{
    return world->broken[0] != '\0';
}

void world_break(struct world *world, const char *name, const char *format, ...)
{
    char why[sizeof world->why];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    trace_line(&world->trace, "  BROKEN %s: %s", name, why);
    if (world_is_broken(world))
        return;
    (void)snprintf(world->broken, sizeof world->broken, "%s", name);
    memcpy(world->why, why, sizeof world->why);
}

/* ---- what nodes do to the world ---- */

static enum tov_err take_frame(void *context, size_t from, uint16_t agency, struct tov_bytes frame)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf room = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf lie = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct world *world = context;
    size_t to = (size_t)agency - 1;
    struct plant_frame sent = {from, to, frame};
    sent.bytes = frame = plant_in_frame(world, &sent, &room);
    world_check_frame(world, from, to, frame);
    if (plant_leaks_to(world, &sent) < world->count)
        world_check_frame(world, from, plant_leaks_to(world, &sent), frame);
    frame = plant_on_wire(world, &sent, &lie);
    if (frame.size == 0)
        return TOV_OK;
    if (liar_is(world, from) && !liar_say(world, to, &frame, &lie))
        return TOV_OK;
    enum tov_err err = network_send(&world->network, from, to, frame);
    struct tov_hash hash = tov_sha256(frame);
    trace_line(&world->trace, "  a%zu -> a%zu %zu bytes %02x%02x %s", from + 1, to + 1, frame.size,
               hash.bytes[0], hash.bytes[1], err == TOV_OK ? "" : tov_err_name(err));
    if (err == TOV_OK && !liar_is(world, from) && !liar_is(world, to))
        world->activity++;
    return err;
}

static void mute_peer(void *context, size_t node, uint16_t agency, uint32_t ms)
{
    struct world *world = context;
    trace_line(&world->trace, "  a%zu mutes a%u for %u ms", node + 1, agency, ms);
    network_mute(&world->network, node, (size_t)agency - 1, world->mono_ms + ms);
}

/* NODE says of another that it is not what it should be. */
static void check_accusation(struct world *world, size_t node, const char *event,
                             const char *details)
{
    unsigned accused = 0;
    bool is_fork = strcmp(event, "suspected-fork") == 0;
    bool is_other = strcmp(event, "link-broken") == 0 ||
                    strcmp(event, "peer-holds-another-history") == 0 ||
                    strcmp(event, "genesis-does-not-fit") == 0;
    if ((!is_fork && !is_other) || sscanf(details, "peer=a%u", &accused) != 1)
        return;
    if (is_fork)
        liar_note_accused(world, node, accused - 1);
    else if (world->plants.plant == PLANT_NONE && !liar_is(world, node) &&
             !liar_is(world, accused - 1))
        world_break(world, BROKE_ACCUSED, "a%zu says of a%u: %s", node + 1, accused, event);
}

bool world_lacks_room(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    return sim->disk_is_full || (sim->node != NULL && tov_node_core(sim->node)->waits_for_room);
}

/* Nothing here changes what was stored, nor the roster: every snapshot fits, but those that a store
 * had before it was set back. Without room none is kept. */
static bool is_book_due(const struct world *world, size_t node, const char *event)
{
    bool was_back = world->model.nodes[node].restores > 0;
    if (strcmp(event, "book-snapshot-not-written") == 0)
        return was_back || world_lacks_room(world, node);
    return was_back && strcmp(event, "book-snapshot-dropped") == 0;
}

static void note_log(void *context, size_t node, const char *event, const char *details)
{
    char line[512];
    struct world *world = context;
    (void)snprintf(line, sizeof line, "%s", details);
    tally_event(&world->tally, event, 1);
    if (strcmp(event, "state") == 0 && strncmp(details, "to=", 3) == 0)
        tally_event(&world->tally, details, 1);
    plant_in_log(world, line, sizeof line);
    if (!plant_hides_log(world, event))
        check_accusation(world, node, event, line);
    trace_line(&world->trace, "  a%zu logs %s %s", node + 1, event, line);
    if (strstr(event, SIM_MARKER) != NULL || strstr(line, SIM_MARKER) != NULL)
        world_break(world, BROKE_MARKER, "a%zu logs content: %s", node + 1, event);
    if ((world->plants.plant == PLANT_NONE || world->plants.plant == PLANT_BOOK_ROW) &&
        strncmp(event, "book-", 5) == 0 && !is_book_due(world, node, event))
        world_break(world, BROKE_BOOK, "a%zu logs %s %s", node + 1, event, line);
}

static void note_acknowledged(void *context, size_t node, uint64_t record)
{
    struct world *world = context;
    model_acknowledged(world, node, record);
    if (plant_tells_again(world))
        model_acknowledged(world, node, record);
}

static enum tov_err take_client_frame(void *context, size_t node, uint64_t connection,
                                      struct tov_bytes frame)
{
    return repeat_take(context, node, connection, frame)
               ? TOV_OK
               : inbox_take(context, node, connection, frame);
}

static void close_client(void *context, size_t node, uint64_t connection)
{
    struct world *world = context;
    if (world->inboxes[node].connection == connection)
        world_break(world, BROKE_UNTOLD, "a%zu closed its client's connection", node + 1);
}

static void set_hooks(struct world *world, struct sim_node *node)
{
    node->hooks = (struct sim_hooks){.context = world,
                                     .send = take_frame,
                                     .drop = mute_peer,
                                     .log = note_log,
                                     .client_context = world,
                                     .send_client = take_client_frame,
                                     .close_client = close_client,
                                     .durable = model_durable,
                                     .signed_by_guard = model_signed,
                                     .acknowledged = note_acknowledged};
}

/* ---- life ---- */

static pid_t folder_owner; /* 0: this process */

void world_claim_folders(void)
{
    folder_owner = getpid();
}

static void make_dir(size_t index, char out[256])
{
    int owner = (int)(folder_owner != 0 ? folder_owner : getpid());
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(out, 256, "%s/tov-simulation-%d-%zu", root, owner, index);
}

static void make_node(struct world *world, size_t index)
{
    static const uint64_t windows[] = {512u << 10, 512u << 10, 64u << 10, 4000, 300};
    struct sim_node *node = &world->nodes[index];
    char dir[256];
    make_dir(index, dir);
    sim_node_init(node, world->federation, index, dir);
    node->random = unit_random(&world->random);
    node->window_bytes = windows[world_below(world, sizeof windows / sizeof windows[0])];
    set_hooks(world, node);
    world->more[index].clock_ms = (int64_t)world_below(world, 200000) - 100000;
    if (world_may(world, FAULT_DRIFT) && world_chance(world, 30)) {
        world->more[index].drift_ppm = (int64_t)world_below(world, 1000) - 500;
        world_fault(world, FAULT_DRIFT);
    }
    if (world->plants.plant == PLANT_LYING_DISK && index == 0)
        sim_disk_lie(node->disk, true);
}

static size_t draw_count(struct world *world, const struct world_options *options)
{
    uint64_t draw = world_below(world, 10);
    size_t count = draw < 2 ? 2 : draw < 7 ? 3 : 4;
    if (options->agencies > 0)
        count = options->agencies;
    return options->nodes_max >= 2 && options->nodes_max < count ? options->nodes_max : count;
}

/* Two honest nodes have something to tell each other beside it. */
static bool draw_liar(struct world *world)
{
    bool wanted = world_chance(world, 40) && world->plants.plant == PLANT_NONE;
    wanted = wanted || plant_needs_liar(world->plants.plant);
    return wanted && world->count > 2 && (world->without & FAULT_LIES) != FAULT_LIES;
}

static bool draw_restores(struct world *world)
{
    bool wanted = world_chance(world, 35) && world->plants.plant == PLANT_NONE;
    wanted = wanted || plant_needs_restores(world->plants.plant);
    return wanted && world->count <= WORLD_FEW_NODES && world_may(world, FAULT_RESTORE);
}

static size_t draw_keepers(struct world *world)
{
    if (world->count > WORLD_FEW_NODES)
        return 3;
    return world->count == 4 && world_chance(world, 60) ? 2 : 0;
}

/* In a large world chance alone would not bring many together. */
static void connect_all(struct world *world)
{
    for (size_t a = 0; a < world->count; a++) {
        for (size_t b = a + 1; b < world->count; b++)
            network_connect(&world->network, a, b);
    }
}

static unsigned draw_orders(struct world *world, const struct world_options *options)
{
    unsigned orders = ORDERS_MIN + (unsigned)world_below(world, ORDERS_SPAN);
    return options->orders_max > 0 && options->orders_max < orders ? options->orders_max : orders;
}

struct world *world_create(const struct world_options *options)
{
    struct world *world = calloc(1, sizeof *world);
    UNIT_NEED(world != NULL);
    world->seed = options->seed;
    world->random = options->seed;
    world->now_ms = START_MS;
    world->mono_ms = 1000;
    trace_start(&world->trace, options->prints);
    plants_init(&world->plants, options->plant);
    world->without = options->without;
    world->count = draw_count(world, options);
    world->federation = sim_federation_create(world->count, draw_keepers(world));
    world->orders_left = draw_orders(world, options);
    world->crashes = world_chance(world, 20) ? 8 : 1;
    world->cuts = world_chance(world, 20) ? 8 : 1;
    network_init(&world->network, world->count, &world->random);
    if (world_chance(world, 25))
        world->network.queue_max_bytes = world_chance(world, 50) ? 400000 : 3000;
    for (size_t i = 0; i < world->count; i++)
        make_node(world, i);
    if (draw_liar(world))
        liar_init(world);
    world->restores.happen = draw_restores(world);
    world->restores.left = RESTORES_MAX;
    world->restores.late_left = 1;
    repeat_init(world);
    world->tally.worlds = 1;
    world->tally.liars = world->liar.is_there ? 1 : 0;
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++)
        world_start(world, i);
    if (world->count > WORLD_FEW_NODES)
        connect_all(world);
    if (world->restores.happen)
        world_calm(world, 2, 1000); /* there is something to lose from the start */
    return world;
}

void world_destroy(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        char path[320];
        (void)snprintf(path, sizeof path, "%s.copy", world->nodes[i].dir);
        (void)unlink(path);
        sim_node_fini(&world->nodes[i]);
        inbox_fini(&world->inboxes[i]);
    }
    network_fini(&world->network);
    restores_fini(world);
    model_fini(&world->model);
    plants_fini(&world->plants);
    liar_fini(&world->liar);
    sim_federation_destroy(world->federation);
    free(world);
}

/* ---- nodes ---- */

static int64_t drifted_ms(const struct world *world, size_t node)
{
    return (int64_t)(world->now_ms - START_MS) / 1000000 * world->more[node].drift_ppm;
}

void world_touch(struct world *world, size_t node)
{
    int64_t ahead_ms = world->more[node].clock_ms + drifted_ms(world, node);
    uint64_t now_ms = (uint64_t)((int64_t)world->now_ms + ahead_ms);
    sim_node_time(&world->nodes[node], now_ms, world->mono_ms);
    world->more[node].needs_turn = true;
}

void world_look(struct world *world, size_t node)
{
    struct tov_error error = {.text = ""};
    struct sim_node *sim = &world->nodes[node];
    if (sim->node == NULL || tov_node_failed(sim->node, &error) == TOV_OK)
        return;
    if (sim_node_wants_start(sim)) {
        trace_line(&world->trace, "  a%zu begins again from its store", node + 1);
        world_crash(world, node);
        world->more[node].down_until_step = world->step;
        return;
    }
    if (!world->more[node].may_fail && !liar_is(world, node))
        world_break(world, BROKE_FAILED, "a%zu stopped: %s", node + 1, error.text);
    world_crash(world, node);
}

/* A node waits for room. One that has never begun its ledger begins it in one piece, with a file:
 * without room it ends and tries again. */
static bool may_end_without_room(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    return sim->disk_is_full && sim->node != NULL &&
           tov_ledger_committed(tov_node_core(sim->node)->ledger) == 0;
}

void world_start(struct world *world, size_t node)
{
    struct tov_error error = {.text = ""};
    trace_line(&world->trace, "%llu start a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    enum tov_err err = sim_node_start(&world->nodes[node], &error);
    if (err != TOV_OK && (liar_is(world, node) || world->nodes[node].disk_is_full)) {
        trace_line(&world->trace, "  it does not start: %s", error.text);
        return;
    }
    if (err != TOV_OK) {
        world_break(world, BROKE_FAILED, "a%zu does not start: %s", node + 1, error.text);
        return;
    }
    world->more[node].may_fail = may_end_without_room(world, node);
    if (world->model.nodes[node].restores > 0)
        model_durable(world, node);
    model_check_start(world, node);
    liar_note_start(world, node);
    inbox_open(world, node);
    world->activity++;
}

void world_crash(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu crash a%zu", (unsigned long long)world->step, node + 1);
    world->inboxes[node].connection = 0;
    repeat_lose(world, node);
    sim_node_crash(&world->nodes[node]);
    network_forget(&world->network, node);
    plant_after_crash(world, node);
    world->more[node].needs_turn = false;
    world->activity++;
}

void world_turn(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu turn a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    plant_before_turn(world, node);
    tov_node_turn(world->nodes[node].node);
    world->more[node].needs_turn = tov_node_wants_turn(world->nodes[node].node);
}

void world_tick(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu tick a%zu at %llu", (unsigned long long)world->step, node + 1,
               (unsigned long long)world->mono_ms);
    world_touch(world, node);
    tov_node_on_tick(world->nodes[node].node);
}

void world_pass(struct world *world, uint64_t ms)
{
    world->now_ms += ms;
    world->mono_ms += ms;
}

void world_run_commit(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu commit a%zu", (unsigned long long)world->step, node + 1);
    plant_before_commit(world, node);
    plant_back_before_commit(world, node);
    sim_node_run_commit(&world->nodes[node]);
    if (world->nodes[node].result.err != TOV_OK && !world->nodes[node].disk_is_full)
        world_break(world, BROKE_FAILED, "a%zu's commit failed: %s", node + 1,
                    tov_err_name(world->nodes[node].result.err));
    plant_after_commit(world, node);
    plant_back_after_commit(world, node);
    world->activity += liar_is(world, node) ? 0 : 1;
}

void world_answer_commit(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu committed a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    sim_node_answer_commit(&world->nodes[node]);
}

void world_run_guard(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu guard a%zu", (unsigned long long)world->step, node + 1);
    plant_before_guard(world, node);
    sim_node_run_guard(&world->nodes[node]);
    plant_back_after_guard(world, node);
    world->activity += liar_is(world, node) ? 0 : 1;
}

void world_answer_guard(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu signed a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    sim_node_answer_guard(&world->nodes[node]);
}

/* ---- the network ---- */

void world_fill(struct world *world, size_t node, bool is_full)
{
    struct sim_node *sim = &world->nodes[node];
    trace_line(&world->trace, "%llu disk of a%zu %s", (unsigned long long)world->step, node + 1,
               is_full ? "is full" : "has room");
    sim->disk_is_full = is_full;
    sim_disk_fill(sim->disk, is_full);
    world->more[node].may_fail = world->more[node].may_fail || may_end_without_room(world, node);
}

void world_give(struct world *world, size_t from, size_t to, const struct tov_buf *frame)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf room = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_bytes bytes = tov_buf_view(frame);
    struct tov_hash hash = tov_sha256(bytes);
    trace_line(&world->trace, "  of %zu bytes %02x%02x", frame->size, hash.bytes[0], hash.bytes[1]);
    if (world->nodes[to].node == NULL)
        return;
    if (liar_is(world, from))
        liar_note_given(world, to, bytes);
    if (liar_is(world, to) && !liar_hear(world, from, &bytes, &room))
        return;
    world_touch(world, to);
    tov_node_on_peer_frame(world->nodes[to].node, (uint16_t)(from + 1), bytes);
    if (world->nodes[from].node != NULL)
        world->more[from].needs_turn = true; /* there is room again */
}

void world_deliver(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    trace_line(&world->trace, "%llu deliver a%zu -> a%zu", (unsigned long long)world->step,
               from + 1, to + 1);
    network_take(&world->network, from, to, &frame);
    world_give(world, from, to, &frame);
}

void world_deliver_straggler(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    trace_line(&world->trace, "%llu straggler a%zu -> a%zu", (unsigned long long)world->step,
               from + 1, to + 1);
    network_take_straggler(&world->network, from, to, &frame);
    world_give(world, from, to, &frame);
}

void world_deliver_old(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    if (!network_recall(&world->network, from, to, &frame))
        return;
    trace_line(&world->trace, "%llu old a%zu -> a%zu", (unsigned long long)world->step, from + 1,
               to + 1);
    world_give(world, from, to, &frame);
}

void world_tell_news(struct world *world, size_t at, size_t peer)
{
    bool is_up = network_news(&world->network, at, peer) == NETWORK_UP;
    network_take_news(&world->network, at, peer);
    if (world->nodes[at].node == NULL)
        return;
    trace_line(&world->trace, "%llu a%zu hears that a%zu is %s", (unsigned long long)world->step,
               at + 1, peer + 1, is_up ? "up" : "down");
    world_touch(world, at);
    if (is_up)
        tov_node_on_peer_up(world->nodes[at].node, (uint16_t)(peer + 1));
    else
        tov_node_on_peer_down(world->nodes[at].node, (uint16_t)(peer + 1));
}
