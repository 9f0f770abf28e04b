/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/moved.h"

#include "base/cleanup.h"
#include "ledger/entry.h"
#include "ledger/tables.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

static struct tov_store_key key_of(const struct tov_ref *old, uint64_t number)
{
    struct tov_store_key key = tov_store_key_u16_u32_u64(old->agency, old->generation, old->index);
    tov_store_key_put_u64(&key, number);
    return key;
}

static uint64_t number_of(const struct tov_store_row *row)
{
    return tov_get_be64(row->key.bytes + row->key.size - 8);
}

void tov_moved_put(struct tov_core *core, const struct tov_ref *old, uint64_t number)
{
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MOVED, key_of(old, number),
                        TOV_BYTES_OF(old->leaf.bytes));
}

/* The first of RANGE that was HASH. */
static enum tov_err find_in(struct tov_store_read *read, const struct tov_store_range *range,
                            struct tov_bytes hash, uint64_t *out_number)
{
    struct tov_store_iter iter;
    bool is_found = false;
    TOV_TRY(tov_store_iter_init(read, range, &iter));
    while (!is_found && tov_store_iter_next(&iter)) {
        is_found = tov_bytes_equal(iter.row.value, hash);
        if (is_found)
            *out_number = number_of(&iter.row);
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    return is_found ? TOV_OK : TOV_E_NOT_FOUND;
}

enum tov_err tov_moved_find(struct tov_store_read *read, const struct tov_ref *old,
                            uint64_t *out_number)
{
    struct tov_store_range range = {
        .table = TOV_TABLE_MOVED, .first = key_of(old, 0), .last = key_of(old, UINT64_MAX)};
    return find_in(read, &range, TOV_BYTES_OF(old->leaf.bytes), out_number);
}

/* ---- where it stands now ---- */

enum tov_err tov_moved_fresh_add(struct tov_moved_fresh *fresh, uint64_t number,
                                 const struct tov_ref *ref)
{
    if (fresh->count == fresh->capacity) {
        size_t capacity = fresh->capacity == 0 ? 64 : fresh->capacity * 2;
        struct tov_moved_place *places = realloc(fresh->places, capacity * sizeof *places);
        if (places == NULL)
            return TOV_E_NOMEM;
        fresh->places = places;
        fresh->capacity = capacity;
    }
    fresh->places[fresh->count++] = (struct tov_moved_place){number, *ref};
    return TOV_OK;
}

void tov_moved_fresh_fini(struct tov_moved_fresh *fresh)
{
    free(fresh->places);
    *fresh = (struct tov_moved_fresh){0};
}

static int by_number(const void *number, const void *place)
{
    uint64_t left = *(const uint64_t *)number;
    uint64_t right = ((const struct tov_moved_place *)place)->number;
    return left < right ? -1 : left > right ? 1 : 0;
}

static enum tov_err read_place(const struct tov_moving *moving, uint64_t number,
                               struct tov_ref *out)
{
    struct tov_event event;
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_event_get(moving->read, number, &event));
    TOV_TRY(tov_store_get(moving->read, TOV_TABLE_LEAF, tov_store_key_u64(event.index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out = (struct tov_ref){event.agency, event.generation, event.index,
                            entry.state == TOV_ENTRY_PRESENT ? tov_merkle_leaf_hash(entry.leaf)
                                                             : entry.leaf_hash};
    return TOV_OK;
}

static enum tov_err place_of(const struct tov_moving *moving, uint64_t number, struct tov_ref *out)
{
    const struct tov_moved_fresh *fresh = moving->fresh;
    const struct tov_moved_place *place =
        fresh == NULL || fresh->count == 0
            ? NULL
            : bsearch(&number, fresh->places, fresh->count, sizeof *fresh->places, by_number);
    if (place == NULL)
        return read_place(moving, number, out);
    *out = place->ref;
    return TOV_OK;
}

/* ---- in a draft ---- */

static enum tov_err put_place(struct tov_record reference, const struct tov_ref *ref)
{
    TOV_TRY(tov_record_put_number(reference, "generation", ref->generation));
    TOV_TRY(tov_record_put_number(reference, "index", ref->index));
    return tov_record_put_bytes(reference, "leaf_hash", TOV_BYTES_OF(ref->leaf.bytes));
}

static enum tov_err name_references(const struct tov_moving *moving, struct tov_record header,
                                    const char *field, bool *changed)
{
    struct tov_record reference;
    for (size_t i = 0; tov_record_child(header, field, i, &reference); i++) {
        struct tov_ref ref;
        uint64_t number = 0;
        if (!tov_record_ref(header, field, i, &ref) || ref.agency != moving->core->own->number)
            continue;
        enum tov_err err = tov_moved_find(moving->read, &ref, &number);
        if (err == TOV_E_NOT_FOUND)
            continue;
        TOV_TRY(err);
        TOV_TRY(place_of(moving, number, &ref));
        TOV_TRY(put_place(reference, &ref));
        *changed = true;
    }
    return TOV_OK;
}

/* The hashes of one field. */
struct hashes {
    struct tov_hash *items;
    size_t count;
    bool is_changed;
};

/* Those that ROW is of, as they are now. */
static enum tov_err name_row(const struct tov_moving *moving, const struct tov_store_row *row,
                             struct hashes *hashes)
{
    bool is_hash = row->value.size == TOV_HASH_BYTES;
    for (size_t i = 0; is_hash && i < hashes->count; i++) {
        struct tov_ref ref;
        if (memcmp(row->value.data, hashes->items[i].bytes, TOV_HASH_BYTES) != 0)
            continue;
        TOV_TRY(place_of(moving, number_of(row), &ref));
        hashes->items[i] = ref.leaf;
        hashes->is_changed = true;
    }
    return TOV_OK;
}

/* As they are now; one that was no message's stays. A hash leads to no place, so all rows are read,
 * once for all of them. */
static enum tov_err name_each(const struct tov_moving *moving, struct hashes *hashes)
{
    struct tov_store_range all = {.table = TOV_TABLE_MOVED};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(moving->read, &all, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = name_row(moving, &iter.row, hashes);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static enum tov_err name_hashes_of(const struct tov_moving *moving, struct tov_record record,
                                   const struct tov_field *field, bool *changed)
{
    size_t count = tov_record_count(record, field->name);
    TOV_FREE struct tov_hash *items = calloc(count + 1, sizeof *items);
    struct hashes hashes = {items, count, false};
    if (items == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_value value;
        TOV_TRY(tov_record_get(record, field->name, i, &value));
        memcpy(items[i].bytes, value.bytes.data, TOV_HASH_BYTES); /* its kind's size */
    }
    if (count > 0)
        TOV_TRY(name_each(moving, &hashes));
    if (!hashes.is_changed)
        return TOV_OK;
    tov_record_clear(record, field->name);
    for (size_t i = 0; i < count; i++)
        TOV_TRY(tov_record_put_bytes(record, field->name, TOV_BYTES_OF(items[i].bytes)));
    *changed = true;
    return TOV_OK;
}

static enum tov_err name_hashes(const struct tov_moving *moving, struct tov_record fields,
                                bool *changed)
{
    const struct tov_schema *schema = tov_record_schema(fields);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_HASH)
            TOV_TRY(name_hashes_of(moving, fields, &field, changed));
    }
    return TOV_OK;
}

/* An amendment has the typed header fields of what it amends, corrected, as bytes. What are none of
 * the type that it names says nothing to anybody, and stays. */
static enum tov_err name_in_replacement(const struct tov_moving *moving, struct tov_record fields,
                                        bool *changed)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record replacement = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    bool any = false;
    if (tov_record_count(fields, "replacement") == 0)
        return TOV_OK;
    const struct tov_message_type *type =
        tov_message_type_find(tov_record_bytes(fields, "target_type"));
    if (type == NULL)
        return TOV_OK;
    enum tov_err err =
        tov_record_decode(tov_schema_find(type->header_schema),
                          tov_record_bytes(fields, "replacement"), &replacement, NULL);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK;
    TOV_TRY(name_hashes(moving, replacement, &any));
    if (!any)
        return TOV_OK;
    TOV_TRY(tov_record_encode(replacement, &bytes));
    tov_record_clear(fields, "replacement");
    *changed = true;
    return tov_record_put_bytes(fields, "replacement", tov_buf_view(&bytes));
}

enum tov_err tov_moved_name_anew(const struct tov_moving *moving, struct tov_draft *draft,
                                 bool *out_changed)
{
    bool is_amendment =
        tov_bytes_equal(tov_bytes_of_text(draft->type->id), tov_bytes_of_text("msg.amend"));
    *out_changed = false;
    TOV_TRY(name_references(moving, draft->header, "in_reply_to", out_changed));
    TOV_TRY(name_references(moving, draft->header, "cites", out_changed));
    TOV_TRY(name_hashes(moving, draft->header_fields, out_changed));
    return is_amendment ? name_in_replacement(moving, draft->header_fields, out_changed) : TOV_OK;
}
