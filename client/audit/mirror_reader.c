/* SPDX-License-Identifier: EUPL-1.2
 *
 * See mirror_reader.h.
 */
#include "audit/mirror_reader.h"

#include "merkle/tree.h"

#include <string.h>

enum tov_err tov_mirror_reader_open(const struct tov_folder *folder, uint16_t agency,
                                    uint32_t generation, struct tov_mirror_reader *out_reader)
{
    *out_reader = (struct tov_mirror_reader){
        .folder = folder,
        .agency = agency,
        .generation = generation,
        .entries = {.err = TOV_E_NOT_FOUND},
        .skipped = {.err = TOV_E_NOT_FOUND},
    };
    tov_export_mirror_path(agency, generation, "skipped", out_reader->skipped_path);
    return tov_records_open(folder, out_reader->skipped_path, &out_reader->skipped);
}

void tov_mirror_reader_close(struct tov_mirror_reader *reader)
{
    tov_records_close(&reader->entries);
    tov_records_close(&reader->skipped);
}

const char *tov_mirror_reader_path(const struct tov_mirror_reader *reader,
                                   const struct tov_mirror_item *item)
{
    return item->is_skipped ? reader->skipped_path : reader->entries_path;
}

bool tov_mirror_reader_is_done(struct tov_mirror_reader *reader)
{
    if (reader->skip_used)
        tov_records_step(&reader->skipped);
    reader->skip_used = false;
    return reader->skipped.err == TOV_E_NOT_FOUND && reader->entries.err == TOV_E_NOT_FOUND;
}

static enum tov_err open_bundle(struct tov_mirror_reader *reader)
{
    char folder[TOV_EXPORT_PATH_SIZE];
    uint64_t bundle = reader->next / TOV_EXPORT_BUNDLE_ENTRIES;
    if (reader->has_bundle && reader->bundle == bundle)
        return TOV_OK;
    if (reader->has_bundle && reader->entries.err == TOV_OK)
        return TOV_E_MALFORMED; /* a record that no place took */
    tov_records_close(&reader->entries);
    tov_export_mirror_path(reader->agency, reader->generation, "entries", folder);
    tov_export_bundle_path(folder, bundle, reader->entries_path);
    reader->has_bundle = true;
    reader->bundle = bundle;
    return tov_records_open(reader->folder, reader->entries_path, &reader->entries);
}

static enum tov_err take_run(struct tov_mirror_reader *reader, struct tov_mirror_item *out)
{
    if (reader->skipped.next.kind != TOV_EXPORT_SKIPPED)
        return TOV_E_MALFORMED;
    out->is_skipped = true;
    out->skipped = reader->skipped.next.as.skipped;
    out->count = out->skipped.count;
    reader->skip_used = true;
    return TOV_OK;
}

static void take_addition(const struct tov_export_record *record, struct tov_mirror_item *out)
{
    if (record->kind == TOV_EXPORT_LINK) {
        out->has_link = true;
        out->link_agency = record->as.link.agency;
        memcpy(out->link, record->as.link.block.data, sizeof out->link);
    } else {
        out->has_verdict = true;
        out->verdict = record->as.verdict;
    }
}

static bool is_addition(const struct tov_export_record *record, const struct tov_mirror_item *item)
{
    return record->index == item->index &&
           ((record->kind == TOV_EXPORT_LINK && !item->has_link && !item->has_verdict) ||
            (record->kind == TOV_EXPORT_VERDICT && !item->has_verdict));
}

static enum tov_err take_entry(struct tov_mirror_reader *reader, struct tov_mirror_item *out)
{
    const struct tov_export_record *record = &reader->entries.next;
    if (record->kind == TOV_EXPORT_LEAF) {
        memcpy(reader->leaf, record->as.leaf.data, record->as.leaf.size);
        out->leaf = (struct tov_bytes){reader->leaf, record->as.leaf.size};
    } else if (record->kind == TOV_EXPORT_GONE) {
        out->is_gone = true;
        out->gone = record->as.gone;
    } else {
        return TOV_E_MALFORMED;
    }
    out->count = 1;
    tov_records_step(&reader->entries);
    while (reader->entries.err == TOV_OK && is_addition(record, out)) {
        take_addition(record, out);
        tov_records_step(&reader->entries);
    }
    return reader->entries.err == TOV_E_NOT_FOUND ? TOV_OK : reader->entries.err;
}

enum tov_err tov_mirror_reader_next(struct tov_mirror_reader *reader,
                                    struct tov_mirror_item *out_item)
{
    *out_item = (struct tov_mirror_item){.index = reader->next};
    if (reader->skip_used)
        tov_records_step(&reader->skipped);
    reader->skip_used = false;
    if (reader->skipped.err != TOV_OK && reader->skipped.err != TOV_E_NOT_FOUND)
        return reader->skipped.err;
    enum tov_err err = TOV_E_NOT_FOUND;
    if (reader->skipped.err == TOV_OK && reader->skipped.next.index == reader->next) {
        err = take_run(reader, out_item);
    } else {
        TOV_TRY(open_bundle(reader));
        if (reader->entries.err != TOV_OK)
            return reader->entries.err;
        if (reader->entries.next.index == reader->next)
            err = take_entry(reader, out_item);
    }
    if (err == TOV_OK)
        reader->next += out_item->count;
    return err;
}

static enum tov_err extend_run(const struct tov_export_skipped *skipped, struct tov_range *range)
{
    const struct tov_hash *hashes = (const struct tov_hash *)skipped->hashes.data;
    size_t count = skipped->hashes.size / TOV_HASH_BYTES, used = 0;
    struct tov_subtree at;
    for (size_t i = 0; skipped->level0 && i < count; i++)
        TOV_TRY(tov_range_append(range, &hashes[i]));
    if (skipped->level0)
        return TOV_OK;
    struct tov_canon canon = tov_canon_of(range->size, range->size + skipped->count);
    while (tov_canon_next(&canon, &at)) {
        if (used == count)
            return TOV_E_MALFORMED;
        TOV_TRY(tov_range_append_subtree(range, at.level, &hashes[used++]));
    }
    return used == count ? TOV_OK : TOV_E_MALFORMED;
}

enum tov_err tov_mirror_run_root(const struct tov_mirror_item *item, uint64_t size,
                                 const struct tov_range *before, struct tov_hash *out_root)
{
    const struct tov_hash *hashes = (const struct tov_hash *)item->skipped.hashes.data;
    size_t count = item->skipped.hashes.size / TOV_HASH_BYTES;
    struct tov_range range = *before;
    struct tov_canon canon = tov_canon_of(item->index, item->index + item->count);
    struct tov_subtree at = {.level = 0};
    for (size_t i = 0; range.size < size; i++) {
        if (i == count || (!item->skipped.level0 && !tov_canon_next(&canon, &at)))
            return TOV_E_MALFORMED;
        if (size - range.size < UINT64_C(1) << at.level)
            return TOV_E_NOT_FOUND;
        TOV_TRY(tov_range_append_subtree(&range, at.level, &hashes[i]));
    }
    *out_root = tov_range_root(&range);
    return TOV_OK;
}

enum tov_err tov_mirror_item_extend(const struct tov_mirror_item *item, struct tov_range *range)
{
    if (item->is_skipped)
        return extend_run(&item->skipped, range);
    struct tov_hash hash = item->is_gone ? item->gone.leaf_hash : tov_merkle_leaf_hash(item->leaf);
    return tov_range_append(range, &hash);
}
