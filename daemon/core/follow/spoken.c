/* SPDX-License-Identifier: EUPL-1.2
 *
 * Of which own links a peer's receipts have spoken: what is stored (table `cover`), and for series
 * that have ended what the open batches say besides. A peer's ledger is read again after a loss, so
 * that what was said and what contradicts it may come in one parcel.
 * Not for: what was said of them (receipt.c).
 */
#include "follow/peer.h"

#include <string.h>

#define COVERS_MAX 4096u /* rows: beyond them what is stored is asked for each link */

bool tov_receipt_speaks_of(const struct tov_leaf_receipt *receipt,
                           const struct tov_link_place *place)
{
    struct tov_series series = {place->generation, place->lost_index};
    if (!tov_series_equal(receipt->series, series))
        return false;
    if (place->link <= receipt->last_link &&
        receipt->last_link - place->link < tov_receipt_span(receipt))
        return true;
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        if (receipt->amendments[i].link_number == place->link)
            return true;
    }
    return false;
}

enum tov_err tov_cover_find(struct tov_store_read *read, const struct tov_link_place *place,
                            struct tov_cover *out)
{
    struct tov_link_place last = *place;
    last.link = UINT64_MAX;
    struct tov_store_range range = {
        .table = TOV_TABLE_COVER, .first = tov_key_link(place), .last = tov_key_link(&last)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_E_NOT_FOUND;
    *out = (struct tov_cover){.first = UINT64_MAX, .last = UINT64_MAX};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    if (tov_store_iter_next(&iter)) {
        struct tov_reader reader = tov_reader_of(iter.row.value);
        out->receipt_index = tov_read_u64(&reader);
        out->first = tov_read_u64(&reader);
        out->received_ms = tov_read_u64(&reader);
        out->last = tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8);
        if (!tov_reader_is_done(&reader))
            out->first = out->last + 1; /* a damaged row speaks of nothing */
        else if (out->first <= place->link)
            err = TOV_OK;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return read_err != TOV_OK ? read_err : err;
}

bool tov_spoken_has(const struct tov_spoken *spoken, uint64_t first, uint64_t last)
{
    for (size_t i = 0; i < spoken->count; i++) {
        if (first >= spoken->spans[i].first && last <= spoken->spans[i].last)
            return true;
    }
    return false;
}

/* The spans from AT to END become one. */
static void join(struct tov_spoken *spoken, size_t at, size_t end)
{
    spoken->spans[at].last = spoken->spans[end].last;
    memmove(&spoken->spans[at + 1], &spoken->spans[end + 1],
            (spoken->count - end - 1) * sizeof spoken->spans[0]);
    spoken->count -= end - at;
}

/* Without room: what lies between two counts as said, so that no keys go by themselves that the
 * peer may have had. */
static void join_nearest(struct tov_spoken *spoken)
{
    size_t nearest = 0;
    for (size_t i = 1; i + 1 < spoken->count; i++) {
        if (spoken->spans[i + 1].first - spoken->spans[i].last <
            spoken->spans[nearest + 1].first - spoken->spans[nearest].last)
            nearest = i;
    }
    join(spoken, nearest, nearest + 1);
}

void tov_spoken_add(struct tov_spoken *spoken, uint64_t first, uint64_t last)
{
    size_t at = 0;
    while (at < spoken->count && spoken->spans[at].last < first)
        at++;
    memmove(&spoken->spans[at + 1], &spoken->spans[at],
            (spoken->count - at) * sizeof spoken->spans[0]);
    spoken->spans[at] = (struct tov_link_span){first, last};
    spoken->count++;
    /* Those that touch it become one with it; none overlaps: what was said is not said again. */
    if (at + 1 < spoken->count && spoken->spans[at + 1].first == last + 1)
        join(spoken, at, at + 1);
    if (at > 0 && spoken->spans[at - 1].last + 1 == first)
        join(spoken, at - 1, at);
    if (spoken->count > TOV_SPOKEN_SPANS)
        join_nearest(spoken);
}

static enum tov_err load(const struct tov_core *core, const struct tov_peer *peer,
                         struct tov_spoken *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_place first = {peer->number, out->series.generation, out->series.lost_index, 0};
    struct tov_link_place last = first;
    last.link = UINT64_MAX;
    struct tov_store_range range = {
        .table = TOV_TABLE_COVER, .first = tov_key_link(&first), .last = tov_key_link(&last)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    for (unsigned i = 0; tov_store_iter_next(&iter); i++) {
        if (i == COVERS_MAX || out->count == TOV_SPOKEN_SPANS ||
            iter.row.value.size != TOV_COVER_ROW_BYTES) {
            out->is_part = true;
            break;
        }
        tov_spoken_add(out, tov_get_be64(iter.row.value.data + 8),
                       tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8));
    }
    return tov_store_iter_fini(&iter);
}

enum tov_err tov_spoken_find(const struct tov_core *core, struct tov_peer *peer,
                             struct tov_series series, struct tov_spoken **out)
{
    struct tov_spoken spoken = {.series = series};
    for (size_t i = 0; i < peer->spoken_count; i++) {
        if (tov_series_equal(peer->spoken[i].series, series)) {
            *out = &peer->spoken[i];
            return TOV_OK;
        }
    }
    TOV_TRY(load(core, peer, &spoken));
    size_t at = peer->spoken_next;
    peer->spoken_next = (at + 1) % TOV_SPOKEN_SERIES;
    peer->spoken_count += peer->spoken_count < TOV_SPOKEN_SERIES ? 1 : 0;
    peer->spoken[at] = spoken;
    *out = &peer->spoken[at];
    return TOV_OK;
}
