/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of an export that are made of rows: each row becomes bytes, one behind the other, in one
 * file or in bundles of 256 indices. A file that is larger than an answer is cut anywhere, also
 * inside a row.
 */
#include "api/export.h"

#include "merkle/tile.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX 2048u /* looked at for one answer */

/* Appends to walk->scratch what ROW becomes. */
typedef enum tov_err export_put(struct export_walk *walk, const struct tov_store_row *row);

struct rows {
    enum tov_table table;
    struct tov_store_key first, last;
    export_put *put;
    bool is_needed; /* the file is there even when it is empty */
};

static uint64_t index_of(const struct tov_store_key *key)
{
    return tov_get_be64(key->bytes + key->size - 8);
}

/* Rows of the present journal begin here (ledger/ledger.h). */
static uint64_t journal_base(const struct export_walk *walk)
{
    return tov_ledger_base(walk->core->journal);
}

static enum tov_err add_row(struct export_walk *walk, const struct rows *rows,
                            const struct tov_store_row *row, bool *out_is_whole)
{
    struct export_place *place = &walk->place;
    tov_buf_clear(&walk->scratch);
    TOV_TRY(rows->put(walk, row));
    if (walk->scratch.failed != TOV_OK)
        return walk->scratch.failed;
    if (place->cut > walk->scratch.size)
        return TOV_E_AGAIN; /* it was erased meanwhile */
    size_t left = walk->scratch.size - (size_t)place->cut;
    size_t room = TOV_API_DATA_MAX_BYTES - walk->data.size;
    size_t take = left < room ? left : room;
    if (take > 0)
        tov_buf_put(&walk->data, walk->scratch.data + place->cut, take);
    *out_is_whole = take == left;
    place->cut = *out_is_whole ? 0 : place->cut + take;
    place->key = row->key;
    return walk->data.failed;
}

/* From the place on. *OUT_IS_WHOLE: no more rows. */
static enum tov_err fill(struct export_walk *walk, const struct rows *rows, bool *out_is_whole)
{
    struct tov_store_range range = {.table = rows->table, .first = rows->first, .last = rows->last};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    unsigned seen = 0;
    if (walk->place.key.size > 0)
        range.first = walk->place.key;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    *out_is_whole = true;
    while (err == TOV_OK && *out_is_whole && tov_store_iter_next(&iter)) {
        walk->place.key = iter.row.key;
        if (seen++ == ROWS_MAX)
            *out_is_whole = false;
        else
            err = add_row(walk, rows, &iter.row, out_is_whole);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err == TOV_OK ? read_err : err;
}

/* A piece of the file PATH, if there is any. *OUT_ENDED: the file is at its end. */
static enum tov_err give_rows(struct export_walk *walk, const struct rows *rows, const char *path,
                              bool *out_ended)
{
    bool is_whole = false;
    TOV_TRY(fill(walk, rows, &is_whole));
    bool has_end = is_whole && (walk->place.offset > 0 || rows->is_needed);
    if (walk->data.size > 0 || has_end)
        tov_export_give(walk, path, is_whole);
    *out_ended = is_whole;
    return TOV_OK;
}

static enum tov_err give_file(struct export_walk *walk, const struct rows *rows, const char *path)
{
    bool ended = false;
    TOV_TRY(give_rows(walk, rows, path, &ended));
    if (ended)
        tov_export_next_stage(walk);
    return TOV_OK;
}

/* ---- bundles ---- */

struct bundles {
    struct rows rows;   /* first: of index 0 */
    const char *folder; /* of a log: what stands before "leaves/" */
    bool is_log;        /* bundles of leaves, whose names tell their width */
    uint64_t size;      /* of the tree */
    uint64_t base;      /* of the rows' keys */
};

static struct tov_store_key key_at(const struct bundles *bundles, uint64_t index)
{
    struct tov_store_key key = bundles->rows.first;
    tov_put_be64(key.bytes + key.size - 8, bundles->base + index);
    return key;
}

static void bundle_name(const struct bundles *bundles, uint64_t n, char *out)
{
    char name[TOV_TILE_PATH_SIZE];
    if (!bundles->is_log) {
        tov_export_bundle_path(bundles->folder, n, out);
        return;
    }
    tov_bundle_path(n, tov_tile_width(bundles->size, 0, n), name);
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s%s", bundles->folder, name);
}

/* The first bundle from place.n on that has any row. NOT_FOUND. */
static enum tov_err find_bundle(struct export_walk *walk, const struct bundles *bundles)
{
    struct tov_store_range range = {.table = bundles->rows.table,
                                    .first =
                                        key_at(bundles, walk->place.n * TOV_EXPORT_BUNDLE_ENTRIES),
                                    .last = bundles->rows.last};
    struct tov_store_iter iter;
    if (walk->place.n * TOV_EXPORT_BUNDLE_ENTRIES >= bundles->size)
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    bool found = tov_store_iter_next(&iter);
    if (found)
        walk->place.n = (index_of(&iter.row.key) - bundles->base) / TOV_EXPORT_BUNDLE_ENTRIES;
    TOV_TRY(tov_store_iter_fini(&iter));
    return found ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err give_bundle(struct export_walk *walk, const struct bundles *bundles)
{
    struct export_place *place = &walk->place;
    struct rows rows = bundles->rows;
    char path[TOV_EXPORT_PATH_SIZE];
    bool ended = false;
    if (place->key.size == 0) {
        enum tov_err err = find_bundle(walk, bundles);
        if (err == TOV_E_NOT_FOUND)
            tov_export_next_stage(walk);
        if (err != TOV_OK)
            return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    }
    uint64_t first = place->n * TOV_EXPORT_BUNDLE_ENTRIES;
    uint64_t end = first + TOV_EXPORT_BUNDLE_ENTRIES;
    rows.first = key_at(bundles, first);
    rows.last = key_at(bundles, (end < bundles->size ? end : bundles->size) - 1);
    bundle_name(bundles, place->n, path);
    TOV_TRY(give_rows(walk, &rows, path, &ended));
    if (ended)
        *place = (struct export_place){
            .stage = place->stage, .mirror = place->mirror, .n = place->n + 1};
    return TOV_OK;
}

static enum tov_err give_bundles(struct export_walk *walk, struct bundles *bundles)
{
    if (bundles->size == 0) {
        tov_export_next_stage(walk);
        return TOV_OK;
    }
    bundles->rows.last = key_at(bundles, bundles->size - 1);
    return give_bundle(walk, bundles);
}

/* ---- leaves ---- */

static enum tov_err put_leaf(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_own(row->value, &entry));
    tov_bundle_put(&walk->scratch, entry.leaf);
    return TOV_OK;
}

enum tov_err tov_export_leaves(struct export_walk *walk)
{
    struct bundles bundles = {
        .rows = {.table = TOV_TABLE_LEAF, .first = tov_store_key_u64(0), .put = put_leaf},
        .folder = "",
        .is_log = true,
        .size = walk->pin.ledger_size};
    return give_bundles(walk, &bundles);
}

enum tov_err tov_export_journal_leaves(struct export_walk *walk)
{
    struct bundles bundles = {
        .rows = {.table = TOV_TABLE_JLEAF, .first = tov_store_key_u64(0), .put = put_leaf},
        .folder = "journal/",
        .is_log = true,
        .size = walk->pin.journal_size,
        .base = journal_base(walk)};
    return give_bundles(walk, &bundles);
}

/* ---- signed sizes ---- */

static enum tov_err put_signed_at(struct export_walk *walk, const struct tov_store_row *row,
                                  uint64_t size)
{
    struct tov_export_signed value = {.size = size};
    struct tov_reader reader = tov_reader_of(row->value);
    tov_read_copy(&reader, value.root.bytes, sizeof value.root.bytes);
    tov_read_copy(&reader, value.signature, sizeof value.signature);
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    tov_export_put_signed(&walk->scratch, &value);
    return TOV_OK;
}

static enum tov_err put_signed(struct export_walk *walk, const struct tov_store_row *row)
{
    return put_signed_at(walk, row, index_of(&row->key));
}

static enum tov_err put_journal_signed(struct export_walk *walk, const struct tov_store_row *row)
{
    return put_signed_at(walk, row, index_of(&row->key) - journal_base(walk));
}

enum tov_err tov_export_signatures(struct export_walk *walk)
{
    struct rows rows = {.table = TOV_TABLE_SIGNATURE,
                        .first = tov_store_key_u64(0),
                        .last = tov_store_key_u64(walk->pin.ledger_size),
                        .put = put_signed};
    return give_file(walk, &rows, "signatures");
}

enum tov_err tov_export_journal_signatures(struct export_walk *walk)
{
    struct rows rows = {.table = TOV_TABLE_JSIGNATURE,
                        .first = tov_store_key_u64(journal_base(walk)),
                        .last = tov_store_key_u64(journal_base(walk) + walk->pin.journal_size),
                        .put = put_journal_signed};
    return give_file(walk, &rows, "journal/signatures");
}

static struct tov_store_key mirror_key(const struct export_walk *walk, uint64_t number)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    return tov_store_key_u16_u32_u64(mirror->agency, mirror->series.generation, number);
}

enum tov_err tov_export_mirror_checkpoints(struct export_walk *walk)
{
    struct rows rows = {.table = TOV_TABLE_MPOINT,
                        .first = mirror_key(walk, 0),
                        .last = mirror_key(walk, tov_export_mirror(walk)->size),
                        .put = put_signed};
    char path[TOV_EXPORT_PATH_SIZE];
    tov_export_mirror_file(walk, "checkpoints", path);
    return give_file(walk, &rows, path);
}

static enum tov_err put_cosignature(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_export_cosignature value;
    struct tov_reader key = tov_store_key_reader(&row->key);
    struct tov_reader reader = tov_reader_of(row->value);
    value.size = tov_read_u64(&key);
    value.witness = tov_read_u16(&key);
    value.time_s = tov_read_u64(&reader);
    tov_read_copy(&reader, value.signature, sizeof value.signature);
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    tov_export_put_cosignature(&walk->scratch, &value);
    return TOV_OK;
}

enum tov_err tov_export_cosignatures(struct export_walk *walk)
{
    struct rows rows = {.table = TOV_TABLE_COSIGNATURE,
                        .first = tov_key_cosignature(0, 0),
                        .last = tov_key_cosignature(walk->pin.ledger_size, UINT16_MAX),
                        .put = put_cosignature};
    return give_file(walk, &rows, "cosignatures");
}

/* ---- rosters ---- */

static enum tov_err put_row(struct export_walk *walk, const struct tov_store_row *row)
{
    tov_buf_put_bytes(&walk->scratch, row->value);
    return TOV_OK;
}

/* The next version that is held, from place.n on; false: none up to the one in force. */
static enum tov_err find_roster(struct export_walk *walk, bool *out_found)
{
    struct tov_store_range range = {.table = TOV_TABLE_ROSTER,
                                    .first = tov_store_key_u32((uint32_t)walk->place.n),
                                    .last = tov_store_key_u32(walk->pin.roster)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    *out_found = tov_store_iter_next(&iter);
    if (*out_found) {
        struct tov_reader key = tov_store_key_reader(&iter.row.key);
        walk->place.n = tov_read_u32(&key);
    }
    return tov_store_iter_fini(&iter);
}

enum tov_err tov_export_rosters(struct export_walk *walk)
{
    struct export_place *place = &walk->place;
    char path[TOV_EXPORT_PATH_SIZE];
    bool found = false, ended = false;
    TOV_TRY(find_roster(walk, &found));
    if (!found) {
        tov_export_next_stage(walk);
        return TOV_OK;
    }
    struct tov_store_key key = tov_store_key_u32((uint32_t)place->n);
    struct rows rows = {.table = TOV_TABLE_ROSTER, .first = key, .last = key, .put = put_row};
    tov_export_roster_path((uint32_t)place->n, path);
    TOV_TRY(give_rows(walk, &rows, path, &ended));
    if (ended)
        *place = (struct export_place){.stage = place->stage, .n = place->n + 1};
    return TOV_OK;
}

/* ---- two histories ---- */

static enum tov_err put_fork(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_export_fork fork;
    TOV_TRY(tov_fork_decode(row->value, &fork));
    tov_export_put_fork(&walk->scratch, &fork);
    return TOV_OK;
}

/* The next ledger of which two histories are kept, from place.n on: agency and generation. */
static enum tov_err find_fork(struct export_walk *walk, bool *out_found)
{
    struct export_place *place = &walk->place;
    struct tov_store_range range = {
        .table = TOV_TABLE_FACT,
        .first = tov_fork_key((uint16_t)(place->n >> 32), (uint32_t)place->n),
        .last = tov_fork_key(UINT16_MAX, UINT32_MAX)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    *out_found = tov_store_iter_next(&iter);
    if (*out_found && iter.row.key.size >= 6) {
        struct tov_reader key =
            tov_reader_of((struct tov_bytes){iter.row.key.bytes + iter.row.key.size - 6, 6});
        place->n = (uint64_t)tov_read_u16(&key) << 32;
        place->n |= tov_read_u32(&key);
    }
    return tov_store_iter_fini(&iter);
}

enum tov_err tov_export_forks(struct export_walk *walk)
{
    struct export_place *place = &walk->place;
    char path[TOV_EXPORT_PATH_SIZE];
    bool found = false, ended = false;
    TOV_TRY(find_fork(walk, &found));
    if (!found) {
        tov_export_next_stage(walk);
        return TOV_OK;
    }
    struct tov_store_key key = tov_fork_key((uint16_t)(place->n >> 32), (uint32_t)place->n);
    struct rows rows = {.table = TOV_TABLE_FACT, .first = key, .last = key, .put = put_fork};
    tov_export_fork_path((uint16_t)(place->n >> 32), (uint32_t)place->n, path);
    TOV_TRY(give_rows(walk, &rows, path, &ended));
    if (ended)
        *place = (struct export_place){.stage = place->stage, .n = place->n + 1};
    return TOV_OK;
}

/* ---- records ---- */

static enum tov_err put_part(struct export_walk *walk, uint64_t index, uint8_t part,
                             struct tov_bytes sealed)
{
    struct tov_export_record record = {
        .kind = TOV_EXPORT_PART, .index = index, .as.part = {part, sealed}};
    return tov_export_record_put(&walk->scratch, &record);
}

/* The inline parts of a message stand in its body row one behind the other, as far as the agency
 * was given them. What came in too short is given as it came. */
static enum tov_err put_parts(struct export_walk *walk, uint64_t index, struct tov_bytes body)
{
    const struct tov_leaf_message *message = &walk->leaf.as.message;
    for (uint8_t i = 0; i < message->part_count && body.size > 0; i++) {
        uint64_t size = message->parts[i].sealed_size;
        if (!message->parts[i].is_inline)
            continue;
        struct tov_bytes sealed = {body.data, size < body.size ? (size_t)size : body.size};
        TOV_TRY(put_part(walk, index, i, sealed));
        body.data += sealed.size;
        body.size -= sealed.size;
    }
    return TOV_OK;
}

static enum tov_err put_list(struct export_walk *walk, uint64_t index, struct tov_bytes list)
{
    struct tov_export_record record = {.kind = TOV_EXPORT_LIST, .index = index, .as.leaf = list};
    return list.size == 0 ? TOV_OK : tov_export_record_put(&walk->scratch, &record);
}

/* What is detached of the entry in walk->leaf: its row of TABLE. */
static enum tov_err put_body(struct export_walk *walk, enum tov_table table,
                             const struct tov_store_key *key)
{
    struct tov_bytes body;
    uint64_t index = index_of(key);
    bool is_message = walk->leaf.type == TOV_LEAF_MESSAGE;
    if (!is_message && walk->leaf.type != TOV_LEAF_ANCHOR)
        return TOV_OK;
    enum tov_err err = tov_store_get(walk->read, table, *key, &body);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    return is_message ? put_parts(walk, index, body) : put_list(walk, index, body);
}

static enum tov_err put_link(struct export_walk *walk, uint64_t index, uint16_t agency,
                             struct tov_bytes block)
{
    struct tov_export_record record = {
        .kind = TOV_EXPORT_LINK, .index = index, .as.link = {agency, block}};
    return tov_export_record_put(&walk->scratch, &record);
}

static enum tov_err put_detached(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_own(row->value, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry.leaf, &walk->leaf) != TOV_OK)
        return TOV_OK;
    struct tov_reader links = tov_reader_of(entry.links);
    for (size_t i = 0; i < entry.link_count; i++) {
        uint16_t agency = tov_read_u16(&links);
        TOV_TRY(put_link(walk, index_of(&row->key), agency,
                         tov_read_bytes(&links, TOV_LINK_BLOCK_BYTES)));
    }
    return put_body(walk, TOV_TABLE_BODY, &row->key);
}

enum tov_err tov_export_detached(struct export_walk *walk)
{
    struct bundles bundles = {
        .rows = {.table = TOV_TABLE_LEAF, .first = tov_store_key_u64(0), .put = put_detached},
        .folder = "detached",
        .size = walk->pin.ledger_size};
    return give_bundles(walk, &bundles);
}

/* ---- mirrors ---- */

static enum tov_err put_verdict(struct export_walk *walk, uint64_t index,
                                const struct tov_entry *entry)
{
    struct tov_export_record record = {
        .kind = TOV_EXPORT_VERDICT, .index = index, .as.verdict = entry->verdict};
    if (entry->state != TOV_ENTRY_PRESENT || entry->verdict.verdict == 0)
        return TOV_OK;
    return tov_export_record_put(&walk->scratch, &record);
}

static enum tov_err put_entry(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_entry entry;
    struct tov_export_record record = {.kind = TOV_EXPORT_LEAF, .index = index_of(&row->key)};
    TOV_TRY(tov_entry_decode_mirror(row->value, &entry));
    record.as.leaf = entry.leaf;
    if (entry.state != TOV_ENTRY_PRESENT) {
        record.kind = TOV_EXPORT_GONE;
        record.as.gone = (struct tov_export_gone){
            entry.state == TOV_ENTRY_ERASED ? TOV_EXPORT_ERASED : TOV_EXPORT_LOST, entry.leaf_hash};
    }
    TOV_TRY(tov_export_record_put(&walk->scratch, &record));
    if (entry.link_count > 0)
        TOV_TRY(put_link(walk, record.index, walk->core->own->number, entry.links));
    return put_verdict(walk, record.index, &entry);
}

enum tov_err tov_export_mirror_entries(struct export_walk *walk)
{
    char folder[TOV_EXPORT_PATH_SIZE];
    struct bundles bundles = {
        .rows = {.table = TOV_TABLE_MLEAF, .first = mirror_key(walk, 0), .put = put_entry},
        .folder = folder,
        .size = tov_export_mirror(walk)->size};
    tov_export_mirror_file(walk, "entries", folder);
    return give_bundles(walk, &bundles);
}

static enum tov_err put_skipped(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_reader reader = tov_reader_of(row->value);
    struct tov_export_record record = {.kind = TOV_EXPORT_SKIPPED, .index = index_of(&row->key)};
    record.as.skipped.count = tov_read_u64(&reader);
    record.as.skipped.level0 = tov_read_u8(&reader) == 1;
    record.as.skipped.hashes = tov_read_bytes(&reader, reader.left);
    return reader.failed ? TOV_E_CORRUPT : tov_export_record_put(&walk->scratch, &record);
}

enum tov_err tov_export_mirror_skipped(struct export_walk *walk)
{
    struct rows rows = {.table = TOV_TABLE_MSKIP,
                        .first = mirror_key(walk, 0),
                        .last = mirror_key(walk, tov_export_mirror(walk)->size - 1),
                        .put = put_skipped,
                        .is_needed = true};
    char path[TOV_EXPORT_PATH_SIZE];
    tov_export_mirror_file(walk, "skipped", path);
    return give_file(walk, &rows, path);
}

static enum tov_err put_mirror_body(struct export_walk *walk, const struct tov_store_row *row)
{
    struct tov_bytes leaf_row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(walk->read, TOV_TABLE_MLEAF, row->key, &leaf_row));
    TOV_TRY(tov_entry_decode_mirror(leaf_row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry.leaf, &walk->leaf) != TOV_OK)
        return TOV_OK;
    return put_body(walk, TOV_TABLE_MBODY, &row->key);
}

enum tov_err tov_export_mirror_parts(struct export_walk *walk)
{
    char folder[TOV_EXPORT_PATH_SIZE];
    struct bundles bundles = {
        .rows = {.table = TOV_TABLE_MBODY, .first = mirror_key(walk, 0), .put = put_mirror_body},
        .folder = folder,
        .size = tov_export_mirror(walk)->size};
    tov_export_mirror_file(walk, "parts", folder);
    return give_bundles(walk, &bundles);
}
