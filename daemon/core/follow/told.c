/* SPDX-License-Identifier: EUPL-1.2
 *
 * What own receipts that were read back say (docs/recovery.md): a peer's messages up to there are
 * receipted, though this store sees them for the first time. No second receipt is given for them;
 * an amendment where the verdict has become a better one.
 *
 *   fact "told" || agency u16 || generation u32 || lost u64: last link u64, its leaf's hash 32
 *   table `told`: verdicts that are not a plain `opened`
 */
#include "follow/peer.h"

#include <string.h>

static struct tov_store_key head_key(const struct tov_peer *peer, struct tov_series series)
{
    struct tov_store_key key = tov_store_key_text("told");
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

static void put_verdict(struct tov_core *core, struct tov_store_key key,
                        struct tov_verdict_value value)
{
    uint8_t row[4] = {(uint8_t)value.verdict, value.flags};
    tov_put_be16(row + 2, value.detail);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_TOLD, key, TOV_BYTES_OF(row));
}

/* Receipts come in the order in which they were written: the last one speaks of the last link. */
void tov_told_note(struct tov_core *core, struct tov_peer *peer,
                   const struct tov_leaf_receipt *receipt)
{
    uint8_t row[8 + TOV_HASH_BYTES];
    uint64_t link = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++) {
        struct tov_verdict_value value = receipt->runs[i].value;
        bool is_plain = value.verdict == TOV_VERDICT_OPENED && value.flags == 0;
        for (uint16_t k = 0; k < receipt->runs[i].count; k++, link++) {
            if (!is_plain)
                put_verdict(core, verdict_key(peer, receipt->series, link), value);
        }
    }
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        const struct tov_receipt_amendment *amendment = &receipt->amendments[i];
        put_verdict(core, verdict_key(peer, receipt->series, amendment->link_number),
                    amendment->value);
    }
    tov_put_be64(row, receipt->last_link);
    memcpy(row + 8, receipt->last_leaf_hash.bytes, TOV_HASH_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, head_key(peer, receipt->series),
                        TOV_BYTES_OF(row));
    if (tov_series_equal(receipt->series, peer->series)) {
        peer->told_link = receipt->last_link;
        peer->told_leaf = receipt->last_leaf_hash;
    }
}

enum tov_err tov_told_load(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    peer->told_link = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, head_key(peer, peer->series), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size != 8 + TOV_HASH_BYTES)
        return TOV_E_CORRUPT;
    peer->told_link = tov_get_be64(row.data);
    memcpy(peer->told_leaf.bytes, row.data + 8, TOV_HASH_BYTES);
    return TOV_OK;
}

/* Could be read once, by what was said: who says otherwise now has lost the keys since. */
static bool had_keys(struct tov_verdict_value value)
{
    return value.verdict == TOV_VERDICT_OPENED || value.verdict == TOV_VERDICT_PENDING ||
           value.verdict == TOV_VERDICT_REFUSED;
}

static bool is_amended(struct tov_verdict_value before, struct tov_verdict_value now)
{
    if (before.verdict == TOV_VERDICT_OPENED ||
        (had_keys(before) && now.verdict == TOV_VERDICT_NO_KEY))
        return false;
    return before.verdict != now.verdict || before.detail != now.detail;
}

bool tov_told_covers(const struct tov_peer *peer, uint64_t link)
{
    return link <= peer->told_link;
}

enum tov_err tov_told_again(struct tov_follow *follow, struct tov_peer *peer, uint64_t link,
                            const struct tov_hash *leaf_hash, struct tov_verdict_value now)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = follow->core;
    struct tov_store_key key = verdict_key(peer, peer->series, link);
    struct tov_verdict_value before = {TOV_VERDICT_OPENED, 0, 0};
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_TOLD, key, &row);
    if (err == TOV_OK && row.size == 4) {
        struct tov_reader reader = tov_reader_of(row);
        before.verdict = (enum tov_verdict)tov_read_u8(&reader);
        before.flags = tov_read_u8(&reader);
        before.detail = tov_read_u16(&reader);
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_TOLD, key);
    } else if (err != TOV_E_NOT_FOUND) {
        return err == TOV_OK ? TOV_E_CORRUPT : err;
    }
    if (is_amended(before, now))
        tov_receipt_amend(follow, peer, link, leaf_hash, now);
    return TOV_OK;
}
