/* SPDX-License-Identifier: EUPL-1.2
 *
 * ExportRead: the beginning, with its access entry, and the cursor.
 *
 *   cursor   HMAC 32 over client key and all that follows; version u8; pin: time u64, ledger u64,
 *            journal u32, journal size u64, roster u32, count u16, count * (agency u16,
 *            generation u32, size u64, lost u64, last link u64); place: stage u8, level u8,
 *            mirror u16, n u64, cut u64, offset u64, key
 *
 * The HMAC makes that no cursor is taken but one that this node gave to this client: whoever reads
 * an export has an access entry for it (I9).
 */
#include "api/export.h"

#include "ledger/vault.h"

#include <string.h>

#define CURSOR_VERSION 1u
#define CURSOR_MAX_BYTES 65536u
#define CURSOR_LIFE_MS (7ull * 86400000)

/* ---- the cursor ---- */

static void sign_cursor(const struct api_call *call, struct tov_bytes body, struct tov_hash *out)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    struct tov_hmac hmac;
    tov_vault_derive(call->core->vault, "tov/v1 export cursor", &key);
    tov_hmac_init(&hmac, TOV_BYTES_OF(key.bytes));
    tov_hmac_update(&hmac, call->connection->use->key, sizeof call->connection->use->key);
    tov_hmac_update(&hmac, body.data, body.size);
    tov_hmac_final(&hmac, out);
}

static void put_pin(struct tov_buf *out, const struct export_pin *pin)
{
    tov_buf_put_u64(out, pin->time_ms);
    tov_buf_put_u64(out, pin->ledger_size);
    tov_buf_put_u32(out, pin->journal);
    tov_buf_put_u64(out, pin->journal_size);
    tov_buf_put_u32(out, pin->roster);
    tov_buf_put_u16(out, (uint16_t)pin->mirror_count);
    for (size_t i = 0; i < pin->mirror_count; i++) {
        const struct tov_mirror_position *mirror = &pin->mirrors[i];
        tov_buf_put_u16(out, mirror->agency);
        tov_buf_put_u32(out, mirror->series.generation);
        tov_buf_put_u64(out, mirror->size);
        tov_buf_put_u64(out, mirror->series.lost_index);
        tov_buf_put_u64(out, mirror->last_link);
    }
}

static bool read_pin(struct tov_reader *reader, struct export_pin *pin)
{
    pin->time_ms = tov_read_u64(reader);
    pin->ledger_size = tov_read_u64(reader);
    pin->journal = tov_read_u32(reader);
    pin->journal_size = tov_read_u64(reader);
    pin->roster = tov_read_u32(reader);
    pin->mirror_count = tov_read_u16(reader);
    if (pin->mirror_count > TOV_AGENCIES_MAX)
        return false;
    for (size_t i = 0; i < pin->mirror_count; i++) {
        struct tov_mirror_position *mirror = &pin->mirrors[i];
        mirror->agency = tov_read_u16(reader);
        mirror->series.generation = tov_read_u32(reader);
        mirror->size = tov_read_u64(reader);
        mirror->series.lost_index = tov_read_u64(reader);
        mirror->last_link = tov_read_u64(reader);
    }
    return !reader->failed;
}

static void put_place(struct tov_buf *out, const struct export_place *place)
{
    tov_buf_put_u8(out, place->stage);
    tov_buf_put_u8(out, place->level);
    tov_buf_put_u16(out, place->mirror);
    tov_buf_put_u64(out, place->n);
    tov_buf_put_u64(out, place->cut);
    tov_buf_put_u64(out, place->offset);
    tov_buf_put(out, place->key.bytes, place->key.size);
}

static bool read_place(struct tov_reader *reader, struct export_place *place)
{
    place->stage = tov_read_u8(reader);
    place->level = tov_read_u8(reader);
    place->mirror = tov_read_u16(reader);
    place->n = tov_read_u64(reader);
    place->cut = tov_read_u64(reader);
    place->offset = tov_read_u64(reader);
    if (reader->failed || reader->left > TOV_STORE_KEY_MAX)
        return false;
    place->key = tov_store_key_bytes(tov_read_bytes(reader, reader->left));
    return true;
}

static enum tov_err put_cursor(const struct api_call *call, const struct export_walk *walk,
                               struct tov_record answer)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf cursor = TOV_BUF_INIT(CURSOR_MAX_BYTES);
    struct tov_hash mac = {{0}};
    tov_buf_put(&cursor, mac.bytes, sizeof mac.bytes);
    tov_buf_put_u8(&cursor, CURSOR_VERSION);
    put_pin(&cursor, &walk->pin);
    put_place(&cursor, &walk->place);
    if (cursor.failed != TOV_OK)
        return cursor.failed;
    struct tov_bytes body = {cursor.data + sizeof mac.bytes, cursor.size - sizeof mac.bytes};
    sign_cursor(call, body, &mac);
    memcpy(cursor.data, mac.bytes, sizeof mac.bytes);
    return tov_record_put_bytes(answer, "cursor", tov_buf_view(&cursor));
}

static bool read_cursor(const struct api_call *call, struct tov_bytes cursor,
                        struct export_walk *walk)
{
    struct tov_reader reader = tov_reader_of(cursor);
    struct tov_hash said, made;
    tov_read_copy(&reader, said.bytes, sizeof said.bytes);
    if (reader.failed)
        return false;
    sign_cursor(call, (struct tov_bytes){reader.at, reader.left}, &made);
    return tov_bytes_equal_secret(said.bytes, made.bytes, sizeof made.bytes) &&
           tov_read_u8(&reader) == CURSOR_VERSION && read_pin(&reader, &walk->pin) &&
           read_place(&reader, &walk->place);
}

/* ---- what is pinned ---- */

/* The newest size of a tree with a durable signature; 0: none. */
static enum tov_err newest_signed(struct tov_store_read *read, enum tov_table table, uint64_t base,
                                  uint64_t *out_size)
{
    struct tov_store_row row;
    enum tov_err err = tov_store_last(read, table, &row);
    if (err == TOV_OK && tov_store_key_to_u64(&row.key) > base)
        *out_size = tov_store_key_to_u64(&row.key) - base;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err pin_mirrors(struct export_walk *walk)
{
    struct tov_store_range range = {.table = TOV_TABLE_PEER};
    struct tov_store_iter iter;
    struct export_pin *pin = &walk->pin;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    while (err == TOV_OK && pin->mirror_count < TOV_AGENCIES_MAX && tov_store_iter_next(&iter)) {
        struct tov_reader key = tov_store_key_reader(&iter.row.key);
        struct tov_mirror_position *mirror = &pin->mirrors[pin->mirror_count];
        err = tov_mirror_position(walk->read, tov_read_u16(&key), mirror);
        if (err == TOV_OK && mirror->size > 0)
            pin->mirror_count++;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err == TOV_OK ? read_err : err;
}

static bool is_pinned(const struct export_pin *pin, const struct tov_mirror_position *mirror)
{
    for (size_t i = 0; i < pin->mirror_count; i++) {
        if (pin->mirrors[i].agency == mirror->agency &&
            pin->mirrors[i].series.generation == mirror->series.generation)
            return true;
    }
    return false;
}

/* Former generations of a peer's ledger; the row of one that was just left may not say so yet. */
static enum tov_err pin_formers(struct export_walk *walk)
{
    struct export_pin *pin = &walk->pin;
    size_t count = 0;
    TOV_FREE struct tov_mirror_position *formers = calloc(TOV_AGENCIES_MAX, sizeof *formers);
    if (formers == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_mirror_formers(walk->read, formers, TOV_AGENCIES_MAX, &count));
    for (size_t i = 0; i < count && pin->mirror_count < TOV_AGENCIES_MAX; i++) {
        if (!is_pinned(pin, &formers[i]))
            pin->mirrors[pin->mirror_count++] = formers[i];
    }
    return TOV_OK;
}

static enum tov_err pin_all(struct api_call *call, struct export_walk *walk)
{
    const struct tov_core *core = call->core;
    struct export_pin *pin = &walk->pin;
    struct tov_origin journal;
    pin->time_ms = core->now_ms;
    pin->roster = tov_roster_version(core->roster);
    TOV_TRY(newest_signed(walk->read, TOV_TABLE_SIGNATURE, 0, &pin->ledger_size));
    TOV_TRY(newest_signed(walk->read, TOV_TABLE_JSIGNATURE, tov_ledger_base(core->journal),
                          &pin->journal_size));
    if (pin->ledger_size == 0)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE,
                        "nothing of the ledger is signed yet: try again when the node is serving");
    if (pin->journal_size > 0) {
        TOV_TRY(tov_origin_parse(tov_bytes_of_text(tov_ledger_key(core->journal)->name), &journal));
        pin->journal = journal.journal;
    }
    TOV_TRY(pin_mirrors(walk));
    return pin_formers(walk);
}

/* ---- one answer ---- */

static struct export_walk *create_walk(const struct api_call *call)
{
    struct export_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return NULL;
    walk->core = call->core;
    walk->follow = call->api->follow;
    walk->data = TOV_BUF_INIT(TOV_API_DATA_MAX_BYTES);
    walk->scratch = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    return walk;
}

static void destroy_walk(struct export_walk *walk)
{
    if (walk == NULL)
        return;
    tov_store_read_end(walk->read);
    tov_buf_fini(&walk->data);
    tov_buf_fini(&walk->scratch);
    free(walk);
}
TOV_DEFINE_CLEANUP(export_walk, struct export_walk, destroy_walk)

static enum tov_err put_answer(struct api_call *call, const struct export_walk *walk)
{
    struct tov_record answer;
    TOV_TRY(tov_api_answer(call, "export", &answer));
    if (!tov_export_is_done(walk))
        TOV_TRY(put_cursor(call, walk, answer));
    if (!walk->has_piece)
        return TOV_OK;
    TOV_TRY(tov_record_put_text(answer, "path", walk->path));
    TOV_TRY(tov_api_put_count(answer, "offset", walk->offset));
    if (walk->data.size > 0)
        TOV_TRY(tov_record_put_bytes(answer, "data", tov_buf_view(&walk->data)));
    return walk->is_last ? tov_record_put_number(answer, "last", 1) : TOV_OK;
}

/* The access entry is durable. */
static enum tov_err begin(struct api_call *call, const struct api_argument *argument)
{
    TOV_CLEANUP(export_walk_cleanup) struct export_walk *walk = create_walk(call);
    (void)argument;
    if (walk == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(call->core->store, &walk->read, NULL));
    TOV_TRY(pin_all(call, walk));
    return put_answer(call, walk);
}

static enum tov_err go_on(struct api_call *call, struct tov_bytes cursor)
{
    TOV_CLEANUP(export_walk_cleanup) struct export_walk *walk = create_walk(call);
    if (walk == NULL)
        return TOV_E_NOMEM;
    if (!read_cursor(call, cursor, walk) || call->core->now_ms > walk->pin.time_ms + CURSOR_LIFE_MS)
        return tov_fail(&call->error, TOV_E_NOT_FOUND,
                        "this export is not known any more: begin a new one");
    TOV_TRY(tov_store_read_begin(call->core->store, &walk->read, NULL));
    TOV_TRY(tov_export_step(walk));
    return put_answer(call, walk);
}

enum tov_err tov_api_export_read(struct api_call *call)
{
    struct api_argument argument = {.number = 0};
    struct tov_bytes cursor = tov_record_bytes(call->request, "cursor");
    if (cursor.size > 0)
        return go_on(call, cursor);
    TOV_TRY(tov_api_note(call, TOV_ACCESS_EXPORT, NULL, (struct tov_bytes){0}));
    return tov_api_call_after(call, begin, &argument);
}
