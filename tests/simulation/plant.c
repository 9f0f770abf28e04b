/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/plant.h"

#include "ledger/entry.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct plant_facts facts[PLANT_COUNT] = {
    [PLANT_NONE] = {"none", ""},
    [PLANT_EARLY_ANSWER] = {"early-answer", BROKE_EARLY},
    [PLANT_EARLY_POSITION] = {"early-position", BROKE_EARLY},
    [PLANT_LOST_COMMIT] = {"lost-commit", BROKE_DURABLE},
    [PLANT_LYING_DISK] = {"lying-disk", BROKE_DURABLE},
    [PLANT_GUARD_BACK] = {"guard-back", BROKE_FORK},
    [PLANT_WRONG_HASH] = {"wrong-hash", BROKE_FORK},
    [PLANT_MIRROR_ROW] = {"mirror-row", BROKE_LOST},
    [PLANT_TWICE] = {"twice", BROKE_TWICE},
    [PLANT_MARKER] = {"marker", BROKE_MARKER},
};

const struct plant_facts *plant_facts(enum plant plant)
{
    return &facts[plant];
}

void plants_init(struct plants *plants, enum plant plant)
{
    *plants = (struct plants){.plant = plant};
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        plants->old_images[i] = TOV_BUF_INIT(1u << 22);
}

void plants_fini(struct plants *plants)
{
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_fini(&plants->old_images[i]);
}

/* Whether PLANT acts now, for the first and only time. */
static bool acts_once(struct world *world, enum plant plant)
{
    struct plants *plants = &world->plants;
    if (plants->plant != plant || plants->is_done)
        return false;
    plants->is_done = true;
    trace_line(&world->trace, "  planted: %s", facts[plant].name);
    return true;
}

bool plant_answers_early(struct world *world, size_t node)
{
    if (world->plants.plant != PLANT_EARLY_ANSWER)
        return false;
    (void)node;
    return true;
}

/* ---- disks ---- */

static void copy_path(const struct sim_node *node, const char *name, char out[320])
{
    (void)snprintf(out, 320, "%s%s", node->dir, name);
}

void plant_before_commit(struct world *world, size_t node)
{
    char path[320];
    struct sim_node *sim = &world->nodes[node];
    if (world->plants.plant != PLANT_LOST_COMMIT || node != 0)
        return;
    copy_path(sim, ".copy", path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0 && tov_store_copy(sim->store, fd, NULL) == TOV_OK);
    (void)close(fd);
}

static void lose_commit(struct world *world, size_t node)
{
    char from[320], to[320];
    copy_path(&world->nodes[node], ".copy", from);
    copy_path(&world->nodes[node], "/data.mdb", to);
    if (access(from, R_OK) != 0 || !acts_once(world, PLANT_LOST_COMMIT))
        return;
    UNIT_NEED(rename(from, to) == 0);
}

static bool is_opened(struct world *world, size_t node, size_t peer, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_store_key key = tov_store_key_u16_u32_u64((uint16_t)(peer + 1), 1, index);
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    return tov_store_get(read, TOV_TABLE_MLEAF, key, &row) == TOV_OK &&
           tov_entry_decode_mirror(row, &entry) == TOV_OK &&
           entry.verdict.verdict == TOV_VERDICT_OPENED;
}

/* The row of a peer's first message goes missing. */
void plant_after_commit(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct sim_node *sim = &world->nodes[node];
    if (world->plants.plant != PLANT_MIRROR_ROW || world->plants.is_done)
        return;
    for (size_t i = 0; i < world->count; i++) {
        const struct model_links *links = &world->model.nodes[i].links[node];
        if (links->count == 0 || !is_opened(world, node, i, links->indices[0]) ||
            !acts_once(world, PLANT_MIRROR_ROW))
            continue;
        UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
        struct tov_store_key key =
            tov_store_key_u16_u32_u64((uint16_t)(i + 1), 1, links->indices[0]);
        tov_store_batch_delete(batch, TOV_TABLE_MLEAF, key);
        tov_store_batch_delete(batch, TOV_TABLE_MDATAKEY, key);
        UNIT_NEED(tov_store_commit(sim->store, batch, NULL) == TOV_OK);
    }
}

/* The guard's state as it was before its first signature. */
static void keep_guard(struct world *world, size_t node)
{
    struct plants *plants = &world->plants;
    if (plants->plant != PLANT_GUARD_BACK || node != 0 || plants->has_old_images)
        return;
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_put_bytes(&plants->old_images[i],
                          tov_guard_local_image(world->nodes[node].guard, (enum tov_guard_image)i));
    plants->has_old_images = true;
}

static void take_guard_back(struct world *world, size_t node)
{
    struct plants *plants = &world->plants;
    if (node != 0 || !plants->has_old_images || !acts_once(world, PLANT_GUARD_BACK))
        return;
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        struct tov_buf *image = &world->nodes[node].images[i];
        tov_buf_clear(image);
        tov_buf_put_bytes(image, tov_buf_view(&plants->old_images[i]));
    }
}

void plant_after_crash(struct world *world, size_t node)
{
    if (world->plants.plant == PLANT_LOST_COMMIT && node == 0)
        lose_commit(world, node);
    take_guard_back(world, node);
}

/* ---- the guard ---- */

void plant_before_guard(struct world *world, size_t node)
{
    TOV_FREE struct tov_guard_request *request = calloc(1, sizeof *request);
    struct sim_node *sim = &world->nodes[node];
    UNIT_NEED(request != NULL);
    keep_guard(world, node);
    for (size_t i = 0; world->plants.plant == PLANT_WRONG_HASH && i < sim->question_count; i++) {
        struct sim_question *question = &sim->questions[i];
        TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        struct tov_hash wrong[TOV_GUARD_HASHES_MAX];
        if (question->is_run || question->kind != TOV_GUARD_APPEND)
            continue;
        UNIT_NEED(tov_guard_request_decode(question->kind, tov_buf_view(&question->request),
                                           request) == TOV_OK);
        size_t count = request->append.hash_count;
        if (count < 2 || request->append.sign_count == 0 || !acts_once(world, PLANT_WRONG_HASH))
            continue;
        memcpy(wrong, request->append.hashes, count * sizeof wrong[0]);
        wrong[0] = wrong[1];
        request->append.hashes = wrong;
        UNIT_NEED(tov_guard_request_encode(request, &changed) == TOV_OK);
        tov_buf_clear(&question->request);
        tov_buf_put_bytes(&question->request, tov_buf_view(&changed));
    }
}

/* ---- wires and words ---- */

struct tov_bytes plant_in_frame(struct world *world, struct tov_bytes bytes, struct tov_buf *room)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    struct tov_frame_position position;
    if (world->plants.plant != PLANT_EARLY_POSITION || tov_frame_decode(bytes, &frame) != TOV_OK ||
        tov_frame_kind(frame) != TOV_FRAME_POSITION ||
        tov_frame_position(frame, &position) != TOV_OK || !acts_once(world, PLANT_EARLY_POSITION))
        return bytes;
    position.size++;
    UNIT_NEED(tov_frame_encode_position(&position, room) == TOV_OK);
    return tov_buf_view(room);
}

bool plant_doubles_client_frame(struct world *world)
{
    return world->plants.plant == PLANT_TWICE;
}

void plant_in_log(struct world *world, char *details, size_t size)
{
    if (acts_once(world, PLANT_MARKER))
        (void)snprintf(details, size, "text=%s", SIM_MARKER);
}
