/* SPDX-License-Identifier: EUPL-1.2
 *
 * What own receipts said of series that this store does not count on (docs/recovery.md). Receipts
 * that were read back: a peer's messages up to there are receipted, though this store sees them for
 * the first time. No second receipt is given for them; an amendment where the verdict has become a
 * better one, or the keys were lost. So it is of one that this store has without its keys, where an
 * amendment that was read back has opened it since. Series that have ended: an amendment repeats
 * the last link (docs/protocol.md 6).
 *
 *   fact "told" || agency u16 || generation u32 || lost u64: last link u64, its leaf's hash 32
 *   fact "ended", the same: where the series ended. "told" says how far receipts were read back:
 *   those on its last links need not be, and may be set aside
 *   fact "held" || agency u16: an empty row, while messages of this store that receipts read back
 *   amend are to be looked at
 *   table `told`: verdicts that are not a plain `opened`: verdict 1, flags 1, detail 2; 1 when an
 *   earlier one said that it could be read
 */
#include "follow/verdict.h"

#include "ledger/aside.h"
#include "merkle/tree.h"

#include <string.h>

#define NOT_READ "what was receipted before could not be read"

#define HELD_A_TICK 256u

static const char read_back[] = "told";
static const char ended[] = "ended";

static struct tov_store_key head_key(const char *fact, const struct tov_peer *peer,
                                     struct tov_series series)
{
    struct tov_store_key key = tov_store_key_text(fact);
    tov_store_key_put_u16(&key, peer->number);
    tov_store_key_put_u32(&key, series.generation);
    tov_store_key_put_u64(&key, series.lost_index);
    return key;
}

static struct tov_store_key verdict_key(const struct tov_peer *peer, struct tov_series series,
                                        uint64_t link)
{
    struct tov_link_place place = {peer->number, series.generation, series.lost_index, link};
    return tov_key_link(&place);
}

/* What own receipts said last of a link, and whether one has said that it could be read. */
struct said {
    struct tov_verdict_value value;
    bool had_keys;
};

static void put_verdict(struct tov_core *core, struct tov_store_key key, const struct said *said)
{
    uint8_t row[5] = {(uint8_t)said->value.verdict, said->value.flags};
    tov_put_be16(row + 2, said->value.detail);
    row[4] = said->had_keys ? 1 : 0;
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_TOLD, key, TOV_BYTES_OF(row));
}

/* Of a damaged row: that it may have been anything, so that it is said again. */
static struct said read_row(struct tov_bytes row)
{
    static const struct said damaged = {.had_keys = true};
    struct tov_reader reader = tov_reader_of(row);
    struct said said;
    said.value.verdict = (enum tov_verdict)tov_read_u8(&reader);
    said.value.flags = tov_read_u8(&reader);
    said.value.detail = tov_read_u16(&reader);
    bool had_keys_before = tov_read_u8(&reader) != 0;
    said.had_keys = had_keys_before || tov_verdict_may_have_had_keys(said.value);
    return tov_reader_is_done(&reader) ? said : damaged;
}

/* Of a link that is covered, with what the open batches say: who was asked sends on before its
 * answer is committed. TOV_E_NOT_FOUND: no row, which is a plain `opened`. */
static enum tov_err find_said(const struct tov_core *core, struct tov_store_key key,
                              struct said *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    *out = (struct said){{TOV_VERDICT_OPENED, 0, 0}, true};
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_core_get_pending(core, read, TOV_TABLE_TOLD, key, &row));
    *out = read_row(row);
    return TOV_OK;
}

static void put_head(struct tov_core *core, struct tov_store_key key, const struct tov_told *told)
{
    uint8_t row[8 + TOV_HASH_BYTES];
    tov_put_be64(row, told->link);
    memcpy(row + 8, told->leaf.bytes, TOV_HASH_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, key, TOV_BYTES_OF(row));
}

static enum tov_err read_head(struct tov_bytes row, struct tov_told *out)
{
    if (row.size != 8 + TOV_HASH_BYTES)
        return TOV_E_CORRUPT;
    out->link = tov_get_be64(row.data);
    memcpy(out->leaf.bytes, row.data + 8, TOV_HASH_BYTES);
    return TOV_OK;
}

/* With what the open batches say. Link 0: there is none. */
static enum tov_err get_head(const struct tov_core *core, struct tov_store_key key,
                             struct tov_told *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    *out = (struct tov_told){.link = 0};
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_core_get_pending(core, read, TOV_TABLE_FACT, key, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    return read_head(row, out);
}

static struct tov_store_key held_key(const struct tov_peer *peer)
{
    struct tov_store_key key = tov_store_key_text("held");
    tov_store_key_put_u16(&key, peer->number);
    return key;
}

/* The message with LINK came before the copy was made: its own receipt is no news. */
static bool is_held(const struct tov_peer *peer, struct tov_series series, uint64_t link)
{
    if (tov_series_equal(series, peer->series))
        return link <= peer->last_link;
    return series.generation == peer->series.generation &&
           series.lost_index < peer->series.lost_index;
}

static void begin_held(struct tov_core *core, struct tov_peer *peer)
{
    peer->looks_at_held = true;
    peer->held_is_lost = false;
    peer->held_index = 0;
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, held_key(peer),
                        (struct tov_bytes){0});
}

/* Of what is held this store knows itself whether it could be read before. */
static void note_amendment(struct tov_core *core, struct tov_peer *peer, struct tov_series series,
                           const struct tov_receipt_amendment *amendment)
{
    struct tov_store_key key = verdict_key(peer, series, amendment->link_number);
    bool holds = is_held(peer, series, amendment->link_number);
    struct said before;
    enum tov_err err = find_said(core, key, &before);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND) {
        (void)tov_core_fail(core, err, NOT_READ);
        return;
    }
    bool had_keys = before.had_keys && !(holds && err == TOV_E_NOT_FOUND);
    put_verdict(core, key, &(struct said){amendment->value, had_keys});
    if (holds)
        begin_held(core, peer);
}

/* Own receipts reach no less far than was read back before: one that was written while others were
 * lost repeats a last link that lies before theirs. */
static enum tov_err put_furthest(struct tov_core *core, struct tov_peer *peer,
                                 struct tov_series series, const struct tov_told *told)
{
    struct tov_store_key key = head_key(read_back, peer, series);
    struct tov_told before;
    TOV_TRY(get_head(core, key, &before));
    if (before.link >= told->link)
        return TOV_OK;
    put_head(core, key, told);
    if (tov_series_equal(series, peer->series))
        peer->told = *told;
    return TOV_OK;
}

void tov_told_note(struct tov_core *core, struct tov_peer *peer,
                   const struct tov_leaf_receipt *receipt)
{
    struct tov_told told = {receipt->last_link, receipt->last_leaf_hash};
    uint64_t link = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++) {
        struct tov_verdict_value value = receipt->runs[i].value;
        bool is_plain = value.verdict == TOV_VERDICT_OPENED && value.flags == 0;
        for (uint16_t k = 0; k < receipt->runs[i].count; k++, link++) {
            if (!is_plain)
                put_verdict(core, verdict_key(peer, receipt->series, link),
                            &(struct said){value, false});
        }
    }
    for (size_t i = 0; i < receipt->amendment_count; i++)
        note_amendment(core, peer, receipt->series, &receipt->amendments[i]);
    enum tov_err err = put_furthest(core, peer, receipt->series, &told);
    if (err != TOV_OK)
        (void)tov_core_fail(core, err, NOT_READ);
}

void tov_told_end(struct tov_core *core, const struct tov_peer *peer)
{
    struct tov_told told = {peer->last_link, peer->last_link_leaf};
    if (peer->last_link > 0)
        put_head(core, head_key(ended, peer, peer->series), &told);
}

enum tov_err tov_told_last(const struct tov_core *core, const struct tov_peer *peer,
                           struct tov_series series, struct tov_told *out_told)
{
    struct tov_told told;
    struct tov_told end;
    TOV_TRY(get_head(core, head_key(read_back, peer, series), &told));
    TOV_TRY(get_head(core, head_key(ended, peer, series), &end));
    *out_told = told.link > end.link ? told : end;
    return out_told->link == 0 ? TOV_E_NOT_FOUND : TOV_OK;
}

enum tov_err tov_told_load(struct tov_core *core, struct tov_peer *peer)
{
    return get_head(core, head_key(read_back, peer, peer->series), &peer->told);
}

/* What was opened stays so, whatever it is taken for now; but whose keys were lost since says that:
 * it is how the sender's people learn that it asks for them again (again.c). */
static bool is_amended(struct tov_verdict_value before, struct tov_verdict_value now)
{
    if (before.verdict == TOV_VERDICT_OPENED)
        return now.verdict == TOV_VERDICT_NO_KEY;
    return before.verdict != now.verdict || before.detail != now.detail;
}

bool tov_told_covers(const struct tov_peer *peer, uint64_t link)
{
    return link <= peer->told.link;
}

/* Of a link of the present series, which is covered. */
static enum tov_err find_covered(const struct tov_core *core, const struct tov_peer *peer,
                                 uint64_t link, struct said *out)
{
    enum tov_err err = find_said(core, verdict_key(peer, peer->series, link), out);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_told_had_keys(const struct tov_core *core, const struct tov_peer *peer,
                               uint64_t link, bool *out_had_keys)
{
    struct said said;
    TOV_TRY(find_covered(core, peer, link, &said));
    *out_had_keys = said.had_keys;
    return TOV_OK;
}

enum tov_err tov_told_flags(const struct tov_core *core, const struct tov_peer *peer, uint64_t link,
                            uint8_t *out_flags)
{
    struct said said;
    TOV_TRY(find_covered(core, peer, link, &said));
    *out_flags = said.value.flags;
    return TOV_OK;
}

enum tov_err tov_told_again(struct tov_follow *follow, struct tov_peer *peer,
                            struct tov_series series, const struct tov_receipt_amendment *now)
{
    struct tov_core *core = follow->core;
    struct tov_store_key key = verdict_key(peer, series, now->link_number);
    struct said before;
    enum tov_err err = find_said(core, key, &before);
    if (err == TOV_OK)
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_TOLD, key);
    else if (err != TOV_E_NOT_FOUND)
        return err;
    if (is_amended(before.value, now->value))
        tov_receipt_amend(follow, peer, series, now);
    return TOV_OK;
}

/* ---- receipts that were set aside ---- */

static struct tov_store_range aside_of(const struct tov_peer *peer)
{
    return (struct tov_store_range){.table = TOV_TABLE_FACT,
                                    .first = tov_aside_receipt_key(peer->number, 0),
                                    .last = tov_aside_receipt_key(peer->number, UINT64_MAX)};
}

enum tov_err tov_told_find_aside(const struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = aside_of(peer);
    struct tov_store_iter iter;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    peer->has_aside = tov_store_iter_next(&iter);
    return tov_store_iter_fini(&iter);
}

/* Takes out the links of which one in the tree speaks after all, as far as the peer has given such
 * ones back: each is said once. What it amends is newer than they are, and stays. */
static enum tov_err cut_given(const struct tov_core *core, const struct tov_peer *peer,
                              struct tov_leaf_receipt *receipt)
{
    struct tov_told told;
    uint64_t before = receipt->last_link - tov_receipt_span(receipt);
    uint16_t kept = 0;
    TOV_TRY(get_head(core, head_key(read_back, peer, receipt->series), &told));
    uint64_t given = told.link > before ? told.link - before : 0;
    for (size_t i = 0; i < receipt->run_count; i++) {
        struct tov_receipt_run run = receipt->runs[i];
        uint16_t cut = given < run.count ? (uint16_t)given : run.count;
        given -= cut;
        run.count = (uint16_t)(run.count - cut);
        if (run.count > 0)
            receipt->runs[kept++] = run;
    }
    receipt->run_count = kept;
    return TOV_OK;
}

static enum tov_err give_one(struct tov_core *core, const struct tov_peer *peer,
                             const struct tov_store_row *row, struct tov_leaf *leaf)
{
    struct tov_ledger_place place;
    struct tov_leaf_receipt *receipt = &leaf->as.receipt;
    TOV_TRY(tov_leaf_decode(row->value, leaf));
    if (leaf->type != TOV_LEAF_RECEIPT || receipt->peer != peer->number)
        return TOV_E_CORRUPT;
    TOV_TRY(cut_given(core, peer, receipt));
    if (receipt->run_count > 0 || receipt->amendment_count > 0)
        TOV_TRY(tov_core_append_leaf(core, core->ledger, leaf, 0, &place));
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_FACT, row->key);
    return TOV_OK;
}

static enum tov_err give_each(struct tov_core *core, const struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_store_range range = aside_of(peer);
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = give_one(core, peer, &iter.row, leaf);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* The recovery is closed, and PEER has told what it was given. */
static bool may_give(const struct tov_follow *follow, const struct tov_peer *peer)
{
    return follow->sends && tov_follow_takes(follow) && tov_recall_is_durable(peer);
}

enum tov_err tov_told_give_aside(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->has_aside || !may_give(follow, peer))
        return TOV_OK;
    TOV_TRY(give_each(follow->core, peer));
    peer->has_aside = false;
    return TOV_OK;
}

/* ---- messages that were held, without their keys ---- */

enum tov_err tov_told_find_held(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, held_key(peer), &row);
    peer->looks_at_held = err == TOV_OK;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* The message NAME of PEER's, as the open batches leave it, has no key, and receipts say otherwise:
 * it is as if it came anew. */
static enum tov_err look_at(struct tov_follow *follow, struct tov_peer *peer,
                            struct tov_store_read *read, const struct tov_message_name *name)
{
    struct tov_entry entry;
    struct tov_link_block link;
    struct said said;
    enum tov_err err = tov_verdict_find(follow->core, read, name, &entry);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    if (entry.state != TOV_ENTRY_PRESENT || entry.verdict.verdict != TOV_VERDICT_NO_KEY ||
        entry.is_off_link)
        return TOV_OK;
    err = tov_link_decode(entry.links, &link);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK;
    struct tov_receipt_amendment now = {link.number, tov_merkle_leaf_hash(entry.leaf),
                                        entry.verdict};
    err = find_said(follow->core, verdict_key(peer, link.series, link.number), &said);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err; /* it waits as before */
    if (said.had_keys)
        tov_keys_lost_note(follow->core, peer, name->index);
    return tov_told_again(follow, peer, link.series, &now);
}

/* The next one that has no key, from where the last look ended: those that wait, then those that
 * are lost. */
static enum tov_err next_held(const struct tov_follow *follow, struct tov_store_read *read,
                              struct tov_peer *peer, struct tov_keys_lost *out)
{
    *out = (struct tov_keys_lost){.name = {.index = peer->held_index}};
    if (!peer->held_is_lost) {
        enum tov_err err = tov_follow_next_keys_awaited(follow, read, peer->number, out);
        if (err != TOV_E_NOT_FOUND)
            return err;
        peer->held_is_lost = true;
        *out = (struct tov_keys_lost){.name = {.index = 0}};
    }
    return tov_follow_next_keys_lost(follow, read, peer->number, out);
}

static enum tov_err look_at_some(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_keys_lost held;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    for (unsigned i = 0; i < HELD_A_TICK && err == TOV_OK; i++) {
        err = next_held(follow, read, peer, &held);
        if (err == TOV_OK) {
            peer->held_index = held.name.index + 1;
            err = look_at(follow, peer, read, &held.name);
        }
    }
    if (err != TOV_E_NOT_FOUND)
        return err;
    peer->looks_at_held = false;
    tov_store_batch_delete(tov_core_batch(follow->core), TOV_TABLE_FACT, held_key(peer));
    return TOV_OK;
}

void tov_told_on_tick(struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        if (!peer->looks_at_held || peer->has_aside || !may_give(follow, peer))
            continue;
        enum tov_err err = look_at_some(follow, peer);
        if (err != TOV_OK)
            (void)tov_core_fail(follow->core, err, NOT_READ);
    }
}
