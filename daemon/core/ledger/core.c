/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/core.h"

#include "base/secret.h"
#include "wire/leaf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CLOCK_BEHIND_MS 300000u
#define AGAIN_AHEAD_MS 86400000u

void tov_core_random(struct tov_core *core, void *out, size_t size)
{
    assert(size <= sizeof core->stock);
    if (core->stock_left < size) {
        core->host->random(core->host->context, core->stock, sizeof core->stock);
        core->stock_left = sizeof core->stock;
    }
    uint8_t *from = core->stock + sizeof core->stock - core->stock_left;
    memcpy(out, from, size);
    tov_wipe(from, size);
    core->stock_left -= size;
}

/* A clock that ran away must not take the ledger's times along: they would never come back. */
static uint64_t believed_now(const struct tov_core *core)
{
    return core->now_ms < core->latest_believed_ms ? core->now_ms : core->latest_believed_ms;
}

static uint64_t raise_leaf_time(struct tov_core *core, uint64_t to_ms)
{
    if (to_ms > core->last_leaf_ms)
        core->last_leaf_ms = to_ms;
    return core->last_leaf_ms;
}

void tov_core_note_leaf_time(struct tov_core *core, uint64_t ms)
{
    (void)raise_leaf_time(core, ms);
}

uint64_t tov_core_leaf_time(struct tov_core *core)
{
    return raise_leaf_time(core, believed_now(core));
}

uint64_t tov_core_leaf_time_again(struct tov_core *core, uint64_t written_ms)
{
    uint64_t now_ms = tov_core_leaf_time(core);
    uint64_t believed_ms = believed_now(core);
    bool is_too_far = written_ms > believed_ms && written_ms - believed_ms > AGAIN_AHEAD_MS;
    return is_too_far ? now_ms : raise_leaf_time(core, written_ms);
}

bool tov_core_clock_is_behind(const struct tov_core *core)
{
    return core->last_leaf_ms > CLOCK_BEHIND_MS &&
           core->now_ms < core->last_leaf_ms - CLOCK_BEHIND_MS;
}

struct tov_store_batch *tov_core_batch(struct tov_core *core)
{
    core->open->has_work = true;
    return core->open->batch;
}

enum tov_err tov_core_get_pending(const struct tov_core *core, struct tov_store_read *read,
                                  unsigned table, struct tov_store_key key,
                                  struct tov_bytes *out_row)
{
    const struct tov_turn *other = core->open == &core->turns[0] ? &core->turns[1] : core->turns;
    if (tov_store_batch_find(core->open->batch, table, key, out_row) ||
        tov_store_batch_find(other->batch, table, key, out_row))
        return out_row->data == NULL ? TOV_E_NOT_FOUND : TOV_OK;
    return tov_store_get(read, table, key, out_row);
}

static bool grow(struct tov_after_list *list)
{
    size_t capacity = list->capacity == 0 ? 256 : list->capacity * 2;
    struct tov_after *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->capacity = capacity;
    return true;
}

enum tov_err tov_core_after(struct tov_core *core, const struct tov_after *after)
{
    struct tov_after_list *list = &core->open->after;
    if (list->count == list->capacity && !grow(list))
        return TOV_E_NOMEM;
    struct tov_after copy = *after;
    copy.bytes = (struct tov_bytes){0};
    if (after->bytes.size > 0) {
        uint8_t *bytes = malloc(after->bytes.size);
        if (bytes == NULL)
            return TOV_E_NOMEM;
        memcpy(bytes, after->bytes.data, after->bytes.size);
        copy.bytes = (struct tov_bytes){bytes, after->bytes.size};
    }
    list->items[list->count++] = copy;
    core->open->has_work = true;
    return TOV_OK;
}

static void clear_list(struct tov_core *core, struct tov_after_list *list, bool run)
{
    for (size_t i = 0; i < list->count; i++) {
        if (run)
            list->items[i].run(core, &list->items[i]);
        free((void *)(uintptr_t)list->items[i].bytes.data);
    }
    list->count = 0;
}

void tov_core_run_after(struct tov_core *core, struct tov_after_list *list)
{
    clear_list(core, list, true);
}

void tov_after_list_fini(struct tov_after_list *list)
{
    clear_list(NULL, list, false);
    free(list->items);
    *list = (struct tov_after_list){0};
}

enum tov_err tov_core_fail(struct tov_core *core, enum tov_err err, const char *what)
{
    if (core->failed == TOV_OK) {
        core->failed = err;
        (void)tov_fail(&core->failure, err, "%s", what);
    }
    return err;
}

enum tov_err tov_core_check_store(struct tov_core *core)
{
    struct tov_error error = {.text = ""};
    enum tov_err err = tov_store_damage(core->store, &error);
    return err == TOV_OK ? TOV_OK : tov_core_fail(core, err, error.text);
}

enum tov_err tov_core_send_peer(struct tov_core *core, uint16_t agency, struct tov_bytes frame)
{
    TOV_TRY(tov_core_check_store(core));
    return core->host->send_peer(core->host->context, agency, frame);
}

enum tov_err tov_core_send_client(struct tov_core *core, uint64_t connection,
                                  struct tov_bytes frame)
{
    TOV_TRY(tov_core_check_store(core));
    return core->host->send_client(core->host->context, connection, frame);
}

enum tov_err tov_core_ask_guard(struct tov_core *core, uint8_t kind, struct tov_bytes payload)
{
    TOV_TRY(tov_core_check_store(core));
    return core->host->ask_guard(core->host->context, kind, payload);
}

void tov_core_log(const struct tov_core *core, enum tov_host_level level, const char *event,
                  const char *format, ...)
{
    char details[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(details, sizeof details, format, arguments);
    va_end(arguments);
    core->host->log(core->host->context, level, event, details);
}

bool tov_core_has_room(const struct tov_core *core, uint64_t bytes)
{
    return core->disk_free_bytes >= core->disk_reserve_bytes &&
           core->disk_free_bytes - core->disk_reserve_bytes >= bytes;
}

void tov_core_use_room(struct tov_core *core, uint64_t bytes)
{
    core->disk_free_bytes -= bytes < core->disk_free_bytes ? bytes : core->disk_free_bytes;
}

void tov_core_note_segment(struct tov_core *core, uint64_t bytes)
{
    core->segment_bytes += bytes + TOV_SEGMENT_ENTRY_BYTES;
    if (core->segment_bytes < TOV_SEGMENT_GOAL_BYTES)
        return;
    tov_ledger_mark(core->ledger);
    core->segment_bytes = 0;
}

enum tov_err tov_core_append_leaf(struct tov_core *core, struct tov_ledger *tree,
                                  struct tov_leaf *leaf, uint64_t event,
                                  struct tov_ledger_place *out_place)
{
    uint8_t room[TOV_LEAF_MAX_BYTES + 1];
    struct tov_buf bytes = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    leaf->time_ms = tov_core_leaf_time(core);
    tov_core_random(core, leaf->blind, sizeof leaf->blind);
    TOV_TRY(tov_leaf_encode(leaf, &bytes));
    struct tov_ledger_row row = {.leaf = tov_buf_view(&bytes), .event = event};
    TOV_TRY(tov_ledger_append(tree, tov_core_batch(core), &row, out_place));
    if (tree == core->ledger)
        tov_core_note_segment(core, bytes.size);
    return TOV_OK;
}
