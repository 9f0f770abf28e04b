/* SPDX-License-Identifier: EUPL-1.2 */
#include "transitions.h"
#include "case/told_field.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 2048
#define PATH_SIZE 4096
#define NAME_SIZE 64
#define COLUMNS 8
#define RECIPIENTS "kk/vink,kbh-pol/dks,krfo/faengsel"

struct group {
    char name[NAME_SIZE];
    enum tov_machine machine;
    char thing[NAME_SIZE];
};

struct state {
    const struct group *group;
    char name[NAME_SIZE];
    char path[PATH_SIZE]; /* all messages from nothing */
};

struct event {
    const struct group *group;
    char text[LINE_SIZE];
    char key[NAME_SIZE * 4];
    char sender[NAME_SIZE]; /* one who may */
    char listed[512];       /* " state state " */
};

struct reading {
    struct checks *checks;
    struct group groups[12];
    size_t group_count;
    struct state states[128];
    size_t state_count;
    struct event events[256];
    size_t event_count;
};

/* One row for one of its from-states. */
struct row {
    const struct group *group;
    char base[NAME_SIZE];
    char from[NAME_SIZE];
    const char *event;
    const char *to;
    const char *who;
    const char *setup;
    bool takes_two;
};

/* ---- who may ---- */

static bool is_one_of(const char *path, const char *list)
{
    const char *at = strstr(list, path);
    size_t size = strlen(path);
    return at != NULL && (at[size] == ' ' || at[size] == '\0') && (at == list || at[-1] == ' ');
}

static bool is_of_agency(const char *path, const char *agency)
{
    size_t size = strlen(agency);
    return strncmp(path, agency, size) == 0 && path[size] == '/';
}

static bool is_coordinator(const char *path, const struct row *row)
{
    bool is_of_case = strncmp(row->group->thing, "case:", 5) == 0 && strcmp(row->from, "-") != 0;
    return is_one_of(path, is_of_case ? "kk/vink" : "kk/vink aarhus/info");
}

/* WORD as section 3.0 of the description means it, in the federation of world.h. */
static bool may(const char *path, const char *word, const struct row *row)
{
    static const struct {
        const char *word;
        const char *units;
    } fixed[] = {
        {"hotline", "hotline/vagt"},
        {"kif", "krfo/kif"},
        {"sekretariat", "kbh-pol/dks kbh-pol/sek"},
        {"tovholder_politi", "kbh-pol/dks kbh-pol/tov"},
        {"provider", "kk/mentor"},
        {"referrer", "kk/vink"},
        {"addressed", "kk/sof"},
        {"asker", "kk/vink"},
        {"sender", "kk/jobcenter"},
        {"coordinator=aarhus", "aarhus/info"},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (strcmp(fixed[i].word, word) == 0)
            return is_one_of(path, fixed[i].units);
    }
    if (strcmp(word, "any") == 0)
        return true;
    if (strchr(word, '/') != NULL)
        return strcmp(word, path) == 0;
    if (strcmp(word, "krfo") == 0)
        return is_of_agency(path, "krfo");
    if (strcmp(word, "kommune") == 0)
        return is_of_agency(path, "kk") || is_of_agency(path, "aarhus");
    if (strcmp(word, "party") == 0)
        return is_of_agency(path, "kk") || is_of_agency(path, "kbh-pol") ||
               is_of_agency(path, "krfo");
    if (strcmp(word, "tovholder_kommune") == 0)
        return is_coordinator(path, row);
    UNIT_NEED(strncmp(word, "offered=", 8) == 0 || strncmp(word, "holder=", 7) == 0);
    return is_of_agency(path, strchr(word, '=') + 1);
}

/* Side 0 or 1 of WHO ("a / b", "a + b"). */
static bool may_on_side(const char *path, const struct row *row, size_t side)
{
    char words[LINE_SIZE];
    (void)snprintf(words, sizeof words, "%s", row->who);
    char *rest = words;
    size_t at = 0;
    bool found = false;
    for (char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        if (strcmp(word, "+") == 0)
            at++;
        else if (strcmp(word, "/") != 0 && at == side && word[0] != '\0')
            found |= may(path, word, row);
    }
    return found;
}

static const char *first_who_may(const struct row *row, size_t side)
{
    for (size_t i = 0; i < world_unit_count(); i++) {
        if (may_on_side(world_unit_at(i), row, side))
            return world_unit_at(i);
    }
    return NULL;
}

/* ---- making checks ---- */

static struct world *add_world(struct checks *checks)
{
    if (checks->world_count == checks->world_capacity) {
        checks->world_capacity = checks->world_capacity == 0 ? 256 : 2 * checks->world_capacity;
        checks->worlds = realloc(checks->worlds, checks->world_capacity * sizeof(struct world *));
        UNIT_NEED(checks->worlds != NULL);
    }
    struct world *world = calloc(1, sizeof *world);
    UNIT_NEED(world != NULL);
    checks->worlds[checks->world_count++] = world;
    return world;
}

static struct check *add_check(struct checks *checks)
{
    if (checks->count == checks->capacity) {
        checks->capacity = checks->capacity == 0 ? 1024 : 2 * checks->capacity;
        checks->items = realloc(checks->items, checks->capacity * sizeof *checks->items);
        UNIT_NEED(checks->items != NULL);
    }
    struct check *check = &checks->items[checks->count++];
    memset(check, 0, sizeof *check);
    return check;
}

static const struct state *find_state(const struct reading *reading, const struct group *group,
                                      const char *name)
{
    static const struct state nothing = {.name = "-"};
    for (size_t i = 0; i < reading->state_count; i++) {
        if (reading->states[i].group == group && strcmp(reading->states[i].name, name) == 0)
            return &reading->states[i];
    }
    if (strcmp(name, "-") != 0)
        (void)fprintf(stderr, "no state %s in %s\n", name, group->name);
    UNIT_NEED(strcmp(name, "-") == 0);
    return &nothing;
}

/* EVENT as SENDER says it. */
static void make_line(char line[LINE_SIZE], const char *sender, const char *event, const char *more)
{
    bool has_recipients = event[0] == '>';
    UNIT_NEED(snprintf(line, LINE_SIZE, "%s %s%s%s %s", sender, has_recipients ? "" : "> ",
                       has_recipients ? "" : RECIPIENTS " ", event, more) < (int)LINE_SIZE);
}

/* The messages up to now with the last one: a check of it. Then the last one is forgotten. */
static void check_last(struct reading *reading, struct world *world, const struct row *row,
                       enum check_kind kind, const char *expect)
{
    struct check *check = add_check(reading->checks);
    check->kind = kind;
    check->machine = row->group->machine;
    check->thing = world_thing(row->group->thing);
    check->told = world_held(world, 0, &check->count);
    (void)snprintf(check->before, sizeof check->before, "%s", row->from);
    (void)snprintf(check->expect, sizeof check->expect, "%s", expect);
    const struct tov_told *last = &check->told[check->count - 1];
    (void)snprintf(check->text, sizeof check->text, "%s: %s, %s by agency %u, unit %s",
                   row->group->name, row->from, row->event, last->sender.agency, last->sender.name);
}

static struct world *world_before(struct reading *reading, const struct row *row)
{
    struct world *world = add_world(reading->checks);
    world_say_all(world, find_state(reading, row->group, row->base)->path);
    world_say_all(world, row->setup);
    return world;
}

static void add_single(struct reading *reading, const struct row *row, const char *unit)
{
    char line[LINE_SIZE];
    bool is_allowed = may_on_side(unit, row, 0) || may_on_side(unit, row, 1);
    if (row->to[0] == '!' && !is_allowed)
        return;
    struct world *world = world_before(reading, row);
    make_line(line, unit, row->event, "id=last");
    (void)world_say(world, line);
    if (!is_allowed)
        check_last(reading, world, row, CHECK_WHO, "!102");
    else if (row->to[0] == '!')
        check_last(reading, world, row, CHECK_RULE, row->to);
    else
        check_last(reading, world, row, CHECK_STEP, row->takes_two ? "?" : row->to);
}

/* FIRST has signed; UNIT signs second. */
static void add_second(struct reading *reading, const struct row *row, const char *first,
                       const char *unit)
{
    char line[LINE_SIZE];
    size_t first_side = may_on_side(first, row, 0) ? 0 : 1;
    bool is_other = may_on_side(unit, row, 1 - first_side) && strcmp(unit, first) != 0;
    bool is_same = may_on_side(unit, row, first_side);
    struct world *world = world_before(reading, row);
    make_line(line, first, row->event, "id=first");
    (void)world_say(world, line);
    make_line(line, unit, row->event, "cites=first id=last");
    (void)world_say(world, line);
    check_last(reading, world, row, is_other ? CHECK_STEP : CHECK_WHO,
               is_other ? row->to : (is_same ? "!103" : "!102"));
}

static void add_row(struct reading *reading, const struct row *row)
{
    for (size_t i = 0; i < world_unit_count(); i++) {
        const char *unit = world_unit_at(i);
        add_single(reading, row, unit);
        if (!row->takes_two)
            continue;
        add_second(reading, row, first_who_may(row, 0), unit);
        add_second(reading, row, first_who_may(row, 1), unit);
    }
}

/* ---- pairs ---- */

/* The words of an event by which machines tell one from another. */
static void make_key(const char *event, char key[NAME_SIZE * 4])
{
    static const char *const telling[] = {"code=",   "kind=",   "part=",     "outcome=", "next=",
                                          "result=", "answer=", "complete=", "thing=",   "reason="};
    char text[LINE_SIZE];
    (void)snprintf(text, sizeof text, "%s", event);
    char *rest = text;
    size_t size = 0, number = 0;
    key[0] = '\0';
    for (char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        bool tells = strchr(word, '=') == NULL && strchr(word, ':') == NULL &&
                     strchr(word, '/') == NULL && strcmp(word, ">") != 0;
        for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
            tells |= strncmp(word, telling[i], strlen(telling[i])) == 0;
        if (tells && word[0] != '\0')
            size += (size_t)snprintf(key + size, NAME_SIZE * 4 - size, "%s%s",
                                     number++ == 0 ? "" : " ", word);
    }
}

static void list_event(struct reading *reading, const struct row *row)
{
    char key[NAME_SIZE * 4];
    make_key(row->event, key);
    struct event *event = NULL;
    for (size_t i = 0; i < reading->event_count; i++) {
        if (reading->events[i].group == row->group && strcmp(reading->events[i].key, key) == 0)
            event = &reading->events[i];
    }
    if (event == NULL) {
        UNIT_NEED(reading->event_count < sizeof reading->events / sizeof reading->events[0]);
        event = &reading->events[reading->event_count++];
        event->group = row->group;
        (void)snprintf(event->text, sizeof event->text, "%s", row->event);
        (void)snprintf(event->key, sizeof event->key, "%s", key);
        (void)snprintf(event->sender, sizeof event->sender, "%s", first_who_may(row, 0));
        (void)snprintf(event->listed, sizeof event->listed, " ");
    }
    size_t size = strlen(event->listed);
    (void)snprintf(event->listed + size, sizeof event->listed - size, "%s ", row->from);
}

/* A message that is named in the event must have been said, whatever it is. */
static void say_what_is_named(struct world *world, const char *event)
{
    static const char *const names[] = {"cites=open", "cites=of", "cites=inds",
                                        "cites=tr",   "cites=ac", "reply=k"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char line[LINE_SIZE];
        if (strstr(event, names[i]) == NULL)
            continue;
        (void)snprintf(line, sizeof line, "kk/vink > kk/sof msg.note case:other id=%s",
                       strchr(names[i], '=') + 1);
        (void)world_say(world, line);
    }
}

static void add_pair(struct reading *reading, const struct event *event, const char *state)
{
    char listed[NAME_SIZE + 3], line[LINE_SIZE];
    (void)snprintf(listed, sizeof listed, " %s ", state);
    if (strstr(event->listed, listed) != NULL)
        return;
    struct row row = {.group = event->group, .event = event->text, .setup = ""};
    (void)snprintf(row.base, sizeof row.base, "%s", state);
    (void)snprintf(row.from, sizeof row.from, "%s", state);
    struct world *world = world_before(reading, &row);
    say_what_is_named(world, event->text);
    make_line(line, event->sender, event->text, "id=last");
    (void)world_say(world, line);
    check_last(reading, world, &row, CHECK_PAIR, "!101");
}

static void add_pairs(struct reading *reading)
{
    for (size_t e = 0; e < reading->event_count; e++) {
        add_pair(reading, &reading->events[e], "-");
        for (size_t s = 0; s < reading->state_count; s++) {
            if (reading->states[s].group == reading->events[e].group)
                add_pair(reading, &reading->events[e], reading->states[s].name);
        }
    }
}

/* ---- the file ---- */

static const struct group *find_group(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->group_count; i++) {
        if (strcmp(reading->groups[i].name, name) == 0)
            return &reading->groups[i];
    }
    (void)fprintf(stderr, "no group %s\n", name);
    abort();
}

static void take_thing(struct reading *reading, char *columns[COLUMNS])
{
    struct group *group = &reading->groups[reading->group_count++];
    (void)snprintf(group->name, sizeof group->name, "%s", columns[1]);
    (void)snprintf(group->thing, sizeof group->thing, "%s", columns[3]);
    for (size_t i = 0; i < TOV_MACHINES_MAX && tov_machine_table()->machines[i] != NULL; i++) {
        if (strcmp(tov_machine_table()->machines[i]->id, columns[2]) == 0)
            group->machine = tov_machine_table()->machines[i]->machine;
    }
    UNIT_NEED(group->machine != 0);
}

static void take_state(struct reading *reading, char *columns[COLUMNS])
{
    const struct group *group = find_group(reading, columns[1]);
    const struct state *base = find_state(reading, group, columns[3]);
    UNIT_NEED(reading->state_count < sizeof reading->states / sizeof reading->states[0]);
    struct state *state = &reading->states[reading->state_count];
    state->group = group;
    (void)snprintf(state->name, sizeof state->name, "%s", columns[2]);
    int size = snprintf(state->path, sizeof state->path, "%s ; %s", base->path, columns[4]);
    UNIT_NEED(size > 0 && (size_t)size < sizeof state->path);
    reading->state_count++;
}

static void take_row(struct reading *reading, char *columns[COLUMNS])
{
    struct row row = {.group = find_group(reading, columns[1]),
                      .event = columns[3],
                      .to = columns[4],
                      .who = columns[5],
                      .setup = columns[6] == NULL ? "" : columns[6]};
    if (strncmp(row.event, "2x ", 3) == 0) {
        row.event += 3;
        row.takes_two = true;
    }
    char *rest = columns[2];
    for (char *from = strsep(&rest, ","); from != NULL; from = strsep(&rest, ",")) {
        char *after = strchr(from, '>');
        size_t base_size = strcspn(from, ">");
        (void)snprintf(row.base, sizeof row.base, "%.*s", (int)base_size, from);
        (void)snprintf(row.from, sizeof row.from, "%s", after == NULL ? from : after + 1);
        add_row(reading, &row);
        if (row.to[0] != '!')
            list_event(reading, &row);
    }
}

static void take_line(struct reading *reading, char *line)
{
    char *columns[COLUMNS] = {NULL};
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0')
        return;
    char *rest = line;
    for (size_t i = 0; i < COLUMNS && rest != NULL; i++)
        columns[i] = strsep(&rest, "\t");
    if (strcmp(columns[0], "thing") == 0)
        take_thing(reading, columns);
    else if (strcmp(columns[0], "state") == 0)
        take_state(reading, columns);
    else
        take_row(reading, columns);
}

void checks_read(const char *file, struct checks *out_checks)
{
    struct reading *reading = calloc(1, sizeof *reading);
    FILE *stream = fopen(file, "r");
    UNIT_NEED(reading != NULL);
    UNIT_NEED(stream != NULL);
    reading->checks = out_checks;
    char line[LINE_SIZE];
    while (fgets(line, sizeof line, stream) != NULL)
        take_line(reading, line);
    (void)fclose(stream);
    add_pairs(reading);
    free(reading);
}

void checks_fini(struct checks *checks)
{
    for (size_t i = 0; i < checks->count; i++)
        free(checks->items[i].told);
    for (size_t i = 0; i < checks->world_count; i++) {
        world_fini(checks->worlds[i]);
        free(checks->worlds[i]);
    }
    free(checks->items);
    free(checks->worlds);
    *checks = (struct checks){0};
}

/* ---- running ---- */

/* Monday to Friday: no holiday stands in what these tests need. */
static struct tov_date working_days_after(const void *calendar, struct tov_date day, int count)
{
    (void)calendar;
    int64_t days = tov_date_to_days(day);
    while (count > 0) {
        days++;
        if ((days + 3) % 7 < 5) /* 1970-01-01 was a Thursday: Monday is 0 */
            count--;
    }
    return tov_date_of_days(days);
}

static const struct tov_judgement *last_judgement(const struct tov_picture *picture,
                                                  const struct check *check)
{
    for (size_t i = 0; i < tov_picture_placed_count(picture); i++) {
        const struct tov_placed *placed = tov_picture_placed_at(picture, i);
        for (size_t n = 0; n < placed->judgement_count; n++) {
            if (placed->told == &check->told[check->count - 1] &&
                placed->judgements[n].machine == check->machine &&
                tov_thing_ref_equal(&placed->judgements[n].thing, &check->thing))
                return &placed->judgements[n];
        }
    }
    return NULL;
}

static bool is_agency(const char *name, uint16_t agency)
{
    return strcmp(name, "-") == 0 ? agency == 0 : agency == world_agency(name);
}

/* One word of what is expected after the state. */
static bool word_holds(const struct check *check, const char *word, const struct tov_thing *thing)
{
    if (strcmp(word, "responsible=sender") == 0)
        return thing->responsible == check->told[check->count - 1].sender.agency;
    if (strncmp(word, "regime=", 7) == 0)
        return thing->regime != NULL && strcmp(thing->regime, word + 7) == 0;
    if (strncmp(word, "responsible=", 12) == 0)
        return is_agency(word + 12, thing->responsible);
    if (strncmp(word, "offered=", 8) == 0)
        return is_agency(word + 8, thing->offered);
    return thing->is_unready == (strcmp(word, "unready") == 0);
}

static bool expected_holds(const struct check *check, const struct tov_judgement *judgement,
                           const struct tov_thing *thing)
{
    char words[sizeof check->expect];
    memcpy(words, check->expect, sizeof words);
    char *rest = words;
    const char *state = strsep(&rest, " ");
    bool stays = strcmp(state, check->before) == 0;
    if (judgement->verdict != (stays ? TOV_STEP_LOOPED : TOV_STEP_TAKEN) ||
        strcmp(judgement->to, state) != 0 || thing == NULL || strcmp(thing->state, state) != 0)
        return false;
    for (char *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " ")) {
        if (!word_holds(check, word, thing))
            return false;
    }
    return true;
}

static bool judged_as_expected(const struct check *check, const struct tov_judgement *judgement,
                               const struct tov_thing *thing)
{
    /* Nothing to retract: the message is no event of what does not exist. */
    if (judgement == NULL)
        return check->kind == CHECK_PAIR &&
               (strcmp(check->before, "-") == 0 ? thing == NULL
                                                : strcmp(thing->state, check->before) == 0);
    if (strcmp(judgement->from == NULL ? "-" : judgement->from, check->before) != 0)
        return false;
    if (check->expect[0] == '!')
        return judgement->verdict == TOV_STEP_REFUSED &&
               judgement->rule == strtoul(check->expect + 1, NULL, 10) &&
               judgement->reason.da != NULL && judgement->reason.en != NULL;
    if (check->expect[0] == '?')
        return judgement->verdict == TOV_STEP_WAITS && thing->waits != NULL &&
               strcmp(thing->state, check->before) == 0;
    return expected_holds(check, judgement, thing);
}

bool check_holds(const struct check *check, const struct tov_machine_table *table, char *out_is,
                 size_t out_size)
{
    const struct tov_picture_options options = {.table = table,
                                                .working_days_after = working_days_after};
    struct tov_picture *picture;
    UNIT_NEED(tov_picture_create(check->told, check->count, &options, &picture) == TOV_OK);
    const struct tov_judgement *judgement = last_judgement(picture, check);
    const struct tov_thing *thing = tov_picture_thing_find(picture, check->machine, &check->thing);
    bool holds = judged_as_expected(check, judgement, thing);
    if (!holds && out_is != NULL)
        (void)snprintf(out_is, out_size, "%s: expected %s, is %d from %s to %s by rule %u",
                       check->text, check->expect, judgement == NULL ? 0 : (int)judgement->verdict,
                       judgement == NULL || judgement->from == NULL ? "-" : judgement->from,
                       judgement == NULL || judgement->to == NULL ? "-" : judgement->to,
                       judgement == NULL ? 0U : judgement->rule);
    tov_picture_destroy(picture);
    return holds;
}
