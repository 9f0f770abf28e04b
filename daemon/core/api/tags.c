/* SPDX-License-Identifier: EUPL-1.2
 *
 * `ring` holds the tags in the order they came, `slots` the positions in the ring plus 1 (0: free),
 * by linear probing from the tag's first bytes; at most half of the slots are taken. Both grow
 * together until `most`.
 */
#include "api/tags.h"

#include <assert.h>
#include <string.h>

#define FIRST_RING ((size_t)1024)

struct row {
    uint8_t tag[TOV_TAG_BYTES];
    uint64_t event;
};

struct tov_api_tags {
    size_t most;
    size_t capacity; /* of the ring; a power of two */
    size_t count;
    size_t next; /* where the next goes: the oldest, once the ring is full */
    struct row *ring;
    uint32_t *slots; /* 2 * capacity */
};

enum tov_err tov_api_tags_create(size_t most, struct tov_api_tags **out_tags)
{
    assert(most >= FIRST_RING && (most & (most - 1)) == 0);
    TOV_CLEANUP(tov_api_tags_cleanup) struct tov_api_tags *tags = calloc(1, sizeof *tags);
    if (tags == NULL)
        return TOV_E_NOMEM;
    tags->most = most;
    tags->capacity = FIRST_RING;
    tags->ring = calloc(FIRST_RING, sizeof *tags->ring);
    tags->slots = calloc(2 * FIRST_RING, sizeof *tags->slots);
    if (tags->ring == NULL || tags->slots == NULL)
        return TOV_E_NOMEM;
    *out_tags = TOV_TAKE(tags);
    return TOV_OK;
}

void tov_api_tags_destroy(struct tov_api_tags *tags)
{
    if (tags == NULL)
        return;
    free(tags->ring);
    free(tags->slots);
    free(tags);
}

static size_t home_of(const struct tov_api_tags *tags, const uint8_t *tag)
{
    return (size_t)tov_get_be64(tag) & (2 * tags->capacity - 1);
}

static size_t following(const struct tov_api_tags *tags, size_t slot)
{
    return (slot + 1) & (2 * tags->capacity - 1);
}

/* The slot of TAG, or the free one where it would go. */
static size_t slot_of(const struct tov_api_tags *tags, const uint8_t *tag)
{
    size_t slot = home_of(tags, tag);
    while (tags->slots[slot] != 0 &&
           memcmp(tags->ring[tags->slots[slot] - 1].tag, tag, TOV_TAG_BYTES) != 0)
        slot = following(tags, slot);
    return slot;
}

uint64_t tov_api_tags_find(const struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES])
{
    uint32_t at = tags->slots[slot_of(tags, tag)];
    return at == 0 ? 0 : tags->ring[at - 1].event;
}

static enum tov_err grow(struct tov_api_tags *tags)
{
    size_t capacity = tags->capacity * 2;
    struct row *ring = realloc(tags->ring, capacity * sizeof *ring);
    if (ring == NULL)
        return TOV_E_NOMEM;
    tags->ring = ring;
    uint32_t *slots = calloc(2 * capacity, sizeof *slots);
    if (slots == NULL)
        return TOV_E_NOMEM;
    free(tags->slots);
    tags->slots = slots;
    tags->capacity = capacity;
    tags->next = tags->count;
    for (size_t i = 0; i < tags->count; i++)
        slots[slot_of(tags, ring[i].tag)] = (uint32_t)(i + 1);
    return TOV_OK;
}

/* Is HOME in the circular stretch (HOLE, SLOT]? Then what is in SLOT must stay behind HOLE. */
static bool is_between(size_t hole, size_t home, size_t slot)
{
    return hole < slot ? hole < home && home <= slot : hole < home || home <= slot;
}

/* Frees the slot of TAG and moves up what stands behind it. */
static void forget(struct tov_api_tags *tags, const uint8_t *tag)
{
    size_t hole = slot_of(tags, tag);
    size_t slot = hole;
    assert(tags->slots[hole] != 0);
    for (;;) {
        slot = following(tags, slot);
        if (tags->slots[slot] == 0)
            break;
        if (is_between(hole, home_of(tags, tags->ring[tags->slots[slot] - 1].tag), slot))
            continue;
        tags->slots[hole] = tags->slots[slot];
        hole = slot;
    }
    tags->slots[hole] = 0;
}

enum tov_err tov_api_tags_add(struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES],
                              uint64_t event)
{
    if (tags->count == tags->capacity && tags->capacity < tags->most)
        TOV_TRY(grow(tags));
    if (tags->count == tags->capacity)
        forget(tags, tags->ring[tags->next].tag);
    else
        tags->count++;
    struct row *row = &tags->ring[tags->next];
    size_t slot = slot_of(tags, tag);
    assert(tags->slots[slot] == 0);
    memcpy(row->tag, tag, TOV_TAG_BYTES);
    row->event = event;
    tags->slots[slot] = (uint32_t)(tags->next + 1);
    tags->next = (tags->next + 1) & (tags->capacity - 1);
    return TOV_OK;
}

size_t tov_api_tags_count(const struct tov_api_tags *tags)
{
    return tags->count;
}

/* ---- from the store ---- */

static bool has_tag(const struct tov_event *event)
{
    static const uint8_t none[TOV_TAG_BYTES];
    return event->kind == TOV_EVENT_WRITTEN && memcmp(event->tag, none, sizeof none) != 0;
}

/* The number of the event from which on there are at most `most` tags. */
static enum tov_err find_start(const struct tov_api_tags *tags, struct tov_store_read *read,
                               struct tov_store_key *out_start)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT, .backward = true};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    size_t found = 0;
    *out_start = tov_store_key_u64(0);
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && found < tags->most && tov_store_iter_next(&iter)) {
        struct tov_event event;
        err = tov_event_decode(iter.row.value, &event);
        found += err == TOV_OK && has_tag(&event) ? 1 : 0;
        *out_start = iter.row.key;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static enum tov_err take_row(struct tov_api_tags *tags, uint64_t number, struct tov_bytes row)
{
    struct tov_event event;
    TOV_TRY(tov_event_decode(row, &event));
    if (!has_tag(&event) || tov_api_tags_find(tags, event.tag) != 0)
        return TOV_OK;
    return tov_api_tags_add(tags, event.tag, number);
}

static enum tov_err take_from(struct tov_api_tags *tags, struct tov_store_read *read,
                              struct tov_store_key first)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT, .first = first};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = take_row(tags, tov_store_key_to_u64(&iter.row.key), iter.row.value);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

enum tov_err tov_api_tags_read(struct tov_api_tags *tags, const struct tov_core *core,
                               uint64_t first)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row last;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(take_from(tags, read, tov_store_key_u64(first)));
    enum tov_err err = tov_store_last(read, TOV_TABLE_EVENT, &last);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    uint64_t open = err == TOV_OK ? tov_store_key_to_u64(&last.key) + 1 : 1;
    for (uint64_t number = open > first ? open : first; number < core->next_event; number++) {
        struct tov_bytes row;
        TOV_TRY(tov_core_get_pending(core, read, TOV_TABLE_EVENT, tov_store_key_u64(number), &row));
        TOV_TRY(take_row(tags, number, row));
    }
    return TOV_OK;
}

enum tov_err tov_api_tags_load(struct tov_api_tags *tags, struct tov_store *store)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_key first;
    TOV_TRY(tov_store_read_begin(store, &read, NULL));
    TOV_TRY(find_start(tags, read, &first));
    return take_from(tags, read, first);
}
