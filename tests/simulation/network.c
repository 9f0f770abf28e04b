/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/network.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX_BYTES (8u << 20)
#define OLD_FRAMES_NODES_MAX 16u /* in larger worlds none are kept */

void network_init(struct network *network, size_t count, uint64_t *random)
{
    network->count = count;
    network->random = random;
    network->queue_max_bytes = QUEUE_MAX_BYTES;
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++) {
            for (size_t i = 0; i < NETWORK_OLD_FRAMES; i++)
                network->lines[a][b].old[i] = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        }
    }
}

static bool is_clogged(const struct network *network, size_t a, size_t b)
{
    return network->is_clogged[a] || network->is_clogged[b];
}

static struct tov_buf copy_of(struct tov_bytes bytes)
{
    struct tov_buf copy = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    tov_buf_put_bytes(&copy, bytes);
    UNIT_NEED(copy.failed == TOV_OK);
    return copy;
}

static void push(struct network_pipe *pipe, struct tov_buf frame)
{
    if (pipe->count == pipe->capacity) {
        pipe->capacity = pipe->capacity == 0 ? 64 : pipe->capacity * 2;
        pipe->frames = realloc(pipe->frames, pipe->capacity * sizeof *pipe->frames);
        UNIT_NEED(pipe->frames != NULL);
    }
    pipe->frames[pipe->count++] = frame;
    pipe->bytes += frame.size;
}

static struct tov_buf pop(struct network_pipe *pipe)
{
    UNIT_NEED(pipe->count > 0);
    struct tov_buf frame = pipe->frames[0];
    pipe->count--;
    pipe->bytes -= frame.size;
    memmove(pipe->frames, pipe->frames + 1, pipe->count * sizeof *pipe->frames);
    return frame;
}

static void empty(struct network_pipe *pipe)
{
    while (pipe->count > 0) {
        struct tov_buf frame = pop(pipe);
        tov_buf_fini(&frame);
    }
}

static void line_fini(struct network_line *line)
{
    empty(&line->sent);
    empty(&line->stragglers);
    free(line->sent.frames);
    free(line->stragglers.frames);
    for (size_t i = 0; i < NETWORK_OLD_FRAMES; i++)
        tov_buf_fini(&line->old[i]);
}

void network_fini(struct network *network)
{
    for (size_t a = 0; a < network->count; a++) {
        for (size_t b = 0; b < network->count; b++)
            line_fini(&network->lines[a][b]);
    }
}

/* ---- connections ---- */

bool network_may_connect(const struct network *network, size_t a, size_t b, uint64_t mono_ms)
{
    return !network->is_connected[a][b] && !is_clogged(network, a, b) &&
           mono_ms >= network->sides[a][b].mute_until_ms &&
           mono_ms >= network->sides[b][a].mute_until_ms;
}

void network_connect(struct network *network, size_t a, size_t b)
{
    network->is_connected[a][b] = network->is_connected[b][a] = true;
    network->sides[a][b].owes_up = true;
    network->sides[b][a].owes_up = true;
}

/* What was in flight: some comes out of the old pipe yet, the rest is lost. */
static void cut(struct network *network, struct network_line *line)
{
    size_t arrives = line->sent.count == 0 ? 0 : unit_random(network->random) % 4;
    for (size_t i = 0; i < arrives && line->sent.count > 0; i++)
        push(&line->stragglers, pop(&line->sent));
    empty(&line->sent);
}

static void end_side(struct network_side *side)
{
    side->owes_up = false;
    side->owes_down = side->is_told_up;
}

void network_disconnect(struct network *network, size_t a, size_t b)
{
    if (!network->is_connected[a][b])
        return;
    network->is_connected[a][b] = network->is_connected[b][a] = false;
    cut(network, &network->lines[a][b]);
    cut(network, &network->lines[b][a]);
    end_side(&network->sides[a][b]);
    end_side(&network->sides[b][a]);
}

void network_forget(struct network *network, size_t node)
{
    for (size_t i = 0; i < network->count; i++) {
        network_disconnect(network, node, i);
        network->sides[node][i] = (struct network_side){.is_told_up = false};
        empty(&network->lines[i][node].stragglers);
    }
}

void network_mute(struct network *network, size_t at, size_t peer, uint64_t until_ms)
{
    network_disconnect(network, at, peer);
    network->sides[at][peer].mute_until_ms = until_ms;
}

/* ---- frames ---- */

static void keep_old(struct network_line *line, struct tov_bytes frame)
{
    struct tov_buf *old = &line->old[line->sent_count++ % NETWORK_OLD_FRAMES];
    tov_buf_clear(old);
    tov_buf_put_bytes(old, frame);
}

enum tov_err network_send(struct network *network, size_t from, size_t to, struct tov_bytes frame)
{
    struct network_line *line = &network->lines[from][to];
    if (!network->sides[from][to].is_told_up)
        return TOV_E_CLOSED;
    if (!network->is_connected[from][to])
        return TOV_OK; /* into a connection that is gone: lost */
    if (line->sent.count > 0 && line->sent.bytes + frame.size > network->queue_max_bytes)
        return TOV_E_BUSY;
    push(&line->sent, copy_of(frame));
    if (network->count <= OLD_FRAMES_NODES_MAX)
        keep_old(line, frame);
    return TOV_OK;
}

bool network_has_frame(const struct network *network, size_t from, size_t to)
{
    return network->lines[from][to].sent.count > 0 && !is_clogged(network, from, to) &&
           network->sides[to][from].is_told_up &&
           network_news(network, to, from) == NETWORK_NO_NEWS;
}

bool network_has_straggler(const struct network *network, size_t from, size_t to)
{
    return network->lines[from][to].stragglers.count > 0 && !is_clogged(network, from, to);
}

void network_take(struct network *network, size_t from, size_t to, struct tov_buf *out)
{
    *out = pop(&network->lines[from][to].sent);
}

void network_take_straggler(struct network *network, size_t from, size_t to, struct tov_buf *out)
{
    *out = pop(&network->lines[from][to].stragglers);
}

bool network_recall(struct network *network, size_t from, size_t to, struct tov_buf *out)
{
    const struct network_line *line = &network->lines[from][to];
    size_t count =
        line->sent_count < NETWORK_OLD_FRAMES ? (size_t)line->sent_count : NETWORK_OLD_FRAMES;
    if (count == 0)
        return false;
    *out = copy_of(tov_buf_view(&line->old[unit_random(network->random) % count]));
    return true;
}

/* ---- news ---- */

enum network_news network_news(const struct network *network, size_t at, size_t peer)
{
    const struct network_side *side = &network->sides[at][peer];
    if (side->owes_down)
        return NETWORK_DOWN;
    return side->owes_up ? NETWORK_UP : NETWORK_NO_NEWS;
}

void network_take_news(struct network *network, size_t at, size_t peer)
{
    struct network_side *side = &network->sides[at][peer];
    bool was_down = side->owes_down;
    side->is_told_up = !was_down;
    if (was_down)
        side->owes_down = false;
    else
        side->owes_up = false;
}
