/* SPDX-License-Identifier: EUPL-1.2
 *
 * Finding messages by their leaf and by the event that they tell of. All that judging asks of the
 * messages of a thing is asked of each of them: whoever walked through all others each time would
 * stand still at a thing of which somebody writes tens of thousands.
 */
#include "case/picture_internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_places(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* ---- by leaf ---- */

static int compare_refs(const struct tov_ref *a, const struct tov_ref *b)
{
    if (a->agency != b->agency)
        return a->agency < b->agency ? -1 : 1;
    if (a->generation != b->generation)
        return a->generation < b->generation ? -1 : 1;
    if (a->index != b->index)
        return a->index < b->index ? -1 : 1;
    return memcmp(a->leaf.bytes, b->leaf.bytes, sizeof a->leaf.bytes);
}

static int compare_leaves(const void *a, const void *b)
{
    const struct leaf_place *x = a, *y = b;
    int order = compare_refs(x->ref, y->ref);
    return order != 0 ? order : compare_places(x->place, y->place);
}

void picture_leaves_sort(struct leaf_place *leaves, size_t count)
{
    if (count > 0)
        qsort(leaves, count, sizeof *leaves, compare_leaves);
}

size_t picture_leaves_find(const struct leaf_place *leaves, size_t count, const struct tov_ref *ref)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_refs(leaves[middle].ref, ref) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < count && tov_ref_equal(leaves[low].ref, ref);
    return is_there ? leaves[low].place : PICTURE_NOWHERE;
}

const struct tov_told *picture_held(const struct subject *subject, const struct tov_ref *ref,
                                    size_t *out_at)
{
    size_t at = picture_leaves_find(subject->leaves, subject->count, ref);
    if (at == PICTURE_NOWHERE)
        return NULL;
    *out_at = at;
    return subject->order[at].told;
}

/* ---- by event ---- */

static int compare_events(const void *a, const void *b)
{
    const struct event_place *x = a, *y = b;
    int order = memcmp(x->event.bytes, y->event.bytes, sizeof x->event.bytes);
    return order != 0 ? order : compare_places(x->place, y->place);
}

int picture_compare_tellings(const void *a, const void *b)
{
    const struct event_place *x = a, *y = b;
    int order = memcmp(x->event.bytes, y->event.bytes, sizeof x->event.bytes);
    if (order == 0)
        order = strcmp(tov_told_type(x->told), tov_told_type(y->told));
    if (order == 0)
        order = (x->told->sender.agency > y->told->sender.agency) -
                (x->told->sender.agency < y->told->sender.agency);
    return order != 0 ? order : compare_places(x->place, y->place);
}

void picture_events_sort(struct event_place *events, size_t count)
{
    if (count > 0)
        qsort(events, count, sizeof *events, compare_events);
}

const struct event_place *picture_events_find(const struct event_place *events, size_t count,
                                              const struct tov_thing_ref *event, size_t *out_count)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(events[middle].event.bytes, event->bytes, sizeof event->bytes) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < count && tov_thing_ref_equal(&events[end].event, event))
        end++;
    *out_count = end - low;
    return events == NULL ? NULL : &events[low];
}

const struct event_place *picture_events(const struct subject *subject,
                                         const struct tov_thing_ref *event, size_t *out_count)
{
    return picture_events_find(subject->events, subject->event_count, event, out_count);
}

const struct tov_told *picture_original(const struct subject *subject, size_t at)
{
    return subject->order[subject->originals[at]].told;
}

static void find_originals(struct subject *subject)
{
    struct event_place *events = subject->events;
    for (size_t i = 0; i < subject->count; i++)
        subject->originals[i] = i;
    if (subject->event_count > 0)
        qsort(events, subject->event_count, sizeof *events, picture_compare_tellings);
    for (size_t i = 1; i < subject->event_count; i++) {
        if (tov_told_tells_as(events[i - 1].told, events[i].told, &events[i].event))
            subject->originals[events[i].place] = subject->originals[events[i - 1].place];
    }
}

enum tov_err picture_index(struct tov_picture *picture, struct subject *subject)
{
    size_t count = subject->count;
    subject->leaves = tov_arena_alloc(picture->arena, (count + 1) * sizeof *subject->leaves);
    subject->events = tov_arena_alloc(picture->arena, (count + 1) * sizeof *subject->events);
    subject->originals = tov_arena_alloc(picture->arena, (count + 1) * sizeof(size_t));
    if (subject->leaves == NULL || subject->events == NULL || subject->originals == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct tov_told *told = subject->order[i].told;
        struct event_place *event = &subject->events[subject->event_count];
        *event = (struct event_place){.told = told, .place = i};
        if (tov_told_step_event(told, &event->event))
            subject->event_count++;
        subject->leaves[i] = (struct leaf_place){&told->ref, i};
    }
    picture_leaves_sort(subject->leaves, count);
    find_originals(subject);
    picture_events_sort(subject->events, subject->event_count);
    return TOV_OK;
}
