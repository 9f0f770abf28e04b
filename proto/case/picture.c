/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/picture_internal.h"
#include "base/cleanup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 65536u
/* What one message may take: its place, its judgements with words, its steps. */
#define MESSAGE_BYTES 262144u

const uint32_t picture_abouts[PICTURE_ABOUTS] = {
    TOV_ABOUT_CONCERN, TOV_ABOUT_REQUEST, TOV_ABOUT_COURSE, TOV_ABOUT_EPISODE, TOV_ABOUT_CASE};

/* A message about a thing. */
struct mention {
    size_t about; /* index in picture_abouts */
    struct tov_thing_ref ref;
    size_t place; /* in placed */
};

struct mentions {
    struct mention *items;
    size_t count;
    size_t capacity;
};

static void mentions_fini(struct mentions *mentions)
{
    free(mentions->items);
}

static int compare_mentions(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    if (x->about != y->about)
        return x->about < y->about ? -1 : 1;
    int order = memcmp(x->ref.bytes, y->ref.bytes, sizeof x->ref.bytes);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

/* ---- places ---- */

static enum tov_err place_all(struct tov_picture *picture)
{
    TOV_FREE const struct tov_told **messages = calloc(picture->count + 1, sizeof *messages);
    TOV_FREE struct tov_ordered *order = calloc(picture->count + 1, sizeof *order);
    picture->placed =
        tov_arena_alloc(picture->arena, (picture->count + 1) * sizeof(struct tov_placed));
    picture->place_of = tov_arena_alloc(picture->arena, (picture->count + 1) * sizeof(size_t));
    picture->judgements =
        tov_arena_alloc(picture->arena, (picture->count + 1) * sizeof *picture->judgements);
    if (messages == NULL || order == NULL || picture->placed == NULL || picture->place_of == NULL ||
        picture->judgements == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < picture->count; i++)
        messages[i] = &picture->messages[i];
    TOV_TRY(tov_order_make(messages, picture->count, order));
    for (size_t i = 0; i < picture->count; i++) {
        picture->placed[i] =
            (struct tov_placed){.told = order[i].told, .effective_ms = order[i].effective_ms};
        picture->place_of[order[i].told - picture->messages] = i;
        picture->judgements[i] = NULL;
    }
    return TOV_OK;
}

struct tov_placed *picture_placed_of(const struct tov_picture *picture, const struct tov_told *told)
{
    return &picture->placed[picture->place_of[told - picture->messages]];
}

/* ---- copies, amendments, retractions ---- */

static enum tov_err mark_copies(struct tov_placed *placed, size_t count)
{
    TOV_FREE struct event_place *events = calloc(count + 1, sizeof *events);
    if (events == NULL)
        return TOV_E_NOMEM;
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        events[found] = (struct event_place){.told = placed[i].told, .place = i};
        if (tov_told_event(events[found].told, &events[found].event))
            found++;
    }
    qsort(events, found, sizeof *events, picture_compare_tellings);
    for (size_t i = 1; i < found; i++)
        placed[events[i].place].is_copy =
            tov_told_is_same_event(events[i - 1].told, events[i].told);
    return TOV_OK;
}

static void mark_target(struct tov_placed *placed, const struct tov_told *by)
{
    placed->is_retracted |= strcmp(tov_told_type(by), "msg.retract") == 0;
    if (strcmp(tov_told_type(by), "msg.amend") == 0)
        placed->amended_by = by;
}

static enum tov_err mark_targets(struct tov_placed *placed, size_t count)
{
    TOV_FREE struct leaf_place *leaves = calloc(count + 1, sizeof *leaves);
    if (leaves == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        leaves[i] = (struct leaf_place){&placed[i].told->ref, i};
    picture_leaves_sort(leaves, count);
    for (size_t i = 0; i < count; i++) {
        struct tov_ref target;
        const struct tov_told *by = placed[i].told;
        size_t at = tov_told_reply_to(by, &target) ? picture_leaves_find(leaves, count, &target)
                                                   : PICTURE_NOWHERE;
        if (at != PICTURE_NOWHERE && placed[at].told->sender.agency == by->sender.agency)
            mark_target(&placed[at], by);
    }
    return TOV_OK;
}

enum tov_err picture_mark(struct tov_placed *placed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        placed[i].is_copy = placed[i].is_retracted = false;
        placed[i].amended_by = NULL;
    }
    TOV_TRY(mark_targets(placed, count));
    return mark_copies(placed, count);
}

/* ---- subjects ---- */

static enum tov_err add_mention(struct mentions *mentions, const struct mention *mention)
{
    if (mentions->count == mentions->capacity) {
        size_t capacity = mentions->capacity == 0 ? 64 : 2 * mentions->capacity;
        struct mention *items = realloc(mentions->items, capacity * sizeof *items);
        if (items == NULL)
            return TOV_E_NOMEM;
        mentions->items = items;
        mentions->capacity = capacity;
    }
    mentions->items[mentions->count++] = *mention;
    return TOV_OK;
}

static enum tov_err find_mentions(const struct tov_picture *picture, struct mentions *mentions)
{
    for (size_t i = 0; i < picture->count; i++) {
        for (size_t a = 0; a < PICTURE_ABOUTS; a++) {
            struct mention mention = {.about = a, .place = i};
            for (size_t n = 0;
                 tov_told_thing(picture->placed[i].told, picture_abouts[a], n, &mention.ref); n++)
                TOV_TRY(add_mention(mentions, &mention));
        }
    }
    if (mentions->count > 0)
        qsort(mentions->items, mentions->count, sizeof *mentions->items, compare_mentions);
    return TOV_OK;
}

static bool is_of(const struct tov_machine_info *machine, uint32_t about)
{
    for (size_t i = 0; i < machine->row_count; i++) {
        if ((machine->rows[i].about & about) != 0)
            return true;
    }
    return false;
}

void picture_make_instances(const struct tov_picture *picture, struct subject *subject,
                            struct instance *instances)
{
    const struct tov_machine_table *table = picture->options.table;
    subject->instances = instances;
    for (size_t i = 0; i < TOV_MACHINES_MAX && table->machines[i] != NULL; i++) {
        if (!is_of(table->machines[i], subject->about))
            continue;
        instances[subject->instance_count++] = (struct instance){
            .machine = table->machines[i],
            .thing = {.machine = table->machines[i]->machine,
                      .about = subject->about,
                      .ref = subject->ref},
        };
    }
}

/* Messages that are mentioned twice by one thing stand in it once. */
static enum tov_err make_subject(struct tov_picture *picture, const struct mention *mentions,
                                 size_t count)
{
    struct subject *subject = &picture->subjects[picture->subject_count];
    *subject = (struct subject){.about = picture_abouts[mentions[0].about], .ref = mentions[0].ref};
    TOV_FREE const struct tov_told **messages = calloc(count, sizeof *messages);
    subject->order = tov_arena_alloc(picture->arena, count * sizeof *subject->order);
    struct instance *instances =
        tov_arena_alloc(picture->arena, TOV_MACHINES_MAX * sizeof *instances);
    if (messages == NULL || subject->order == NULL || instances == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || mentions[i].place != mentions[i - 1].place)
            messages[subject->count++] = picture->placed[mentions[i].place].told;
    }
    TOV_TRY(tov_order_make(messages, subject->count, subject->order));
    TOV_TRY(picture_index(picture, subject));
    picture_make_instances(picture, subject, instances);
    picture->subject_count++;
    return TOV_OK;
}

static bool is_same_thing(const struct mention *a, const struct mention *b)
{
    return a->about == b->about && tov_thing_ref_equal(&a->ref, &b->ref);
}

static enum tov_err make_subjects(struct tov_picture *picture)
{
    TOV_CLEANUP(mentions_fini) struct mentions mentions = {0};
    TOV_TRY(find_mentions(picture, &mentions));
    picture->subjects =
        tov_arena_alloc(picture->arena, (mentions.count + 1) * sizeof *picture->subjects);
    if (picture->subjects == NULL)
        return TOV_E_NOMEM;
    for (size_t from = 0, to; from < mentions.count; from = to) {
        for (to = from + 1; to < mentions.count; to++) {
            if (!is_same_thing(&mentions.items[from], &mentions.items[to]))
                break;
        }
        TOV_TRY(make_subject(picture, &mentions.items[from], to - from));
    }
    return TOV_OK;
}

static enum tov_err list_things(struct tov_picture *picture)
{
    size_t room = picture->subject_count * TOV_MACHINES_MAX + 1;
    picture->things = tov_arena_alloc(picture->arena, room * sizeof(struct tov_thing *));
    if (picture->things == NULL)
        return TOV_E_NOMEM;
    for (size_t m = 0; m < TOV_MACHINES_MAX && picture->options.table->machines[m] != NULL; m++) {
        for (size_t i = 0; i < picture->subject_count; i++) {
            const struct instance *instance = picture_instance(
                &picture->subjects[i], picture->options.table->machines[m]->machine);
            if (instance != NULL && instance->thing.state != NULL)
                picture->things[picture->thing_count++] = &instance->thing;
        }
    }
    return TOV_OK;
}

const struct subject *picture_subject(const struct tov_picture *picture, uint32_t about,
                                      const struct tov_thing_ref *ref)
{
    for (size_t i = 0; i < picture->subject_count; i++) {
        const struct subject *subject = &picture->subjects[i];
        if (subject->about == about && tov_thing_ref_equal(&subject->ref, ref))
            return subject;
    }
    return NULL;
}

/* ---- from outside ---- */

static enum tov_err fill(struct tov_picture *picture)
{
    TOV_TRY(place_all(picture));
    TOV_TRY(picture_mark(picture->placed, picture->count));
    TOV_TRY(make_subjects(picture));
    TOV_TRY(picture_find_parties(picture));
    for (size_t i = 0; i < picture->subject_count; i++)
        TOV_TRY(picture_fold(picture, &picture->subjects[i]));
    return list_things(picture);
}

enum tov_err tov_picture_create(const struct tov_told *messages, size_t count,
                                const struct tov_picture_options *options,
                                struct tov_picture **out_picture)
{
    struct tov_picture *picture = calloc(1, sizeof *picture);
    if (picture == NULL)
        return TOV_E_NOMEM;
    if (options != NULL)
        picture->options = *options;
    if (picture->options.table == NULL)
        picture->options.table = tov_machine_table();
    picture->messages = messages;
    picture->count = count;
    enum tov_err err =
        tov_arena_create(FIRST_BYTES, FIRST_BYTES + (count + 1) * MESSAGE_BYTES, &picture->arena);
    if (err == TOV_OK)
        err = fill(picture);
    if (err != TOV_OK) {
        tov_picture_destroy(picture);
        return err;
    }
    *out_picture = picture;
    return TOV_OK;
}

void tov_picture_destroy(struct tov_picture *picture)
{
    if (picture == NULL)
        return;
    tov_arena_destroy(picture->arena);
    free(picture);
}

size_t tov_picture_placed_count(const struct tov_picture *picture)
{
    return picture->count;
}

const struct tov_placed *tov_picture_placed_at(const struct tov_picture *picture, size_t index)
{
    assert(index < picture->count);
    return &picture->placed[index];
}

size_t tov_picture_thing_count(const struct tov_picture *picture)
{
    return picture->thing_count;
}

const struct tov_thing *tov_picture_thing_at(const struct tov_picture *picture, size_t index)
{
    assert(index < picture->thing_count);
    return picture->things[index];
}

const struct tov_thing *tov_picture_thing_find(const struct tov_picture *picture,
                                               enum tov_machine machine,
                                               const struct tov_thing_ref *ref)
{
    for (size_t i = 0; i < picture->thing_count; i++) {
        if (picture->things[i]->machine == machine &&
            tov_thing_ref_equal(&picture->things[i]->ref, ref))
            return picture->things[i];
    }
    return NULL;
}

const struct tov_thing_step *tov_picture_state_at(const struct tov_thing *thing, uint64_t time_ms)
{
    const struct tov_thing_step *found = NULL;
    for (size_t i = 0; i < thing->step_count && thing->steps[i].at_ms <= time_ms; i++)
        found = &thing->steps[i];
    return found;
}

size_t tov_picture_party_count(const struct tov_picture *picture)
{
    return picture->party_count;
}

const struct tov_party *tov_picture_party_at(const struct tov_picture *picture, size_t index)
{
    assert(index < picture->party_count);
    return &picture->parties[index];
}
