/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/event.h"

#include <string.h>

#define ROW_MAX_BYTES 64u

static void put_event(const struct tov_event *event, struct tov_buf *out)
{
    tov_buf_put_u8(out, (uint8_t)event->kind);
    tov_buf_put_u16(out, event->agency);
    tov_buf_put_u32(out, event->generation);
    tov_buf_put_u64(out, event->index);
    tov_buf_put_u64(out, event->time_ms);
    switch (event->kind) {
    case TOV_EVENT_WRITTEN:
        tov_buf_put(out, event->tag, sizeof event->tag);
        return;
    case TOV_EVENT_DELIVERED:
        tov_buf_put_u32(out, event->series.generation);
        tov_buf_put_u64(out, event->series.lost_index);
        tov_buf_put_u64(out, event->first_link);
        tov_buf_put_u64(out, event->last_link);
        tov_buf_put_u8(out, event->verdict);
        return;
    case TOV_EVENT_ATTACHMENT:
        tov_buf_put_u8(out, event->part);
        return;
    case TOV_EVENT_RECEIVED:
        return;
    }
}

uint64_t tov_event_append(struct tov_core *core, const struct tov_event *event)
{
    uint8_t room[ROW_MAX_BYTES];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    put_event(event, &row);
    uint64_t number = core->next_event++;
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_EVENT, tov_store_key_u64(number),
                           tov_buf_view(&row));
    return number;
}

void tov_event_replace(struct tov_core *core, uint64_t number, const struct tov_event *event)
{
    uint8_t room[ROW_MAX_BYTES];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    put_event(event, &row);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EVENT, tov_store_key_u64(number),
                        tov_buf_view(&row));
}

enum tov_err tov_event_decode(struct tov_bytes row, struct tov_event *out)
{
    struct tov_reader reader = tov_reader_of(row);
    *out = (struct tov_event){0};
    uint8_t kind = tov_read_u8(&reader);
    if (kind < TOV_EVENT_WRITTEN || kind > TOV_EVENT_ATTACHMENT)
        return TOV_E_CORRUPT;
    out->kind = (enum tov_event_kind)kind;
    out->agency = tov_read_u16(&reader);
    out->generation = tov_read_u32(&reader);
    out->index = tov_read_u64(&reader);
    out->time_ms = tov_read_u64(&reader);
    switch (out->kind) {
    case TOV_EVENT_WRITTEN:
        tov_read_copy(&reader, out->tag, sizeof out->tag);
        break;
    case TOV_EVENT_DELIVERED:
        out->series.generation = tov_read_u32(&reader);
        out->series.lost_index = tov_read_u64(&reader);
        out->first_link = tov_read_u64(&reader);
        out->last_link = tov_read_u64(&reader);
        out->verdict = tov_read_u8(&reader);
        break;
    case TOV_EVENT_ATTACHMENT:
        out->part = tov_read_u8(&reader);
        break;
    case TOV_EVENT_RECEIVED:
        break;
    }
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_event_get(struct tov_store_read *read, uint64_t number, struct tov_event *out)
{
    struct tov_bytes row;
    TOV_TRY(tov_store_get(read, TOV_TABLE_EVENT, tov_store_key_u64(number), &row));
    return tov_event_decode(row, out);
}

enum tov_err tov_event_open(struct tov_core *core)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_last(read, TOV_TABLE_EVENT, &row);
    core->next_event = err == TOV_OK ? tov_store_key_to_u64(&row.key) + 1 : 1;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}
