/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/world.h"

#include "support/unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_MS 1750000000000ull
#define ORDERS_MIN 4u
#define ORDERS_SPAN 20u

/* ---- chance ---- */

uint64_t world_below(struct world *world, uint64_t limit)
{
    return limit == 0 ? 0 : unit_random(&world->random) % limit;
}

bool world_chance(struct world *world, unsigned percent)
{
    return world_below(world, 100) < percent;
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
    struct world *world = context;
    size_t to = (size_t)agency - 1;
    frame = plant_in_frame(world, frame, &room);
    world_check_frame(world, from, to, frame);
    enum tov_err err = network_send(&world->network, from, to, frame);
    struct tov_hash hash = tov_sha256(frame);
    trace_line(&world->trace, "  a%zu -> a%zu %zu bytes %02x%02x %s", from + 1, to + 1, frame.size,
               hash.bytes[0], hash.bytes[1], err == TOV_OK ? "" : tov_err_name(err));
    world->activity += err == TOV_OK ? 1 : 0;
    return err;
}

static void mute_peer(void *context, size_t node, uint16_t agency, uint32_t ms)
{
    struct world *world = context;
    trace_line(&world->trace, "  a%zu mutes a%u for %u ms", node + 1, agency, ms);
    network_mute(&world->network, node, (size_t)agency - 1, world->mono_ms + ms);
}

static void note_log(void *context, size_t node, const char *event, const char *details)
{
    char line[512];
    struct world *world = context;
    (void)snprintf(line, sizeof line, "%s", details);
    plant_in_log(world, line, sizeof line);
    trace_line(&world->trace, "  a%zu logs %s %s", node + 1, event, line);
    if (strstr(event, SIM_MARKER) != NULL || strstr(line, SIM_MARKER) != NULL)
        world_break(world, BROKE_MARKER, "a%zu logs content: %s", node + 1, event);
    /* Nothing here changes what was stored, nor the roster: every snapshot must fit. */
    if (world->plants.plant == PLANT_NONE && strncmp(event, "book-", 5) == 0)
        world_break(world, BROKE_BOOK, "a%zu logs %s %s", node + 1, event, line);
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
                                     .send_client = inbox_take,
                                     .close_client = close_client,
                                     .durable = model_durable,
                                     .signed_by_guard = model_signed,
                                     .acknowledged = model_acknowledged};
}

/* ---- life ---- */

static void make_dir(size_t index, char out[256])
{
    const char *root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(out, 256, "%s/tov-simulation-%d-%zu", root, (int)getpid(), index);
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
    if (world->plants.plant == PLANT_LYING_DISK && index == 0)
        sim_disk_lie(node->disk, true);
}

static size_t draw_count(struct world *world)
{
    uint64_t draw = world_below(world, 10);
    return draw < 2 ? 2 : draw < 7 ? 3 : 4;
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
    world->count = draw_count(world);
    world->federation =
        sim_federation_create(world->count, world->count == 4 && world_chance(world, 60) ? 2 : 0);
    world->orders_left = ORDERS_MIN + (unsigned)world_below(world, ORDERS_SPAN);
    world->crashes = world_chance(world, 20) ? 8 : 1;
    world->cuts = world_chance(world, 20) ? 8 : 1;
    network_init(&world->network, world->count, &world->random);
    if (world_chance(world, 25))
        world->network.queue_max_bytes = world_chance(world, 50) ? 400000 : 3000;
    for (size_t i = 0; i < world->count; i++)
        make_node(world, i);
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++)
        world_start(world, i);
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
    model_fini(&world->model);
    plants_fini(&world->plants);
    sim_federation_destroy(world->federation);
    free(world);
}

/* ---- nodes ---- */

void world_touch(struct world *world, size_t node)
{
    uint64_t now_ms = (uint64_t)((int64_t)world->now_ms + world->more[node].clock_ms);
    sim_node_time(&world->nodes[node], now_ms, world->mono_ms);
    world->more[node].needs_turn = true;
}

void world_look(struct world *world, size_t node)
{
    struct tov_error error = {.text = ""};
    struct sim_node *sim = &world->nodes[node];
    if (sim->node == NULL || tov_node_failed(sim->node, &error) == TOV_OK)
        return;
    if (!world->more[node].may_fail)
        world_break(world, BROKE_FAILED, "a%zu stopped: %s", node + 1, error.text);
    world_crash(world, node);
}

void world_start(struct world *world, size_t node)
{
    struct tov_error error = {.text = ""};
    trace_line(&world->trace, "%llu start a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    enum tov_err err = sim_node_start(&world->nodes[node], &error);
    if (err != TOV_OK) {
        world_break(world, BROKE_FAILED, "a%zu does not start: %s", node + 1, error.text);
        return;
    }
    world->more[node].may_fail = false;
    model_check_start(world, node);
    inbox_open(world, node);
    world->activity++;
}

void world_crash(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu crash a%zu", (unsigned long long)world->step, node + 1);
    world->inboxes[node].connection = 0;
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
    sim_node_run_commit(&world->nodes[node]);
    if (world->nodes[node].result.err != TOV_OK)
        world_break(world, BROKE_FAILED, "a%zu's commit failed: %s", node + 1,
                    tov_err_name(world->nodes[node].result.err));
    plant_after_commit(world, node);
    world->activity++;
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
    world->activity++;
}

void world_answer_guard(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu signed a%zu", (unsigned long long)world->step, node + 1);
    world_touch(world, node);
    sim_node_answer_guard(&world->nodes[node]);
}

/* ---- the network ---- */

static void give_frame(struct world *world, size_t from, size_t to, const struct tov_buf *frame)
{
    struct tov_hash hash = tov_sha256(tov_buf_view(frame));
    trace_line(&world->trace, "  of %zu bytes %02x%02x", frame->size, hash.bytes[0], hash.bytes[1]);
    if (world->nodes[to].node == NULL)
        return;
    world_touch(world, to);
    tov_node_on_peer_frame(world->nodes[to].node, (uint16_t)(from + 1), tov_buf_view(frame));
    if (world->nodes[from].node != NULL)
        world->more[from].needs_turn = true; /* there is room again */
}

void world_deliver(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    trace_line(&world->trace, "%llu deliver a%zu -> a%zu", (unsigned long long)world->step,
               from + 1, to + 1);
    network_take(&world->network, from, to, &frame);
    give_frame(world, from, to, &frame);
}

void world_deliver_straggler(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    trace_line(&world->trace, "%llu straggler a%zu -> a%zu", (unsigned long long)world->step,
               from + 1, to + 1);
    network_take_straggler(&world->network, from, to, &frame);
    give_frame(world, from, to, &frame);
}

void world_deliver_old(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    if (!network_recall(&world->network, from, to, &frame))
        return;
    trace_line(&world->trace, "%llu old a%zu -> a%zu", (unsigned long long)world->step, from + 1,
               to + 1);
    give_frame(world, from, to, &frame);
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
