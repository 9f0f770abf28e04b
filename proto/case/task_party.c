/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/task_book.h"

#include <stdlib.h>
#include <string.h>

static bool unit_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool task_party_equal(const struct tov_task_party *a, const struct tov_task_party *b)
{
    return a->agency == b->agency && a->channel == b->channel && unit_equal(a->unit, b->unit);
}

static bool has_party(const struct task_parties *parties, const struct tov_task_party *party)
{
    for (size_t i = 0; i < parties->count; i++) {
        if (task_party_equal(&parties->items[i], party))
            return true;
    }
    return false;
}

enum tov_err task_parties_add(struct task_parties *parties, struct tov_task_party party)
{
    if (party.agency == 0 || has_party(parties, &party))
        return TOV_OK;
    struct tov_task_party *items =
        task_room(parties->items, parties->count, sizeof *parties->items);
    if (items == NULL)
        return TOV_E_NOMEM;
    parties->items = items;
    items[parties->count++] = party;
    return TOV_OK;
}

void task_parties_fini(struct task_parties *parties)
{
    free(parties->items);
    *parties = (struct task_parties){0};
}

static struct tov_task_party unit_party(const struct tov_unit_facts *unit)
{
    if (unit == NULL)
        return (struct tov_task_party){0};
    return (struct tov_task_party){.agency = unit->agency, .unit = unit->name};
}

static struct tov_task_party agency_party(uint16_t agency, enum tov_task_channel channel)
{
    return (struct tov_task_party){.agency = agency, .channel = channel};
}

/* ---- noting who acts ---- */

static bool acts_as(const struct tov_unit_facts *unit, enum task_role role)
{
    switch (role) {
    case TASK_COORDINATOR_KOMMUNE:
        return (unit->duties & TOV_DUTY_COORDINATOR_KOMMUNE) != 0;
    case TASK_COORDINATOR_POLICE:
        return (unit->duties & TOV_DUTY_COORDINATOR_POLICE) != 0;
    case TASK_SECRETARIAT:
        return (unit->duties & TOV_DUTY_SECRETARIAT) != 0;
    case TASK_PROVIDER:
        return (unit->duties & TOV_DUTY_PROVIDER) != 0;
    case TASK_KOMMUNE:
        return unit->authority == TOV_AUTHORITY_KOMMUNE;
    case TASK_KRFO:
        return unit->authority == TOV_AUTHORITY_KRFO;
    case TASK_REFERRER:
    case TASK_ROLE_COUNT:
        return false;
    }
    return false;
}

static const struct tov_unit_facts *unit_acting(const struct tov_placed *placed,
                                                enum task_role role)
{
    const struct tov_unit_facts *unit;
    for (size_t i = 0; (unit = task_unit_at(placed, i)) != NULL; i++) {
        if (acts_as(unit, role))
            return unit;
    }
    return NULL;
}

static bool is_type_of(const struct task_news *news, const char *prefix)
{
    return strncmp(tov_told_type(news->told), prefix, strlen(prefix)) == 0;
}

/* By who may: where the offer is not held, anybody could say so. */
static bool is_accepted_transfer(const struct task_news *news)
{
    return task_is_type(news, "case.transfer_answer") &&
           task_field_is(news->told, "answer", "accepteret") &&
           task_is_by_who_may(news->placed, TOV_MACHINE_CASE);
}

/* An offer of a thing to another kommune makes nobody there responsible yet. */
static bool is_offer_abroad(const struct task_news *news)
{
    return is_type_of(news, "concern.transfer") || task_is_type(news, "case.transfer") ||
           (task_is_type(news, "case.transfer_answer") && !is_accepted_transfer(news));
}

static void note_roles(const struct task_news *news, struct task_thing *thing)
{
    if (is_offer_abroad(news))
        return;
    for (int role = 0; role < TASK_REFERRER; role++) {
        if (thing->roles[role] == NULL)
            thing->roles[role] = unit_acting(news->placed, (enum task_role)role);
    }
    bool refers = task_is_type(news, "concern.submit") || task_is_type(news, "concern.forward") ||
                  task_is_type(news, "krfo.concern");
    if (thing->kind == TOV_ABOUT_CONCERN && refers && thing->roles[TASK_REFERRER] == NULL)
        thing->roles[TASK_REFERRER] = &news->told->sender;
}

static void remove_agency(struct task_parties *parties, uint16_t agency)
{
    size_t kept = 0;
    for (size_t i = 0; i < parties->count; i++) {
        if (parties->items[i].agency != agency)
            parties->items[kept++] = parties->items[i];
    }
    parties->count = kept;
}

/* Who writes to a case, or is written to, is party of it; who leaves is not any more. */
static enum tov_err note_parties(const struct task_news *news, struct task_thing *of)
{
    bool leaves = task_is_type(news, "case.leave");
    const struct tov_unit_facts *unit;
    for (size_t i = leaves ? 1 : 0; (unit = task_unit_at(news->placed, i)) != NULL; i++)
        TOV_TRY(task_parties_add(&of->parties, agency_party(unit->agency, TOV_TASK_CASE_CHANNEL)));
    if (leaves)
        remove_agency(&of->parties, news->told->sender.agency);
    return TOV_OK;
}

static enum tov_err note_members(const struct task_news *news, struct task_thing *of)
{
    const struct tov_unit_facts *unit;
    for (size_t i = 0; (unit = task_unit_at(news->placed, i)) != NULL; i++)
        TOV_TRY(task_parties_add(&of->members, unit_party(unit)));
    return TOV_OK;
}

/* The open tasks of the old kommune's tovholder pass to the new one's. */
static void pass_on(const struct task_news *news, size_t thing)
{
    struct tov_tasks *tasks = news->tasks;
    tasks->things[thing].roles[TASK_COORDINATOR_KOMMUNE] = &news->told->sender;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        if (!task_is_unmet(entry) || entry->task.row->owner != TOV_OWED_COORDINATOR)
            continue;
        entry->task.owner = unit_party(&news->told->sender);
        entry->task.responsible = entry->task.owner.agency;
    }
}

/* What only the agency that leaves can do. */
static void drop_tasks_of_leaver(const struct task_news *news, size_t thing)
{
    struct tov_tasks *tasks = news->tasks;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        enum tov_deadline_party owner = entry->task.row->owner;
        if (task_is_unmet(entry) && entry->task.owner.agency == news->told->sender.agency &&
            (owner == TOV_OWED_EACH_PARTY || owner == TOV_OWED_NAMED))
            task_fall(entry, news);
    }
}

static enum tov_err refresh_owed(struct tov_tasks *tasks, size_t thing)
{
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        if (task_is_unmet(&tasks->entries[i]))
            TOV_TRY(task_owed_set(tasks, i));
    }
    return TOV_OK;
}

static enum tov_err note_case(const struct task_news *news, size_t thing)
{
    struct task_thing *of = &news->tasks->things[thing];
    if (is_type_of(news, "intervention."))
        TOV_TRY(note_members(news, of));
    else if (is_type_of(news, "case.") && !is_offer_abroad(news))
        TOV_TRY(note_parties(news, of));
    else
        return TOV_OK;
    if (is_accepted_transfer(news))
        pass_on(news, thing);
    if (task_is_type(news, "case.leave"))
        drop_tasks_of_leaver(news, thing);
    TOV_TRY(refresh_owed(news->tasks, thing));
    for (size_t i = 0; i < of->tie_count; i++)
        TOV_TRY(refresh_owed(news->tasks, of->ties[i]));
    return TOV_OK;
}

enum tov_err task_note_units(const struct task_news *news)
{
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (news->things[i] != TASK_NONE && !task_is_refused(news->placed, tov_about_things[i].bit))
            note_roles(news, &news->tasks->things[news->things[i]]);
    }
    size_t of_case = task_news_thing(news, TOV_ABOUT_CASE);
    if (of_case == TASK_NONE || task_is_refused(news->placed, TOV_ABOUT_CASE))
        return TOV_OK;
    return note_case(news, of_case);
}

/* ---- who owes and who is owed ---- */

struct asked {
    const struct tov_tasks *tasks;
    const struct task_thing *thing;
    const struct tov_placed *placed;
};

static const struct tov_unit_facts *acting(const struct asked *asked, enum task_role role)
{
    const struct tov_unit_facts *noted = asked->thing->roles[role];
    return noted != NULL ? noted : unit_acting(asked->placed, role);
}

/* An agency as the message names it, else as the thing knows it. */
static uint16_t agency_acting(const struct asked *asked, enum task_role role)
{
    const struct tov_unit_facts *unit = unit_acting(asked->placed, role);
    if (unit == NULL)
        unit = asked->thing->roles[role];
    return unit == NULL ? 0 : unit->agency;
}

static struct tov_task_party kommune_of(const struct asked *asked)
{
    return agency_party(agency_acting(asked, TASK_KOMMUNE), asked->thing->kind == TOV_ABOUT_EPISODE
                                                                ? TOV_TASK_RELEASE_CHANNEL
                                                                : TOV_TASK_CASE_CHANNEL);
}

static enum tov_err add_case_parties(const struct asked *asked, const struct task_thing *of_case,
                                     struct task_parties *out)
{
    for (size_t i = 0; i < of_case->parties.count; i++)
        TOV_TRY(task_parties_add(out, of_case->parties.items[i]));
    if (of_case->parties.count > 0)
        return TOV_OK;
    /* Nothing of the case is held: those whom the message shows. */
    const struct tov_unit_facts *unit;
    for (size_t i = 0; (unit = task_unit_at(asked->placed, i)) != NULL; i++) {
        if ((unit->duties & TOV_DUTIES_RELEASE) == 0)
            TOV_TRY(task_parties_add(out, agency_party(unit->agency, TOV_TASK_CASE_CHANNEL)));
    }
    return TOV_OK;
}

static enum tov_err add_case(const struct asked *asked, struct task_parties *out)
{
    const struct task_thing *thing = asked->thing;
    if (thing->kind == TOV_ABOUT_CASE)
        return add_case_parties(asked, thing, out);
    for (size_t i = 0; i < thing->tie_count; i++)
        TOV_TRY(add_case_parties(asked, &asked->tasks->things[thing->ties[i]], out));
    return TOV_OK;
}

/* Recipients of both halves. */
static enum tov_err add_recipients(const struct tov_placed *placed, uint32_t duties,
                                   struct task_parties *out)
{
    for (const struct tov_told *told = placed->told; told != NULL;
         told = told == placed->first ? NULL : placed->first) {
        for (size_t i = 0; i < told->recipient_count; i++) {
            if ((told->recipients[i].duties & duties) != 0)
                TOV_TRY(task_parties_add(out, unit_party(&told->recipients[i])));
        }
    }
    return TOV_OK;
}

/* The units that a request went to: those that can answer it, where it went to others too. */
static enum tov_err add_addressed(const struct asked *asked, struct task_parties *out)
{
    uint32_t duties = asked->thing->kind == TOV_ABOUT_PSYCH    ? TOV_DUTY_PSYCHIATRY
                      : asked->thing->kind == TOV_ABOUT_COURSE ? TOV_DUTY_PROVIDER
                                                               : UINT32_MAX;
    TOV_TRY(add_recipients(asked->placed, duties, out));
    return out->count > 0 ? TOV_OK : add_recipients(asked->placed, UINT32_MAX, out);
}

static enum tov_err add_agencies(const struct tov_told *told, const char *field,
                                 struct task_parties *out)
{
    struct tov_value value;
    for (size_t i = 0; tov_told_field(told, field, i, &value); i++) {
        if (value.kind == TOV_FIELD_INT && value.number > 0 && value.number <= UINT16_MAX)
            TOV_TRY(task_parties_add(out, agency_party((uint16_t)value.number, TOV_TASK_ANY_UNIT)));
    }
    return TOV_OK;
}

static enum tov_err add_each_party(const struct asked *asked, struct task_parties *out)
{
    TOV_TRY(add_case(asked, out));
    remove_agency(out, asked->placed->told->sender.agency);
    return TOV_OK;
}

static enum tov_err add_several(const struct asked *asked, enum tov_deadline_party party,
                                struct task_parties *out)
{
    const struct tov_task_party sender = unit_party(&asked->placed->told->sender);
    const struct tov_task_party coordinator = unit_party(acting(asked, TASK_COORDINATOR_KOMMUNE));
    if (party == TOV_OWED_COORDINATORS) {
        TOV_TRY(task_parties_add(out, coordinator));
        return task_parties_add(out, unit_party(acting(asked, TASK_COORDINATOR_POLICE)));
    }
    if (party == TOV_OWED_SENDER_AND_COORDINATOR) {
        TOV_TRY(task_parties_add(out, sender));
        return task_parties_add(out, coordinator);
    }
    TOV_TRY(task_parties_add(out, kommune_of(asked)));
    return add_case(asked, out);
}

static enum tov_err add_members(const struct asked *asked, struct task_parties *out)
{
    for (size_t i = 0; i < asked->thing->members.count; i++)
        TOV_TRY(task_parties_add(out, asked->thing->members.items[i]));
    return TOV_OK;
}

static enum tov_err add_party(const struct asked *asked, enum tov_deadline_party party,
                              struct task_parties *out)
{
    switch (party) {
    case TOV_OWED_SECRETARIAT:
        return task_parties_add(out, unit_party(acting(asked, TASK_SECRETARIAT)));
    case TOV_OWED_COORDINATOR:
        return task_parties_add(out, unit_party(acting(asked, TASK_COORDINATOR_KOMMUNE)));
    case TOV_OWED_POLICE:
        return task_parties_add(out, unit_party(acting(asked, TASK_COORDINATOR_POLICE)));
    case TOV_OWED_PROVIDER:
        return task_parties_add(out, unit_party(acting(asked, TASK_PROVIDER)));
    case TOV_OWED_KRFO:
        return task_parties_add(out,
                                agency_party(agency_acting(asked, TASK_KRFO), TOV_TASK_ANY_UNIT));
    case TOV_OWED_KOMMUNE:
        return task_parties_add(out, kommune_of(asked));
    case TOV_OWED_SENDER:
        return task_parties_add(out, unit_party(&asked->placed->told->sender));
    case TOV_OWED_ADDRESSED:
        return add_addressed(asked, out);
    case TOV_OWED_EACH_PARTY:
        return add_each_party(asked, out);
    case TOV_OWED_CASE:
        return add_case(asked, out);
    case TOV_OWED_RECIPIENTS:
        return add_recipients(asked->placed, UINT32_MAX, out);
    case TOV_OWED_COURSE:
        return add_members(asked, out);
    case TOV_OWED_REFERRER:
        return task_parties_add(out, unit_party(asked->thing->roles[TASK_REFERRER]));
    case TOV_OWED_NAMED:
        return add_agencies(asked->placed->told, "addressed", out);
    case TOV_OWED_OFFERED:
        return add_agencies(asked->placed->told, "to_agency", out);
    case TOV_OWED_COORDINATORS:
    case TOV_OWED_SENDER_AND_COORDINATOR:
    case TOV_OWED_KOMMUNE_AND_CASE:
        return add_several(asked, party, out);
    }
    return TOV_OK;
}

/* Every task has an owner (I12): where the one by rule is not known, who got the message. */
enum tov_err task_owners(const struct tov_tasks *tasks, const struct tov_deadline *row,
                         size_t thing, const struct tov_placed *placed,
                         struct task_parties *out_owners)
{
    struct asked asked = {tasks, &tasks->things[thing], placed};
    TOV_TRY(add_party(&asked, row->owner, out_owners));
    if (out_owners->count > 0 || row->owner == TOV_OWED_EACH_PARTY || row->owner == TOV_OWED_NAMED)
        return TOV_OK;
    const struct tov_told *told = placed->told;
    return task_parties_add(
        out_owners, unit_party(told->recipient_count > 0 ? &told->recipients[0] : &told->sender));
}

/* An agency that owes owes nothing to itself, but a unit may to the other units of its agency. */
static bool is_owner(const struct tov_task_party *owner, const struct tov_task_party *party)
{
    return task_party_equal(owner, party) ||
           (owner->agency == party->agency && owner->unit == NULL && party->unit == NULL);
}

enum tov_err task_owed_set(struct tov_tasks *tasks, size_t index)
{
    struct task_entry *entry = &tasks->entries[index];
    size_t thing;
    TOV_TRY(task_thing_get(tasks, entry->task.thing_kind, &entry->task.thing, &thing));
    struct asked asked = {tasks, &tasks->things[thing], entry->opened};
    struct task_parties owed = {0};
    enum tov_err err = add_party(&asked, entry->task.row->owed_to, &owed);
    if (err != TOV_OK) {
        task_parties_fini(&owed);
        return err;
    }
    size_t kept = 0;
    for (size_t i = 0; i < owed.count; i++) {
        if (!is_owner(&entry->task.owner, &owed.items[i]))
            owed.items[kept++] = owed.items[i];
    }
    free(entry->task.owed);
    entry->task.owed = owed.items;
    entry->task.owed_count = kept;
    return TOV_OK;
}
