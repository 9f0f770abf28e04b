/* SPDX-License-Identifier: EUPL-1.2
 *
 * Planted bugs in what nodes say to each other, to clients and to the log.
 */
#include "simulation/plant.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLIND_AT 14u

/* A parcel made again, with changes that PLANT makes. SIGNER: its core does so, and signs it. */
struct remaking {
    enum plant plant;
    const struct sim_agency *signer;
    uint16_t to;
    const struct tov_frame *frame;
    struct tov_buf *out;
    bool is_changed;
};

static void change_item(struct remaking *on, struct tov_frame_item *item, struct tov_buf *leaf)
{
    if (item->kind != TOV_ITEM_DISCLOSED)
        return;
    struct tov_frame_disclosed *disclosed = &item->as.disclosed;
    if (on->plant == PLANT_BAD_WIRE || on->plant == PLANT_BAD_MEMORY) {
        tov_buf_put_bytes(leaf, disclosed->leaf);
        leaf->data[BLIND_AT] ^= 1;
        disclosed->leaf = tov_buf_view(leaf);
        on->is_changed = true;
    } else if (on->plant == PLANT_NO_KEYS && disclosed->stanza_count > 0) {
        disclosed->stanza_count = 0;
        on->is_changed = true;
    }
}

static struct tov_bytes remake_parcel(struct remaking *on, struct tov_bytes bytes)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    struct tov_frame_parcel parcel;
    UNIT_NEED(item != NULL && tov_frame_parcel(on->frame, &parcel) == TOV_OK);
    for (size_t i = 0; i < parcel.item_count; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf leaf = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
        UNIT_NEED(tov_frame_item(on->frame, i, item) == TOV_OK);
        change_item(on, item, &leaf);
        UNIT_NEED(tov_parcel_writer_add(&writer, item) == TOV_OK);
    }
    if (on->plant == PLANT_OTHER_ROOT) {
        parcel.root.bytes[0] ^= 1;
        on->is_changed = true;
    }
    UNIT_NEED(tov_parcel_writer_finish(&writer, &parcel, on->out) == TOV_OK);
    tov_parcel_writer_fini(&writer);
    if (on->signer != NULL) {
        uint8_t secret[64];
        sim_secret_of(&on->signer->control, secret);
        sim_sign_parcel(secret, on->signer->number, on->to, on->out);
    }
    return on->is_changed ? tov_buf_view(on->out) : bytes;
}

/* ---- as a node sends it ---- */

static bool change_hello(struct world *world, const struct tov_frame *frame, struct tov_buf *room)
{
    struct tov_frame_hello hello;
    UNIT_NEED(tov_frame_hello(frame, &hello) == TOV_OK);
    if (hello.own.present && plant_acts_once(world, PLANT_EARLY_HELLO))
        hello.own.size += 1000;
    else if (plant_acts_once(world, PLANT_MARKER_FRAME))
        memcpy(hello.nonce, SIM_MARKER, strlen(SIM_MARKER));
    else
        return false;
    return tov_frame_encode_hello(&hello, room) == TOV_OK;
}

static bool change_position(struct world *world, const struct tov_frame *frame,
                            struct tov_buf *room)
{
    struct tov_frame_position position;
    if (tov_frame_position(frame, &position) != TOV_OK ||
        !plant_acts_once(world, PLANT_EARLY_POSITION))
        return false;
    position.size++;
    return tov_frame_encode_position(&position, room) == TOV_OK;
}

struct tov_bytes plant_in_frame(struct world *world, const struct plant_frame *sent,
                                struct tov_buf *room)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    enum plant plant = world->plants.plant;
    if ((plant != PLANT_EARLY_POSITION && plant != PLANT_EARLY_HELLO &&
         plant != PLANT_MARKER_FRAME && plant != PLANT_OTHER_ROOT) ||
        tov_frame_decode(sent->bytes, &frame) != TOV_OK)
        return sent->bytes;
    bool changed = false;
    if (tov_frame_kind(frame) == TOV_FRAME_POSITION)
        changed = change_position(world, frame, room);
    else if (tov_frame_kind(frame) == TOV_FRAME_HELLO)
        changed = change_hello(world, frame, room);
    else if (tov_frame_kind(frame) == TOV_FRAME_PARCEL && plant_acts_once(world, PLANT_OTHER_ROOT))
        return remake_parcel(&(struct remaking){.plant = plant, .frame = frame, .out = room},
                             sent->bytes);
    return changed ? tov_buf_view(room) : sent->bytes;
}

/* ---- on its way ---- */

static bool is_lost(enum plant plant, enum tov_frame_kind kind, bool is_first_pair)
{
    return (plant == PLANT_WITHHELD && kind == TOV_FRAME_PARCEL && is_first_pair) ||
           (plant == PLANT_NO_KEYS && kind == TOV_FRAME_LATE_STANZAS && is_first_pair) ||
           (plant == PLANT_NO_WITNESS && kind == TOV_FRAME_COSIGNATURES);
}

struct tov_bytes plant_on_wire(struct world *world, const struct plant_frame *sent,
                               struct tov_buf *room)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    enum plant plant = world->plants.plant;
    bool is_first_pair = sent->from == 0 && sent->to == 1;
    if ((plant != PLANT_WITHHELD && plant != PLANT_NO_KEYS && plant != PLANT_NO_WITNESS &&
         plant != PLANT_BAD_WIRE && plant != PLANT_BAD_MEMORY) ||
        tov_frame_decode(sent->bytes, &frame) != TOV_OK)
        return sent->bytes;
    if (is_lost(plant, tov_frame_kind(frame), is_first_pair))
        return (struct tov_bytes){NULL, 0};
    if (tov_frame_kind(frame) != TOV_FRAME_PARCEL || !is_first_pair)
        return sent->bytes;
    struct remaking on = {
        .plant = plant, .to = (uint16_t)(sent->to + 1), .frame = frame, .out = room};
    if (plant == PLANT_NO_KEYS || plant == PLANT_BAD_MEMORY)
        on.signer = &world->federation->agencies[sent->from];
    return remake_parcel(&on, sent->bytes);
}

size_t plant_leaks_to(const struct world *world, const struct plant_frame *frame)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    size_t other = (frame->to + 1) % world->count;
    if (other == frame->from)
        other = (other + 1) % world->count;
    if (world->plants.plant != PLANT_LEAK || other == frame->to ||
        tov_frame_decode(frame->bytes, &decoded) != TOV_OK ||
        tov_frame_kind(decoded) != TOV_FRAME_PARCEL)
        return world->count;
    return other;
}

/* ---- clients and words ---- */

bool plant_doubles_client_frame(const struct world *world)
{
    return world->plants.plant == PLANT_TWICE;
}

bool plant_deafens_client(struct world *world)
{
    return plant_acts_once(world, PLANT_DEAF_CLIENT);
}

bool plant_tells_again(const struct world *world)
{
    return world->plants.plant == PLANT_TOLD_AGAIN;
}

void plant_in_log(struct world *world, char *details, size_t size)
{
    if (plant_acts_once(world, PLANT_MARKER))
        (void)snprintf(details, size, "text=%s", SIM_MARKER);
}

bool plant_hides_log(const struct world *world, const char *event)
{
    return world->plants.plant == PLANT_FORK_UNSAID && strcmp(event, "suspected-fork") == 0;
}
