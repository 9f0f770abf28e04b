/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a liar's node hears: others speak of the tree that they were shown, it knows its first one
 * alone. Signed sizes of its ledger are said again in the first tree, cosignatures of the second
 * one are not handed on.
 */
#include "merkle/ed25519.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

struct hearing {
    const struct world *world;
    size_t from;
    const struct tov_frame *frame;
    struct tov_buf *out;
};

static void put_first(const struct world *world, struct tov_frame_checkpoint *held)
{
    const struct model_tree *tree = &world->model.nodes[world->liar.node].trees[0];
    if (!held->present || held->size == 0 || held->size > tree->count)
        return;
    held->root = tree->roots[held->size - 1];
    liar_sign(world, tree, held->size, held->signature);
}

static void hear_hello(const struct hearing *on)
{
    struct tov_frame_hello hello;
    if (tov_frame_hello(on->frame, &hello) != TOV_OK)
        return; /* it was changed on its way */
    put_first(on->world, &hello.held);
    UNIT_NEED(tov_frame_encode_hello(&hello, on->out) == TOV_OK);
}

static void sign_control(const struct hearing *on, const struct tov_control *control)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    struct tov_frame_control frame;
    uint8_t secret[64];
    UNIT_NEED(tov_control_encode(control, &body) == TOV_OK);
    tov_control_signed_bytes(SIM_FEDERATION, tov_buf_view(&body), &message);
    UNIT_NEED(message.failed == TOV_OK);
    sim_secret_of(&on->world->federation->agencies[on->from].control, secret);
    tov_ed25519_sign(secret, tov_buf_view(&message), frame.signature);
    frame.body = tov_buf_view(&body);
    UNIT_NEED(tov_frame_encode_control(&frame, on->out) == TOV_OK);
}

static void hear_control(const struct hearing *on)
{
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    struct tov_frame_control outer;
    UNIT_NEED(control != NULL);
    if (tov_frame_control(on->frame, &outer) != TOV_OK ||
        tov_control_decode(outer.body, control, &arena) != TOV_OK ||
        control->kind != TOV_CONTROL_RESTORE_ANSWER)
        return; /* the first two: it was changed on its way */
    put_first(on->world, &control->as.restore_answer.held);
    sign_control(on, control);
}

bool liar_hear(struct world *world, size_t from, struct tov_bytes *frame, struct tov_buf *room)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    if (tov_frame_decode(*frame, &decoded) != TOV_OK)
        return true;
    struct hearing on = {world, from, decoded, room};
    enum tov_frame_kind kind = tov_frame_kind(decoded);
    if (kind == TOV_FRAME_COSIGNATURES && (world->liar.peers[from].cosigned & LIAR_FIRST) == 0)
        return false;
    if (kind == TOV_FRAME_HELLO)
        hear_hello(&on);
    if (kind == TOV_FRAME_CONTROL)
        hear_control(&on);
    if (room->size > 0)
        *frame = tov_buf_view(room);
    return true;
}
