/* SPDX-License-Identifier: EUPL-1.2
 *
 * Witnessing (docs/architecture.md): this node cosigns the anchors of its peers' ledgers, through
 * its guard, and gathers the cosignatures of its own. Nothing ever waits for it.
 *
 *   fact "cosigned" || agency 2 || generation 4: size 8, time 8, signature 64, of the newest
 */
#include "follow/peer.h"

#include "ledger/epoch.h"
#include "merkle/tree.h"

#include <string.h>

#define FACT_BYTES (8u + 8u + TOV_SIGNATURE_BYTES)

static struct tov_store_key fact_key(const struct tov_peer *peer)
{
    struct tov_store_key key = tov_store_key_text("cosigned");
    tov_store_key_put_u16(&key, peer->number);
    tov_store_key_put_u32(&key, peer->agency->generation);
    return key;
}

enum tov_err tov_witness_load(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, fact_key(peer), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size != FACT_BYTES)
        return TOV_E_CORRUPT;
    peer->cosigned.size = tov_get_be64(row.data);
    peer->cosigned.time_s = tov_get_be64(row.data + 8);
    memcpy(peer->cosigned.signature, row.data + 16, sizeof peer->cosigned.signature);
    return TOV_OK;
}

void tov_witness_on_anchor(struct tov_peer *peer, uint64_t index)
{
    peer->anchor_seen = index + 1;
}

/* ---- cosigning theirs ---- */

static enum tov_err make_note(const struct tov_peer *peer, const struct tov_signed_size *at,
                              struct tov_buf *out)
{
    struct tov_checkpoint checkpoint;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(peer->agency->ledger.name), at->size, &at->root,
                                &checkpoint));
    tov_checkpoint_put_note(out, &checkpoint, &peer->agency->ledger, at->signature);
    return out->failed;
}

static enum tov_err prepare(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_witness_question *question = &follow->question;
    struct tov_signed_size at;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(tov_mirror_checkpoint(read, peer->agency, peer->anchor_seen, &at));
    if (at.size != peer->anchor_seen)
        return TOV_E_NOT_FOUND; /* followed past it before it was looked at: the next one counts */
    struct tov_mirror_nodes nodes = {follow->core, read, peer->number, peer->agency->generation};
    struct tov_node_source source = tov_mirror_node_source(&nodes);
    uint64_t from = peer->guard_size_known ? peer->guard_size : peer->cosigned.size;
    TOV_TRY(tov_proof_make_consistency(&source, from, at.size, &question->proof));
    tov_buf_clear(&question->note);
    tov_buf_clear(&question->vkey);
    TOV_TRY(make_note(peer, &at, &question->note));
    tov_vkey_format(&peer->agency->ledger, &question->vkey);
    question->peer = peer->number;
    question->size = at.size;
    question->old_size = from;
    return question->vkey.failed;
}

bool tov_follow_next_cosign(struct tov_follow *follow, struct tov_guard_cosign *out)
{
    for (size_t i = 0; i < follow->peer_count && follow->question.peer == 0; i++) {
        struct tov_peer *peer = &follow->peers[i];
        if (peer->suspended || peer->anchor_seen <= peer->cosigned.size ||
            peer->anchor_seen > peer->committed_size)
            continue;
        if (prepare(follow, peer) != TOV_OK) {
            peer->anchor_seen = peer->cosigned.size;
            continue;
        }
        *out = (struct tov_guard_cosign){.note = tov_buf_view(&follow->question.note),
                                         .vkey = tov_buf_view(&follow->question.vkey),
                                         .old_size = follow->question.old_size,
                                         .proof = follow->question.proof,
                                         .time_s = follow->core->now_ms / 1000};
        return true;
    }
    return false;
}

static void send_cosignature(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->has_session || peer->cosigned.size == 0)
        return;
    struct tov_frame_cosignature frame = {.agency = follow->core->own->number,
                                          .size = peer->cosigned.size,
                                          .time_s = peer->cosigned.time_s};
    memcpy(frame.signature, peer->cosigned.signature, sizeof frame.signature);
    tov_buf_clear(&follow->frame);
    if (tov_frame_encode_cosignatures(&frame, 1, &follow->frame) == TOV_OK)
        (void)tov_core_send_peer(follow->core, peer->number, tov_buf_view(&follow->frame));
}

void tov_witness_resend(struct tov_follow *follow, struct tov_peer *peer)
{
    send_cosignature(follow, peer);
}

static void after_kept(struct tov_core *core, const struct tov_after *after)
{
    struct tov_peer *peer = tov_follow_peer(after->owner, after->agency);
    (void)core;
    if (peer != NULL)
        send_cosignature(after->owner, peer);
}

static void keep(struct tov_follow *follow, struct tov_peer *peer)
{
    uint8_t row[FACT_BYTES];
    struct tov_after after = {.run = after_kept, .owner = follow, .agency = peer->number};
    tov_put_be64(row, peer->cosigned.size);
    tov_put_be64(row + 8, peer->cosigned.time_s);
    memcpy(row + 16, peer->cosigned.signature, sizeof peer->cosigned.signature);
    tov_store_batch_put(tov_core_batch(follow->core), TOV_TABLE_FACT, fact_key(peer),
                        TOV_BYTES_OF(row));
    if (tov_core_after(follow->core, &after) != TOV_OK)
        (void)tov_core_fail(follow->core, TOV_E_NOMEM, "no memory");
}

void tov_follow_on_cosigned(struct tov_follow *follow, enum tov_guard_refusal refusal,
                            const struct tov_guard_cosign_answer *answer)
{
    struct tov_witness_question *question = &follow->question;
    struct tov_peer *peer = tov_follow_peer(follow, question->peer);
    uint64_t size = question->size;
    question->peer = 0;
    if (peer == NULL)
        return;
    if (refusal == TOV_GUARD_DONE) {
        peer->guard_size = size;
        peer->cosigned.size = size;
        peer->cosigned.time_s = answer->cosignature.time_s;
        memcpy(peer->cosigned.signature, answer->cosignature.signature,
               sizeof peer->cosigned.signature);
        keep(follow, peer);
        return;
    }
    bool is_news = !peer->guard_size_known || peer->guard_size != answer->own_size;
    if (refusal == TOV_GUARD_R_PEER_OLD_SIZE && is_news) {
        peer->guard_size_known = true;
        peer->guard_size = answer->own_size;
        return; /* asked again from there */
    }
    tov_core_log(follow->core, refusal == TOV_GUARD_R_PEER_FORK ? TOV_HOST_ERROR : TOV_HOST_WARN,
                 "anchor-not-cosigned", "peer=%s size=%llu why=%s", peer->agency->name,
                 (unsigned long long)size, tov_guard_refusal_name(refusal));
    peer->anchor_seen = peer->cosigned.size;
}

/* ---- cosignatures of ours ---- */

static enum tov_err check_ours(struct tov_follow *follow, const struct tov_peer *peer,
                               const struct tov_frame_cosignature *frame)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = follow->core;
    struct tov_signed_size at;
    struct tov_checkpoint checkpoint;
    struct tov_cosignature cosignature = {.time_s = frame->time_s};
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_ledger_signed_at_most(core->ledger, read, frame->size, &at));
    if (at.size != frame->size)
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(tov_ledger_key(core->ledger)->name), at.size,
                                &at.root, &checkpoint));
    memcpy(cosignature.signature, frame->signature, sizeof cosignature.signature);
    return tov_checkpoint_verify_cosignature(&checkpoint, &peer->agency->witness, &cosignature);
}

static enum tov_err count_witnesses(const struct tov_core *core, uint64_t size, uint64_t *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_COSIGNATURE,
                                    .first = tov_key_cosignature(size, 0),
                                    .last = tov_key_cosignature(size, UINT16_MAX)};
    struct tov_store_iter iter;
    uint64_t count = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (tov_store_iter_next(&iter))
        count++;
    TOV_TRY(tov_store_iter_fini(&iter));
    *out = count;
    return TOV_OK;
}

static void note_witnessed(struct tov_follow *follow, uint64_t size)
{
    const struct tov_core *core = follow->core;
    size_t quorum = tov_roster_witness_quorum(core->roster, core->own->number);
    uint64_t count = 0;
    if (quorum > 0 && count_witnesses(core, size, &count) == TOV_OK && count >= quorum &&
        size > follow->witnessed_size)
        follow->witnessed_size = size;
}

static void after_stored(struct tov_core *core, const struct tov_after *after)
{
    (void)core;
    note_witnessed(after->owner, after->a);
}

enum tov_err tov_witness_on_frame(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_frame *frame)
{
    struct tov_core *core = follow->core;
    for (size_t i = 0; i < tov_frame_cosignature_count(frame); i++) {
        struct tov_frame_cosignature cosignature;
        uint8_t row[8 + TOV_SIGNATURE_BYTES];
        struct tov_after after = {.run = after_stored, .owner = follow};
        TOV_TRY(tov_frame_cosignature(frame, i, &cosignature));
        if (cosignature.agency != peer->number)
            return TOV_E_MALFORMED;
        enum tov_err err = check_ours(follow, peer, &cosignature);
        if (err == TOV_E_NOT_FOUND)
            continue;
        TOV_TRY(err);
        tov_put_be64(row, cosignature.time_s);
        memcpy(row + 8, cosignature.signature, sizeof cosignature.signature);
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_COSIGNATURE,
                            tov_key_cosignature(cosignature.size, peer->number), TOV_BYTES_OF(row));
        after.a = cosignature.size;
        TOV_TRY(tov_core_after(core, &after));
        tov_follow_on_proof(follow, cosignature.size);
    }
    return TOV_OK;
}

/* The largest own anchor that enough witnesses have cosigned. */
enum tov_err tov_witness_open(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_COSIGNATURE, .backward = true};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (follow->witnessed_size == 0 && tov_store_iter_next(&iter))
        note_witnessed(follow, tov_get_be64(iter.row.key.bytes));
    return tov_store_iter_fini(&iter);
}

uint64_t tov_follow_witnessed(const struct tov_follow *follow)
{
    return follow->witnessed_size;
}

/* ---- the own anchor's list ---- */

enum tov_err tov_follow_put_anchors_seen(const struct tov_follow *follow, struct tov_buf *out,
                                         uint16_t *out_count)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint16_t count = 0;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    for (size_t i = 0; i < follow->peer_count; i++) {
        const struct tov_peer *peer = &follow->peers[i];
        struct tov_signed_size at;
        if (peer->cosigned.size == 0 ||
            tov_mirror_checkpoint(read, peer->agency, peer->cosigned.size, &at) != TOV_OK)
            continue;
        tov_buf_put_u16(out, peer->number);
        tov_buf_put_u32(out, peer->agency->generation);
        tov_buf_put_u64(out, at.size);
        tov_buf_put(out, at.root.bytes, sizeof at.root.bytes);
        tov_buf_put(out, at.signature, sizeof at.signature);
        count++;
    }
    *out_count = count;
    return out->failed;
}
