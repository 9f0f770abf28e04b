/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts: those that this node owes, gathered while parcels are applied and written as entries of
 * its own ledger in the same batch; and those that peers wrote about our messages.
 *
 *   R1 A receipt counts once for each link, as it was said first; only an amendment changes that,
 *      or, of the present series, the first word of the peer's next ledger.
 *   R2 A run of a receipt takes five bytes and speaks of up to 1,024 links: rows are written for
 *      links that there are, and no more are looked up for one parcel than VERDICTS_MAX (I11).
 */
#include "follow/peer.h"

#include "ledger/epoch.h"
#include "ledger/series.h"
#include "merkle/tree.h"

#include <string.h>

/* Of one parcel, that are no plain `opened`, or may settle what is owed of a series that has ended.
 * An honest peer writes a receipt when it has taken up to 1,024 messages, and sends it then. */
#define VERDICTS_MAX 262144u

/* ---- owed by us ---- */

/* The receipt names the last message that it speaks of by its hash: no other one is that. */
static bool is_another_than_told(const struct tov_peer *peer, const struct tov_link_block *link,
                                 const struct tov_hash *leaf_hash)
{
    return link->number == peer->told.link && !tov_hash_equal(leaf_hash, &peer->told.leaf);
}

/* What is receipted already had come, and so had those before it. Its agency may have lost one of
 * these since: whoever was set back is not shown that one again. Of those that are told the
 * receipt's last one alone is known by its hash, the others by their number. */
static bool passes_over_lost(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_link_block *link, const struct tov_entry_in *entry)
{
    if (link->number <= peer->last_link + 1 || !tov_told_covers(peer, link->number))
        return false;
    if (tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_WARN, "messages-not-shown-again",
                     "peer=%s index=%llu count=%llu", peer->agency->name,
                     (unsigned long long)entry->index,
                     (unsigned long long)(link->number - peer->last_link - 1));
    peer->last_link = link->number - 1;
    peer->last_link_leaf = link->previous;
    return true;
}

bool tov_link_goes_on(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_link_block *link, const struct tov_entry_in *entry)
{
    if (!tov_series_equal(link->series, peer->series) ||
        is_another_than_told(peer, link, &entry->leaf_hash))
        return false;
    return (link->number == peer->last_link + 1 &&
            tov_hash_equal(&link->previous, &peer->last_link_leaf)) ||
           passes_over_lost(follow, peer, link, entry);
}

static bool is_empty(const struct tov_leaf_receipt *receipt)
{
    return receipt->run_count == 0 && receipt->amendment_count == 0;
}

static void clear(struct tov_peer *peer)
{
    *peer->receipt = (struct tov_leaf_receipt){.series = peer->receipt->series};
    peer->receipt_span = 0;
}

/* There is room in it afterwards, also where the batch has failed. */
static void write_receipt(struct tov_follow *follow, struct tov_peer *peer)
{
    enum tov_err err = tov_receipt_flush(follow, peer);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "a receipt could not be written");
    clear(peer);
}

/* A receipt speaks of one series: what was gathered for another one is written first. */
static struct tov_leaf_receipt *open_receipt(struct tov_follow *follow, struct tov_peer *peer,
                                             struct tov_series series)
{
    if (peer->receipt == NULL) {
        peer->receipt = calloc(1, sizeof *peer->receipt);
        if (peer->receipt == NULL) {
            (void)tov_core_fail(follow->core, TOV_E_NOMEM, "no memory for a receipt");
            return NULL;
        }
    }
    if (!is_empty(peer->receipt) && !tov_series_equal(peer->receipt->series, series))
        write_receipt(follow, peer);
    peer->receipt->series = series;
    return peer->receipt;
}

/* What is said of the links of SERIES once the receipt at hand is written. */
static enum tov_err find_told(const struct tov_core *core, const struct tov_peer *peer,
                              struct tov_series series, struct tov_told *out)
{
    if (!tov_series_equal(series, peer->series))
        return tov_told_last(core, peer, series, out);
    *out = tov_told_covers(peer, peer->last_link + 1)
               ? peer->told
               : (struct tov_told){peer->last_link, peer->last_link_leaf};
    return TOV_OK;
}

enum tov_err tov_receipt_flush(struct tov_follow *follow, struct tov_peer *peer)
{
    struct tov_leaf_receipt *receipt = peer->receipt;
    if (receipt == NULL || is_empty(receipt))
        return TOV_OK;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    struct tov_told told;
    TOV_TRY(find_told(follow->core, peer, receipt->series, &told));
    receipt->peer = peer->number;
    receipt->last_link = told.link;
    receipt->last_leaf_hash = told.leaf;
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = *receipt;
    struct tov_ledger_place place;
    TOV_TRY(tov_core_append_leaf(follow->core, follow->core->ledger, leaf, 0, &place));
    clear(peer);
    return TOV_OK;
}

static bool same_value(struct tov_verdict_value a, struct tov_verdict_value b)
{
    return a.verdict == b.verdict && a.flags == b.flags && a.detail == b.detail;
}

/* Receipted before this store was set back: it is said once. */
static void add_told(struct tov_follow *follow, struct tov_peer *peer,
                     struct tov_verdict_value value, const struct tov_hash *leaf_hash)
{
    peer->last_link++;
    peer->last_link_leaf = *leaf_hash;
    struct tov_receipt_amendment now = {peer->last_link, *leaf_hash, value};
    enum tov_err err = tov_told_again(follow, peer, peer->series, &now);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "what was receipted before could not be read");
}

void tov_receipt_add(struct tov_follow *follow, struct tov_peer *peer,
                     struct tov_verdict_value value, const struct tov_hash *leaf_hash)
{
    if (tov_told_covers(peer, peer->last_link + 1)) {
        add_told(follow, peer, value, leaf_hash);
        return;
    }
    struct tov_leaf_receipt *receipt = open_receipt(follow, peer, peer->series);
    if (receipt == NULL)
        return;
    struct tov_receipt_run *last =
        receipt->run_count > 0 ? &receipt->runs[receipt->run_count - 1] : NULL;
    bool extends = last != NULL && same_value(last->value, value);
    if (peer->receipt_span == TOV_RECEIPT_MAX_VERDICTS ||
        (!extends && receipt->run_count == TOV_RECEIPT_RUNS_MAX)) {
        write_receipt(follow, peer);
        extends = false;
    }
    peer->last_link++;
    peer->last_link_leaf = *leaf_hash;
    peer->receipt_span++;
    if (extends)
        last->count++;
    else
        receipt->runs[receipt->run_count++] = (struct tov_receipt_run){1, value};
}

void tov_receipt_amend(struct tov_follow *follow, struct tov_peer *peer, struct tov_series series,
                       const struct tov_receipt_amendment *amendment)
{
    struct tov_told unused;
    enum tov_err err = find_told(follow->core, peer, series, &unused);
    if (err == TOV_E_NOT_FOUND)
        return; /* the series ended when this store did not keep where */
    if (err != TOV_OK) {
        (void)tov_core_fail(follow->core, err, "the end of a series could not be read");
        return;
    }
    struct tov_leaf_receipt *receipt = open_receipt(follow, peer, series);
    if (receipt == NULL)
        return;
    if (receipt->amendment_count == TOV_RECEIPT_AMENDMENTS_MAX)
        write_receipt(follow, peer);
    receipt->amendments[receipt->amendment_count++] = *amendment;
}

/* ---- about our messages ---- */

struct own_link {
    uint64_t index;
    struct tov_hash leaf_hash;
};

/* A receipt speaks of one own series: the present one, or one that a recovery ended. */
static struct tov_link_place place_of(const struct tov_peer *peer, struct tov_series series,
                                      uint64_t link)
{
    return (struct tov_link_place){peer->number, series.generation, series.lost_index, link};
}

enum tov_err tov_link_own_index(struct tov_store_read *read, const struct tov_link_place *place,
                                uint64_t *out_index)
{
    struct tov_bytes row;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LINK, tov_key_link(place), &row));
    if (row.size != 8)
        return TOV_E_CORRUPT;
    *out_index = tov_get_be64(row.data);
    return TOV_OK;
}

static enum tov_err find_own(const struct tov_core *core, const struct tov_link_place *place,
                             struct own_link *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_link_own_index(read, place, &out->index));
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(out->index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    out->leaf_hash =
        entry.state == TOV_ENTRY_PRESENT ? tov_merkle_leaf_hash(entry.leaf) : entry.leaf_hash;
    return TOV_OK;
}

void tov_receipt_put_exception(struct tov_core *core, const struct tov_link_place *place,
                               struct tov_verdict_value value, uint64_t receipt_index)
{
    uint8_t row[TOV_EXCEPTION_ROW_BYTES];
    row[0] = (uint8_t)value.verdict;
    row[1] = value.flags;
    tov_put_be16(row + 2, value.detail);
    tov_put_be64(row + 4, receipt_index);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EXCEPTION, tov_key_link(place),
                        TOV_BYTES_OF(row));
    tov_unopened_note(core, place, value.verdict);
}

bool tov_verdict_is_plain_opened(struct tov_verdict_value value)
{
    return value.verdict == TOV_VERDICT_OPENED && value.flags == 0;
}

/* What one receipt says of our links FIRST to LAST of SERIES; verdict 0: not the same of all. */
struct delivered {
    struct tov_series series;
    uint64_t receipt_index;
    uint64_t first;
    uint64_t last;
    uint8_t verdict;
};

static void put_cover(struct tov_core *core, const struct tov_peer *peer,
                      const struct delivered *delivered)
{
    uint8_t row[TOV_COVER_ROW_BYTES];
    struct tov_link_place place = place_of(peer, delivered->series, delivered->last);
    tov_put_be64(row, delivered->receipt_index);
    tov_put_be64(row + 8, delivered->first);
    tov_put_be64(row + 16, core->now_ms);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_COVER, tov_key_link(&place),
                        TOV_BYTES_OF(row));
}

static void put_delivered(struct tov_core *core, const struct tov_peer *peer,
                          const struct delivered *delivered)
{
    struct tov_event event = {.kind = TOV_EVENT_DELIVERED,
                              .agency = peer->number,
                              .generation = peer->agency->generation,
                              .index = delivered->receipt_index,
                              .time_ms = core->now_ms,
                              .series = delivered->series,
                              .first_link = delivered->first,
                              .last_link = delivered->last,
                              .verdict = delivered->verdict};
    (void)tov_event_append(core, &event);
}

/* Says that what a peer tells does not fit. Any other error is trouble of this node with its own
 * store, and no reason to pass over what it was told (F2). */
static bool is_misfit(enum tov_err err)
{
    return err == TOV_E_NOT_FOUND || err == TOV_E_RULE || err == TOV_E_PROOF;
}

static bool is_present(const struct tov_core *core, const struct tov_link_place *place)
{
    struct tov_series series = {place->generation, place->lost_index};
    return tov_series_equal(series, core->series);
}

/* One link of those that a receipt speaks of. */
struct said {
    struct tov_link_place place;
    struct tov_verdict_value value;
    uint64_t receipt_index;
};

/* Of a message that nobody could bring back nothing is noted: without its link block nobody asks
 * what became of it. */
static enum tov_err note_verdict(struct tov_core *core, struct tov_peer *peer,
                                 struct tov_store_read *read, const struct said *said)
{
    uint64_t own_index;
    bool has_no_key = said->value.verdict == TOV_VERDICT_NO_KEY;
    bool is_plain = tov_verdict_is_plain_opened(said->value);
    bool may_settle = !has_no_key && tov_stanza_owes_any(peer);
    if (is_plain && !may_settle)
        return TOV_OK;
    enum tov_err err = tov_link_own_index(read, &said->place, &own_index);
    if (err != TOV_OK)
        return is_misfit(err) ? TOV_OK : err;
    if (!is_plain)
        tov_receipt_put_exception(core, &said->place, said->value, said->receipt_index);
    if (has_no_key)
        tov_stanza_owe(core, peer, own_index);
    else if (may_settle)
        tov_stanza_settle(core, peer, own_index); /* a parcel brought the stanza after all */
    return TOV_OK;
}

/* Of the present series a gap is never receipted over; one that has ended is settled by what is
 * told of it, in whatever order that comes after a recovery. */
static bool fits_links(const struct tov_core *core, const struct tov_peer *peer,
                       const struct tov_leaf_receipt *receipt, uint64_t first)
{
    if (!tov_series_equal(receipt->series, core->series))
        return true;
    return (first == peer->receipted_link + 1 || peer->receipts_skip) &&
           receipt->last_link <= peer->head.number;
}

/* Fact "skip" || agency u16: an empty row. */
static struct tov_store_key skip_key(const struct tov_peer *peer)
{
    struct tov_store_key key = tov_store_key_text("skip");
    tov_store_key_put_u16(&key, peer->number);
    return key;
}

void tov_receipts_skip(struct tov_core *core, struct tov_peer *peer)
{
    peer->receipts_skip = true;
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, skip_key(peer),
                        (struct tov_bytes){0});
}

enum tov_err tov_receipts_load(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, skip_key(peer), &row);
    peer->receipts_skip = err == TOV_OK;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static void note_present(struct tov_core *core, struct tov_peer *peer, uint64_t last_link)
{
    peer->receipted_link = last_link;
    peer->dirty = true;
    if (!peer->receipts_skip)
        return;
    peer->receipts_skip = false;
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_FACT, skip_key(peer));
}

/* The own link of which RECEIPT says that it was the last. Of a series that has ended nobody may
 * have brought back that message: what is said of the others is so all the same. But no more of it
 * than there can be (I11): the series is one of ours, and has no more links than the ledger had
 * entries when the present one began. */
static enum tov_err find_last(const struct tov_core *core, const struct tov_peer *peer,
                              const struct tov_leaf_receipt *receipt, struct own_link *out,
                              bool *out_gone)
{
    struct tov_link_place place = place_of(peer, receipt->series, receipt->last_link);
    enum tov_err err = find_own(core, &place, out);
    *out_gone = false;
    if (err != TOV_E_NOT_FOUND || tov_series_equal(receipt->series, core->series)) {
        TOV_TRY(err);
        return tov_hash_equal(&out->leaf_hash, &receipt->last_leaf_hash) ? TOV_OK : TOV_E_PROOF;
    }
    err = tov_series_find(core, receipt->series.lost_index);
    if (err == TOV_E_NOT_FOUND || receipt->last_link > core->series.lost_index)
        return TOV_E_RULE;
    *out_gone = true;
    return err;
}

void tov_receipts_begin(struct tov_peer *peer)
{
    peer->verdicts_looked = 0;
}

/* TOV_E_RULE: it says more than one parcel may. */
static enum tov_err count_verdicts(const struct tov_core *core, struct tov_peer *peer,
                                   const struct tov_leaf_receipt *receipt)
{
    bool is_former = !tov_series_equal(receipt->series, core->series);
    bool counts_all = is_former && tov_stanza_owes_any(peer);
    uint32_t looked = peer->verdicts_looked;
    for (size_t i = 0; i < receipt->run_count; i++) {
        if (counts_all || !tov_verdict_is_plain_opened(receipt->runs[i].value))
            looked += receipt->runs[i].count;
    }
    if (looked > VERDICTS_MAX)
        return TOV_E_RULE;
    peer->verdicts_looked = looked;
    return TOV_OK;
}

/* That the peer's word is another one of a link that it, or its ledger before, has spoken of. */
static enum tov_err change_verdict(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct said *said, uint64_t own_index)
{
    struct tov_core *core = follow->core;
    const struct tov_link_place *place = &said->place;
    if (tov_verdict_had_keys(said->value))
        tov_again_settle(core, peer->number, own_index);
    else
        TOV_TRY(tov_again_on_verdict(follow, peer,
                                     &(struct tov_again_said){place, own_index, said->value}));
    tov_receipt_put_exception(core, place, said->value, said->receipt_index);
    if (said->value.verdict == TOV_VERDICT_NO_KEY)
        tov_stanza_owe(core, peer, own_index);
    else
        tov_stanza_settle(core, peer, own_index);
    struct delivered delivered = {{place->generation, place->lost_index},
                                  said->receipt_index,
                                  place->link,
                                  place->link,
                                  (uint8_t)said->value.verdict};
    put_delivered(core, peer, &delivered);
    return TOV_OK;
}

/* A receipt whose runs are looked at, link by link. */
struct noting {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    struct tov_spoken *spoken; /* NULL: of the present series, up to the last link */
    struct said said;          /* of one link */
    uint64_t looked_to;        /* up to that link what is stored was looked at: */
    bool is_stored;
    uint64_t exception; /* the first link behind those looked at that has one in what is stored */
    struct delivered fresh; /* links side by side, spoken of for the first time; first 0: none */
};

/* Whether what is stored has another word on it than a plain `opened`: one look for all links up to
 * the next that has. */
static enum tov_err has_exception(struct noting *noting, bool *out_has)
{
    const struct tov_link_place *place = &noting->said.place;
    struct tov_link_place last = *place;
    last.link = UINT64_MAX;
    if (place->link > noting->exception) {
        struct tov_store_range range = {.table = TOV_TABLE_EXCEPTION,
                                        .first = tov_key_link(place),
                                        .last = tov_key_link(&last)};
        struct tov_store_iter iter;
        TOV_TRY(tov_store_iter_init(noting->read, &range, &iter));
        bool is_there = tov_store_iter_next(&iter);
        noting->exception =
            is_there ? tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8) : UINT64_MAX;
        TOV_TRY(tov_store_iter_fini(&iter));
    }
    *out_has = noting->exception == place->link;
    return TOV_OK;
}

/* The receipts of the ledger before count on: what this one says first of a link is as when it
 * amends it. */
static enum tov_err note_after_former(struct noting *noting)
{
    const struct said *said = &noting->said;
    uint64_t own_index;
    bool has_other_word = true;
    if (tov_verdict_is_plain_opened(said->value))
        TOV_TRY(has_exception(noting, &has_other_word));
    if (!has_other_word)
        return TOV_OK;
    enum tov_err err = tov_link_own_index(noting->read, &said->place, &own_index);
    if (err != TOV_OK)
        return is_misfit(err) ? TOV_OK : err;
    return change_verdict(noting->follow, noting->peer, said, own_index);
}

/* Whether what is stored speaks of it, where that is not known without looking: once for all links
 * side by side of which the same is so. */
static enum tov_err find_stored(struct noting *noting, bool *out_is_stored)
{
    uint64_t link = noting->said.place.link;
    struct tov_cover cover;
    *out_is_stored = false;
    if (noting->spoken != NULL ? !noting->spoken->is_part : !tov_peer_had_ledger(noting->peer))
        return TOV_OK;
    if (link > noting->looked_to) {
        enum tov_err err = tov_cover_find(noting->read, &noting->said.place, &cover);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND)
            return err;
        noting->is_stored = err == TOV_OK;
        noting->looked_to = err == TOV_OK ? cover.last : cover.first - 1;
    }
    *out_is_stored = noting->is_stored;
    return TOV_OK;
}

/* Ends what is side by side: one row, one event. */
static void end_fresh(struct noting *noting)
{
    struct delivered *fresh = &noting->fresh;
    if (fresh->first == 0)
        return;
    put_cover(noting->follow->core, noting->peer, fresh);
    put_delivered(noting->follow->core, noting->peer, fresh);
    if (noting->spoken != NULL)
        tov_spoken_add(noting->spoken, fresh->first, fresh->last);
    fresh->first = 0;
}

/* What was said before is not noted. */
static enum tov_err note_link(struct noting *noting, bool *inout_is_new)
{
    uint64_t link = noting->said.place.link;
    bool is_said = noting->spoken != NULL ? tov_spoken_has(noting->spoken, link, link)
                                          : link <= noting->peer->receipted_link;
    bool is_stored = false;
    if (!is_said)
        TOV_TRY(find_stored(noting, &is_stored));
    if (is_said || is_stored) {
        end_fresh(noting);
        return is_stored && noting->spoken == NULL ? note_after_former(noting) : TOV_OK;
    }
    *inout_is_new = true;
    if (noting->fresh.first == 0)
        noting->fresh.first = link;
    noting->fresh.last = link;
    return note_verdict(noting->follow->core, noting->peer, noting->read, &noting->said);
}

/* Of RECEIPT, which is the peer's entry INDEX, what is said for the first time; OUT_IS_NEW: there
 * is such a thing. */
static enum tov_err note_runs(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                              const struct tov_leaf_receipt *receipt, bool *out_is_new)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t first = receipt->last_link - tov_receipt_span(receipt) + 1;
    uint8_t all = receipt->run_count == 1 ? (uint8_t)receipt->runs[0].value.verdict : 0;
    struct noting noting = {
        .follow = follow,
        .peer = peer,
        .said = {.place = place_of(peer, receipt->series, first), .receipt_index = index},
        .fresh = {receipt->series, index, 0, 0, all}};
    *out_is_new = false;
    if (!tov_series_equal(receipt->series, follow->core->series)) {
        TOV_TRY(tov_spoken_find(follow->core, peer, receipt->series, &noting.spoken));
        if (tov_spoken_has(noting.spoken, first, receipt->last_link))
            return TOV_OK;
    }
    TOV_TRY(count_verdicts(follow->core, peer, receipt));
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    noting.read = read;
    for (size_t i = 0; i < receipt->run_count; i++) {
        noting.said.value = receipt->runs[i].value;
        for (uint16_t k = 0; k < receipt->runs[i].count; k++, noting.said.place.link++)
            TOV_TRY(note_link(&noting, out_is_new));
    }
    end_fresh(&noting);
    return TOV_OK;
}

static enum tov_err apply_runs(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                               const struct tov_leaf_receipt *receipt)
{
    struct tov_core *core = follow->core;
    uint64_t span = tov_receipt_span(receipt);
    uint64_t first = receipt->last_link - span + 1;
    bool is_new, is_gone;
    struct own_link own;
    if (span == 0)
        return TOV_OK;
    if (!fits_links(core, peer, receipt, first))
        return TOV_E_RULE;
    TOV_TRY(find_last(core, peer, receipt, &own, &is_gone));
    TOV_TRY(note_runs(follow, peer, index, receipt, &is_new));
    if (tov_series_equal(receipt->series, core->series) &&
        receipt->last_link > peer->receipted_link)
        note_present(core, peer, receipt->last_link);
    if (is_new && !is_gone)
        tov_follow_on_proof(follow, own.index);
    return TOV_OK;
}

/* The own link of which it speaks. */
static enum tov_err find_amended(const struct tov_core *core, const struct tov_peer *peer,
                                 const struct tov_link_place *place,
                                 const struct tov_receipt_amendment *amendment,
                                 struct own_link *out)
{
    if (is_present(core, place) && amendment->link_number > peer->receipted_link)
        return TOV_E_RULE; /* it comes before its receipt */
    TOV_TRY(find_own(core, place, out));
    return tov_hash_equal(&out->leaf_hash, &amendment->leaf_hash) ? TOV_OK : TOV_E_PROOF;
}

/* What is told of a message of a series that has ended, which nobody has brought back, is no misfit
 * and not noted (as by note_verdict). TOV_E_NOT_FOUND: it can be none. */
static enum tov_err pass_over_lost(const struct tov_core *core, const struct tov_link_place *place)
{
    if (is_present(core, place) || place->link > core->series.lost_index)
        return TOV_E_NOT_FOUND;
    return tov_series_find(core, place->lost_index);
}

static enum tov_err apply_amendment(struct tov_follow *follow, struct tov_peer *peer,
                                    uint64_t index, const struct tov_link_place *place,
                                    const struct tov_receipt_amendment *amendment)
{
    struct tov_core *core = follow->core;
    struct own_link own;
    enum tov_err err = find_amended(core, peer, place, amendment, &own);
    if (err == TOV_E_NOT_FOUND)
        return pass_over_lost(core, place);
    TOV_TRY(err);
    return change_verdict(follow, peer, &(struct said){*place, amendment->value, index}, own.index);
}

/* What does not fit is passed over and said: TOV_OK. */
static enum tov_err pass_over_misfit(const struct tov_follow *follow, struct tov_peer *peer,
                                     uint64_t index, enum tov_err err)
{
    if (!is_misfit(err))
        return err;
    if (tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_WARN, "receipt-does-not-fit",
                     "peer=%s index=%llu error=%s", peer->agency->name, (unsigned long long)index,
                     tov_err_name(err));
    return TOV_OK;
}

enum tov_err tov_receipt_apply(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                               const struct tov_leaf_receipt *receipt)
{
    struct tov_core *core = follow->core;
    if (receipt->peer != core->own->number ||
        receipt->series.generation != core->series.generation ||
        receipt->series.lost_index > core->series.lost_index) {
        if (tov_session_may_log(follow, peer))
            tov_core_log(core, TOV_HOST_WARN, "receipt-of-another-series", "peer=%s index=%llu",
                         peer->agency->name, (unsigned long long)index);
        return TOV_OK;
    }
    TOV_TRY(pass_over_misfit(follow, peer, index, apply_runs(follow, peer, index, receipt)));
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        struct tov_link_place place =
            place_of(peer, receipt->series, receipt->amendments[i].link_number);
        enum tov_err err = apply_amendment(follow, peer, index, &place, &receipt->amendments[i]);
        TOV_TRY(pass_over_misfit(follow, peer, index, err));
    }
    return TOV_OK;
}
