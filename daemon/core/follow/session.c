/* SPDX-License-Identifier: EUPL-1.2
 *
 * The talk around the parcels: Hello each way after a connection, positions after commits, signed
 * control frames, faults and backing off.
 *
 *   up -> Hello sent -> Hello received -> session: parcels flow both ways
 *   a Hello that answers ours begins the session; one that does not is answered
 */
#include "follow/transfers.h"

#include "ledger/epoch.h"
#include "merkle/ed25519.h"
#include "merkle/tree.h"

#include <string.h>

#define FAULT_PAUSE_MS 2000u
#define FAULT_PAUSE_MAX_MS 60000u
#define FAULT_PAUSE_STEPS 5u      /* doublings up to the longest */
#define FAULT_FORGIVEN_MS 600000u /* one fault, for each so long without another */

static const struct tov_quota_rate hello_rate = {TOV_PEER_HELLOS_MAX, TOV_PEER_HELLOS_PER_SECOND};
static const struct tov_quota_rate ask_rate = {TOV_PEER_ASKS_MAX, TOV_PEER_ASKS_PER_SECOND};
/* What this node asks for itself stays well below what the same rule leaves it at the other side.
 */
static const struct tov_quota_rate asking_rate = {TOV_PEER_ASKS_MAX / 2,
                                                  TOV_PEER_ASKS_PER_SECOND / 2};
/* One line takes more of this node's disk than what it tells of; and where the journal has a limit
 * of its own, what one peer causes must not be why other lines are missing. */
static const struct tov_quota_rate line_rate = {64, 1};
static const struct tov_quota_rate idle_rate = {TOV_PEER_IDLE_MAX, TOV_PEER_IDLE_PER_SECOND};

static enum tov_err try_frame(struct tov_follow *follow, const struct tov_peer *peer)
{
    return tov_core_send_peer(follow->core, peer->number, tov_buf_view(&follow->frame));
}

/* One that finds no room is lost: it is asked for again, or told with the next session. */
static void send_frame(struct tov_follow *follow, const struct tov_peer *peer)
{
    (void)!try_frame(follow, peer);
}

static bool find_own_checkpoint(const struct tov_core *core, const struct tov_peer *peer,
                                struct tov_signed_size *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    if (peer->fork_size == 0)
        return tov_ledger_newest(core->ledger, out);
    return tov_store_read_begin(core->store, &read, NULL) == TOV_OK &&
           tov_ledger_signed_at_most(core->ledger, read, peer->fork_size, out) == TOV_OK;
}

/* Who holds another history is shown what of this one it can compare: then both know, and it has
 * the proof. */
static void set_own_checkpoint(const struct tov_core *core, const struct tov_peer *peer,
                               struct tov_frame_checkpoint *out)
{
    struct tov_signed_size own;
    if (!find_own_checkpoint(core, peer, &own))
        return;
    out->present = true;
    out->generation = core->series.generation;
    out->size = own.size;
    out->root = own.root;
    memcpy(out->signature, own.signature, sizeof out->signature);
}

/* What is held of the peer, as far as it is durable. */
static void set_held_checkpoint(const struct tov_core *core, const struct tov_peer *peer,
                                struct tov_frame_checkpoint *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_signed_size held;
    if (peer->committed_size == 0 || tov_store_read_begin(core->store, &read, NULL) != TOV_OK ||
        tov_mirror_checkpoint(read, peer->agency, peer->committed_size, &held) != TOV_OK)
        return;
    out->present = true;
    out->generation = peer->agency->generation;
    out->size = held.size;
    out->root = held.root;
    memcpy(out->signature, held.signature, sizeof out->signature);
}

/* Both nodes that have the one key must hear of the other: the first Hello shows what is followed,
 * the answer what contradicts the one that is answered. Who signed less than is held has the other
 * history, or takes itself for old; to it what is followed is shown as it was at that time, which
 * it can compare. Not a larger note: who follows this one would take itself for old. */
static void show_other_history(const struct tov_core *core, const struct tov_peer *peer,
                               const struct tov_frame_checkpoint *theirs,
                               struct tov_frame_checkpoint *held)
{
    struct tov_fork_notes notes;
    if (!peer->suspended || tov_fork_load(core, peer->agency, &notes) != TOV_OK)
        return;
    bool is_behind = theirs->present && theirs->size < peer->committed_size;
    const struct tov_frame_checkpoint *shown = is_behind ? &notes.held : &notes.other;
    if (shown->size <= (is_behind ? theirs->size : peer->committed_size))
        *held = *shown;
}

void tov_session_hello(struct tov_follow *follow, struct tov_peer *peer,
                       const struct tov_frame_hello *answered)
{
    struct tov_core *core = follow->core;
    struct tov_frame_hello hello = {.protocol_min = TOV_PROTOCOL_VERSION,
                                    .protocol_max = TOV_PROTOCOL_VERSION,
                                    .agency = core->own->number,
                                    .roster_version = tov_roster_version(core->roster),
                                    .roster_hash = tov_roster_hash(core->roster),
                                    .window_bytes = follow->window_bytes,
                                    .started = follow->started,
                                    .epoch = tov_epochs_newest(core->epochs),
                                    .is_answer = answered != NULL,
                                    .now_ms = core->now_ms};
    set_own_checkpoint(core, peer, &hello.own);
    set_held_checkpoint(core, peer, &hello.held);
    if (answered == NULL) {
        tov_core_random(core, peer->nonce, sizeof peer->nonce);
    } else {
        show_other_history(core, peer, &answered->own, &hello.held);
        memcpy(hello.answers, answered->nonce, sizeof hello.answers);
    }
    memcpy(hello.nonce, peer->nonce, sizeof hello.nonce);
    peer->hello_mono_ms = core->mono_ms;
    peer->hello_owes = peer->range.size > peer->committed_size ? peer->range.size : 0;
    tov_buf_clear(&follow->frame);
    if (tov_frame_encode_hello(&hello, &follow->frame) == TOV_OK)
        send_frame(follow, peer);
}

void tov_session_hello_again(struct tov_follow *follow, struct tov_peer *peer)
{
    if (peer->hello_owes == 0 || peer->committed_size < peer->hello_owes || !peer->is_up)
        return;
    tov_session_hello(follow, peer, NULL);
    peer->hello_owes = 0; /* what came since is of this session: the peer knows it */
}

void tov_session_position(struct tov_follow *follow, struct tov_peer *peer, bool refetch)
{
    struct tov_frame_position position = {.generation = peer->agency->generation,
                                          .size = peer->committed_size,
                                          .window_bytes = follow->window_bytes,
                                          .refetch = refetch || peer->refetch_waits};
    tov_buf_clear(&follow->frame);
    if (tov_frame_encode_position(&position, &follow->frame) != TOV_OK)
        return;
    peer->position_waits = try_frame(follow, peer) == TOV_E_BUSY;
    peer->refetch_waits = peer->position_waits && position.refetch;
}

bool tov_session_may_ask(const struct tov_follow *follow, struct tov_peer *peer, uint32_t count)
{
    return tov_quota_take(&peer->asked, &asking_rate, count, follow->core->mono_ms);
}

bool tov_session_may_cost(const struct tov_follow *follow, struct tov_peer *peer, uint64_t count)
{
    uint32_t most = TOV_PEER_ASKS_MAX + 1; /* never */
    return tov_quota_take(&peer->asks, &ask_rate, count < most ? (uint32_t)count : most,
                          follow->core->mono_ms);
}

bool tov_session_may_log(const struct tov_follow *follow, struct tov_peer *peer)
{
    if (!tov_quota_take(&peer->lines, &line_rate, 1, follow->core->mono_ms)) {
        peer->lines_left_out++;
        return false;
    }
    if (peer->lines_left_out > 0)
        tov_core_log(follow->core, TOV_HOST_WARN, "peer-lines-left-out", "peer=%s count=%llu",
                     peer->agency->name, (unsigned long long)peer->lines_left_out);
    peer->lines_left_out = 0;
    return true;
}

void tov_session_pump(struct tov_follow *follow, struct tov_peer *peer)
{
    if (peer->has_session && peer->position_waits)
        tov_session_position(follow, peer, false);
}

void tov_session_control(struct tov_follow *follow, struct tov_peer *peer,
                         struct tov_control *control)
{
    struct tov_core *core = follow->core;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    struct tov_frame_control frame;
    control->from = core->own->number;
    control->to = peer->number;
    memcpy(control->nonce, peer->their_nonce, sizeof control->nonce);
    if (tov_control_encode(control, &body) != TOV_OK)
        return;
    tov_control_signed_bytes(tov_roster_federation(core->roster), tov_buf_view(&body), &message);
    if (message.failed != TOV_OK)
        return;
    tov_ed25519_sign(core->control_secret, tov_buf_view(&message), frame.signature);
    frame.body = tov_buf_view(&body);
    tov_buf_clear(&follow->frame);
    if (tov_frame_encode_control(&frame, &follow->frame) == TOV_OK)
        send_frame(follow, peer);
}

void tov_session_fault(struct tov_follow *follow, struct tov_peer *peer, enum tov_err err,
                       const char *what)
{
    uint64_t now_ms = follow->core->mono_ms;
    uint64_t forgiven = (now_ms - peer->fault_mono_ms) / FAULT_FORGIVEN_MS;
    peer->pause_steps -= forgiven < peer->pause_steps ? (unsigned)forgiven : peer->pause_steps;
    uint32_t pause = FAULT_PAUSE_MS << peer->pause_steps;
    peer->pause_steps += peer->pause_steps < FAULT_PAUSE_STEPS ? 1 : 0;
    peer->fault_mono_ms = now_ms;
    peer->faults++;
    tov_core_log(follow->core, TOV_HOST_WARN, "peer-fault", "peer=%s what=%s error=%s count=%llu",
                 peer->agency->name, what, tov_err_name(err), (unsigned long long)peer->faults);
    follow->core->host->drop_peer(follow->core->host->context, peer->number,
                                  pause < FAULT_PAUSE_MAX_MS ? pause : FAULT_PAUSE_MAX_MS);
    peer->wants_position = true; /* after the pause the sender goes on where we are */
}

/* ---- Hello ---- */

/* Whether the peer's word about our ledger fits ours. */
static enum tov_err check_held(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame_checkpoint *held)
{
    const struct tov_core *core = follow->core;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_checkpoint checkpoint;
    struct tov_hash root;
    if (!held->present || held->generation != core->series.generation)
        return TOV_OK;
    const struct tov_vkey *key = tov_ledger_key(core->ledger);
    TOV_TRY(
        tov_checkpoint_make(tov_bytes_of_text(key->name), held->size, &held->root, &checkpoint));
    TOV_TRY(tov_checkpoint_verify(&checkpoint, key, held->signature));
    if (held->size > peer->holds)
        peer->holds = held->size;
    if (held->size > tov_ledger_committed(core->ledger)) {
        peer->holds_more = true;
        return TOV_E_UNAVAILABLE;
    }
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    struct tov_ledger_nodes nodes = {core->ledger, read};
    struct tov_node_source source = tov_ledger_node_source(&nodes);
    TOV_TRY(tov_proof_make_root(&source, held->size, &root));
    if (tov_hash_equal(&root, &held->root))
        return TOV_OK;
    if (held->size > tov_ledger_signed(core->ledger)) {
        peer->holds_more = true;
        return TOV_E_UNAVAILABLE; /* what stands here in its place was never signed */
    }
    enum tov_err err = tov_fork_keep_own(follow, peer, read, held);
    if (err != TOV_E_FORK)
        return err;
    peer->holds_more = true;
    peer->holds_fork = true;
    peer->fork_size = held->size;
    return err;
}

/* What contradicts our ledger under our own key is no fault of the peer that shows it. */
static bool is_about_us(enum tov_err err)
{
    return err == TOV_E_UNAVAILABLE || err == TOV_E_FORK;
}

void tov_session_answer_restore(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->owes_answer || !(peer->has_session || peer->is_consulted) ||
        peer->range.size != peer->committed_size)
        return;
    struct tov_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return;
    peer->owes_answer = false;
    control->kind = TOV_CONTROL_RESTORE_ANSWER;
    control->as.restore_answer.counts = follow->guard_agrees;
    set_held_checkpoint(follow->core, peer, &control->as.restore_answer.held);
    tov_session_control(follow, peer, control);
    free(control);
}

static void begin_session(struct tov_follow *follow, struct tov_peer *peer,
                          const struct tov_frame_hello *hello)
{
    uint64_t position = 0;
    if (hello->held.present && hello->held.generation == follow->core->series.generation)
        position = hello->held.size;
    peer->has_session = true;
    peer->is_consulted = false;
    peer->recall_asked_ms = 0;
    peer->keys_asked_ms = 0;
    peer->their_epoch = hello->epoch;
    peer->their_now_ms = hello->now_ms;
    peer->their_now_mono_ms = follow->core->mono_ms;
    follow->clock_claims++;
    peer->they_started = hello->started;
    peer->window_bytes = hello->window_bytes;
    tov_parcels_reset(peer, position);
    peer->may_owe = true;
    tov_pull_on_session(peer);
    tov_witness_resend(follow, peer);
    peer->owes_answer = !hello->started;
    tov_session_answer_restore(follow, peer);
}

/* It holds more of our ledger than we do, so nothing goes on before that was recovered: only what
 * control frames ask and answer, each way. */
static void begin_consulting(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_frame_hello *hello)
{
    peer->has_session = false;
    peer->is_consulted = true;
    peer->their_now_ms = hello->now_ms;
    peer->their_now_mono_ms = follow->core->mono_ms;
    peer->they_started = hello->started;
    peer->recall_asked_ms = 0;
    peer->owes_answer = !hello->started;
    tov_session_answer_restore(follow, peer);
}

static enum tov_err on_hello(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_frame *frame)
{
    struct tov_frame_hello hello;
    TOV_TRY(tov_frame_hello(frame, &hello));
    if (hello.agency != peer->number || hello.protocol_min > TOV_PROTOCOL_VERSION ||
        hello.protocol_max < TOV_PROTOCOL_VERSION)
        return TOV_E_VERSION;
    if (memcmp(peer->their_nonce, hello.nonce, sizeof peer->their_nonce) != 0)
        tov_recover_on_nonce(follow, peer);
    memcpy(peer->their_nonce, hello.nonce, sizeof peer->their_nonce);
    enum tov_err err = check_held(follow, peer, &hello.held);
    if (err != TOV_OK && !is_about_us(err))
        return err; /* no word of ours, so nothing about us: the peer's fault */
    if (err != TOV_OK) {
        tov_core_log(follow->core, TOV_HOST_ERROR,
                     err == TOV_E_UNAVAILABLE ? "behind-a-peer" : "peer-holds-another-history",
                     "peer=%s size=%llu own=%llu", peer->agency->name,
                     (unsigned long long)hello.held.size,
                     (unsigned long long)tov_ledger_committed(follow->core->ledger));
    }
    TOV_TRY(tov_fork_check(follow, peer, &hello.own));
    peer->their_roster = hello.roster_version;
    bool answers_us =
        hello.is_answer && memcmp(hello.answers, peer->nonce, sizeof peer->nonce) == 0;
    if (!answers_us)
        tov_session_hello(follow, peer, &hello);
    if (err == TOV_OK)
        begin_session(follow, peer, &hello);
    else
        begin_consulting(follow, peer, &hello);
    return TOV_OK;
}

/* ---- control ---- */

static enum tov_err verify_control(const struct tov_follow *follow, const struct tov_peer *peer,
                                   const struct tov_frame_control *frame)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    tov_control_signed_bytes(tov_roster_federation(follow->core->roster), frame->body, &message);
    if (message.failed != TOV_OK)
        return message.failed;
    return tov_ed25519_verify(peer->agency->control, tov_buf_view(&message), frame->signature);
}

static enum tov_err on_restore_answer(struct tov_follow *follow, struct tov_peer *peer,
                                      const struct tov_control *control)
{
    peer->has_told = true;
    if (!control->as.restore_answer.counts)
        return TOV_OK;
    enum tov_err err = check_held(follow, peer, &control->as.restore_answer.held);
    if (err != TOV_OK && !is_about_us(err))
        return err;
    peer->answered = true;
    return TOV_OK;
}

/* Only a message of ours, to the asker, that it has not opened. */
static enum tov_err check_expired(const struct tov_follow *follow, struct tov_store_read *read,
                                  const struct tov_peer *peer, const struct tov_ref *ref)
{
    const struct tov_core *core = follow->core;
    struct tov_bytes row;
    struct tov_entry entry;
    if (ref->agency != core->own->number || ref->generation != core->series.generation ||
        ref->index >= tov_ledger_signed(core->ledger))
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(ref->index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT)
        return TOV_E_ERASED;
    struct tov_hash hash = tov_merkle_leaf_hash(entry.leaf);
    if (!tov_hash_equal(&hash, &ref->leaf))
        return TOV_E_NOT_FOUND;
    struct tov_own_message message = {ref->index, entry.leaf,
                                      tov_entry_link_for(&entry, peer->number)};
    return tov_stanza_check(follow, read, peer, &message);
}

static enum tov_err on_epoch_expired(struct tov_follow *follow, struct tov_peer *peer,
                                     const struct tov_control *control)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    /* No fault: it repeats what a receipt says anyway. */
    if (!tov_session_may_cost(follow, peer, control->as.epoch_expired.count / TOV_REFS_AN_ASK)) {
        peer->did_nothing = true;
        return TOV_OK;
    }
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    for (size_t i = 0; i < control->as.epoch_expired.count; i++) {
        const struct tov_ref *ref = &control->as.epoch_expired.refs[i];
        enum tov_err err = check_expired(follow, read, peer, ref);
        if (err == TOV_OK)
            tov_stanza_owe(follow->core, peer, ref->index);
        else if (tov_session_may_log(follow, peer))
            tov_core_log(follow->core, TOV_HOST_WARN, "keys-not-sealed-again",
                         "peer=%s index=%llu error=%s", peer->agency->name,
                         (unsigned long long)ref->index, tov_err_name(err));
    }
    return TOV_OK;
}

/* Of a suspended peer nothing is taken but what tells this node of its own ledger, which is checked
 * by the own key, and what it holds of it: without that its suspension would hold up a recovery.
 * It may ask for the hashes that are held of its own: by them it sees that its key is used twice.
 */
static bool is_of_own_ledger(enum tov_control_kind kind)
{
    return kind == TOV_CONTROL_HASH_REQUEST || kind == TOV_CONTROL_RESTORE_ANSWER ||
           kind == TOV_CONTROL_HASH_ANSWER || kind == TOV_CONTROL_LEAF_ANSWER ||
           kind == TOV_CONTROL_KEYS_ANSWER;
}

/* What would be written down, and comes again: it is asked for again, or said again. */
static bool waits_for_room(const struct tov_follow *follow, enum tov_control_kind kind)
{
    return follow->core->waits_for_room &&
           (kind == TOV_CONTROL_EPOCH_EXPIRED || kind == TOV_CONTROL_HASH_ANSWER ||
            kind == TOV_CONTROL_LEAF_ANSWER || kind == TOV_CONTROL_KEYS_ANSWER);
}

static enum tov_err apply_control(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_control *control)
{
    if ((peer->suspended && !is_of_own_ledger(control->kind)) ||
        waits_for_room(follow, control->kind)) {
        peer->did_nothing = true;
        return TOV_OK;
    }
    switch (control->kind) {
    case TOV_CONTROL_RESTORE_ANSWER:
        return on_restore_answer(follow, peer, control);
    case TOV_CONTROL_CHUNK_REQUEST:
        return tov_chunks_on_request(follow, peer, &control->as.chunk_request);
    case TOV_CONTROL_EPOCH_EXPIRED:
        return on_epoch_expired(follow, peer, control);
    case TOV_CONTROL_HASH_REQUEST:
        return tov_serve_hashes(follow, peer, control);
    case TOV_CONTROL_HASH_ANSWER:
        return tov_recover_on_hashes(follow, peer, control);
    case TOV_CONTROL_LEAF_REQUEST:
        tov_serve_leaves(follow, peer, control);
        return TOV_OK;
    case TOV_CONTROL_LEAF_ANSWER:
        return tov_recall_on_leaves(follow, peer, control);
    case TOV_CONTROL_KEYS_REQUEST:
        return tov_own_keys_on_request(follow, peer, control);
    case TOV_CONTROL_KEYS_ANSWER:
        return tov_own_keys_on_answer(follow, peer, control);
    }
    return TOV_E_MALFORMED;
}

static enum tov_err on_control(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame *frame)
{
    struct tov_frame_control outer;
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    TOV_FREE struct tov_control *control = malloc(sizeof *control);
    if (control == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_frame_control(frame, &outer));
    TOV_TRY(verify_control(follow, peer, &outer));
    TOV_TRY(tov_control_decode(outer.body, control, &arena));
    if (control->from != peer->number || control->to != follow->core->own->number)
        return TOV_E_MALFORMED;
    if (memcmp(control->nonce, peer->nonce, sizeof peer->nonce) != 0) {
        peer->did_nothing = true;
        return TOV_OK; /* of an earlier session: stale, not hostile */
    }
    return apply_control(follow, peer, control);
}

/* ---- the rest ---- */

static enum tov_err on_position(struct tov_follow *follow, struct tov_peer *peer,
                                const struct tov_frame *frame)
{
    struct tov_frame_position position;
    TOV_TRY(tov_frame_position(frame, &position));
    if (position.generation != follow->core->series.generation ||
        position.size > tov_ledger_signed(follow->core->ledger))
        return TOV_E_MALFORMED;
    peer->did_nothing = !position.refetch && position.size <= peer->acked &&
                        position.window_bytes == peer->window_bytes;
    peer->window_bytes = position.window_bytes;
    if (position.refetch && !tov_quota_take(&peer->hellos, &hello_rate, 1, follow->core->mono_ms))
        return TOV_E_BUSY;
    if (position.refetch)
        tov_parcels_reset(peer, position.size);
    else
        tov_parcels_on_position(peer, position.size);
    return TOV_OK;
}

static enum tov_err on_late_stanzas(struct tov_follow *follow, struct tov_peer *peer,
                                    const struct tov_frame *frame)
{
    peer->did_nothing = true;
    for (size_t i = 0; i < tov_frame_late_stanza_count(frame); i++) {
        struct tov_frame_late_stanza late;
        TOV_TRY(tov_frame_late_stanza(frame, i, &late));
        TOV_TRY(tov_late_stanza_apply(follow, peer, &late));
    }
    return TOV_OK;
}

static enum tov_err on_chunk(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_frame *frame)
{
    struct tov_frame_chunk chunk;
    TOV_TRY(tov_frame_chunk(frame, &chunk));
    return tov_pull_on_chunk(follow, peer, &chunk);
}

static bool is_receipted(enum tov_frame_kind kind)
{
    return kind == TOV_FRAME_PARCEL || kind == TOV_FRAME_LATE_STANZAS || kind == TOV_FRAME_CHUNK;
}

/* Quotas for what costs more than the frame that asks for it (I11). */
static bool may_cost(struct tov_peer *peer, const struct tov_frame *frame, uint64_t mono_ms)
{
    enum tov_frame_kind kind = tov_frame_kind(frame);
    if (kind == TOV_FRAME_HELLO)
        return tov_quota_take(&peer->hellos, &hello_rate, 1, mono_ms);
    if (kind == TOV_FRAME_CONTROL)
        return tov_quota_take(&peer->asks, &ask_rate, 1, mono_ms);
    if (kind == TOV_FRAME_COSIGNATURES)
        return tov_quota_take(&peer->asks, &ask_rate, (uint32_t)tov_frame_cosignature_count(frame),
                              mono_ms);
    return true;
}

static bool has_day_left(const struct tov_follow *follow, struct tov_peer *peer,
                         enum tov_frame_kind kind, size_t bytes)
{
    return kind == TOV_FRAME_CHUNK ? tov_day_quota_may_pull(follow, peer, bytes)
                                   : tov_day_quota_has_room(follow, peer, bytes);
}

static enum tov_err apply_frame(struct tov_follow *follow, struct tov_peer *peer,
                                const struct tov_frame *frame, struct tov_bytes bytes)
{
    enum tov_frame_kind kind = tov_frame_kind(frame);
    if (!may_cost(peer, frame, follow->core->mono_ms))
        return TOV_E_BUSY;
    if (kind == TOV_FRAME_HELLO)
        return on_hello(follow, peer, frame);
    if (kind == TOV_FRAME_CONTROL && (peer->is_consulted || (peer->has_session && peer->suspended)))
        return on_control(follow, peer, frame);
    if (!peer->has_session || peer->suspended) {
        peer->did_nothing = true;
        return TOV_OK; /* frames of a connection before this one */
    }
    if (is_receipted(kind) &&
        (!tov_follow_may_take(follow, peer) || !has_day_left(follow, peer, kind, bytes.size))) {
        /* Stanzas and chunks come again by themselves. */
        peer->has_missed = peer->has_missed || kind == TOV_FRAME_PARCEL;
        peer->did_nothing = true;
        return TOV_OK;
    }
    if (kind == TOV_FRAME_COSIGNATURES && follow->core->waits_for_room) {
        peer->did_nothing = true; /* they come again with the next session */
        return TOV_OK;
    }
    switch (kind) {
    case TOV_FRAME_PARCEL:
        return tov_parcel_apply(follow, peer, frame, bytes);
    case TOV_FRAME_POSITION:
        return on_position(follow, peer, frame);
    case TOV_FRAME_LATE_STANZAS:
        return on_late_stanzas(follow, peer, frame);
    case TOV_FRAME_CONTROL:
        return on_control(follow, peer, frame);
    case TOV_FRAME_CHUNK:
        return on_chunk(follow, peer, frame);
    case TOV_FRAME_COSIGNATURES:
        return tov_witness_on_frame(follow, peer, frame);
    case TOV_FRAME_HELLO:
    case TOV_FRAME_ROSTER_OFFER: /* rosters are handed on by hand in this version */
    case TOV_FRAME_ROSTER_REQUEST:
    case TOV_FRAME_ROSTER_PIECE:
        peer->did_nothing = true;
        return TOV_OK;
    }
    return TOV_E_MALFORMED;
}

static const char *const kind_names[] = {
    [TOV_FRAME_HELLO] = "hello",
    [TOV_FRAME_PARCEL] = "parcel",
    [TOV_FRAME_POSITION] = "position",
    [TOV_FRAME_LATE_STANZAS] = "late-stanzas",
    [TOV_FRAME_CONTROL] = "control",
    [TOV_FRAME_ROSTER_OFFER] = "roster-offer",
    [TOV_FRAME_ROSTER_REQUEST] = "roster-request",
    [TOV_FRAME_ROSTER_PIECE] = "roster-piece",
    [TOV_FRAME_CHUNK] = "chunk",
    [TOV_FRAME_COSIGNATURES] = "cosignatures",
};

static void judge_failure(struct tov_follow *follow, struct tov_peer *peer, enum tov_err err,
                          const char *kind)
{
    if (err == TOV_E_NOMEM || err == TOV_E_FULL || err == TOV_E_IO || err == TOV_E_CORRUPT) {
        (void)tov_core_fail(follow->core, err, "a peer's frame could not be taken in");
        return;
    }
    if (err == TOV_E_FORK) {
        peer->suspended = true;
        peer->dirty = true;
    }
    tov_session_fault(follow, peer, err, kind);
}

void tov_follow_on_frame(struct tov_follow *follow, uint16_t agency, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    struct tov_peer *peer = tov_follow_peer(follow, agency);
    if (peer == NULL || !peer->is_up)
        return;
    enum tov_err err = tov_frame_decode(bytes, &frame);
    if (err != TOV_OK) {
        judge_failure(follow, peer, err, "frame");
        return;
    }
    peer->last_heard_ms = follow->core->now_ms;
    peer->did_nothing = false;
    err = apply_frame(follow, peer, frame, bytes);
    if (err == TOV_OK && !peer->did_nothing && is_receipted(tov_frame_kind(frame)))
        tov_day_quota_use(follow, peer, bytes.size);
    if (err == TOV_OK && peer->did_nothing &&
        !tov_quota_take(&peer->idle, &idle_rate, 1, follow->core->mono_ms))
        err = TOV_E_BUSY;
    if (err != TOV_OK)
        judge_failure(follow, peer, err, kind_names[tov_frame_kind(frame)]);
}
