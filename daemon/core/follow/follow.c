/* SPDX-License-Identifier: EUPL-1.2 */
#include "follow/transfers.h"

#include "ledger/epoch.h"
#include "ledger/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_WAIT_MS 30000u
#define HELLO_RETRY_MS 5000u
#define CLOCK_AHEAD_MS 300000u

/* Connections that the gateway says were made. Beyond them Hello goes with a later tick, as where
 * one was lost: a gateway that is taken over says so as often as it likes. */
static const struct tov_quota_rate up_rate = {32, 1};

struct tov_peer *tov_follow_peer(const struct tov_follow *follow, uint16_t agency)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (follow->peers[i].number == agency)
            return &follow->peers[i];
    }
    return NULL;
}

static enum tov_err load_peers(struct tov_follow *follow, struct tov_error *error)
{
    struct tov_core *core = follow->core;
    const struct tov_roster_facts *facts = tov_roster_facts(core->roster);
    follow->peers = calloc(facts->agency_count, sizeof *follow->peers);
    if (follow->peers == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < facts->agency_count; i++) {
        const struct tov_agency *agency = &facts->agencies[i];
        if (agency == core->own || agency->closed)
            continue;
        struct tov_peer *peer = &follow->peers[follow->peer_count++];
        peer->number = agency->number;
        peer->may_pull = true;
        tov_pull_on_tick(peer);
        peer->agency = agency;
        peer->is_keeper_of_us = tov_agency_has_keeper(core->own, agency->number);
        peer->are_keeper_of_it = tov_agency_has_keeper(agency, core->own->number);
        enum tov_err err = tov_peer_load(core, peer);
        if (err == TOV_OK)
            err = tov_recall_load(core, peer);
        if (err == TOV_OK)
            err = tov_told_load(core, peer);
        if (err == TOV_OK)
            err = tov_told_find_aside(core, peer);
        if (err == TOV_OK)
            err = tov_told_find_held(core, peer);
        if (err == TOV_OK)
            err = tov_receipts_load(core, peer);
        if (err == TOV_OK)
            err = tov_witness_load(core, peer);
        if (err != TOV_OK)
            return tov_fail(error, err, "what the store holds of %s cannot be read", agency->name);
    }
    return TOV_OK;
}

static enum tov_err make_memory(struct tov_follow *follow)
{
    TOV_TRY(tov_secret_create(TOV_KEYRING_SLOTS * sizeof *follow->keyring +
                                  sizeof *follow->stanza_cache,
                              &follow->keyring_memory));
    uint8_t *memory = tov_secret_data(follow->keyring_memory);
    follow->stanza_cache = (struct tov_stanza_cache *)(void *)memory;
    follow->keyring = (struct tov_kept_keys *)(void *)(memory + sizeof *follow->stanza_cache);
    follow->leaf = calloc(1, sizeof *follow->leaf);
    return follow->leaf == NULL ? TOV_E_NOMEM : TOV_OK;
}

enum tov_err tov_follow_create(struct tov_core *core, const struct tov_follow_options *options,
                               struct tov_follow **out_follow, struct tov_error *error)
{
    TOV_CLEANUP(tov_follow_cleanup) struct tov_follow *follow = calloc(1, sizeof *follow);
    if (follow == NULL)
        return TOV_E_NOMEM;
    follow->core = core;
    follow->window_bytes = options->window_bytes;
    follow->day_bytes = options->day_bytes;
    follow->pull_run = (uint32_t)core->now_ms;
    follow->writer = TOV_PARCEL_WRITER_INIT;
    follow->frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_TRY(make_memory(follow));
    follow->question.note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    follow->question.vkey = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_TRY(load_peers(follow, error));
    TOV_TRY(tov_fork_load_own(follow));
    TOV_TRY(tov_witness_open(follow));
    *out_follow = TOV_TAKE(follow);
    return TOV_OK;
}

void tov_follow_destroy(struct tov_follow *follow)
{
    if (follow == NULL)
        return;
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (follow->peers[i].has_sender)
            tov_stanza_sender_wipe(&follow->peers[i].sender);
        tov_pull_fini(&follow->peers[i]);
        free(follow->peers[i].receipt);
    }
    tov_part_file_fini(follow);
    free(follow->peers);
    free(follow->leaf);
    tov_secret_destroy(follow->keyring_memory);
    tov_parcel_writer_fini(&follow->writer);
    tov_buf_fini(&follow->frame);
    tov_buf_fini(&follow->question.note);
    tov_buf_fini(&follow->question.vkey);
    free(follow);
}

/* ---- events ---- */

void tov_follow_on_up(struct tov_follow *follow, uint16_t agency)
{
    struct tov_peer *peer = tov_follow_peer(follow, agency);
    if (peer == NULL)
        return;
    peer->is_up = true;
    peer->has_session = false;
    peer->is_consulted = false;
    peer->recall_asked_ms = 0;
    if (tov_quota_take(&peer->ups, &up_rate, 1, follow->core->mono_ms))
        tov_session_hello(follow, peer, NULL);
}

void tov_follow_on_down(struct tov_follow *follow, uint16_t agency)
{
    struct tov_peer *peer = tov_follow_peer(follow, agency);
    if (peer == NULL)
        return;
    peer->is_up = false;
    peer->has_session = false;
    peer->is_consulted = false;
}

void tov_follow_on_tick(struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        bool waits =
            !peer->has_session || (!follow->started && !peer->answered) || follow->doubts_clock;
        if (follow->recovers && (peer->has_session || peer->is_consulted))
            waits = false; /* what it holds of us does not change while nothing is sent */
        if (peer->is_up && waits && follow->core->mono_ms - peer->hello_mono_ms >= HELLO_RETRY_MS)
            tov_session_hello(follow, peer, NULL);
        if (peer->has_session && peer->may_owe && follow->sends && !follow->core->waits_for_room)
            tov_stanzas_pump_owed(follow, peer);
        tov_pull_on_tick(peer);
        tov_pull_pump(follow, peer);
    }
    tov_part_file_on_tick(follow);
    tov_own_keys_on_tick(follow);
    tov_own_files_on_tick(follow);
    tov_waiting_on_tick(follow);
    tov_told_on_tick(follow);
}

/* ---- the turn ---- */

static void after_commit(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    (void)core;
    if (peer == NULL)
        return;
    peer->committed_size = after->a;
    if (peer->has_session)
        tov_session_position(follow, peer, after->b != 0);
    tov_session_answer_restore(follow, peer);
    tov_session_hello_again(follow, peer);
}

/* Rows can be read only now: a look before this would have found none, and not come again. */
static void look_for_rows(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    (void)core;
    if (peer == NULL)
        return;
    peer->may_owe = peer->may_owe || after->a != 0;
    peer->owes_closed = peer->owes_closed && after->a == 0;
    if (after->b != 0) {
        tov_pull_on_committed(peer);
        peer->may_pull = true;
    }
    tov_late_on_committed(peer);
    tov_pull_pump(follow, peer);
}

static enum tov_err note_new_rows(struct tov_follow *follow, struct tov_peer *peer)
{
    struct tov_after after = {.run = look_for_rows,
                              .owner = follow,
                              .agency = peer->number,
                              .a = peer->owes_soon ? 1 : 0,
                              .b = peer->pulls_soon ? 1 : 0};
    if (!peer->owes_soon && !peer->pulls_soon && peer->late_count == peer->late_closed)
        return TOV_OK;
    peer->owes_closed = peer->owes_soon;
    peer->owes_soon = false;
    peer->pulls_soon = false;
    tov_pull_on_closed(peer);
    tov_late_on_closed(peer);
    return tov_core_after(follow->core, &after);
}

static void send_expired(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    (void)core;
    if (peer == NULL || peer->expired_count == 0)
        return;
    struct tov_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return;
    control->kind = TOV_CONTROL_EPOCH_EXPIRED;
    control->as.epoch_expired.count = peer->expired_count;
    memcpy(control->as.epoch_expired.refs, peer->expired,
           peer->expired_count * sizeof peer->expired[0]);
    peer->expired_count = 0;
    uint32_t cost = 1 + (uint32_t)control->as.epoch_expired.count / TOV_REFS_AN_ASK;
    if (peer->has_session && tov_session_may_ask(follow, peer, cost))
        tov_session_control(follow, peer, control);
    free(control);
}

static enum tov_err close_peer_turn(struct tov_follow *follow, struct tov_peer *peer)
{
    struct tov_after after = {.owner = follow, .agency = peer->number, .a = peer->range.size};
    TOV_TRY(tov_told_give_aside(follow, peer));
    TOV_TRY(tov_receipt_flush(follow, peer));
    if (peer->dirty)
        tov_peer_save(follow->core, peer);
    if (peer->wants_position) {
        after.run = after_commit;
        after.b = peer->wants_refetch ? 1 : 0;
        peer->wants_position = false;
        peer->wants_refetch = false;
        TOV_TRY(tov_core_after(follow->core, &after));
    }
    if (peer->expired_count > 0) {
        after.run = send_expired;
        TOV_TRY(tov_core_after(follow->core, &after));
    }
    return note_new_rows(follow, peer);
}

enum tov_err tov_follow_before_commit(struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++)
        TOV_TRY(close_peer_turn(follow, &follow->peers[i]));
    return tov_store_batch_failed(follow->core->open->batch);
}

bool tov_follow_takes(const struct tov_follow *follow)
{
    return follow->takes && !follow->core->waits_for_room;
}

bool tov_follow_may_take(const struct tov_follow *follow, const struct tov_peer *peer)
{
    return tov_follow_takes(follow) && !peer->day_is_full && tov_recall_is_durable(peer) &&
           !peer->has_aside && tov_ledger_size(follow->core->ledger) > 0;
}

static void ask_for_missed(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->has_missed || !peer->has_session || !tov_follow_may_take(follow, peer))
        return;
    peer->has_missed = false;
    tov_session_position(follow, peer, true);
}

void tov_follow_pump(struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        tov_day_quota_pump(follow, &follow->peers[i]);
        ask_for_missed(follow, &follow->peers[i]);
        tov_recall_pump(follow, &follow->peers[i]);
        tov_session_pump(follow, &follow->peers[i]);
        if (follow->sends)
            tov_parcels_pump(follow, &follow->peers[i]);
    }
}

bool tov_follow_is_busy(const struct tov_follow *follow)
{
    return tov_store_batch_bytes(follow->core->open->batch) > TOV_STORE_BATCH_DEFAULT_BYTES / 4;
}

/* ---- start ---- */

void tov_follow_set_started(struct tov_follow *follow, bool guard_agrees, bool started)
{
    follow->guard_agrees = guard_agrees;
    follow->started = started;
}

void tov_follow_set_takes(struct tov_follow *follow, bool takes)
{
    follow->takes = takes;
}

void tov_follow_set_recovers(struct tov_follow *follow, bool recovers)
{
    follow->recovers = recovers;
}

void tov_follow_set_sends(struct tov_follow *follow, bool sends)
{
    follow->sends = sends;
}

enum tov_err tov_follow_load_links(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_series_load(follow->core));
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    for (size_t i = 0; i < follow->peer_count; i++)
        TOV_TRY(tov_peer_load_links(follow->core, read, &follow->peers[i]));
    return TOV_OK;
}

void tov_follow_begin_series(struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        peer->head = (struct tov_link_head){0};
        peer->receipted_link = 0;
        peer->receipted_series = follow->core->series;
        peer->dirty = true;
    }
}

void tov_follow_doubt_clock(struct tov_follow *follow, bool doubts)
{
    follow->doubts_clock = doubts;
}

static void put_missing(struct tov_start_answers *answers, const char *name)
{
    size_t used = strlen(answers->missing);
    size_t room = sizeof answers->missing - used;
    const char *comma = used == 0 ? "" : ", ";
    if (strlen(comma) + strlen(name) + sizeof ", ..." <= room)
        (void)snprintf(answers->missing + used, room, "%s%s", comma, name);
    else if (strstr(answers->missing, ", ...") == NULL && room >= sizeof ", ...")
        (void)snprintf(answers->missing + used, room, ", ...");
}

void tov_follow_start_answers(const struct tov_follow *follow,
                              struct tov_start_answers *out_answers)
{
    *out_answers = (struct tov_start_answers){.keepers = 0};
    for (size_t i = 0; i < follow->peer_count; i++) {
        const struct tov_peer *peer = &follow->peers[i];
        if (!peer->is_keeper_of_us)
            continue;
        out_answers->keepers++;
        out_answers->answered += peer->answered ? 1 : 0;
        if (!peer->answered)
            put_missing(out_answers, peer->agency->name);
    }
    out_answers->majority = out_answers->keepers == 0 ? 0 : out_answers->keepers / 2 + 1;
}

enum tov_start_view tov_follow_start_view(const struct tov_follow *follow,
                                          const struct tov_start_question *question)
{
    struct tov_start_answers answers;
    if (tov_follow_is_behind(follow))
        return TOV_START_BEHIND;
    tov_follow_start_answers(follow, &answers);
    if (answers.answered == answers.keepers)
        return TOV_START_FREE;
    bool is_free = question->majority
                       ? answers.answered >= answers.majority
                       : answers.answered > 0 && question->waited_ms >= START_WAIT_MS;
    return is_free ? TOV_START_FREE : TOV_START_WAITING;
}

uint64_t tov_follow_clock_claims(const struct tov_follow *follow)
{
    return follow->clock_claims;
}

static bool tells_clock(const struct tov_follow *follow, const struct tov_peer *peer,
                        uint64_t floor_ms, uint64_t *out_ms)
{
    if (peer->their_now_ms == 0)
        return false;
    *out_ms = peer->their_now_ms + follow->core->mono_ms - peer->their_now_mono_ms;
    return *out_ms >= floor_ms;
}

/* How many claims there are, and how many of them are BEFORE or earlier. */
static size_t count_claims(const struct tov_follow *follow, uint64_t floor_ms, uint64_t before_ms,
                           size_t *out_all)
{
    size_t early = 0;
    uint64_t claim_ms;
    *out_all = 0;
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (!tells_clock(follow, &follow->peers[i], floor_ms, &claim_ms))
            continue;
        *out_all += 1;
        early += claim_ms <= before_ms ? 1 : 0;
    }
    return early;
}

uint64_t tov_follow_peer_clock(const struct tov_follow *follow, uint64_t floor_ms)
{
    uint64_t lowest = 0;
    for (size_t i = 0; i < follow->peer_count; i++) {
        uint64_t claim_ms;
        size_t all;
        if (!tells_clock(follow, &follow->peers[i], floor_ms, &claim_ms))
            continue;
        if (2 * count_claims(follow, floor_ms, claim_ms, &all) >= all &&
            (lowest == 0 || claim_ms < lowest))
            lowest = claim_ms;
    }
    return lowest;
}

void tov_follow_on_proof(struct tov_follow *follow, uint64_t size)
{
    struct tov_core *core = follow->core;
    struct tov_stanza_cache *cache = follow->stanza_cache;
    uint64_t peers = tov_follow_peer_clock(follow, 0);
    if (peers != 0 && core->now_ms > peers + CLOCK_AHEAD_MS)
        return; /* a clock that jumped ends no key's grace */
    tov_epochs_on_proof(core, size);
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++) {
        uint32_t epoch = cache->slots[i].epoch;
        if (cache->slots[i].used > 0 && tov_epochs_secret(core->epochs, epoch) == NULL)
            tov_stanza_cache_forget_epoch(cache, epoch);
    }
}

/* ---- writing ---- */

static struct tov_link_head *give_head(void *context, uint16_t agency)
{
    struct tov_peer *peer = tov_follow_peer(context, agency);
    return peer == NULL ? NULL : &peer->head;
}

struct tov_link_heads tov_follow_link_heads(struct tov_follow *follow)
{
    return (struct tov_link_heads){follow, give_head};
}

/* ---- showing ---- */

size_t tov_follow_peer_count(const struct tov_follow *follow)
{
    return follow->peer_count;
}

void tov_follow_peer_view(const struct tov_follow *follow, size_t index,
                          struct tov_peer_view *out_view)
{
    const struct tov_peer *peer = &follow->peers[index];
    *out_view = (struct tov_peer_view){.agency = peer->number,
                                       .is_up = peer->has_session,
                                       .is_suspended = peer->suspended,
                                       .day_is_full = peer->day_is_full || peer->chunks_wait,
                                       .in_vain = tov_pull_count_in_vain(peer),
                                       .roster_version = peer->their_roster,
                                       .held = peer->committed_size,
                                       .acknowledged = peer->acked,
                                       .links_sent = peer->head.number,
                                       .links_receipted = peer->receipted_link,
                                       .faults = peer->faults,
                                       .last_heard_ms = peer->last_heard_ms};
}

enum tov_err tov_follow_delivery(struct tov_store_read *read, uint16_t peer,
                                 const struct tov_link_block *link,
                                 struct tov_delivery *out_delivery)
{
    struct tov_bytes row;
    struct tov_link_place place = {peer, link->series.generation, link->series.lost_index,
                                   link->number};
    struct tov_delivery delivery = {.received_ms = 0};
    struct tov_cover cover;
    enum tov_err err = tov_cover_find(read, &place, &cover);
    if (err == TOV_OK)
        delivery = (struct tov_delivery){.receipt_index = cover.receipt_index,
                                         .received_ms = cover.received_ms,
                                         .verdict = {TOV_VERDICT_OPENED, 0, 0}};
    else if (err != TOV_E_NOT_FOUND)
        return err;
    err = tov_store_get(read, TOV_TABLE_EXCEPTION, tov_key_link(&place), &row);
    if (err == TOV_OK && row.size == TOV_EXCEPTION_ROW_BYTES) {
        struct tov_reader reader = tov_reader_of(row);
        delivery.verdict.verdict = (enum tov_verdict)tov_read_u8(&reader);
        delivery.verdict.flags = tov_read_u8(&reader);
        delivery.verdict.detail = tov_read_u16(&reader);
        delivery.receipt_index = tov_read_u64(&reader);
    } else if (err != TOV_E_NOT_FOUND && err != TOV_OK) {
        return err;
    }
    *out_delivery = delivery;
    return TOV_OK;
}

enum tov_link_gap tov_follow_link_gap(const struct tov_follow *follow, uint16_t agency)
{
    const struct tov_peer *peer = tov_follow_peer(follow, agency);
    if (peer == NULL)
        return TOV_LINK_GAP_NONE;
    return tov_recall_is_durable(peer) ? TOV_LINK_GAP_WITHHELD : TOV_LINK_GAP_UNKNOWN;
}
