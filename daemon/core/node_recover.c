/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a node whose store is an old copy comes back in the same tree (docs/recovery.md). Each step
 * is one change of the store, committed. Behind the first two the core starts from what the store
 * holds, so that a crash at any moment is one more of these starts; the last is the first change of
 * a node that serves.
 *
 *   hashes     the own tree is brought forward to what was signed under the own key
 *   leaves     the entries of it are read back from those to whom they were disclosed
 *   keepers    the start rule, as always
 *   serving    what nobody brought back is said to be lost; what was set aside is appended anew
 *
 *   fact "recovery": from u64, to u64, flags u8 (1 hashed, 2 read back, 4 rolled back); from is
 *   UINT64_MAX while no row of the ledger was written
 */
#include "node_internal.h"

#include "ledger/aside.h"
#include "ledger/entry.h"
#include "ledger/epoch.h"
#include "ledger/series.h"

#include <stdio.h>
#include <string.h>

#define LEAVES_WAIT_MS 1800000u /* for all; what comes later is taken all the same */
#define SILENT_WAIT_MS 60000u   /* for peers that may hold entries and are not heard */
#define LEAF_TYPE_AT 5u         /* wire/leaf.c */

enum { FLAG_HASHED = 1, FLAG_READ_BACK = 2, FLAG_ROLLED_BACK = 4 };

/* ---- the fact ---- */

static struct tov_store_key fact_key(void)
{
    return tov_store_key_text("recovery");
}

enum tov_err tov_node_load_recovery(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(node->core.store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, fact_key(), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size != 17)
        return TOV_E_CORRUPT;
    node->recovery =
        (struct tov_node_recovery){.is_open = true,
                                   .from = tov_get_be64(row.data),
                                   .to = tov_get_be64(row.data + 8),
                                   .is_hashed = (row.data[16] & FLAG_HASHED) != 0,
                                   .is_read_back = (row.data[16] & FLAG_READ_BACK) != 0,
                                   .rolled_back = (row.data[16] & FLAG_ROLLED_BACK) != 0};
    return TOV_OK;
}

static void save(struct tov_node *node)
{
    uint8_t row[17];
    struct tov_store_batch *batch = tov_core_batch(&node->core);
    const struct tov_node_recovery *recovery = &node->recovery;
    tov_put_be64(row, recovery->from);
    tov_put_be64(row + 8, recovery->to);
    row[16] = (uint8_t)((recovery->is_hashed ? FLAG_HASHED : 0) |
                        (recovery->is_read_back ? FLAG_READ_BACK : 0) |
                        (recovery->rolled_back ? FLAG_ROLLED_BACK : 0));
    if (recovery->is_open)
        tov_store_batch_put(batch, TOV_TABLE_FACT, fact_key(), TOV_BYTES_OF(row));
    else
        tov_store_batch_delete(batch, TOV_TABLE_FACT, fact_key());
}

void tov_node_restart(struct tov_node *node)
{
    node->restarts = true;
}

void tov_node_restart_if_due(struct tov_node *node)
{
    if (node->restarts && tov_node_is_settled(node))
        (void)tov_core_fail(&node->core, TOV_E_AGAIN,
                            "the store was brought forward: it is started from again");
}

void tov_node_journal_is_new(struct tov_node *node)
{
    if (!node->recovery.rolled_back)
        return;
    node->recovery.rolled_back = false;
    save(node);
}

/* ---- what is said meanwhile ---- */

/* DONE of ALL entries; ALL 0: not known yet. */
static void say_progress(struct tov_node *node, uint64_t done, uint64_t all)
{
    struct tov_api_state *state = &node->recovering_state;
    (void)snprintf(node->sentence_da, sizeof node->sentence_da,
                   "Nodens database er en gammel kopi. Den hentes frem fra de andre myndigheders "
                   "noder: %llu af %llu poster. Intet underskrives imens.",
                   (unsigned long long)done, (unsigned long long)all);
    (void)snprintf(node->sentence_en, sizeof node->sentence_en,
                   "This node's store is an old copy. It is being recovered from the other "
                   "agencies' nodes: %llu of %llu entries. Nothing is signed meanwhile.",
                   (unsigned long long)done, (unsigned long long)all);
    *state = (struct tov_api_state){"recovering", false, node->sentence_da, node->sentence_en};
    tov_api_set_state(node->api, state);
}

static uint64_t target_of(const struct tov_node *node)
{
    uint64_t held = tov_follow_held_most(node->follow);
    uint64_t target = node->recovery.to > held ? node->recovery.to : held;
    return node->guard_size > target ? node->guard_size : target;
}

/* What is missing, in one sentence: it may come yet, with another peer. */
static void say_state(struct tov_node *node, const char *name, const char *da, const char *en)
{
    (void)snprintf(node->sentence_da, sizeof node->sentence_da, "%s", da);
    (void)snprintf(node->sentence_en, sizeof node->sentence_en, "%s", en);
    node->recovering_state =
        (struct tov_api_state){name, false, node->sentence_da, node->sentence_en};
    if (node->state != TOV_NODE_BEHIND)
        tov_node_become(node, TOV_NODE_BEHIND, en);
    tov_api_set_state(node->api, &node->recovering_state);
}

static void say_blocked(struct tov_node *node, const char *da, const char *en)
{
    say_state(node, "behind", da, en);
}

void tov_node_say_forked(struct tov_node *node)
{
    say_state(node, "stopped",
              "Nodens nøgle har underskrevet to forskellige historier. Intet underskrives. Har en "
              "anden node nøglen, så sluk den. Føderationen må begynde en ny generation. "
              "Kontakt driften.",
              "This node's key has signed two different histories. Nothing is signed. If another "
              "node has the key, turn it off. The federation must begin a new generation. "
              "Call the operator.");
}

static void say_why_blocked(struct tov_node *node, enum tov_recover_view view)
{
    uint64_t have = tov_rebuild_size(node->rebuild);
    char da[sizeof node->sentence_da];
    char en[sizeof node->sentence_en];
    if (tov_follow_sees_fork(node->follow)) {
        tov_node_say_forked(node);
        return;
    }
    if (view == TOV_RECOVER_REFUSED) {
        say_blocked(node,
                    "Nodens database er en gammel kopi, og det, som de andre noder har svaret, "
                    "passer ikke til nodens underskrift: de svarer forkert, eller nodens nøgle har "
                    "underskrevet to forskellige historier. De spørges igen. Kontakt driften.",
                    "This node's store is an old copy, and what the other nodes have answered does "
                    "not fit this node's signature: they answer wrongly, or this node's key has "
                    "signed two different histories. They are asked again. Call the operator.");
        return;
    }
    (void)snprintf(da, sizeof da,
                   "Nodens database er en gammel kopi: %llu af %llu poster, og ingen node, der kan "
                   "nås, har resten. Der ventes på flere noder; er der ingen, må føderationen "
                   "begynde en ny generation. Kontakt driften.",
                   (unsigned long long)have, (unsigned long long)target_of(node));
    (void)snprintf(en, sizeof en,
                   "This node's store is an old copy: %llu of %llu entries, and no node that can "
                   "be reached has the rest. It waits for further nodes; if there are none, the "
                   "federation must begin a new generation. Call the operator.",
                   (unsigned long long)have, (unsigned long long)target_of(node));
    say_blocked(node, da, en);
}

/* ---- beginning ---- */

void tov_node_open_recovery(struct tov_node *node, uint64_t to)
{
    struct tov_node_recovery *recovery = &node->recovery;
    if (!recovery->is_open)
        *recovery = (struct tov_node_recovery){.is_open = true, .from = UINT64_MAX};
    recovery->is_hashed = false;
    recovery->is_read_back = false;
    recovery->to = to > recovery->to ? to : recovery->to;
    tov_node_demand_majority(node, TOV_START_DISAGREED);
    save(node);
    tov_node_set_sends(node);
}

void tov_node_recover(struct tov_node *node)
{
    struct tov_error error = {.text = ""};
    node->start_mono_ms = node->core.mono_ms;
    if (!node->recovery.is_hashed && node->rebuild == NULL) {
        enum tov_err err = tov_rebuild_create(&node->core, &node->rebuild, &error);
        if (err != TOV_OK) {
            (void)tov_core_fail(&node->core, err, error.text);
            return;
        }
        if (node->guard_size > 0)
            tov_rebuild_expect(node->rebuild, node->guard_size, &node->guard_root);
        tov_follow_set_rebuild(node->follow, node->rebuild);
    }
    tov_node_become(node, TOV_NODE_RECOVERING, "to=recovering");
    say_progress(node, tov_ledger_signed(node->core.ledger), target_of(node));
}

/* ---- hashes ---- */

static void note_progress(struct tov_node *node, uint64_t size)
{
    struct tov_node_recovery *recovery = &node->recovery;
    uint64_t changed = tov_rebuild_changed(node->rebuild);
    node->noted_size = size;
    node->asked_guard_hashes = false; /* what is missing may be in its reach now */
    recovery->to = target_of(node);
    if (changed < recovery->from)
        recovery->from = changed;
    if (recovery->from != UINT64_MAX)
        tov_follow_recall(node->follow, recovery->from, size);
    save(node);
    if (node->state == TOV_NODE_BEHIND)
        tov_node_become(node, TOV_NODE_RECOVERING, "to=recovering");
    say_progress(node, size, recovery->to);
}

/* The guard signs nothing that it has not: what peers hold beyond it, it has forgotten, and its
 * journal with it. */
static void end_hashes(struct tov_node *node, uint64_t size)
{
    struct tov_node_recovery *recovery = &node->recovery;
    if (node->guard_size < size && !node->guard_is_lost)
        recovery->rolled_back = true;
    recovery->is_hashed = true;
    recovery->to = size;
    recovery->is_read_back = recovery->from == UINT64_MAX;
    save(node);
    tov_core_log(&node->core, TOV_HOST_WARN, "tree-recovered", "size=%llu from=%lld guard=%llu",
                 (unsigned long long)size, (long long)recovery->from,
                 (unsigned long long)node->guard_size);
    tov_node_restart(node);
}

/* What no peer was sent yet the guard has, if it is not too much. The peers come first: they have
 * the sizes that were signed on the way, too. */
static bool asks_guard(struct tov_node *node)
{
    uint64_t from = tov_rebuild_size(node->rebuild);
    if (node->asked_guard_hashes || node->guard_size <= from)
        return false;
    node->asked_guard_hashes = true;
    tov_rebuild_drop(node->rebuild);
    tov_node_ask_guard_hashes(node, from);
    return true;
}

void tov_node_on_guard_hashes(struct tov_node *node, const struct tov_guard_answer *answer)
{
    if (node->rebuild == NULL || answer->refusal != TOV_GUARD_DONE)
        return;
    struct tov_rebuild_piece piece = {.hashes = answer->hashes.hashes,
                                      .hash_count = answer->hashes.count};
    tov_rebuild_drop(node->rebuild); /* peers' answers that are under way begin elsewhere then */
    if (tov_rebuild_next(node->rebuild) + piece.hash_count != node->guard_size) {
        node->asked_guard_hashes = false; /* a peer has brought some meanwhile */
        return;
    }
    enum tov_err err = tov_rebuild_take(node->rebuild, &piece);
    if (err != TOV_OK)
        tov_core_log(&node->core, TOV_HOST_WARN, "hashes-not-usable", "peer=guard why=%s",
                     tov_err_name(err));
}

static void hashes_step(struct tov_node *node)
{
    uint64_t size = tov_rebuild_size(node->rebuild);
    if (size != node->noted_size && size > tov_ledger_signed(node->core.ledger))
        note_progress(node, size);
    if (size >= target_of(node) && size > 0) {
        end_hashes(node, size);
        return;
    }
    if (tov_rebuild_aside(node->rebuild) > 0) {
        tov_node_restart(node); /* what was shown of those entries is no more */
        return;
    }
    enum tov_recover_view view = tov_follow_recover_step(node->follow);
    bool is_early = node->core.mono_ms - node->start_mono_ms < START_HEAR_MS;
    if (view != TOV_RECOVER_ASKING && !is_early && asks_guard(node))
        return;
    if (view != TOV_RECOVER_ASKING && !(view == TOV_RECOVER_NOBODY && is_early))
        say_why_blocked(node, view);
}

/* ---- leaves ---- */

static void leaves_step(struct tov_node *node)
{
    struct tov_recall_view view = tov_follow_recall_view(node->follow);
    if (node->core.waits_for_room) /* no answer is taken meanwhile: who gives them is not silent */
        node->start_mono_ms = node->core.mono_ms;
    uint64_t waited = node->core.mono_ms - node->start_mono_ms;
    if (view.answering > 0 && waited < LEAVES_WAIT_MS)
        return;
    if (view.silent > 0 && (view.answered == 0 || waited < SILENT_WAIT_MS))
        return;
    node->recovery.is_read_back = true;
    save(node);
    tov_node_restart(node);
}

void tov_node_recover_step(struct tov_node *node)
{
    if (node->restarts)
        return;
    if (node->rebuild != NULL)
        hashes_step(node);
    else if (node->recovery.is_read_back || tov_follow_is_behind(node->follow))
        tov_node_keepers_step(node); /* while behind: a keeper that is heard now holds still more */
    else
        leaves_step(node);
}

/* ---- serving again ---- */

/* What is not there, or not whole: an entry without leaf, a message without the link of one of its
 * recipients. */
struct gaps {
    uint64_t first, end;
    uint64_t count;
};

static enum tov_err is_whole(const struct tov_core *core, const struct tov_entry *entry,
                             struct tov_leaf *leaf, bool *out_whole)
{
    *out_whole = entry->state != TOV_ENTRY_LOST;
    if (entry->state != TOV_ENTRY_PRESENT || entry->leaf.data[LEAF_TYPE_AT] != TOV_LEAF_MESSAGE)
        return TOV_OK;
    TOV_TRY(tov_leaf_decode(entry->leaf, leaf));
    for (size_t i = 0; i < leaf->as.message.recipient_count; i++) {
        uint16_t agency = leaf->as.message.recipients[i].agency;
        if (agency != core->own->number && tov_entry_link_for(entry, agency).size == 0)
            *out_whole = false;
    }
    return TOV_OK;
}

static enum tov_err find_gaps(const struct tov_core *core, uint64_t from, uint64_t to,
                              struct gaps *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    *out = (struct gaps){0};
    for (uint64_t i = from; i < to; i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        bool whole = false;
        TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(i), &row));
        TOV_TRY(tov_entry_decode_own(row, &entry));
        TOV_TRY(is_whole(core, &entry, leaf, &whole));
        if (whole)
            continue;
        out->first = out->count == 0 ? i : out->first;
        out->end = i + 1;
        out->count++;
    }
    return TOV_OK;
}

/* Links are counted anew behind it: what was sent in the range, and to whom, is not known. */
static enum tov_err append_lost(struct tov_node *node, const struct gaps *gaps)
{
    struct tov_core *core = &node->core;
    struct tov_ledger_place place;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = TOV_LEAF_LOST;
    leaf->as.lost.first = gaps->first;
    leaf->as.lost.end = gaps->end;
    TOV_TRY(tov_core_append_leaf(core, core->ledger, leaf, 0, &place));
    tov_series_note(core, place.index);
    core->series.lost_index = place.index;
    tov_follow_begin_series(node->follow);
    tov_core_log(core, TOV_HOST_ERROR, "entries-lost", "first=%llu end=%llu count=%llu index=%llu",
                 (unsigned long long)gaps->first, (unsigned long long)gaps->end,
                 (unsigned long long)gaps->count, (unsigned long long)place.index);
    return TOV_OK;
}

static enum tov_err finish(struct tov_node *node)
{
    struct gaps gaps = {0};
    struct tov_node_recovery *recovery = &node->recovery;
    struct tov_link_heads heads = tov_follow_link_heads(node->follow);
    TOV_TRY(tov_follow_load_links(node->follow)); /* some came since the start */
    if (recovery->from < recovery->to)
        TOV_TRY(find_gaps(&node->core, recovery->from, recovery->to, &gaps));
    if (gaps.count > 0) {
        TOV_TRY(append_lost(node, &gaps));
        TOV_TRY(tov_epochs_note_made(&node->core, 0, gaps.count));
    }
    uint64_t appended = 0;
    TOV_TRY(tov_aside_append_all(&node->core, &heads, &appended));
    if (appended > 0) /* what has looked at their events saw nothing behind them */
        TOV_TRY(tov_follow_note_readable(node->follow));
    *recovery = (struct tov_node_recovery){.is_open = false};
    save(node);
    tov_node_set_sends(node);
    return TOV_OK;
}

/* A keeper that was not heard before may be the one that frees the node, and has not been asked.
 * What comes is not lost, nor appended anew, and is taken in when it is durable. */
bool tov_node_awaits_entries(struct tov_node *node)
{
    struct tov_node_recovery *recovery = &node->recovery;
    const struct tov_core *core = &node->core;
    struct tov_recall_view view = tov_follow_recall_view(node->follow);
    if (!recovery->is_open)
        return false;
    if (recovery->free_mono_ms == 0 || core->waits_for_room)
        recovery->free_mono_ms = core->mono_ms == 0 ? 1 : core->mono_ms;
    bool is_in_time = core->mono_ms - recovery->free_mono_ms < LEAVES_WAIT_MS;
    return view.pending > 0 || core->waits_for_room || (view.answering > 0 && is_in_time);
}

void tov_node_finish_recovery(struct tov_node *node)
{
    if (!node->recovery.is_open)
        return;
    enum tov_err err = finish(node);
    if (err != TOV_OK)
        (void)tov_core_fail(&node->core, err, "the end of the recovery could not be written");
}
