/* SPDX-License-Identifier: EUPL-1.2 */
#include "follow/peer.h"

#include "merkle/tree.h"

#include <string.h>

static void put_row(const struct tov_peer *peer, struct tov_buf *out)
{
    tov_buf_put_u32(out, peer->series.generation);
    tov_buf_put_u64(out, peer->series.lost_index);
    tov_buf_put_u64(out, peer->last_link);
    tov_buf_put(out, peer->last_link_leaf.bytes, sizeof peer->last_link_leaf.bytes);
    tov_buf_put_u32(out, peer->epoch);
    tov_buf_put_u64(out, peer->epoch_index);
    tov_buf_put_u64(out, peer->epoch_not_before_ms);
    tov_buf_put_u64(out, peer->epoch_not_after_ms);
    tov_buf_put(out, peer->epoch_key.bytes, sizeof peer->epoch_key.bytes);
    tov_buf_put_u64(out, peer->receipted_link);
    tov_buf_put_u32(out, peer->receipted_series.generation);
    tov_buf_put_u64(out, peer->receipted_series.lost_index);
    tov_buf_put_u8(out, peer->suspended ? 1 : 0);
    tov_buf_put(out, peer->signature, sizeof peer->signature);
    tov_range_encode(&peer->range, out);
}

void tov_peer_save(struct tov_core *core, struct tov_peer *peer)
{
    uint8_t room[256 + TOV_RANGE_MAX_BYTES];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    put_row(peer, &row);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_PEER, tov_store_key_u16(peer->number),
                            &row);
    peer->dirty = false;
}

static enum tov_err get_row(struct tov_bytes row, struct tov_peer *peer)
{
    struct tov_reader reader = tov_reader_of(row);
    peer->series.generation = tov_read_u32(&reader);
    peer->series.lost_index = tov_read_u64(&reader);
    peer->last_link = tov_read_u64(&reader);
    tov_read_copy(&reader, peer->last_link_leaf.bytes, sizeof peer->last_link_leaf.bytes);
    peer->epoch = tov_read_u32(&reader);
    peer->epoch_index = tov_read_u64(&reader);
    peer->epoch_not_before_ms = tov_read_u64(&reader);
    peer->epoch_not_after_ms = tov_read_u64(&reader);
    tov_read_copy(&reader, peer->epoch_key.bytes, sizeof peer->epoch_key.bytes);
    peer->receipted_link = tov_read_u64(&reader);
    peer->receipted_series.generation = tov_read_u32(&reader);
    peer->receipted_series.lost_index = tov_read_u64(&reader);
    peer->suspended = tov_read_u8(&reader) == 1;
    tov_read_copy(&reader, peer->signature, sizeof peer->signature);
    struct tov_bytes range = tov_read_bytes(&reader, reader.left);
    return reader.failed || tov_range_decode(range, &peer->range) != TOV_OK ? TOV_E_CORRUPT
                                                                            : TOV_OK;
}

enum tov_err tov_mirror_position(struct tov_store_read *read, uint16_t agency,
                                 struct tov_mirror_position *out_position)
{
    struct tov_bytes row;
    TOV_FREE struct tov_peer *peer = calloc(1, sizeof *peer);
    if (peer == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_get(read, TOV_TABLE_PEER, tov_store_key_u16(agency), &row));
    TOV_TRY(get_row(row, peer));
    *out_position = (struct tov_mirror_position){.agency = agency,
                                                 .size = peer->range.size,
                                                 .series = peer->series,
                                                 .last_link = peer->last_link};
    return TOV_OK;
}

/* Of the present series, the newest row of TABLE, which has links to this peer: its link, and what
 * it begins with. Link 0: there is none. */
struct newest {
    uint64_t link, value;
};

static enum tov_err find_newest(const struct tov_core *core, struct tov_store_read *read,
                                const struct tov_peer *peer, unsigned table, struct newest *out)
{
    struct tov_link_place first = {peer->number, core->series.generation, core->series.lost_index,
                                   0};
    struct tov_link_place last = first;
    last.link = UINT64_MAX;
    struct tov_store_range range = {.table = table,
                                    .first = tov_key_link(&first),
                                    .last = tov_key_link(&last),
                                    .backward = true};
    struct tov_store_iter iter;
    *out = (struct newest){0, 0};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    if (tov_store_iter_next(&iter)) {
        struct tov_reader value = tov_reader_of(iter.row.value);
        out->link = tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8);
        out->value = tov_read_u64(&value);
    }
    return tov_store_iter_fini(&iter);
}

/* The newest own message to this peer in the present series. */
static enum tov_err load_head(struct tov_core *core, struct tov_store_read *read,
                              struct tov_peer *peer)
{
    struct newest newest;
    struct tov_bytes row;
    struct tov_entry entry;
    peer->head = (struct tov_link_head){0};
    TOV_TRY(find_newest(core, read, peer, TOV_TABLE_LINK, &newest));
    if (newest.link == 0)
        return TOV_OK;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(newest.value), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    peer->head.number = newest.link;
    peer->head.leaf =
        entry.state == TOV_ENTRY_PRESENT ? tov_merkle_leaf_hash(entry.leaf) : entry.leaf_hash;
    return TOV_OK;
}

/* A series that an unsigned loss had ended goes on when that loss is told no more. */
enum tov_err tov_peer_load_links(struct tov_core *core, struct tov_store_read *read,
                                 struct tov_peer *peer)
{
    if (!tov_series_equal(peer->receipted_series, core->series)) {
        struct newest newest;
        TOV_TRY(find_newest(core, read, peer, TOV_TABLE_COVER, &newest));
        peer->receipted_series = core->series;
        peer->receipted_link = newest.link;
    }
    return load_head(core, read, peer);
}

/* ---- former generations ----
 *   fact "mirror" || agency 2 || generation 4: size 8, lost index 8, last link 8 */

static struct tov_store_key former_key(uint16_t agency, uint32_t generation)
{
    struct tov_store_key key = tov_store_key_text("mirror");
    tov_store_key_put_u16(&key, agency);
    tov_store_key_put_u32(&key, generation);
    return key;
}

static void keep_former(struct tov_core *core, const struct tov_peer *peer)
{
    uint8_t row[24];
    if (peer->range.size == 0)
        return;
    tov_put_be64(row, peer->range.size);
    tov_put_be64(row + 8, peer->series.lost_index);
    tov_put_be64(row + 16, peer->last_link);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT,
                        former_key(peer->number, peer->series.generation), TOV_BYTES_OF(row));
}

static enum tov_err read_former(const struct tov_store_row *row, struct tov_mirror_position *out)
{
    struct tov_reader key =
        tov_reader_of((struct tov_bytes){row->key.bytes + row->key.size - 6, 6});
    struct tov_reader value = tov_reader_of(row->value);
    out->agency = tov_read_u16(&key);
    out->series.generation = tov_read_u32(&key);
    out->size = tov_read_u64(&value);
    out->series.lost_index = tov_read_u64(&value);
    out->last_link = tov_read_u64(&value);
    return tov_reader_is_done(&value) ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_mirror_formers(struct tov_store_read *read, struct tov_mirror_position *out,
                                size_t capacity, size_t *out_count)
{
    struct tov_store_range range = {.table = TOV_TABLE_FACT,
                                    .first = former_key(0, 0),
                                    .last = former_key(UINT16_MAX, UINT32_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    *out_count = 0;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && *out_count < capacity && tov_store_iter_next(&iter)) {
        err = read_former(&iter.row, &out[*out_count]);
        *out_count += err == TOV_OK ? 1 : 0;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err == TOV_OK ? read_err : err;
}

bool tov_peer_had_ledger(const struct tov_peer *peer)
{
    return peer->agency->generation > 1;
}

/* A new generation is another ledger, followed from its beginning: with it a suspension ends. What
 * was held of the former one stays in the store, and in exports. */
static void forget_ledger(struct tov_peer *peer)
{
    peer->range = (struct tov_range){0};
    memset(peer->signature, 0, sizeof peer->signature);
    peer->series = (struct tov_series){peer->agency->generation, 0};
    peer->last_link = 0;
    peer->last_link_leaf = (struct tov_hash){{0}};
    peer->epoch = 0;
    peer->epoch_index = peer->epoch_not_before_ms = peer->epoch_not_after_ms = 0;
    peer->receipted_link = 0;
    peer->suspended = false;
}

enum tov_err tov_peer_load(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    peer->series = (struct tov_series){peer->agency->generation, 0};
    peer->receipted_series = core->series;
    enum tov_err err = tov_store_get(read, TOV_TABLE_PEER, tov_store_key_u16(peer->number), &row);
    if (err == TOV_OK) {
        err = get_row(row, peer);
        if (err == TOV_OK)
            err = tov_void_take_back(core, read, peer);
    } else if (err == TOV_E_NOT_FOUND) {
        err = TOV_OK;
    }
    TOV_TRY(err);
    if (peer->series.generation != peer->agency->generation) {
        keep_former(core, peer);
        forget_ledger(peer);
        peer->receipted_series = core->series;
    }
    peer->committed_size = peer->range.size;
    return tov_peer_load_links(core, read, peer);
}
