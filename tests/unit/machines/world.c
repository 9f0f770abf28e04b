/* SPDX-License-Identifier: EUPL-1.2 */
#include "world.h"
#include "case/told_field.h"
#include "support/unit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 64
#define FIELDS_MAX 80
#define RECIPIENTS_MAX 6
#define STEPS_MAX 80

struct given {
    char name[NAME_SIZE];
    char text[NAME_SIZE];
    struct tov_value value;
    struct tov_thing_ref uuid;
};

struct saying {
    char id[NAME_SIZE];
    char event[NAME_SIZE];
    char type_id[NAME_SIZE];
    struct tov_message_type type;
    struct tov_draft draft;
    struct tov_told told;
    struct tov_unit_facts recipients[RECIPIENTS_MAX];
    struct given fields[FIELDS_MAX];
    size_t field_count;
    bool gives_start;
    uint32_t delivered; /* bits of agencies */
};

#define KOMMUNE TOV_AUTHORITY_KOMMUNE
#define POLICE TOV_AUTHORITY_POLICE
static const struct {
    const char *path;
    struct tov_unit_facts facts;
} units[] = {
    {"kk/vink", {1, "vink", KOMMUNE, 1, TOV_DUTY_COORDINATOR_KOMMUNE, 0}},
    {"kk/sof", {1, "sof", KOMMUNE, 1, TOV_DUTY_KOMMUNE, 0}},
    {"kk/ssp", {1, "ssp", KOMMUNE, 1, TOV_DUTY_KOMMUNE, 0}},
    {"kk/jobcenter", {1, "jobcenter", KOMMUNE, 1, TOV_DUTY_KOMMUNE, 0}},
    {"kk/mentor", {1, "mentor", KOMMUNE, 1, TOV_DUTY_PROVIDER, 0}},
    {"kk/coach", {1, "coach", KOMMUNE, 1, TOV_DUTY_PROVIDER, 0}},
    {"kk/eki", {1, "eki", KOMMUNE, 1, TOV_DUTY_RELEASE_DESK, 0}},
    {"kk/jku", {1, "jku", KOMMUNE, 1, TOV_DUTY_RELEASE_DESK, 0}},
    {"kk/ydelse", {1, "ydelse", KOMMUNE, 1, TOV_DUTY_BENEFITS, 0}},
    {"kk/folkereg", {1, "folkereg", KOMMUNE, 1, TOV_DUTY_POPULATION, 0}},
    {"kbh-pol/dks", {2, "dks", POLICE, 2, TOV_DUTY_COORDINATOR_POLICE | TOV_DUTY_SECRETARIAT, 0}},
    {"kbh-pol/tov", {2, "tov", POLICE, 2, TOV_DUTY_COORDINATOR_POLICE, 0}},
    {"kbh-pol/sek", {2, "sek", POLICE, 2, TOV_DUTY_SECRETARIAT, 0}},
    {"krfo/faengsel", {3, "faengsel", TOV_AUTHORITY_KRFO, 2, TOV_DUTY_PRISON, 0}},
    {"krfo/kif", {3, "kif", TOV_AUTHORITY_KRFO, 2, TOV_DUTY_PROBATION, 0}},
    {"krfo/central", {3, "central", TOV_AUTHORITY_KRFO, 2, TOV_DUTY_PRISON, 0}},
    {"hotline/vagt", {4, "vagt", TOV_AUTHORITY_HOTLINE, 1, TOV_DUTY_HOTLINE, 0}},
    {"rhp/psyk", {5, "psyk", TOV_AUTHORITY_REGION, 1, TOV_DUTY_PSYCHIATRY, 0}},
    {"aarhus/info", {6, "info", KOMMUNE, 1, TOV_DUTY_COORDINATOR_KOMMUNE, 0}},
};
#define UNITS (sizeof units / sizeof units[0])

size_t world_unit_count(void)
{
    return UNITS;
}

const char *world_unit_at(size_t index)
{
    return units[index].path;
}

static void wrong(const char *what, const char *line)
{
    (void)fprintf(stderr, "%s: %s\n", what, line);
    abort();
}

struct tov_unit_facts world_unit(const char *path)
{
    for (size_t i = 0; i < UNITS; i++) {
        if (strcmp(units[i].path, path) == 0)
            return units[i].facts;
    }
    wrong("no such unit", path);
    return (struct tov_unit_facts){0};
}

uint16_t world_agency(const char *name)
{
    for (size_t i = 0; i < UNITS; i++) {
        size_t size = strcspn(units[i].path, "/");
        if (strlen(name) == size && strncmp(units[i].path, name, size) == 0)
            return units[i].facts.agency;
    }
    wrong("no such agency", name);
    return 0;
}

/* FNV-1a twice, with another beginning. */
static void spread(const char *text, uint64_t begin, uint8_t out[8])
{
    uint64_t hash = begin;
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(1099511628211);
    tov_put_be64(out, hash);
}

struct tov_thing_ref world_thing(const char *name)
{
    struct tov_thing_ref ref;
    spread(name, UINT64_C(14695981039346656037), ref.bytes);
    spread(name, UINT64_C(88172645463325252), ref.bytes + 8);
    return ref;
}

static struct tov_thing_ref uuid_of(const char *kind, const char *name)
{
    char text[2 * NAME_SIZE];
    (void)snprintf(text, sizeof text, "%s:%s", kind, name);
    return world_thing(text);
}

/* Stands in place of the one that reads the catalogue's records. */
bool tov_told_field(const struct tov_told *told, const char *name, size_t index,
                    struct tov_value *out_value)
{
    const void *place = (const char *)told->draft - offsetof(struct saying, draft);
    const struct saying *saying = place;
    for (size_t i = 0; i < saying->field_count; i++) {
        if (strcmp(saying->fields[i].name, name) == 0 && index-- == 0) {
            *out_value = saying->fields[i].value;
            return true;
        }
    }
    return false;
}

/* ---- fields ---- */

static bool is_in(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void give(struct saying *saying, const char *name, const char *text)
{
    static const char *const dates[] = {"next_review", "ask_again", "due",  "held",  "date",
                                        "starts",      "ends",      "when", "known", "admitted"};
    static const char *const numbers[] = {"version", "leave"};
    static const char *const agencies[] = {"to_agency", "invited", "addressed"};
    struct given *given = &saying->fields[saying->field_count++];
    UNIT_NEED(saying->field_count <= FIELDS_MAX);
    (void)snprintf(given->name, sizeof given->name, "%s", name);
    (void)snprintf(given->text, sizeof given->text, "%s", text);
    given->value = (struct tov_value){.kind = TOV_FIELD_ENUM, .name = given->text};
    if (is_in(name, dates, sizeof dates / sizeof dates[0])) {
        given->value.kind = TOV_FIELD_DATE;
        UNIT_NEED(tov_date_parse(tov_bytes_of_text(text), &given->value.date) == TOV_OK);
    } else if (is_in(name, numbers, sizeof numbers / sizeof numbers[0])) {
        given->value =
            (struct tov_value){.kind = TOV_FIELD_INT, .number = strtoull(text, NULL, 10)};
    } else if (is_in(name, agencies, sizeof agencies / sizeof agencies[0])) {
        given->value = (struct tov_value){.kind = TOV_FIELD_INT, .number = world_agency(text)};
    } else if (strcmp(name, "complete") == 0) {
        given->value =
            (struct tov_value){.kind = TOV_FIELD_BOOL, .number = strcmp(text, "ja") == 0};
    } else if (strcmp(name, "agenda_ref") == 0) {
        given->uuid = uuid_of("concern", text);
        given->value =
            (struct tov_value){.kind = TOV_FIELD_UUID, .bytes = TOV_BYTES_OF(given->uuid.bytes)};
    }
}

static bool is_told_to(const struct saying *saying, uint16_t agency)
{
    return (saying->delivered >> agency & 1) != 0;
}

void world_deliver(struct world *world, size_t index, uint16_t agency)
{
    struct saying *saying = world->sayings[index];
    bool is_to = saying->told.sender.agency == agency;
    for (size_t i = 0; i < saying->told.recipient_count; i++)
        is_to |= saying->recipients[i].agency == agency;
    if (is_to)
        saying->delivered |= 1u << agency;
}

/* By id, else by event: a message that AGENCY holds. */
static const struct saying *find_named(const struct world *world, const char *name, uint16_t agency)
{
    for (size_t i = 0; i < world->count; i++) {
        if (strcmp(world->sayings[i]->id, name) == 0)
            return world->sayings[i];
    }
    for (size_t i = 0; i < world->count; i++) {
        const struct saying *saying = world->sayings[i];
        if (strcmp(saying->event, name) == 0 && is_told_to(saying, agency))
            return saying;
    }
    wrong("nothing has this name", name);
    return NULL;
}

static void refer(const struct world *world, struct saying *saying, const char *field,
                  const char *name)
{
    const struct saying *named = find_named(world, name, saying->told.sender.agency);
    struct tov_record header = saying->draft.header;
    size_t at = tov_record_count(header, field);
    UNIT_NEED(tov_record_put_ref(header, field, &named->told.ref) == TOV_OK);
    struct tov_record reference;
    struct tov_thing_ref event = uuid_of("event", named->event);
    if (named->event[0] != '\0' && strcmp(field, "cites") == 0) {
        UNIT_NEED(tov_record_child(header, field, at, &reference));
        UNIT_NEED(tov_record_put_bytes(reference, "event_ref", TOV_BYTES_OF(event.bytes)) ==
                  TOV_OK);
    }
}

static void put_about(struct saying *saying, const char *kind, const char *word)
{
    struct tov_record about;
    char field[2 * NAME_SIZE];
    (void)snprintf(field, sizeof field, "%s_ref", kind);
    struct tov_thing_ref ref = world_thing(word);
    UNIT_NEED(tov_record_open(saying->draft.header, "about", &about) == TOV_OK);
    if (tov_record_count(about, field) > 0)
        give(saying, "agenda_ref", strchr(word, ':') + 1);
    else
        UNIT_NEED(tov_record_put_bytes(about, field, TOV_BYTES_OF(ref.bytes)) == TOV_OK);
}

static void put_list(struct saying *saying, const char *name, char *list)
{
    struct tov_record header = saying->draft.header;
    char *rest = list;
    for (char *item = strsep(&rest, "+"); item != NULL; item = strsep(&rest, "+")) {
        if (strcmp(name, "basis") == 0)
            UNIT_NEED(tov_record_put_text(header, "legal_bases", item) == TOV_OK);
        else
            give(saying, name, item);
    }
}

static void take_time(struct world *world, struct saying *saying, const char *text)
{
    char full[NAME_SIZE];
    (void)snprintf(full, sizeof full, "%s:00Z", text);
    UNIT_NEED(tov_time_parse(tov_bytes_of_text(full), &saying->told.written_ms) == TOV_OK);
    world->clock_ms = saying->told.written_ms;
}

/* NAME=TEXT. */
static void take_field(struct world *world, struct saying *saying, const char *name, char *text)
{
    struct tov_record header = saying->draft.header;
    if (strcmp(name, "id") == 0) {
        (void)snprintf(saying->id, sizeof saying->id, "%s", text);
    } else if (strcmp(name, "at") == 0) {
        take_time(world, saying, text);
    } else if (strcmp(name, "event") == 0) {
        (void)snprintf(saying->event, sizeof saying->event, "%s", text);
        struct tov_thing_ref event = uuid_of("event", text);
        UNIT_NEED(tov_record_put_bytes(header, "event_ref", TOV_BYTES_OF(event.bytes)) == TOV_OK);
    } else if (strcmp(name, "cites") == 0) {
        refer(world, saying, "cites", text);
    } else if (strcmp(name, "reply") == 0) {
        refer(world, saying, "in_reply_to", text);
    } else if (strcmp(name, "ahead") == 0) {
        saying->told.claims_ahead = true;
    } else if (strcmp(name, "start") == 0) {
        saying->gives_start = true;
    } else if (strcmp(name, "purpose") == 0) {
        UNIT_NEED(tov_record_put_text(header, "purpose", text) == TOV_OK);
    } else if (strcmp(name, "priority") == 0) {
        UNIT_NEED(tov_record_put_enum(header, "priority", text) == TOV_OK);
    } else {
        put_list(saying, name, text);
    }
}

static void take_word(struct world *world, struct saying *saying, char *word)
{
    char *equals = strchr(word, '=');
    char *colon = strchr(word, ':');
    if (equals != NULL) {
        *equals = '\0';
        take_field(world, saying, word, equals + 1);
    } else if (colon != NULL) {
        char kind[NAME_SIZE];
        (void)snprintf(kind, sizeof kind, "%.*s", (int)(colon - word), word);
        put_about(saying, kind, word);
    } else {
        wrong("no field and no thing", word);
    }
}

static void take_recipients(struct saying *saying, char *list)
{
    char *rest = list;
    for (char *path = strsep(&rest, ","); path != NULL; path = strsep(&rest, ",")) {
        UNIT_NEED(saying->told.recipient_count < RECIPIENTS_MAX);
        saying->recipients[saying->told.recipient_count++] = world_unit(path);
    }
}

/* ---- what the sender's node adds ---- */

static void put_step(struct saying *saying, const struct tov_next_step *next)
{
    struct tov_record step;
    UNIT_NEED(tov_record_open(saying->draft.header, "steps", &step) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(step, "machine", tov_machine_find(next->judgement.machine)->id) ==
              TOV_OK);
    UNIT_NEED(tov_record_put_bytes(step, "thing_ref", TOV_BYTES_OF(next->judgement.thing.bytes)) ==
              TOV_OK);
    UNIT_NEED(tov_record_put_text(step, "state", next->state) == TOV_OK);
    if (next->has_previous)
        UNIT_NEED(tov_record_put_bytes(step, "previous_event_ref",
                                       TOV_BYTES_OF(next->previous_event.bytes)) == TOV_OK);
}

static void put_start(struct saying *saying, const struct tov_thing *thing)
{
    struct tov_record start;
    UNIT_NEED(tov_record_open(saying->draft.header, "start", &start) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(start, "machine", tov_machine_find(thing->machine)->id) ==
              TOV_OK);
    UNIT_NEED(tov_record_put_bytes(start, "thing_ref", TOV_BYTES_OF(thing->ref.bytes)) == TOV_OK);
    UNIT_NEED(tov_record_put_text(start, "state", thing->state) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(start, "last_event_ref",
                                   TOV_BYTES_OF(thing->last_event.bytes)) == TOV_OK);
    if (thing->responsible != 0)
        UNIT_NEED(tov_record_put_number(start, "responsible_agency", thing->responsible) == TOV_OK);
}

static void put_starts(struct saying *saying, const struct tov_picture *picture)
{
    struct tov_thing_ref ref;
    struct tov_record about;
    const struct tov_thing *things[4];
    UNIT_NEED(tov_record_child(saying->draft.header, "about", 0, &about));
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        struct tov_bytes bytes = tov_record_bytes(about, tov_about_things[i].field);
        bool is_beside = tov_about_things[i].bit == TOV_ABOUT_CASE &&
                         (tov_record_count(about, "course_ref") > 0 ||
                          tov_record_count(about, "episode_ref") > 0);
        if (bytes.size != sizeof ref.bytes || is_beside)
            continue;
        memcpy(ref.bytes, bytes.data, sizeof ref.bytes);
        size_t count = tov_picture_start_for(picture, &ref, things, 4);
        for (size_t n = 0; n < count; n++)
            put_start(saying, things[n]);
    }
}

static void put_seen(const struct world *world, struct saying *saying)
{
    for (uint16_t agency = 1; agency <= 6; agency++) {
        uint64_t size = 0;
        for (size_t i = 0; i < world->count; i++) {
            if (world->sayings[i]->told.ref.agency == agency &&
                is_told_to(world->sayings[i], saying->told.sender.agency))
                size = world->sayings[i]->told.ref.index + 1;
        }
        struct tov_record seen;
        if (size == 0 || agency == saying->told.sender.agency)
            continue;
        UNIT_NEED(tov_record_open(saying->draft.header, "seen", &seen) == TOV_OK);
        UNIT_NEED(tov_record_put_number(seen, "agency", agency) == TOV_OK);
        UNIT_NEED(tov_record_put_number(seen, "generation", 1) == TOV_OK);
        UNIT_NEED(tov_record_put_number(seen, "size", size) == TOV_OK);
    }
}

static void fill_in(const struct world *world, struct saying *saying)
{
    size_t count;
    struct tov_told *held = world_held(world, saying->told.sender.agency, &count);
    struct tov_picture *picture = world_picture(world, held, count);
    struct tov_next_step steps[STEPS_MAX];
    size_t step_count = tov_picture_steps_for(picture, &saying->told, steps, STEPS_MAX);
    UNIT_NEED(step_count <= STEPS_MAX);
    for (size_t i = 0; i < step_count; i++) {
        if (steps[i].judgement.verdict != TOV_STEP_REFUSED)
            put_step(saying, &steps[i]);
    }
    if (saying->gives_start)
        put_starts(saying, picture);
    put_seen(world, saying);
    tov_picture_destroy(picture);
    free(held);
}

/* ---- lines ---- */

static void place(const struct world *world, struct saying *saying)
{
    struct tov_told *told = &saying->told;
    told->ref.agency = told->sender.agency;
    told->ref.generation = 1;
    for (size_t i = 0; i < world->count; i++)
        told->ref.index += world->sayings[i]->told.ref.agency == told->ref.agency;
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof name, "%u/%llu", told->ref.agency,
                   (unsigned long long)told->ref.index);
    struct tov_thing_ref id = uuid_of("message", name);
    memcpy(told->ref.leaf.bytes, id.bytes, sizeof id.bytes);
    UNIT_NEED(tov_record_put_bytes(saying->draft.header, "message_id", TOV_BYTES_OF(id.bytes)) ==
              TOV_OK);
}

static struct saying *parse(struct world *world, char *text)
{
    struct saying *saying = calloc(1, sizeof *saying);
    UNIT_NEED(saying != NULL);
    UNIT_NEED(tov_record_create(tov_schema_find("Header"), &saying->draft.header) == TOV_OK);
    saying->told.draft = &saying->draft;
    saying->told.recipients = saying->recipients;
    saying->draft.type = &saying->type;
    saying->type.id = saying->type_id;
    world->clock_ms += 60000;
    saying->told.written_ms = world->clock_ms;
    char *rest = text;
    size_t number = 0;
    for (char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        if (word[0] == '\0' || strcmp(word, ">") == 0)
            continue;
        if (number == 0)
            saying->told.sender = world_unit(word);
        else if (number == 1)
            take_recipients(saying, word);
        else if (number == 2)
            (void)snprintf(saying->type_id, sizeof saying->type_id, "%s", word);
        else
            take_word(world, saying, word);
        number++;
    }
    return saying;
}

const struct tov_told *world_say(struct world *world, const char *line)
{
    if (world->clock_ms == 0)
        UNIT_NEED(tov_time_parse(tov_bytes_of_text("2021-02-01T11:00:00Z"), &world->clock_ms) ==
                  TOV_OK);
    char text[4096];
    UNIT_NEED(strlen(line) < sizeof text);
    memcpy(text, line, strlen(line) + 1);
    struct saying *saying = parse(world, text);
    place(world, saying);
    if (world->fills_steps)
        fill_in(world, saying);
    if (world->count == world->capacity) {
        world->capacity = world->capacity == 0 ? 64 : 2 * world->capacity;
        world->sayings = realloc(world->sayings, world->capacity * sizeof(struct saying *));
        UNIT_NEED(world->sayings != NULL);
    }
    world->sayings[world->count++] = saying;
    world_deliver(world, world->count - 1, saying->told.sender.agency);
    for (size_t i = 0; i < saying->told.recipient_count && !world->is_slow; i++)
        world_deliver(world, world->count - 1, saying->recipients[i].agency);
    return &saying->told;
}

void world_say_all(struct world *world, const char *lines)
{
    char text[4096];
    UNIT_NEED(strlen(lines) < sizeof text);
    memcpy(text, lines, strlen(lines) + 1);
    char *rest = text;
    for (char *line = strsep(&rest, ";"); line != NULL; line = strsep(&rest, ";")) {
        if (line[strspn(line, " ")] != '\0')
            (void)world_say(world, line);
    }
}

void world_read(struct world *world, const char *file)
{
    FILE *stream = fopen(file, "r");
    UNIT_NEED(stream != NULL);
    char line[512];
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && line[0] != '\0')
            (void)world_say(world, line);
    }
    (void)fclose(stream);
}

bool world_sees(const struct tov_unit_facts *unit, const struct tov_told *told)
{
    bool sees = told->sender.agency == unit->agency && strcmp(told->sender.name, unit->name) == 0;
    for (size_t i = 0; i < told->recipient_count; i++)
        sees |= told->recipients[i].agency == unit->agency &&
                strcmp(told->recipients[i].name, unit->name) == 0;
    return sees;
}

void world_fini(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        tov_record_destroy(&world->sayings[i]->draft.header);
        free(world->sayings[i]);
    }
    free(world->sayings);
    *world = (struct world){0};
}

const char *world_id(const struct tov_told *told)
{
    const void *place = (const char *)told->draft - offsetof(struct saying, draft);
    return ((const struct saying *)place)->id;
}

const struct tov_told *world_find(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->count; i++) {
        if (strcmp(world->sayings[i]->id, id) == 0)
            return &world->sayings[i]->told;
    }
    wrong("no message of this id", id);
    return NULL;
}

struct tov_told *world_held(const struct world *world, uint16_t agency, size_t *out_count)
{
    struct tov_told *held = calloc(world->count + 1, sizeof *held);
    UNIT_NEED(held != NULL);
    size_t count = 0;
    for (size_t i = 0; i < world->count; i++) {
        if (agency == 0 || is_told_to(world->sayings[i], agency))
            held[count++] = world->sayings[i]->told;
    }
    *out_count = count;
    return held;
}

struct tov_picture *world_picture(const struct world *world, const struct tov_told *held,
                                  size_t count)
{
    struct tov_picture *picture;
    UNIT_NEED(tov_picture_create(held, count, world->options, &picture) == TOV_OK);
    return picture;
}
