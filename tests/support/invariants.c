/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/invariants.h"

#include <stdio.h>
#include <stdlib.h>

static void *need_memory(void *memory)
{
    if (memory == NULL) {
        (void)fprintf(stderr, "no memory for the checker\n");
        abort();
    }
    return memory;
}

void invariant_log_add(struct invariant_log *log, struct invariant_record record)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? 1024 : log->capacity * 2;
        log->records = need_memory(realloc(log->records, log->capacity * sizeof log->records[0]));
    }
    log->records[log->count++] = record;
}

void invariant_log_fini(struct invariant_log *log)
{
    free(log->records);
    *log = (struct invariant_log){0};
}

const char *invariant_verdict_name(enum invariant_verdict verdict)
{
    switch (verdict) {
    case INVARIANT_HOLDS:
        return "holds";
    case INVARIANT_LOST:
        return "lost";
    case INVARIANT_CHANGED:
        return "changed";
    case INVARIANT_TWICE:
        return "there twice";
    case INVARIANT_OUT_OF_ORDER:
        return "out of order";
    }
    return "?";
}

/* Where each id stands, sorted by id. */
struct place {
    uint64_t id;
    size_t position;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static struct place *sort_places(const struct invariant_log *log)
{
    struct place *places = need_memory(malloc((log->count + 1) * sizeof *places));
    for (size_t i = 0; i < log->count; i++)
        places[i] = (struct place){log->records[i].id, i};
    qsort(places, log->count, sizeof *places, compare_places);
    return places;
}

static bool find_twice(const struct place *places, size_t count, uint64_t *out_id)
{
    for (size_t i = 1; i < count; i++) {
        if (places[i].id == places[i - 1].id) {
            *out_id = places[i].id;
            return true;
        }
    }
    return false;
}

static enum invariant_verdict check_acknowledged(const struct invariant_log *acknowledged,
                                                 const struct invariant_log *found,
                                                 const struct place *places, uint64_t *out_id)
{
    bool *was_seen = need_memory(calloc(found->count + 1, sizeof *was_seen));
    enum invariant_verdict verdict = INVARIANT_HOLDS;
    size_t next = 0; /* the lowest place a record not seen yet may have */
    for (size_t i = 0; i < acknowledged->count && verdict == INVARIANT_HOLDS; i++) {
        const struct invariant_record *record = &acknowledged->records[i];
        const struct place *place = bsearch(&(struct place){record->id, 0}, places, found->count,
                                            sizeof *places, compare_places);
        *out_id = record->id;
        if (place == NULL)
            verdict = INVARIANT_LOST;
        else if (!tov_hash_equal(&found->records[place->position].hash, &record->hash))
            verdict = INVARIANT_CHANGED;
        else if (!was_seen[place->position] && place->position < next)
            verdict = INVARIANT_OUT_OF_ORDER;
        else if (!was_seen[place->position]) {
            was_seen[place->position] = true;
            next = place->position + 1;
        }
    }
    free(was_seen);
    return verdict;
}

enum invariant_verdict invariant_check(const struct invariant_log *acknowledged,
                                       const struct invariant_log *found, uint64_t *out_id)
{
    struct place *places = sort_places(found);
    enum invariant_verdict verdict = INVARIANT_TWICE;
    if (!find_twice(places, found->count, out_id))
        verdict = check_acknowledged(acknowledged, found, places, out_id);
    free(places);
    return verdict;
}
