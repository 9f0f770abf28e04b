/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a peer's ledger said above the point at which its key was revoked, and was taken before the
 * roster that says so: receipts and epoch keys there have no effect (docs/roster.md, I5). What
 * comes after that roster is not taken at all (parcel_in.c).
 * Not for: messages, which are void wherever they are looked at (tov_roster_is_void).
 *
 * It is done at each start for as long as the ledger is held beyond that point: rows that are void
 * go, and what they had taken the place of is written again from the receipts that count. The rows
 * do not name the peer's generation, so a row is void only if the entry speaks of it.
 */
#include "follow/peer.h"

#include <string.h>

struct pass {
    struct tov_core *core;
    struct tov_store_read *read;
    const struct tov_peer *peer; /* as its row tells: in the generation that is revoked */
    struct tov_leaf *void_leaf;  /* entry void_index, if it is a receipt */
    uint64_t void_index;
    bool has_void_leaf, is_receipt;
    struct tov_leaf *leaf; /* of the walk through those that count */
    uint64_t covers, exceptions;
};

static bool is_void(const struct pass *pass, uint64_t index)
{
    return tov_roster_is_void(pass->core->roster, pass->peer->number, pass->peer->series.generation,
                              index);
}

/* ROW as a receipt about own messages; false: it is something else, or cannot be read any more. */
static enum tov_err read_receipt(const struct pass *pass, struct tov_bytes row,
                                 struct tov_leaf *leaf, bool *out_is_receipt)
{
    struct tov_entry entry;
    *out_is_receipt = false;
    enum tov_err err = tov_entry_decode_mirror(row, &entry);
    if (err == TOV_OK && entry.state == TOV_ENTRY_PRESENT) {
        err = tov_leaf_decode(entry.leaf, leaf);
        *out_is_receipt = err == TOV_OK && leaf->type == TOV_LEAF_RECEIPT &&
                          leaf->as.receipt.peer == pass->core->own->number;
    }
    return err == TOV_E_NOMEM || err == TOV_E_IO ? err : TOV_OK;
}

static enum tov_err load_void(struct pass *pass, uint64_t index)
{
    struct tov_bytes row;
    if (pass->has_void_leaf && pass->void_index == index)
        return TOV_OK;
    enum tov_err err = tov_store_get(
        pass->read, TOV_TABLE_MLEAF,
        tov_store_key_u16_u32_u64(pass->peer->number, pass->peer->series.generation, index), &row);
    pass->is_receipt = false;
    if (err == TOV_OK)
        err = read_receipt(pass, row, pass->void_leaf, &pass->is_receipt);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    pass->has_void_leaf = true;
    pass->void_index = index;
    return TOV_OK;
}

/* Whether what a row tells of PLACE by entry INDEX is void. */
static enum tov_err check_void(struct pass *pass, const struct tov_link_place *place,
                               uint64_t index, bool *out_is_void)
{
    *out_is_void = false;
    if (!is_void(pass, index))
        return TOV_OK;
    TOV_TRY(load_void(pass, index));
    *out_is_void = pass->is_receipt && tov_receipt_speaks_of(&pass->void_leaf->as.receipt, place);
    return TOV_OK;
}

/* ---- what goes ---- */

/* Cover and exception name the entry that they are from, at INDEX_AT of so many bytes. */
struct kind {
    unsigned table;
    size_t size, index_at;
};
static const struct kind covers = {TOV_TABLE_COVER, TOV_COVER_ROW_BYTES, 0};
static const struct kind exceptions = {TOV_TABLE_EXCEPTION, TOV_EXCEPTION_ROW_BYTES, 4};

static enum tov_err check_row(struct pass *pass, const struct kind *kind,
                              const struct tov_store_row *row, struct tov_link_place *out_place,
                              bool *out_is_void)
{
    struct tov_reader key = tov_reader_of((struct tov_bytes){row->key.bytes, row->key.size});
    out_place->peer = tov_read_u16(&key);
    out_place->generation = tov_read_u32(&key);
    out_place->lost_index = tov_read_u64(&key);
    out_place->link = tov_read_u64(&key);
    *out_is_void = false;
    if (row->value.size != kind->size)
        return TOV_OK;
    return check_void(pass, out_place, tov_get_be64(row->value.data + kind->index_at), out_is_void);
}

/* Nobody is asked about keys, or told that a message cannot be read yet, because of what is void.
 */
static enum tov_err settle(const struct pass *pass, const struct tov_link_place *place)
{
    uint64_t index;
    tov_unopened_note(pass->core, place, TOV_VERDICT_OPENED);
    enum tov_err err = tov_link_own_index(pass->read, place, &index);
    if (err == TOV_OK)
        tov_again_settle(pass->core, pass->peer->number, index);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err drop_void(struct pass *pass, const struct kind *kind, uint64_t *inout_count)
{
    struct tov_link_place first = {pass->peer->number, 0, 0, 0};
    struct tov_link_place last = {pass->peer->number, UINT32_MAX, UINT64_MAX, UINT64_MAX};
    struct tov_store_range range = {
        .table = kind->table, .first = tov_key_link(&first), .last = tov_key_link(&last)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(pass->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        struct tov_link_place place;
        bool row_is_void = false;
        err = check_row(pass, kind, &iter.row, &place, &row_is_void);
        if (err != TOV_OK || !row_is_void)
            continue;
        tov_store_batch_delete(tov_core_batch(pass->core), kind->table, iter.row.key);
        *inout_count += 1;
        if (kind == &exceptions)
            err = settle(pass, &place);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* ---- what counts again ---- */

static enum tov_err put_if_void(struct pass *pass, const struct tov_link_place *place,
                                struct tov_verdict_value value, uint64_t index, bool *out_is_put)
{
    struct tov_bytes row;
    enum tov_err err = tov_store_get(pass->read, TOV_TABLE_EXCEPTION, tov_key_link(place), &row);
    *out_is_put = false;
    if (err == TOV_OK && row.size == exceptions.size)
        err = check_void(pass, place, tov_get_be64(row.data + exceptions.index_at), out_is_put);
    if (err == TOV_OK && *out_is_put)
        tov_receipt_put_exception(pass->core, place, value, index);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* The receipt was the first that spoke of the link; else what it said of it had no effect. */
static enum tov_err check_first(const struct pass *pass, const struct tov_link_place *place,
                                uint64_t index, bool *out_counts)
{
    struct tov_cover cover;
    enum tov_err err = tov_cover_find(pass->read, place, &cover);
    *out_counts = err == TOV_OK && cover.receipt_index == index;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err apply_runs(struct pass *pass, uint64_t index,
                               const struct tov_leaf_receipt *receipt)
{
    struct tov_link_place place = {pass->peer->number, receipt->series.generation,
                                   receipt->series.lost_index, receipt->last_link};
    bool counts, is_put;
    place.link = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++) {
        struct tov_verdict_value value = receipt->runs[i].value;
        for (uint16_t k = 0; k < receipt->runs[i].count; k++, place.link++) {
            if (tov_verdict_is_plain_opened(value))
                continue;
            TOV_TRY(check_first(pass, &place, index, &counts));
            if (counts)
                TOV_TRY(put_if_void(pass, &place, value, index, &is_put));
        }
    }
    return TOV_OK;
}

static enum tov_err apply_amendments(struct pass *pass, uint64_t index,
                                     const struct tov_leaf_receipt *receipt)
{
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        const struct tov_receipt_amendment *amendment = &receipt->amendments[i];
        struct tov_link_place place = {pass->peer->number, receipt->series.generation,
                                       receipt->series.lost_index, amendment->link_number};
        bool is_put;
        uint64_t own_index = 0;
        TOV_TRY(put_if_void(pass, &place, amendment->value, index, &is_put));
        if (!is_put)
            continue;
        enum tov_err err = tov_link_own_index(pass->read, &place, &own_index);
        if (err == TOV_OK)
            tov_again_on_counting(pass->core, pass->peer->number, own_index, amendment->value);
        else if (err != TOV_E_NOT_FOUND)
            return err;
    }
    return TOV_OK;
}

/* In their order: the later supersedes. */
static enum tov_err apply_counting(struct pass *pass)
{
    const struct tov_peer *peer = pass->peer;
    struct tov_store_range range = {
        .table = TOV_TABLE_MLEAF,
        .first = tov_store_key_u16_u32_u64(peer->number, peer->series.generation, 0),
        .last = tov_store_key_u16_u32_u64(peer->number, peer->series.generation, UINT64_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(pass->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        uint64_t index = tov_get_be64(iter.row.key.bytes + 6);
        bool is_receipt = false;
        if (is_void(pass, index))
            break;
        err = read_receipt(pass, iter.row.value, pass->leaf, &is_receipt);
        if (err == TOV_OK && is_receipt)
            err = apply_runs(pass, index, &pass->leaf->as.receipt);
        if (err == TOV_OK && is_receipt)
            err = apply_amendments(pass, index, &pass->leaf->as.receipt);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* Of the present own series. */
static enum tov_err find_receipted(struct pass *pass, uint64_t *out_link)
{
    struct tov_link_place first = {pass->peer->number, pass->core->series.generation,
                                   pass->core->series.lost_index, 0};
    struct tov_link_place last = first;
    last.link = UINT64_MAX;
    struct tov_store_range range = {.table = TOV_TABLE_COVER,
                                    .first = tov_key_link(&first),
                                    .last = tov_key_link(&last),
                                    .backward = true};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool row_is_void = true;
    TOV_TRY(tov_store_iter_init(pass->read, &range, &iter));
    *out_link = 0;
    while (err == TOV_OK && row_is_void && tov_store_iter_next(&iter)) {
        struct tov_link_place place;
        err = check_row(pass, &covers, &iter.row, &place, &row_is_void);
        *out_link = row_is_void ? 0 : place.link;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* ---- both ---- */

/* What it published below is not looked for: who can sign for it may know that secret, and the
 * agency has a new generation before it writes anything more. */
static void forget_epoch(struct tov_peer *peer)
{
    peer->epoch = 0;
    peer->epoch_index = peer->epoch_not_before_ms = peer->epoch_not_after_ms = 0;
    memset(&peer->epoch_key, 0, sizeof peer->epoch_key);
    peer->dirty = true;
}

static enum tov_err take_back_receipts(struct pass *pass, struct tov_peer *peer)
{
    TOV_TRY(drop_void(pass, &covers, &pass->covers));
    TOV_TRY(drop_void(pass, &exceptions, &pass->exceptions));
    if (pass->exceptions > 0)
        TOV_TRY(apply_counting(pass));
    if (pass->covers > 0 && tov_series_equal(peer->receipted_series, pass->core->series)) {
        TOV_TRY(find_receipted(pass, &peer->receipted_link));
        peer->dirty = true;
    }
    return TOV_OK;
}

enum tov_err tov_void_take_back(struct tov_core *core, struct tov_store_read *read,
                                struct tov_peer *peer)
{
    struct pass pass = {.core = core, .read = read, .peer = peer};
    if (peer->range.size == 0 || !is_void(&pass, peer->range.size - 1))
        return TOV_OK;
    TOV_FREE struct tov_leaf *void_leaf = malloc(sizeof *void_leaf);
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    if (void_leaf == NULL || leaf == NULL)
        return TOV_E_NOMEM;
    pass.void_leaf = void_leaf;
    pass.leaf = leaf;
    bool epoch_is_void = peer->epoch != 0 && is_void(&pass, peer->epoch_index);
    if (epoch_is_void)
        forget_epoch(peer);
    TOV_TRY(take_back_receipts(&pass, peer));
    if (epoch_is_void || pass.covers > 0 || pass.exceptions > 0)
        tov_core_log(core, TOV_HOST_WARN, "void-taken-back",
                     "peer=%s generation=%u receipts=%llu verdicts=%llu epoch-key=%s",
                     peer->agency->name, peer->series.generation, (unsigned long long)pass.covers,
                     (unsigned long long)pass.exceptions, epoch_is_void ? "yes" : "no");
    return TOV_OK;
}
