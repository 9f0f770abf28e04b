/* SPDX-License-Identifier: EUPL-1.2
 *
 * The leaf hashes of a node's own ledger, asked of those that follow it, and given to those that
 * ask (docs/recovery.md). One peer is asked at a time; an answer that does not fit costs that peer
 * its turn, and nothing else.
 */
#include "follow/peer.h"

#include "merkle/tree.h"

#include <string.h>

#define ANSWER_WAIT_MS 10000u
#define PAUSE_MS 10000u /* once more with each answer that did not fit */
#define PAUSES_MAX 30u
#define STALLED_MS 60000u /* answers, but too little of them has become a signed size */
#define WORTHWHILE TOV_HASH_ANSWER_POINTS_MAX /* entries: the least that one full answer has */
#define HASHES_A_CHARGE 256u

/* ---- giving ---- */

static enum tov_err put_points(const struct tov_peer *peer, struct tov_store_read *read,
                               uint64_t to, struct tov_control *out)
{
    uint16_t agency = peer->number;
    uint32_t generation = peer->agency->generation;
    struct tov_store_range range = {
        .table = TOV_TABLE_MPOINT,
        .first = tov_store_key_u16_u32_u64(agency, generation, out->as.hash_answer.from + 1),
        .last = tov_store_key_u16_u32_u64(agency, generation, to)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (out->as.hash_answer.point_count < TOV_HASH_ANSWER_POINTS_MAX &&
           tov_store_iter_next(&iter)) {
        struct tov_frame_checkpoint *point =
            &out->as.hash_answer.points[out->as.hash_answer.point_count++];
        struct tov_reader reader = tov_reader_of(iter.row.value);
        *point = (struct tov_frame_checkpoint){.present = true,
                                               .generation = generation,
                                               .size = tov_get_be64(iter.row.key.bytes + 6)};
        tov_read_copy(&reader, point->root.bytes, sizeof point->root.bytes);
        tov_read_copy(&reader, point->signature, sizeof point->signature);
    }
    return tov_store_iter_fini(&iter);
}

/* As many as are held one behind the other in [FROM, TO): a run that was not disclosed in single
 * hashes ends them. */
static enum tov_err put_hashes(const struct tov_mirror_nodes *nodes, uint64_t from, uint64_t to,
                               struct tov_buf *out)
{
    struct tov_mirror_nodes copy = *nodes;
    struct tov_node_source source = tov_mirror_node_source(&copy);
    for (uint64_t i = from; i < to; i++) {
        struct tov_hash hash;
        enum tov_err err = source.node(source.ctx, 0, i, &hash);
        if (err == TOV_E_NOT_FOUND)
            return TOV_OK;
        TOV_TRY(err);
        tov_buf_put(out, hash.bytes, sizeof hash.bytes);
    }
    return out->failed;
}

/* Each hash is a look-up: a request counts as one more for every so many of them. */
static uint32_t charge_of(uint64_t from, uint64_t to)
{
    uint64_t count = to > from ? to - from : 0;
    return (uint32_t)((count < TOV_HASH_ANSWER_HASHES_MAX ? count : TOV_HASH_ANSWER_HASHES_MAX) /
                      HASHES_A_CHARGE);
}

static enum tov_err serve_hashes(struct tov_follow *follow, struct tov_peer *peer,
                                 const struct tov_control *request)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf hashes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_FREE struct tov_control *answer = calloc(1, sizeof *answer);
    uint64_t from = request->as.hash_request.from;
    uint64_t to = request->as.hash_request.to;
    if (answer == NULL)
        return TOV_E_NOMEM;
    to = to - from > TOV_HASH_ANSWER_HASHES_MAX ? from + TOV_HASH_ANSWER_HASHES_MAX : to;
    to = to > peer->committed_size ? peer->committed_size : to;
    answer->kind = TOV_CONTROL_HASH_ANSWER;
    answer->as.hash_answer.from = from;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    struct tov_mirror_nodes nodes = {follow->core, read, peer->number, peer->agency->generation};
    if (from < to) {
        TOV_TRY(put_points(peer, read, to, answer));
        size_t count = answer->as.hash_answer.point_count;
        if (count == TOV_HASH_ANSWER_POINTS_MAX)
            to = answer->as.hash_answer.points[count - 1].size; /* the rest: asked for next */
        TOV_TRY(put_hashes(&nodes, from, to, &hashes));
    }
    answer->as.hash_answer.hashes = tov_buf_view(&hashes);
    tov_session_control(follow, peer, answer);
    return TOV_OK;
}

enum tov_err tov_serve_hashes(struct tov_follow *follow, struct tov_peer *peer,
                              const struct tov_control *request)
{
    if (!tov_session_may_cost(
            follow, peer, charge_of(request->as.hash_request.from, request->as.hash_request.to)))
        return TOV_E_BUSY;
    enum tov_err err = serve_hashes(follow, peer, request);
    if (err != TOV_OK)
        tov_core_log(follow->core, TOV_HOST_WARN, "hashes-not-served", "peer=%s error=%s",
                     peer->agency->name, tov_err_name(err));
    return TOV_OK;
}

/* ---- asking ---- */

void tov_follow_set_rebuild(struct tov_follow *follow, struct tov_rebuild *rebuild)
{
    follow->rebuild = rebuild;
    follow->asked_peer = 0;
}

uint64_t tov_follow_held_most(const struct tov_follow *follow)
{
    uint64_t most = 0;
    for (size_t i = 0; i < follow->peer_count; i++)
        most = follow->peers[i].holds > most ? follow->peers[i].holds : most;
    return most;
}

bool tov_follow_is_behind(const struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (follow->peers[i].holds_more)
            return true;
    }
    return follow->own_fork.present;
}

bool tov_follow_sees_fork(const struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (follow->peers[i].holds_fork)
            return true;
    }
    return follow->own_fork.present;
}

static bool is_heard(const struct tov_peer *peer)
{
    return peer->has_session || peer->is_consulted;
}

/* Those that gave nothing wrong first, then keepers, then who holds most. */
static bool is_better(const struct tov_peer *a, const struct tov_peer *b)
{
    if (b == NULL || a->hash_failures != b->hash_failures)
        return b == NULL || a->hash_failures < b->hash_failures;
    if (a->is_keeper_of_us != b->is_keeper_of_us)
        return a->is_keeper_of_us;
    return a->holds > b->holds;
}

static struct tov_peer *choose(const struct tov_follow *follow)
{
    struct tov_peer *best = NULL;
    uint64_t next = tov_rebuild_size(follow->rebuild);
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        if (is_heard(peer) && peer->holds > next &&
            follow->core->mono_ms >= peer->hash_pause_to_ms && is_better(peer, best))
            best = peer;
    }
    return best;
}

static void note_growth(struct tov_follow *follow)
{
    follow->grown_size = tov_rebuild_size(follow->rebuild);
    follow->grown_mono_ms = follow->core->mono_ms;
}

/* Answers come, each in time, and lead nowhere, or forward by a few entries where there are
 * thousands: it is not waited for longer than one that is silent. */
static bool is_stalled(struct tov_follow *follow)
{
    if (tov_rebuild_size(follow->rebuild) - follow->grown_size >= WORTHWHILE)
        note_growth(follow);
    return follow->core->mono_ms - follow->grown_mono_ms >= STALLED_MS;
}

static void ask(struct tov_follow *follow, struct tov_peer *peer)
{
    /* What came from it and leads to no signed size is forgotten, too, once it has no more. */
    if (follow->asked_peer != peer->number || tov_rebuild_next(follow->rebuild) >= peer->holds) {
        tov_rebuild_drop(follow->rebuild);
        follow->asked_peer = peer->number;
        note_growth(follow);
    }
    if (!tov_session_may_ask(follow, peer,
                             1 + charge_of(tov_rebuild_next(follow->rebuild), peer->holds)))
        return;
    struct tov_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return;
    control->kind = TOV_CONTROL_HASH_REQUEST;
    control->as.hash_request.from = tov_rebuild_next(follow->rebuild);
    control->as.hash_request.to = peer->holds;
    follow->is_asking = true;
    follow->asked_mono_ms = follow->core->mono_ms;
    tov_session_control(follow, peer, control);
    free(control);
}

/* PEER could not, or what it gave does not fit: the next one, and this one later. */
static void pass_over(struct tov_follow *follow, struct tov_peer *peer, const char *why)
{
    if (peer->hash_failures < PAUSES_MAX)
        peer->hash_failures++;
    peer->hash_pause_to_ms = follow->core->mono_ms + (uint64_t)PAUSE_MS * peer->hash_failures;
    follow->asked_peer = 0;
    follow->is_asking = false;
    tov_rebuild_drop(follow->rebuild);
    tov_core_log(follow->core, TOV_HOST_WARN, "hashes-not-usable", "peer=%s verified=%llu why=%s",
                 peer->agency->name, (unsigned long long)tov_rebuild_size(follow->rebuild), why);
}

enum tov_recover_view tov_follow_recover_step(struct tov_follow *follow)
{
    struct tov_peer *asked = tov_follow_peer(follow, follow->asked_peer);
    uint64_t waited = follow->core->mono_ms - follow->asked_mono_ms;
    bool has_more = asked != NULL && asked->holds > tov_rebuild_size(follow->rebuild);
    if (asked != NULL && (!is_heard(asked) || !has_more)) {
        follow->asked_peer = 0;
        follow->is_asking = false;
    } else if (asked != NULL && follow->core->waits_for_room) {
        note_growth(follow); /* no answer is taken: it is asked again when there is room */
        follow->is_asking = false;
        return TOV_RECOVER_ASKING;
    } else if (asked != NULL && follow->is_asking && waited >= ANSWER_WAIT_MS)
        pass_over(follow, asked, "no-answer");
    else if (asked != NULL && is_stalled(follow))
        pass_over(follow, asked, "stalled");
    else if (asked != NULL && follow->is_asking)
        return TOV_RECOVER_ASKING;
    asked = tov_follow_peer(follow, follow->asked_peer);
    if (asked == NULL || asked->holds <= tov_rebuild_next(follow->rebuild))
        asked = choose(follow);
    if (asked != NULL) {
        ask(follow, asked);
        return TOV_RECOVER_ASKING;
    }
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (follow->peers[i].hash_failures > 0)
            return TOV_RECOVER_REFUSED;
    }
    return TOV_RECOVER_NOBODY;
}

/* To wait instead could be for ever: a peer that waits for this node says Hello every 5 s, and the
 * pauses here are as many times that, so that each request would meet the next nonce. */
void tov_recover_on_nonce(struct tov_follow *follow, const struct tov_peer *peer)
{
    if (follow->asked_peer == peer->number)
        follow->is_asking = false;
}

enum tov_err tov_recover_on_hashes(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_control *answer)
{
    struct tov_bytes hashes = answer->as.hash_answer.hashes;
    if (follow->rebuild == NULL || !follow->is_asking || follow->asked_peer != peer->number ||
        answer->as.hash_answer.from != tov_rebuild_next(follow->rebuild))
        return TOV_OK; /* an answer to what is asked no more */
    follow->is_asking = false;
    TOV_FREE struct tov_signed_size *points = calloc(TOV_HASH_ANSWER_POINTS_MAX, sizeof *points);
    if (points == NULL)
        return TOV_E_NOMEM;
    struct tov_rebuild_piece piece = {.hashes = (const struct tov_hash *)hashes.data,
                                      .hash_count = hashes.size / TOV_HASH_BYTES,
                                      .points = points,
                                      .point_count = answer->as.hash_answer.point_count};
    for (size_t i = 0; i < piece.point_count; i++) {
        const struct tov_frame_checkpoint *point = &answer->as.hash_answer.points[i];
        points[i].size = point->size;
        points[i].root = point->root;
        memcpy(points[i].signature, point->signature, sizeof points[i].signature);
    }
    enum tov_err err =
        piece.hash_count == 0 ? TOV_E_NOT_FOUND : tov_rebuild_take(follow->rebuild, &piece);
    if (err == TOV_E_FORK)
        peer->holds_fork = true;
    if (err == TOV_E_NOT_FOUND || err == TOV_E_PROOF || err == TOV_E_SIGNATURE || err == TOV_E_FORK)
        pass_over(follow, peer, tov_err_name(err));
    else if (err != TOV_OK)
        return tov_core_fail(follow->core, err, "the own tree could not be brought forward");
    return TOV_OK;
}
